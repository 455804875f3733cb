"""What differs between two versions of a file (floor 0): one entry a field, short enough to be read."""

from collections.abc import Mapping
from datetime import datetime

from articles.frontmatter.emit import shown
from articles.importing.files import printable

SHOWN = 100  # characters of a value
HIDDEN = "(not shown)"
# What readers get to see. `secured`, `featuredContent` and keys that mean nothing here are nobody's business.
_OPEN = frozenset({
    "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl", "type",
    "quality", "heat", "removed", "published", "provider", "topics", "images", "related",
})  # fmt: skip


# Facts of a topic or an organisation, and their keys in its file; the position is in the file's name.
_FACTS = {
    "name": "name", "short_name": "shortname", "description": "description", "keywords": "keywords",
    "hashtags": "hashtags", "position": "position", "slug": "_id", "parent": "parent", "pictures": "images",
}  # fmt: skip


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[dict[str, str]]:
    """Return {"field", "old", "new"} for each top-level key that two front matters hold differently.

    Values are text on one line of at most 100 characters; of a list of mappings the number of entries is
    shown, and how many of them differ. Of what no reader is shown, only that it is there.
    """
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            before, after = _told_pair(key, old.get(key), new.get(key))
            found.append({"field": shown(key, SHOWN), "old": before, "new": after})
    return found


def differences_of_facts(old: Mapping[str, object], new: Mapping[str, object]) -> list[dict[str, str]]:
    """Return the same of two versions of what is said of a topic or an organisation; {}: nothing is said."""
    found = []
    for fact, key in _FACTS.items():
        before, after = (None if each.get(fact) in ("", []) else each.get(fact) for each in (old, new))
        if before != after:
            before, after = _shown_pair(before, after)
            found.append({"field": key, "old": before, "new": after})
    return found


def _told_pair(key: str, old: object, new: object) -> tuple[str, str]:
    if key not in _OPEN:
        return ("" if old is None else HIDDEN), ("" if new is None else HIDDEN)
    if key == "provider":
        old, new = _without_unknown(old), _without_unknown(new)
    return _shown_pair(old, new)


def _without_unknown(provider: object) -> object:
    if not isinstance(provider, Mapping):
        return provider
    return {key: provider[key] for key in ("name", "domain") if key in provider}


def _shown_pair(old: object, new: object) -> tuple[str, str]:
    if _is_long(old) or _is_long(new):
        before = old if isinstance(old, list) else []
        after = new if isinstance(new, list) else []
        gone = sum(entry not in after for entry in before)
        came = sum(entry not in before for entry in after)
        return f"{len(before)} entries, {gone} of them gone", f"{len(after)} entries, {came} of them new"
    return _shown(old), _shown(new)


def _is_long(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, Mapping | list) for entry in value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return _cut(", ".join(map(str, value)))
    if isinstance(value, Mapping):
        return _cut(", ".join(f"{key}: {entry}" for key, entry in value.items()))
    return _cut(str(value))


def _cut(text: str) -> str:
    text = printable(text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
