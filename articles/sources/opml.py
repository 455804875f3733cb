"""OPML: lists of subscriptions from any feed reader in, our own lists out.

Standard attributes hold what other readers understand; attributes in our own namespace hold the rest, so that
an exported list can be imported again without loss.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from articles.http.response import decode_text

MAX_BYTES = 10_000_000
MAX_DEPTH = 50
OWN = "urn:news-aggregator:opml"
_SEPARATOR = "\n"  # between namespace and name; cannot occur in an XML name


class OpmlError(ValueError):
    """A list that cannot be read; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list. `folder` is the path of the outlines around it, joined by "/".

    `weight`, `minimum_quality` and `is_active` are None if the list does not state them.
    """

    url: str
    name: str = ""
    site_url: str = ""
    folder: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    provider_domain: str = ""
    provider_name: str = ""
    weight: int | None = None
    minimum_quality: int | None = None
    is_active: bool | None = None

    @property
    def is_own(self) -> bool:
        """Whether it comes from one of our own lists, which state every value."""
        return self.weight is not None


@dataclass
class _Collector:
    """Collects the outlines that are feeds, each with the folders around it."""

    found: list[Subscription] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)  # "" for an outline that is no folder
    depth: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise OpmlError(f"has elements more than {MAX_DEPTH} levels deep")
        tag = name.rpartition(_SEPARATOR)[2].lower()
        if self.depth == 1 and tag != "opml":
            raise OpmlError("is no OPML")
        if tag != "outline":
            return
        # Readers differ in the case of attribute names (xmlUrl, xmlurl).
        values = {key.lower(): " ".join(value.split()) for key, value in attributes.items()}
        label = values.get("title") or values.get("text", "")
        url = values.get("xmlurl") or (
            values.get("url", "") if values.get("type", "").lower() == "rss" else ""
        )
        if url:
            self.found.append(self._subscription(url, label, values))
        self.folders.append("" if url else label.replace("/", "∕"))

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.rpartition(_SEPARATOR)[2].lower() == "outline":
            self.folders.pop()

    def _subscription(self, url: str, label: str, values: dict[str, str]) -> Subscription:
        def own(name: str) -> str:
            return values.get(f"{OWN}{_SEPARATOR}{name}".lower(), "")

        active = own("active")
        folders = [folder for folder in self.folders if folder]
        if folders and folders[-1] == label.replace("/", "∕") and len(self.folders) > 1:
            folders.pop()  # mail programs wrap each feed in an outline of the same name
        return Subscription(
            url,
            label,
            values.get("htmlurl", ""),
            "/".join(folders),
            values.get("language", ""),
            tuple(_topics(values.get("category", ""))),
            own("providerDomain"),
            own("providerName"),
            _number(own("weight")),
            _number(own("minimumQuality")),
            active == "true" if active else None,
        )


def _topics(category: str) -> Iterator[str]:
    """Yield the topic names in a `category`: the last part of each of its comma-separated paths."""
    for path in category.split(","):
        name = path.strip().rstrip("/").rpartition("/")[2].strip()
        if name:
            yield name.replace("∕", "/").replace("‚", ",")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else None


def read_opml(data: bytes) -> list[Subscription]:
    """Return the feeds of a list, each address once; raises OpmlError. A DOCTYPE is always refused."""
    if len(data) > MAX_BYTES:
        raise OpmlError(f"may have {MAX_BYTES:,} bytes at most")
    collector = _Collector()

    def doctype(*arguments: object) -> None:
        raise OpmlError("has a document type (DOCTYPE), which no list needs")

    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_SEPARATOR)
    parser.StartElementHandler, parser.EndElementHandler = collector.start, collector.end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(decode_text(data).encode(), True)
    except expat.ExpatError as error:
        raise OpmlError(f"is no sound XML (line {error.lineno})") from error
    return list({subscription.url: subscription for subscription in reversed(collector.found)}.values())[::-1]


def write_opml(subscriptions: Iterable[Subscription], title: str) -> str:
    """Return these feeds as OPML, folders and feeds sorted by name."""
    root = Element("opml", {"version": "2.0", "xmlns:news": OWN})
    SubElement(SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], Element] = {(): SubElement(root, "body")}
    for each in sorted(subscriptions, key=lambda each: (each.folder.split("/"), each.name, each.url)):
        path = tuple(filter(None, each.folder.split("/")))
        for depth, name in enumerate(path, 1):
            if path[:depth] not in folders:
                folder = SubElement(folders[path[: depth - 1]], "outline", text=name, title=name)
                folders[path[:depth]] = folder
        SubElement(folders[path], "outline", _attributes(each))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _attributes(each: Subscription) -> dict[str, str]:
    name = each.name or each.url
    topics = ",".join("/" + topic.replace("/", "∕").replace(",", "‚") for topic in each.topics)
    values = {
        "type": "rss", "text": name, "title": name, "xmlUrl": each.url, "htmlUrl": each.site_url,
        "language": each.language, "category": topics, "news:providerDomain": each.provider_domain,
        "news:providerName": each.provider_name, "news:weight": each.weight,
        "news:minimumQuality": each.minimum_quality,
        "news:active": None if each.is_active is None else str(each.is_active).lower(),
    }  # fmt: skip
    return {key: str(value) for key, value in values.items() if value not in (None, "")}
