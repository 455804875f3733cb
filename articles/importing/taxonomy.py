"""Topics and providers as a store describes them in `_data`: read as facts, which replace those of before."""

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

from django.db.models import Field

from articles.frontmatter.document import parse
from articles.frontmatter.errors import DocumentError
from articles.frontmatter.fields import FieldError, read_domain, read_text
from articles.importing.files import FileError, has_utf8_name, read_file
from articles.importing.images import candidates_of
from articles.importing.lookups import (
    find_or_create_topics,
    look_up,
    refresh_provider_names,
    refresh_topic_names,
)
from articles.models import ImportRun, Provider, Store, Topic
from articles.models.document import NO_TAXONOMY

MAX_DESCRIPTION, MAX_WORDS = 5000, 200
Problem = tuple[str, str]  # path in the store, reason
Facts = dict[str, dict[str, dict]]  # "topics" by name key and "providers" by domain
_TOPIC_FACTS = ("name", "short_name", "description", "keywords", "hashtags", "position")


def digest_taxonomy(root: Path) -> str:
    """Hash what decides the facts: the data files' bytes, the pictures' names, sizes and times."""
    digest = sha256()
    for folder in ("_data/topics", "_data/organizations"):
        for path in _files(root, folder):
            digest.update(f"{path}\0".encode())
            try:
                digest.update(sha256(read_file(str(root / path))).digest())
            except FileError as error:
                digest.update(str(error).encode())
    for folder, _, names in os.walk(root / "assets"):
        for name in sorted(names):
            digest.update(os.fsencode(f"{folder}/{name}\0{_mark(Path(folder) / name)}"))
    return digest.hexdigest()


def _mark(path: Path) -> str:
    """Return what changes with a picture; of one that cannot be read, the reason."""
    try:
        status = os.lstat(path)
    except OSError as error:
        return str(error.strerror)
    return f"{status.st_size}\0{status.st_mtime_ns}"


def read_taxonomy(root: Path) -> tuple[Facts, list[Problem]]:
    """Read a store's topics and organisations; returns what they say, and the files that were refused."""
    facts: Facts = {"topics": {}, "providers": {}}
    problems: list[Problem] = []
    for path, values in _read_all(root, "_data/topics", (".yaml", ".yml"), problems):
        _guarded(path, problems, _add_topic, facts["topics"], path, values, root)
    for path, values in _read_all(root, "_data/organizations", (".md",), problems):
        _guarded(path, problems, _add_provider, facts["providers"], path, values, root)
    return facts, problems


def apply_taxonomy(store: Store, facts: Facts, run: ImportRun) -> None:
    """Replace what a store says of topics and providers by these facts; the caller holds the write lock.

    Where several stores describe one topic or provider the last by name counts. What no store describes any
    more is named by its articles again. Fields that editors own stay.
    """
    before = store.taxonomy or NO_TAXONOMY
    if before == facts:
        return
    # One import may read two folders as one store: to be undone it needs what was there before the first.
    run.taxonomies.setdefault(store.name, {"before": before})["after"] = facts
    run.save(update_fields=["taxonomies"])
    store.taxonomy = facts
    store.save(update_fields=["taxonomy"])
    merged = Store.objects.merged_taxonomy()
    changed = {
        kind: sorted(key for key in before[kind].keys() | facts[kind].keys()
                     if before[kind].get(key) != facts[kind].get(key))
        for kind in NO_TAXONOMY
    }  # fmt: skip
    _set_topics(changed["topics"], merged["topics"])
    _set_providers(changed["providers"], merged["providers"])
    _set_parents(merged["topics"])
    refresh_topic_names(Topic.objects.filter(name_key__in=changed["topics"]).values_list("pk", flat=True))
    refresh_provider_names(
        Provider.objects.filter(domain__in=changed["providers"]).values_list("pk", flat=True)
    )


def _files(root: Path, folder: str, endings: tuple[str, ...] = ("",)) -> list[str]:
    """Paths in the store of the plain files directly in a folder, in order."""
    try:
        with os.scandir(root / folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.name.endswith(endings)
                and not entry.name.startswith(".")
                and entry.is_file(follow_symlinks=False)
                and has_utf8_name(entry.name)
            ]
    except OSError:
        return []
    return [f"{folder}/{name}" for name in sorted(names)]


def _read_all(
    root: Path, folder: str, endings: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for path in _files(root, folder, endings):
        try:
            yield path, _values_of(read_file(str(root / path)))
        except (FileError, DocumentError) as error:
            problems.append((path, str(error)))


def _values_of(data: bytes) -> Mapping[str, object]:
    """Return the values of a file; that of a topic is bare YAML, without fences."""
    if data.startswith(b"---"):
        return parse(data).values
    try:
        return parse(b"---\n" + data.rstrip() + b"\n---\n").values
    except DocumentError as error:
        line = max(error.line - 1, 1) if error.line else None  # the fence in front is ours
        raise DocumentError(error.reason, line, error.field) from None


def _guarded(path: str, problems: list[Problem], add, *arguments) -> None:
    try:
        add(*arguments)
    except FieldError as error:
        problems.append((path, str(error)))


def _add_topic(facts: dict, path: str, values: Mapping[str, object], root: Path) -> None:
    name = read_text(values.get("name"), "name", 100, required=True)
    number = path.rsplit("/", 1)[-1].partition("-")[0]
    slug = read_text(values.get("_id"), "_id", 100)
    is_slug = slug.isascii() and slug.replace("-", "").isalnum() and slug == slug.strip("-").lower()
    facts[Topic.key_of(name)] = {
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


def _add_provider(facts: dict, path: str, values: Mapping[str, object], root: Path) -> None:
    domain = read_domain(values.get("domain"), "domain")
    name = read_text(values.get("name"), "name", 200, required=True)
    facts[domain] = {"name": name, "pictures": candidates_of(root, path, values)}


def _words(values: Mapping[str, object], field: str) -> list[str]:
    words = values.get(field)
    if words is None:
        return []
    if not isinstance(words, list) or len(words) > MAX_WORDS:
        raise FieldError(field, f"must be a list of at most {MAX_WORDS} texts")
    return [read_text(word, f"{field}.{place}", 100) for place, word in enumerate(words)]


def _set_topics(keys: Iterable[str], described: Mapping[str, Mapping]) -> None:
    """Describe topics; a new one has the slug of its file, if no other topic has it."""
    topics = look_up(Topic.objects.all(), "name_key", keys)
    missing = [key for key in keys if key in described and key not in topics]
    slugs = {described[key]["slug"] for key in missing}
    used = {"", *Topic.objects.filter(slug__in=slugs).values_list("slug", flat=True)}
    fresh = []
    for key in missing:
        if (slug := described[key]["slug"]) not in used:
            used.add(slug)
            fresh.append(Topic(name_key=key, slug=slug, **_facts_of(described[key]), is_described=True))
    Topic.objects.bulk_create(fresh)
    made = {topic.name_key for topic in fresh}
    topics |= find_or_create_topics(described[key]["name"] for key in missing if key not in made)
    for key, topic in topics.items():
        topic.is_described = key in described
        for field, value in _facts_of(described.get(key)).items():
            if field not in topic.edited_fields and (topic.is_described or field != "name"):
                setattr(topic, field, value)
        topic.save()


def _facts_of(described: Mapping | None) -> dict[str, object]:
    """Return the columns that a topic's file describes; without one, their defaults."""
    return {
        field: described[field] if described else cast("Field", Topic._meta.get_field(field)).get_default()
        for field in _TOPIC_FACTS
    }


def _set_parents(described: Mapping[str, Mapping]) -> None:
    """Give topics the parents they name; a parent that would close a circle is left out."""
    named = {key: facts["parent"] for key, facts in sorted(described.items()) if facts["parent"]}
    topics = find_or_create_topics(set(named.values()))
    topics |= {topic.name_key: topic for topic in Topic.objects.filter(name_key__in=described)}
    rows = list(Topic.objects.values_list("pk", "name_key", "parent", "edited_fields"))
    edited = {pk for pk, _, _, fields in rows if "parent" in fields}
    now = {pk: parent for pk, _, parent, _ in rows}
    parents = {pk: parent if pk in edited else None for pk, _, parent, _ in rows}
    for key, parent in named.items():
        topic, above = topics.get(key), topics[Topic.key_of(parent)]
        if topic and topic.pk not in edited and not _is_above(topic.pk, above.pk, parents):
            parents[topic.pk] = above.pk
    changed = [Topic(pk=pk, parent_id=parent) for pk, parent in parents.items() if now.get(pk) != parent]
    Topic.objects.bulk_update(changed, ["parent"], batch_size=500)


def _is_above(upper: int, lower: int | None, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `upper` is `lower` itself or stands above it."""
    while lower is not None and lower != upper:
        lower = parents.get(lower)
    return lower == upper


def _set_providers(domains: Iterable[str], described: Mapping[str, Mapping]) -> None:
    providers = look_up(Provider.objects.all(), "domain", domains)
    for domain, provider in providers.items():
        facts = described.get(domain)
        provider.is_described = facts is not None
        if facts and "name" not in provider.edited_fields:
            provider.name = facts["name"]
    new = [domain for domain in domains if domain in described and domain not in providers]
    Provider.objects.bulk_create(
        [Provider(domain=domain, name=described[domain]["name"], is_described=True) for domain in new]
    )
    Provider.objects.bulk_update(providers.values(), ["name", "is_described"], batch_size=500)
