"""Pictures: what the run costs beside the bare Pillow loop, on one core and on two, and how large files get.

    python benchmarks/images.py [--count 200] [--rounds 5] [--photos FOLDER]

Serves large JPEGs (2880 x 2052; drawn, or enlarged from the pictures in FOLDER) on loopback from another
process, and runs in turn: the bare loop (`draft`, one chain of shrinking, WebP by method 4 or 2; no fetching,
no rows), and the product's own `cache_images` on a new SQLite database with one and with two decoders. Prints
CPU (with child processes) and wall time a picture, the ratios, and bytes a file. Each round takes its share
of the pictures, so that whatever else the machine does hits all alike; medians of the rounds.
"""

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
WIDTH, HEIGHT = 2880, 2052
SCENES = 10  # distinct pictures; the others are these, shifted


def make_pictures(folder: Path, count: int, photos: Path | None) -> None:
    """Write `count` JPEGs, no two with the same pixels."""
    from tests.scenes import scene

    if photos:
        sources = [enlarged(Image.open(path).convert("RGB")) for path in sorted(photos.iterdir())]
    else:
        sources = [scene(WIDTH, HEIGHT, seed) for seed in range(SCENES)]
    for number in range(count):
        picture = ImageChops.offset(sources[number % len(sources)], 16 * (number // len(sources)), 0)
        picture.save(folder / f"{number}.jpg", quality=88)


def enlarged(picture: Image.Image) -> Image.Image:
    """Return a photograph cut and enlarged to the size of a camera's, with some grain."""
    scale = max(WIDTH / picture.width, HEIGHT / picture.height)
    size = (round(picture.width * scale), round(picture.height * scale))
    picture = picture.resize(size, Image.Resampling.LANCZOS).crop((0, 0, WIDTH, HEIGHT))
    grain = Image.effect_noise(picture.size, 8)
    return ImageChops.add(picture, Image.merge("RGB", (grain,) * 3), offset=-128)


def bare(paths: list[Path], method: int, cards: bool) -> None:
    """The loop that one would write in ten lines; with `cards` it makes the product's five files."""
    for path in paths:
        picture = Image.open(path)
        picture.draft("RGB", (960, 684))
        for width in (960, 640, 320):
            height = round(HEIGHT * width / WIDTH)
            picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
            picture.save(io.BytesIO(), "WEBP", quality=78, method=method)
            if cards and width < 960:
                top = (height - width // 2) // 2
                card = picture.crop((0, top, width, top + width // 2))
                card.save(io.BytesIO(), "WEBP", quality=78, method=method)


def product(urls: list[str], cores: int, place: str) -> dict:
    """Run `cache_images` over pictures on loopback; returns times, and bytes a file by shape and width."""
    import django

    os.environ.update(DJANGO_SETTINGS_MODULE="aggregator.settings", VAR_DIR=place)
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from articles.images.fetch import cache_images
    from articles.models import Image as Row
    from articles.models import Rendition

    settings.FETCH_LOOPBACK_ALLOWED = urls[0].split("/")[2]
    settings.FETCH_HOST_INTERVAL = 0.0
    call_command("migrate", verbosity=0)
    Row.objects.bulk_create(Row(url=each, url_hash=Row.hash_of(each)) for each in urls)
    ids = list(Row.objects.values_list("pk", flat=True))
    began, before = time.monotonic(), cpu()
    report = cache_images(ids, cores=cores)
    told = {"wall": time.monotonic() - began, "cpu": cpu() - before, "ready": report.counts["ready"]}
    files = Rendition.objects.values_list("shape", "width", "size")
    sizes: dict[str, list[int]] = {}
    for shape, width, size in files:
        sizes.setdefault(f"{shape} {width}", []).append(size)
    told["sizes"] = {name: round(statistics.mean(each)) for name, each in sorted(sizes.items())}
    return told


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def child(options) -> None:
    """What the other processes do."""
    folder = Path(options.folder)
    if options.child == "serve":
        handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *arguments: None})
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *arguments: handler(*arguments, directory=str(folder))
        )
        print(server.server_port, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        return
    names = [f"{number}.jpg" for number in range(options.first, options.first + options.count)]
    if options.child.startswith("bare"):
        began, before = time.monotonic(), cpu()
        bare([folder / name for name in names], int(options.child[4]), options.child.endswith("cards"))
        print(json.dumps({"wall": time.monotonic() - began, "cpu": cpu() - before}))
        return
    with tempfile.TemporaryDirectory() as place:
        urls = [f"{options.url}/{name}" for name in names]
        print(json.dumps(product(urls, int(options.child[-1]), place)))


def ask(name: str, folder: str, url: str, first: int, count: int) -> dict:
    command = [sys.executable, __file__, "--child", name, "--folder", folder, "--url", url]
    command += ["--first", str(first), "--count", str(count)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=Path)
    for name in ("--child", "--folder", "--url"):
        parser.add_argument(name, default="", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        make_pictures(Path(folder), options.count, options.photos)
        measure(folder, options.count, options.rounds)


def measure(folder: str, count: int, rounds: int) -> None:
    """Run everything in turn and print medians; a ratio is the median of the rounds' ratios."""
    command = [sys.executable, __file__, "--child", "serve", "--folder", folder]
    share, names = count // rounds, ["bare4", "bare2", "bare2 cards", "product 1", "product 2"]
    seen: list[dict[str, dict]] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for place in range(rounds):
            seen.append({name: ask(name, folder, url, place * share, share) for name in names})
        server.stdin.close()

    def middle(told) -> float:
        return statistics.median(told(each) for each in seen)

    for name in names:
        cpu_ms, wall_ms = (
            1000 * middle(lambda each, name=name, key=key: each[name][key]) / share for key in ("cpu", "wall")
        )
        print(f"{name:12} {cpu_ms:6.1f} ms CPU {wall_ms:6.1f} ms wall a picture")
    for name in names[:3]:
        ratio = middle(lambda each, name=name: each["product 1"]["cpu"] / each[name]["cpu"])
        print(f"product 1 / {name}: {ratio:.2f} of the CPU")
    ratio = middle(lambda each: each["product 1"]["wall"] / each["product 2"]["wall"])
    print(f"two decoders against one: {ratio:.2f} x as fast")
    ready = sum(each["product 2"]["ready"] for each in seen)
    print(ready, "of", share * rounds, "ready; bytes a file:", seen[-1]["product 2"]["sizes"])


if __name__ == "__main__":
    main()
