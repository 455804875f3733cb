"""Bytes of a feed as text (floor 0): which encoding it is in, whatever server and file say of it."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
# What XML cannot hold; feeds do, and are read without it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Encodings that are plain ASCII to look at, so that being valid UTF-8 says nothing.
_SHIFTING = ("iso-2022", "iso2022", "hz")


def read_text(data: bytes, content_type: str = "") -> str:
    """Return the text of a feed without XML declaration, byte order mark and forbidden characters.

    A byte order mark decides; what is valid UTF-8 is UTF-8; else the file's own word counts, then the
    server's. What none of them can read is read as Windows-1252 with replacements.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(name, "replace")
            break
    else:
        text = _without_mark(data, content_type)
    return _FORBIDDEN.sub("", _DECLARATION.sub("", text)).strip()


def _without_mark(data: bytes, content_type: str) -> str:
    head = data[:400]
    if head.startswith((b"<\0", b"\0<", b"{\0", b"\0{")):
        return data.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    declared = _DECLARED.search(head)
    stated = _CHARSET.search(content_type)
    names = [declared[1].decode("ascii").lower() if declared else "", stated[1].lower() if stated else ""]
    if not names[0].startswith(_SHIFTING):
        names.insert(0, "utf-8")
    for name in names:
        try:
            if name:
                return data.decode(name)
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")
