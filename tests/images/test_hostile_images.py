"""The folder of bad pictures, where it can be made: every outcome as its manifest says."""

import importlib.util
import json
from pathlib import Path

import pytest

from articles.images.decoder import Decoders, PictureError
from tests.conftest import SHARED
from tests.pictures import opened

MAKER = SHARED / "hostile" / "make_images.py"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not MAKER.is_file(), reason="no maker of bad pictures beside the checkout"),
]
METADATA = (b"EXIF", b"ICCP", b"XMP ", b"Exif", b"<script", b"<html", b"Invented Camera", b"payload")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("make_images", MAKER)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    place = tmp_path_factory.mktemp("images")
    maker.main(str(place))
    return place


def colour(pixel):
    if len(pixel) == 4 and pixel[3] < 30:
        return "transparent"
    red, green, blue = pixel[:3]
    if min(red, green, blue) > 230:
        return "white"
    return "red" if red > blue + 60 else "blue" if blue > red + 60 else "other"


def look(picture, case):
    """Return what is wrong with our largest file of a picture."""
    result, checks = opened(picture), case.get("checks", {})
    width, height = result.size
    full_width, full_height = case["display_size"]
    if abs(width / height - full_width / full_height) > 0.05 * full_width / full_height:
        yield "shape"
    if getattr(result, "n_frames", 1) != 1 or result.mode not in ("RGB", "RGBA") or result.format != "WEBP":
        yield "form"
    middle = {"top": (width // 2, height // 4), "bottom": (width // 2, height - 5),
              "left": (5, height // 2), "right": (width - 5, height // 2)}  # fmt: skip
    for place, wanted in checks.items():
        if place in middle and colour(result.getpixel(middle[place])) not in wanted.split(" or "):
            yield f"{place} is {result.getpixel(middle[place])}"
    if "mean_luma" in checks:
        luma = result.convert("L").resize((1, 1)).getpixel((0, 0))
        if not checks["mean_luma"][0] <= luma <= checks["mean_luma"][1]:
            yield f"luma {luma}"


def most_memory(decoders):
    """Return the megabytes that the decoder has had at most, where the system tells."""
    status = Path(f"/proc/{decoders._free[0].process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0)


@pytest.mark.thorough
def test_every_bad_picture_ends_as_its_manifest_says(folder, capsys):
    cases = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    wrong, peak = [], 0
    with Decoders(1) as decoders:
        for case in cases:
            try:
                pictures, end = decoders.decode((folder / case["file"]).read_bytes()), "ok"
            except PictureError as error:
                pictures, end = [], "refused"
                assert str(error)
            if end not in (case["outcome"], *case.get("also_ok", [])):
                wrong.append((case["file"], end))
            if pictures and case["outcome"] == "ok":
                wrong += [(case["file"], fault) for fault in look(pictures[0], case)]
            peak = max(peak, most_memory(decoders))
            for picture in pictures:
                wrong += [(case["file"], trace) for trace in METADATA if trace in picture.content]
            if case.get("side_effect_file") and Path(case["side_effect_file"]).exists():
                wrong.append((case["file"], "side effect"))
    with capsys.disabled():
        print(f" {len(cases) - len(wrong)} of {len(cases)}, {peak:.0f} MB at most ", end="")
    assert wrong == []
    assert peak < 300
