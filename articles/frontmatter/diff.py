"""What differs between two versions of a file: one entry per field, short enough to be read. PURE."""

from collections.abc import Mapping
from datetime import datetime

from articles.frontmatter.document import shortened

MAX_SHOWN = 100  # characters of a value
HIDDEN = "(not shown)"
# Keys whose values visitors get to see. `secured`, `featuredContent` and unknown keys are shown nowhere.
_PUBLIC_KEYS = frozenset({
    "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl", "type",
    "quality", "heat", "removed", "published", "provider", "topics", "images", "related",
})  # fmt: skip
# Facts of a topic or an organisation, and their keys in its file; the position is in the file's name.
_TAXONOMY_KEYS = {
    "name": "name", "short_name": "shortname", "description": "description", "keywords": "keywords",
    "hashtags": "hashtags", "position": "position", "slug": "_id", "parent": "parent", "pictures": "images",
}  # fmt: skip


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[dict[str, str]]:
    """Return {"field", "old", "new"} for each top-level key whose values in two front matters differ.

    Values are text on one line of at most 100 characters; of a list of mappings the number of entries is
    given, and how many of them differ. Of keys that are shown nowhere, only whether there is a value.
    """
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            before, after = _describe_field(key, old.get(key), new.get(key))
            found.append({"field": shortened(key, MAX_SHOWN), "old": before, "new": after})
    return found


def taxonomy_differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[dict[str, str]]:
    """Return the same for two versions of the facts of a topic or an organisation; {} stands for none."""
    found = []
    for fact, key in _TAXONOMY_KEYS.items():
        before, after = (None if each.get(fact) in ("", []) else each.get(fact) for each in (old, new))
        if before != after:
            before, after = _describe(before, after)
            found.append({"field": key, "old": before, "new": after})
    return found


def _describe_field(key: str, old: object, new: object) -> tuple[str, str]:
    if key not in _PUBLIC_KEYS:
        return ("" if old is None else HIDDEN), ("" if new is None else HIDDEN)
    if key == "provider":
        old, new = _public_provider(old), _public_provider(new)
    return _describe(old, new)


def _public_provider(provider: object) -> object:
    if not isinstance(provider, Mapping):
        return provider
    return {key: provider[key] for key in ("name", "domain") if key in provider}


def _describe(old: object, new: object) -> tuple[str, str]:
    if _has_containers(old) or _has_containers(new):
        before = old if isinstance(old, list) else []
        after = new if isinstance(new, list) else []
        removed = sum(entry not in after for entry in before)
        added = sum(entry not in before for entry in after)
        return f"{len(before)} entries, {removed} of them gone", f"{len(after)} entries, {added} of them new"
    return _as_text(old), _as_text(new)


def _has_containers(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, Mapping | list) for entry in value)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, Mapping):
        value = ", ".join(f"{key}: {entry}" for key, entry in value.items())
    return shortened(str(value), MAX_SHOWN)
