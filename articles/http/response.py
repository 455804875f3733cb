"""Responses of other servers: headers, body and text read within limits. Nothing here opens a connection."""

import codecs
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

MAX_HEADER_BYTES = 65_536
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
# Characters that XML does not allow; they are dropped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Encodings whose bytes are all ASCII, so that being valid UTF-8 proves nothing.
_ASCII_ONLY = ("iso-2022", "iso2022", "hz")
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,500}"')


class FetchError(Exception):
    """A fetch without a usable response; the text is the reason in plain words, without any part of the URL.

    `status` is the HTTP status, if there was one; `retry_after` the seconds (at most a day) of a Retry-After;
    `is_final` means that a retry is useless: the guard, robots.txt or a limit refused it, or the server says
    that there is nothing.
    """

    def __init__(
        self, reason: str, *, status: int = 0, retry_after: int | None = None, is_final: bool = False
    ):
        super().__init__(reason)
        self.status, self.retry_after, self.is_final = status, retry_after, is_final


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `content` is decompressed. After a 304 `is_unchanged` is true and `content` is empty.

    `url` is the final address; `moved_to` the target of permanent redirects, or "". `etag` and
    `last_modified` are valid to be sent back, or "".
    """

    url: str
    content: bytes
    content_type: str
    etag: str
    last_modified: str
    is_unchanged: bool = False
    moved_to: str = ""


def read_headers(response) -> dict[str, str]:
    """Return the headers by lower-case name, repeated ones joined; raises FetchError if they are too long."""
    if sum(len(name) + len(value) + 4 for name, value in response.headers) > MAX_HEADER_BYTES:
        raise FetchError(f"more than {MAX_HEADER_BYTES:,} bytes of headers", is_final=True)
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def read_location(base: str, headers: dict[str, str]) -> str:
    """Return the absolute URL of a redirect, not yet checked; raises FetchError."""
    location = headers.get("location", "").strip()
    if not location:
        raise FetchError("a redirect that does not say where to", is_final=True)
    if any(ord(char) < 32 or char in "\x7f\\" for char in location):
        raise FetchError("a redirect to a malformed link", is_final=True)
    with suppress(UnicodeDecodeError):  # then it is Latin-1, as HTTP defines
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise FetchError("a redirect to a malformed link", is_final=True) from error


def build_response(
    url: str,
    headers: dict[str, str],
    content: bytes = b"",
    *,
    is_unchanged: bool = False,
    moved_to: str = "",
) -> Response:
    """Return a response; unusable validators are dropped."""
    etag, modified = headers.get("etag", "").strip(), headers.get("last-modified", "").strip()
    try:
        parsedate_to_datetime(modified)
    except (ValueError, TypeError, OverflowError):
        modified = ""
    return Response(
        url=url,
        content=content,
        content_type=headers.get("content-type", "")[:200],
        etag=etag if _ETAG.fullmatch(etag) else "",
        last_modified=modified if len(modified) <= 40 and modified.isascii() else "",
        is_unchanged=is_unchanged,
        moved_to=moved_to,
    )


def read_body(response, headers: dict[str, str], limit: int, cut_at: int | None) -> bytes:
    """Read a body of at most `limit` bytes, both as sent and decompressed; raises FetchError.

    With `cut_at` the body is cut after so many bytes, without an error.
    """
    too_large = FetchError(f"more than {limit:,} bytes", is_final=True)
    length = headers.get("content-length", "")
    if cut_at is None and length.isdigit() and int(length[:20]) > limit:
        raise too_large
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError("compressed in a way that was not requested", is_final=True)
    decompressor = zlib.decompressobj(31) if encoding.endswith("gzip") else None
    parts, size, received = [], 0, 0
    for chunk in response.iter_stream():
        received += len(chunk)
        if decompressor:
            try:
                chunk = decompressor.decompress(chunk, limit - size + 1)
            except zlib.error as error:
                raise FetchError("damaged gzip") from error
        parts.append(chunk)
        size += len(chunk)
        if cut_at is not None and size >= cut_at:
            return b"".join(parts)[:cut_at]
        if max(size, received) > limit:
            raise too_large
    if decompressor and not decompressor.eof:
        raise FetchError("gzip that ends too early")
    if not size and cut_at is None:
        raise FetchError("an empty answer", is_final=True)
    return b"".join(parts)


def decode_text(data: bytes, content_type: str = "") -> str:
    """Return the text of a body without XML declaration, byte order mark and forbidden characters.

    A byte order mark decides; valid UTF-8 is UTF-8; else the declaration in the file counts, then the
    `content_type` header. If none of them fits it is decoded as Windows-1252 with replacements.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(name, "replace")
            break
    else:
        text = _decode_without_bom(data, content_type)
    return _FORBIDDEN.sub("", _DECLARATION.sub("", text)).strip()


def _decode_without_bom(data: bytes, content_type: str) -> str:
    head = data[:400]
    if head.startswith((b"<\0", b"\0<", b"{\0", b"\0{")):
        return data.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    declared = _DECLARED.search(head)
    stated = _CHARSET.search(content_type)
    names = [declared[1].decode("ascii").lower() if declared else "", stated[1].lower() if stated else ""]
    if not names[0].startswith(_ASCII_ONLY):
        names.insert(0, "utf-8")
    for name in names:
        try:
            if name:
                return data.decode(name)
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")
