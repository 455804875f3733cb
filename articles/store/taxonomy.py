"""What a store says of topics, providers and their pictures (floor 2): `_data` and `assets`."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from django.db import transaction

from articles.images.keeping import keep_picture, keep_pictures
from articles.models import Image, Provider, Store, Topic
from articles.store.document import DocumentError, parse
from articles.store.fields import FieldError, read_domain, read_text
from articles.store.files import FileError, has_utf8_name, read_file
from articles.store.links import LinkError, clean_link
from articles.store.rows import find_topics

MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_DESCRIPTION, MAX_WORDS = 5000, 200
Problem = tuple[str, str]  # path in the store, reason


def import_taxonomy(store: Store, root: Path) -> list[Problem]:
    """Read a store's topics, organisations and their pictures; returns the files that were refused.

    Nothing is done when these files are as they were the last time. Editors' words stay.
    """
    digest = _digest(root)
    if store.taxonomy_digest == digest:
        return []
    problems: list[Problem] = []
    with transaction.atomic():
        for path, values in _read_all(root, "_data/topics", (".yaml", ".yml"), problems):
            _guarded(path, problems, _keep_topic, path, values)
        for path, values in _read_all(root, "_data/organizations", (".md",), problems):
            _guarded(path, problems, _keep_provider, values)
        _set_parents(root)
    _keep_pictures(root)
    store.taxonomy_digest = digest
    store.save(update_fields=["taxonomy_digest"])
    return problems


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


def _digest(root: Path) -> str:
    """Hash what decides the result: the data files' bytes, the pictures' names, sizes and times."""
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
            status = os.lstat(Path(folder) / name)
            digest.update(os.fsencode(f"{folder}/{name}\0{status.st_size}\0{status.st_mtime_ns}"))
    return digest.hexdigest()


def _read_all(
    root: Path, folder: str, endings: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for path in _files(root, folder, endings):
        try:
            data = read_file(str(root / path))
            if not data.startswith(b"---"):
                data = b"---\n" + data.rstrip() + b"\n---\n"  # a topic file is bare YAML
            yield path, parse(data).values
        except (FileError, DocumentError) as error:
            problems.append((path, str(error)))


def _guarded(path: str, problems: list[Problem], keep, *arguments) -> None:
    try:
        keep(*arguments)
    except FieldError as error:
        problems.append((path, str(error)))


def _keep_topic(path: str, values: Mapping[str, object]) -> None:
    name = read_text(values.get("name"), "name", 100, required=True)
    facts = {
        "short_name": read_text(values.get("shortname"), "shortname", 100),
        "description": read_text(values.get("description"), "description", MAX_DESCRIPTION),
        "keywords": _words(values, "keywords"),
        "hashtags": _words(values, "hashtags"),
    }
    number = path.rsplit("/", 1)[-1].partition("-")[0]
    facts["position"] = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1000
    read_text(values.get("parent"), "parent", 100)
    key = Topic.key_of(name)
    topic = Topic.objects.filter(name_key=key).first()
    if topic is None:
        topic = _new_topic(name, values.get("_id"))
    facts["name"] = name
    for field, value in facts.items():
        if field not in topic.edited_fields:
            setattr(topic, field, value)
    topic.save()


def _new_topic(name: str, given: object) -> Topic:
    """A topic takes its slug from its file's `_id`, if that is a fitting one and free."""
    wanted = read_text(given, "_id", 100)
    fits = wanted.isascii() and wanted.replace("-", "").isalnum() and wanted == wanted.strip("-").lower()
    if fits and not Topic.objects.filter(slug=wanted).exists():
        return Topic(name=name, slug=wanted)
    return find_topics([name])[Topic.key_of(name)]


def _words(values: Mapping[str, object], field: str) -> list[str]:
    given = values.get(field)
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MAX_WORDS:
        raise FieldError(field, f"must be a list of at most {MAX_WORDS} texts")
    return [read_text(word, f"{field}.{place}", 100) for place, word in enumerate(given)]


def _set_parents(root: Path) -> None:
    """Join topics to the parents they name; a parent that would close a circle is left out."""
    wanted = {}
    for _, values in _read_all(root, "_data/topics", (".yaml", ".yml"), []):
        name, parent = values.get("name"), values.get("parent")
        if isinstance(name, str) and isinstance(parent, str) and parent.strip():
            wanted[Topic.key_of(read_text(name, "name", 500))] = read_text(parent, "parent", 500)[:100]
    topics = find_topics(set(wanted.values()))
    topics |= {topic.name_key: topic for topic in Topic.objects.filter(name_key__in=wanted)}
    parents = dict(Topic.objects.values_list("pk", "parent"))
    for key, parent in wanted.items():
        topic, above = topics.get(key), topics[Topic.key_of(parent)]
        if topic and "parent" not in topic.edited_fields and not _is_above(topic.pk, above.pk, parents):
            parents[topic.pk] = above.pk
            Topic.objects.filter(pk=topic.pk).update(parent=above)


def _is_above(upper: int, lower: int | None, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `upper` is `lower` itself or stands above it."""
    while lower is not None and lower != upper:
        lower = parents.get(lower)
    return lower == upper


def _keep_provider(values: Mapping[str, object]) -> None:
    domain = read_domain(values.get("domain"), "domain")
    name = read_text(values.get("name"), "name", 200, required=True)
    provider, _ = Provider.objects.get_or_create(domain=domain, defaults={"name": name})
    if "name" not in provider.edited_fields:
        provider.name = name
    provider.is_described = True
    provider.save()


def _keep_pictures(root: Path) -> None:
    """Make our files of logos, of topic pictures, and of article pictures that the store holds."""
    for path, values in _read_all(root, "_data/organizations", (".md",), []):
        urls = _picture_urls(values)
        image = _picture(root, urls, f"store:{path}", Image.Purpose.LOGO)
        if image and isinstance(values.get("domain"), str):
            domain = values["domain"].strip().lower()
            Provider.objects.filter(domain=domain).exclude(edited_fields__icontains="logo").update(logo=image)
    for path, values in _read_all(root, "_data/topics", (".yaml", ".yml"), []):
        image = _picture(root, _picture_urls(values)[::-1], f"store:{path}", Image.Purpose.PICTURE)
        if image and isinstance(values.get("name"), str):
            key = Topic.key_of(values["name"].strip())
            Topic.objects.filter(name_key=key).exclude(edited_fields__icontains="image").update(image=image)


def keep_article_pictures(store: Store, root: Path) -> None:
    """Make our files of article pictures that the store holds itself."""
    waiting = list(Image.objects.brought_by(store))
    found = ((image, local_picture(root, image.url)) for image in waiting)
    keep_pictures((image, data) for image, data in found if data is not None)


def _picture_urls(values: Mapping[str, object]) -> list[str]:
    given = values.get("images")
    entries = given if isinstance(given, list) else []
    urls = [entry.get("url") if isinstance(entry, Mapping) else entry for entry in entries]
    return [url for url in urls if isinstance(url, str)]


def _picture(root: Path, urls: list[str], name: str, purpose: str) -> Image | None:
    """Keep the last of these pictures that the store holds (the largest comes last) and can be used.

    Where it holds none, a picture with a link of its own waits to be fetched.
    """
    for url in reversed(urls):
        data = local_picture(root, url)
        if data is None:
            continue
        full = url if url.startswith(("http://", "https://")) else f"{name}#{url}"
        image = _image(full, purpose)
        if keep_picture(image, data) or image.is_edited:
            return image
    for url in reversed(urls):
        with suppress(LinkError):
            return _image(clean_link(url), purpose)
    return None


def _image(url: str, purpose: str) -> Image:
    facts = {"url": url, "purpose": purpose}
    return Image.objects.get_or_create(url_hash=Image.hash_of(url), defaults=facts)[0]


def local_picture(root: Path, url: str) -> bytes | None:
    """Return the bytes of the file that a picture's URL stands for in this store, if the store holds it.

    A URL whose path ends in `/assets/…` stands for that file under the store's `assets`. Links are not
    followed, and nothing outside `assets` is read.
    """
    path = unquote(url.split("?", 1)[0].split("#", 1)[0])
    _, found, inside = path.rpartition("/assets/")
    parts = inside.split("/")
    if not found or any(part in ("", ".", "..") or "\0" in part for part in parts):
        return None
    place = root / "assets"
    for part in parts:
        if place.is_symlink():
            return None
        place = place / part
    if place.is_symlink() or not place.is_file():
        return None
    try:
        return read_file(str(place), MAX_PICTURE_BYTES)
    except FileError:
        return None
