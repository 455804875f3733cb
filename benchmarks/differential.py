"""The parser against PyYAML's CSafeLoader on damaged files: `python -m benchmarks.differential --inputs N`.

A file that the parser accepts must have exactly the values that CSafeLoader reads, with a memo and without,
and both ways must agree on every refusal.
"""

import argparse
import random
from collections import Counter
from datetime import UTC, datetime

import yaml

from articles.frontmatter.document import DocumentError, Memo, parse
from articles.frontmatter.emit import emit

FRAGMENTS = [
    b" ", b"  ", b"\t", b"\n", b"\n\n", b"\r", b"\r\n", b":", b": ", b" #", b"# x", b"-", b"- ", b"\n  - ",
    b"\n- ", b"'", b'"', b'\\"', b"\\", b"\\u2028", b"\\0", b",", b"[", b"]", b"{", b"}", b"[]", b"{a: b}",
    b"|", b">-", b"?", b"? ", b"&a ", b"*a", b"!", b"! ", b"!!str ", b"<<", b"<<: ", b"=", b"~", b"null",
    b"yes", b"010", b"1:30", b"0x1f", b"1.5", b".inf", b"2024-13-01", b"2024-02-03", b"%", b"@", b"`", b"---",
    b"--- ", b"\n---\n", b"\n...\n", b"\n%YAML 1.1\n", b"related:", b"\nrelated:\n", b"\ntitle: again\n",
    b"\n    ", b"\nsecured: |\n  x\n", b"\n      ", b"\x00", b"\x07", b"\x7f", b"\xc2\x85", b"\xc2\xa0",
    b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbf", b"\xe9", b"\xed\xa0\x80", b"\xf0\x9f\x8c\x8a",
    b"\xef\xbf\xbe",
]  # fmt: skip


def samples() -> list[bytes]:
    """Return invented files: the usual order of keys, related entries at the end, and none of them."""
    picture = {"url": "https://pictures.example/tide.jpg", "width": 640, "height": 360, "isCached": True}
    copies = [
        {
            "title": f"Tide {number}: what the “gauge” at the pier said",
            "excerpt": "" if number == 2 else f'One.\r\nTwo says "{number}" \\ or \u2028 so.',
            "publishedDateTime": datetime(2023, 5, number, 9, 30, tzinfo=UTC),
            "webUrl": f"https://harbour-gazette.example/2023/05/tide-{number}?a=b&c=#d",
            "type": "article",
            "provider": {"name": "Harbour's Gazette, Ltd.", "domain": "harbour-gazette.example"},
            "quality": 20 + number,
            "images": [picture],
        }
        for number in (1, 2)
    ]
    head = {
        "category": "news",
        "title": "High water # in the old town: a record",
        "excerpt": "The water came at night.",
        "publishedDateTime": datetime(2023, 5, 4, 9, 30, tzinfo=UTC),
        "webUrl": "https://harbour-gazette.example/2023/05/high-water",
        "type": "article",
        "quality": 57,
        "heat": -1,
        "published": True,
        "provider": {"name": "Harbour Gazette", "domain": "harbour-gazette.example", "images": [picture]},
        "topics": ["Tidal Energy", "9 to 5", "NO", "C#"],
    }
    related = {"related": copies}
    end = {"images": [picture], "secured": "aW52ZW50ZWQ=;c2FtcGxl", "score": 1.5}
    return [emit(head | related | end), emit(head | end | related, "Text.\n"), emit(head | end)]


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Return a file with one to three small accidents in it."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(_ACCIDENTS)(rng, data)
    return data


def _cut(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 1, 2, 5, 40)) :]


def _put(rng: random.Random, data: bytes) -> bytes:
    # Half of them happen where meaning changes hands: at quotes, colons, dashes and the ends of lines.
    places = [at for at, byte in enumerate(data) if byte in b'":-\n#'] if rng.random() < 0.5 else []
    at = rng.choice(places) + rng.randrange(2) if places else rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(FRAGMENTS) + data[at:]


def _swap(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(max(1, len(data) - 2))
    return data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]


def _double(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.choice((1, 3, 20, 200))
    return data[: at + size] + data[at : at + size] + data[at + size :]


def _lines(rng: random.Random, data: bytes) -> tuple[list[bytes], int, int]:
    lines = data.split(b"\n")
    return lines, rng.randrange(len(lines)), rng.randrange(len(lines))


def _swap_lines(rng: random.Random, data: bytes) -> bytes:
    lines, one, other = _lines(rng, data)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _double_line(rng: random.Random, data: bytes) -> bytes:
    lines, one, other = _lines(rng, data)
    lines.insert(rng.choice((one, other)), lines[one])
    return b"\n".join(lines)


def _cut_line(rng: random.Random, data: bytes) -> bytes:
    lines, one, _ = _lines(rng, data)
    del lines[one]
    return b"\n".join(lines)


def _indent(rng: random.Random, data: bytes) -> bytes:
    lines, one, _ = _lines(rng, data)
    lines[one] = rng.choice((lines[one].lstrip(), b" " + lines[one], b"  " + lines[one], lines[one][1:]))
    return b"\n".join(lines)


_ACCIDENTS = (_cut, _put, _put, _swap, _double, _swap_lines, _double_line, _cut_line, _indent)


def compare(data: bytes, memo: Memo) -> tuple[str, str]:
    """Return "equal", "refused", "stricter" (CSafeLoader reads it) or "DIFFERENT", and the reason."""
    quick, whole = _read(data, memo), _read(data, None)
    if quick != whole:
        return "DIFFERENT", f"with a memo {quick}, without {whole}"
    expected = _reference(data)
    if whole[0] == "refused":
        return ("stricter" if expected else "refused"), str(whole[1])
    if whole[1] == expected:
        return "equal", ""
    return "DIFFERENT", f"ours {whole[1]}, CSafeLoader's {expected}"


def _read(data: bytes, memo: Memo | None) -> tuple:
    try:
        document = parse(data, memo)
    except DocumentError as error:
        return "refused", error.reason, error.line, error.field
    # As text: there 1 is not true, a NaN equals itself, and the order of keys counts.
    return "accepted", repr(document.values), document.body


def _reference(data: bytes) -> str | None:
    """Return what CSafeLoader reads between the fences, or None; the fences are found by other steps."""
    try:
        first, *lines = data.decode("utf-8-sig").split("\n")
        closing = [line.rstrip(" \t\r") == "---" for line in lines].index(True)
        values = yaml.load("".join(line + "\n" for line in lines[:closing]), yaml.CSafeLoader)
    except Exception:
        return None
    return repr(values) if first.rstrip(" \t\r") == "---" and isinstance(values, dict) and values else None


def run(inputs: int, seed: int) -> tuple[Counter, Counter, list[tuple[bytes, str]]]:
    """Return how often each result came, why the parser was stricter, and every input with a difference."""
    rng = random.Random(seed)
    memo = Memo()
    files = samples()
    results, reasons, differences = Counter(), Counter(), []
    for _ in range(inputs):
        data = damaged(rng, rng.choice(files))
        result, reason = compare(data, memo)
        results[result] += 1
        if result == "stricter":
            reasons[reason] += 1
        elif result == "DIFFERENT":
            differences.append((data, reason))
    return results, reasons, differences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results, reasons, differences = run(options.inputs, options.seed)
    print("; ".join(f"{result}: {count:,}" for result, count in results.most_common()))
    for reason, count in reasons.most_common(20):
        print(f"  stricter {count:6,}  {reason}")
    for data, reason in differences[:5]:
        print(reason, data, sep="\n")
    raise SystemExit(bool(differences))


if __name__ == "__main__":
    main()
