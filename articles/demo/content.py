"""What invented news is made of: topics, providers, events, names, pictures, read from data/ on first use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

DATA = Path(__file__).parent / "data"
PICTURES, LOGOS = DATA / "pictures", DATA / "logos"


@dataclass(frozen=True, slots=True)
class Provider:
    """A newspaper, agency or magazine; `beat` is the top topic it covers, "" for all.

    One in another language has a `title` and an `excerpt` that fit any event.
    """

    name: str
    domain: str
    beat: str = ""
    agency: bool = False
    amp: bool = False
    section: str = "news"
    title: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event: its topic, the motifs of its pictures, the name it is about, its numbers, its texts.

    A number has a lowest and a highest value, a whole one perhaps a step; others get one decimal. Each text
    holds one template a line; `follow_up` is a headline and a first sentence for the day after.
    """

    topic: str
    pictures: str
    subject: str
    numbers: Mapping[str, list[float]]
    headlines: str
    openings: str
    details: str
    follow_up: str


@cache
def load(name: str) -> Any:
    """Return what a YAML file of data/ holds."""
    return yaml.load((DATA / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader)


@cache
def providers() -> list[Provider]:
    """Return all providers."""
    return [Provider(**values) for values in load("providers")]


@cache
def events() -> list[Event]:
    """Return the kinds of events of all topics."""
    paths = sorted(DATA.glob("events/*.yaml"))
    return [Event(**values) for path in paths for values in load(f"events/{path.stem}")]


@cache
def names() -> dict[str, list[str]]:
    """Return the names of each kind; entries of the file that stand for several names are expanded."""
    found: dict[str, list[str]] = {}
    for kind, entries in load("names").items():
        found[kind] = [name for entry in entries for name in _combinations(entry, found)]
    return found


def _combinations(entry: str, lists: Mapping[str, list[str]]) -> list[str]:
    parts = [[part] for part in re.split(r"[\[\]{}]", entry)]
    for place in range(1, len(parts), 2):  # what stood in brackets or braces
        [text] = parts[place]
        kind, *places = text.split(":")
        start, step = map(int, places or "01")
        parts[place] = lists[kind][start::step] if kind in lists else text.split("|")
    return ["".join(choice) for choice in product(*parts)]


@cache
def pictures_of(motifs: str) -> list[str]:
    """Return the names of the pictures of motifs, which are separated by spaces."""
    return sorted(path.stem for motif in set(motifs.split()) for path in PICTURES.glob(f"{motif}-*.webp"))


@cache
def picture_size(name: str) -> tuple[int, int]:
    """Return the width and height of a picture."""
    with Image.open(PICTURES / f"{name}.webp") as image:
        return image.size
