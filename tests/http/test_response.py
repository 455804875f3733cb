"""What a server answers: headers and bodies within limits."""

import gzip
from types import SimpleNamespace

import pytest

from articles.http.response import FetchError, build_response, read_body, read_headers, read_location


def response(*chunks, headers=()):
    return SimpleNamespace(headers=headers, iter_stream=lambda: iter(chunks))


def test_headers_are_read_by_name_and_limited_in_all():
    pairs = [(b"Via", b"a"), (b"via", b"b"), (b"ETag", b'"1"')]
    assert read_headers(response(headers=pairs)) == {"via": "a, b", "etag": '"1"'}
    with pytest.raises(FetchError, match="headers"):
        read_headers(response(headers=[(b"x", b"y" * 100)] * 700))


def test_a_redirect_is_joined_to_where_it_came_from():
    for location, url in {
        "/b": "https://a.example/b", "b": "https://a.example/x/b", "//c.example/": "https://c.example/",
        "/sm\xc3\xb8r": "https://a.example/smør", "/sm\xf8r": "https://a.example/smør",
    }.items():  # fmt: skip
        assert read_location("https://a.example/x/y", {"location": location}) == url
    for location in ("http://[::1", "", "  ", "/a\tb", "\\\\c.example"):
        with pytest.raises(FetchError):
            read_location("https://a.example/x/y", {"location": location})


def test_only_proper_validators_are_kept():
    for etag in ('"1"', 'W/"1"'):
        assert build_response("u", {"etag": etag}).etag == etag
    for etag in ("", "1", '"a b"', '"é"', '"' + "a" * 600 + '"'):
        assert build_response("u", {"etag": etag}).etag == ""
    assert build_response("u", {"last-modified": "Thu, 04 May 2023 09:30:00 GMT"}).last_modified
    for date in ("not a date", "", "Thu, 99 May 2023"):
        assert not build_response("u", {"last-modified": date}).last_modified


def test_packed_bodies_are_unpacked_and_nothing_is_unpacked_twice():
    packed = gzip.compress(b"tide" * 100)
    whole = response(packed[:10], packed[10:])
    assert read_body(whole, {"content-encoding": "GZip"}, 1000, None) == b"tide" * 100
    for encoding in ("gzip, gzip", "br", "x-nonsense"):
        with pytest.raises(FetchError, match="compressed"):
            read_body(response(packed), {"content-encoding": encoding}, 1000, None)
    for broken in (packed[:-12], b"\x1f\x8b nonsense"):
        with pytest.raises(FetchError, match="gzip"):
            read_body(response(broken), {"content-encoding": "gzip"}, 1000, None)


def test_a_declared_length_over_the_limit_is_refused_unread():
    with pytest.raises(FetchError, match="more than"):
        read_body(response(), {"content-length": "1001"}, 1000, None)


def test_an_empty_body_is_refused_and_a_cut_one_only_read_so_far():
    with pytest.raises(FetchError, match="empty"):
        read_body(response(), {}, 1000, None)
    assert read_body(response(b"a" * 600, b"b" * 600), {}, 1000, 700) == b"a" * 600 + b"b" * 100
    assert read_body(response(), {}, 1000, 700) == b""
