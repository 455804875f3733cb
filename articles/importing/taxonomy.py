"""A store's taxonomy: the topics and providers that its files in `_data` describe, read and stored.

The files call providers organisations.
"""

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from articles.caching.writing import update_rows
from articles.frontmatter.document import DocumentError, parse
from articles.frontmatter.fields import FieldError, read_domain, read_text
from articles.importing.files import FileError, files_in, has_utf8_name, read_file
from articles.importing.images import candidates_of
from articles.importing.lookups import (
    find_or_create_providers,
    find_or_create_topics,
    refresh_provider_names,
    refresh_topic_names,
)
from articles.models import ImportRun, Provider, Store, Topic
from articles.models.document import NO_TAXONOMY

MAX_DESCRIPTION, MAX_WORDS = 5000, 200
Problem = tuple[str, str]  # path in the store, reason
Taxonomy = dict[str, dict[str, dict]]  # "topics" by name key and "providers" by domain
_TOPIC_COLUMNS = ("name", "short_name", "description", "keywords", "hashtags", "position")


def digest_taxonomy(root: Path) -> str:
    """Hash what decides a taxonomy: the data files' bytes, the pictures' names, sizes and times."""
    digest = sha256()
    for folder, endings, _ in _FOLDERS:
        for path in _files(root, folder, endings):
            digest.update(f"{path}\0".encode())
            try:
                digest.update(sha256(read_file(str(root / path))).digest())
            except FileError as error:
                digest.update(str(error).encode())
    for folder, _, names in os.walk(root / "assets"):
        for name in sorted(names):
            digest.update(os.fsencode(f"{folder}/{name}\0{_fingerprint(Path(folder) / name)}"))
    return digest.hexdigest()


def _fingerprint(path: Path) -> str:
    """Return what changes with a picture; of one that cannot be read, the reason."""
    try:
        status = os.lstat(path)
    except OSError as error:
        return str(error.strerror)
    return f"{status.st_size}\0{status.st_mtime_ns}"


def read_taxonomy(root: Path) -> tuple[Taxonomy, list[Problem]]:
    """Read a store's topics and providers; returns what they say, and the files that were refused."""
    taxonomy: Taxonomy = {"topics": {}, "providers": {}}
    problems: list[Problem] = []
    for folder, endings, add in _FOLDERS:
        for path in _files(root, folder, endings):
            try:
                add(taxonomy, path, _values_of(read_file(str(root / path))), root)
            except (FileError, DocumentError, FieldError) as error:
                problems.append((path, str(error)))
    return taxonomy, problems


def apply_taxonomy(store: Store, taxonomy: Taxonomy, run: ImportRun) -> None:
    """Replace what a store says of topics and providers by this; the caller holds the write lock.

    Where several stores describe one topic or provider the last by name counts. What no store describes any
    more is named by its articles again. Fields that editors own stay.
    """
    before = store.taxonomy or NO_TAXONOMY
    if before == taxonomy:
        return
    # One import may read two folders as one store: to be undone it needs what was there before the first.
    run.taxonomies.setdefault(store.name, {"before": before})["after"] = taxonomy
    run.save(update_fields=["taxonomies"])
    store.taxonomy = taxonomy
    store.save(update_fields=["taxonomy"])
    merged = Store.objects.merged_taxonomy()
    changed = {
        kind: sorted(key for key in before[kind].keys() | taxonomy[kind].keys()
                     if before[kind].get(key) != taxonomy[kind].get(key))
        for kind in NO_TAXONOMY
    }  # fmt: skip
    topics = _set_topics(changed["topics"], merged["topics"])
    _set_parents(merged["topics"])
    refresh_topic_names(topics)
    refresh_provider_names(_set_providers(changed["providers"], merged["providers"]))


def _files(root: Path, folder: str, endings: tuple[str, ...]) -> list[str]:
    """Paths in the store of the plain files directly in a folder, in order."""
    try:
        return list(filter(has_utf8_name, files_in(root / folder, f"{folder}/", endings)))
    except OSError:
        return []


def _values_of(data: bytes) -> Mapping[str, object]:
    """Return the values of a file; that of a topic is bare YAML, without fences."""
    if data.startswith(b"---"):
        return parse(data).values
    try:
        return parse(b"---\n" + data.rstrip() + b"\n---\n").values
    except DocumentError as error:
        line = max(error.line - 1, 1) if error.line else None  # the fence in front is ours
        raise DocumentError(error.reason, line, error.field) from None


def _add_topic(taxonomy: Taxonomy, path: str, values: Mapping[str, object], root: Path) -> None:
    name = read_text(values.get("name"), "name", 100, required=True)
    number = path.rsplit("/", 1)[-1].partition("-")[0]
    slug = read_text(values.get("_id"), "_id", 100)
    is_slug = slug.isascii() and slug.replace("-", "").isalnum() and slug == slug.strip("-").lower()
    taxonomy["topics"][Topic.key_of(name)] = {
        "name": name,
        "short_name": read_text(values.get("shortname"), "shortname", 100),
        "description": read_text(values.get("description"), "description", MAX_DESCRIPTION),
        "keywords": _words(values, "keywords"),
        "hashtags": _words(values, "hashtags"),
        "position": int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1000,
        "slug": slug if is_slug else "",
        "parent": read_text(values.get("parent"), "parent", 100),
        "pictures": candidates_of(root, path, values)[::-1],  # a topic's largest picture comes first
    }


def _add_provider(taxonomy: Taxonomy, path: str, values: Mapping[str, object], root: Path) -> None:
    domain = read_domain(values.get("domain"), "domain")
    name = read_text(values.get("name"), "name", 200, required=True)
    taxonomy["providers"][domain] = {"name": name, "pictures": candidates_of(root, path, values)}


# The folders that describe topics and providers, the endings of their files, and what reads one.
_FOLDERS = (
    ("_data/topics", (".yaml", ".yml"), _add_topic),
    ("_data/organizations", (".md",), _add_provider),
)


def _words(values: Mapping[str, object], field: str) -> list[str]:
    words = values.get(field)
    if words is None:
        return []
    if not isinstance(words, list) or len(words) > MAX_WORDS:
        raise FieldError(field, f"must be a list of at most {MAX_WORDS} texts")
    return [read_text(word, f"{field}.{place}", 100) for place, word in enumerate(words)]


def _set_topics(keys: Iterable[str], described: Mapping[str, Mapping]) -> set[int]:
    """Describe topics and return their ids; a new one has the slug of its file, if no other topic has it."""
    topics = Topic.objects.in_bulk(keys, field_name="name_key")
    missing = [key for key in keys if key in described and key not in topics]
    slugs = {key: described[key]["slug"] for key in missing}
    topics |= find_or_create_topics([described[key]["name"] for key in missing], slugs)
    for key, topic in topics.items():
        topic.is_described = key in described
        values = described.get(key) or vars(Topic())
        for column in _TOPIC_COLUMNS:
            if column not in topic.edited_fields and (topic.is_described or column != "name"):
                setattr(topic, column, values[column])
        topic.save()
    return {topic.pk for topic in topics.values()}


def _set_parents(described: Mapping[str, Mapping]) -> None:
    """Give topics the parents they name; a parent that would close a circle is left out."""
    named = {key: each["parent"] for key, each in sorted(described.items()) if each["parent"]}
    find_or_create_topics(set(named.values()))
    columns = ("name_key", "parent", "merged_into", "edited_fields")
    topics = Topic.objects.only(*columns).in_bulk(field_name="name_key")
    is_edited = {topic.pk: "parent" in topic.edited_fields for topic in topics.values()}
    parents = {topic.pk: topic.parent_id if is_edited[topic.pk] else None for topic in topics.values()}
    for key, name in named.items():
        topic, above = topics.get(key), topics[Topic.key_of(name)]
        upper = above.merged_into_id or above.pk
        if topic and not is_edited[topic.pk] and not _is_above(topic.pk, upper, parents):
            parents[topic.pk] = upper
    changed = [topic.pk for topic in topics.values() if topic.parent_id != parents[topic.pk]]
    update_rows(Topic, ["parent"], [(pk, parents[pk]) for pk in changed])


def _is_above(upper: int, lower: int | None, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `upper` is `lower` itself or stands above it."""
    while lower is not None and lower != upper:
        lower = parents.get(lower)
    return lower == upper


def _set_providers(domains: Iterable[str], described: Mapping[str, Mapping]) -> set[int]:
    """Describe providers and return their ids."""
    names = {domain: described[domain]["name"] for domain in domains if domain in described}
    providers = Provider.objects.in_bulk(domains, field_name="domain") | find_or_create_providers(names)
    for domain, provider in providers.items():
        provider.is_described = domain in names
        if domain in names and "name" not in provider.edited_fields:
            provider.name = names[domain]
    Provider.objects.bulk_update(providers.values(), ["name", "is_described"], batch_size=500)
    return {provider.pk for provider in providers.values()}
