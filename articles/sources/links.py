"""Links of redirecting services, AMP caches and viewers, resolved to the publisher's link without fetching.

The address forms were read off links that these services give out.
"""

import base64
import binascii
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

_MAX_STEPS = 4  # one redirecting link may contain another
# Host (without "www."), start of the path, and the query parameters that may contain the target.
_REDIRECTORS = (
    ("bing.com", "/news/apiclick.aspx", ("url",)),
    ("duckduckgo.com", "/l/", ("uddg",)),
    ("l.facebook.com", "/l.php", ("u",)),
    ("lm.facebook.com", "/l.php", ("u",)),
    ("l.instagram.com", "/", ("u",)),
    ("out.reddit.com", "/", ("url",)),
    ("t.umblr.com", "/redirect", ("z",)),
    ("youtube.com", "/redirect", ("q",)),
    ("medium.com", "/r/", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("vk.com", "/away.php", ("to",)),
    ("disq.us", "/url", ("url",)),
    ("getpocket.com", "/redirect", ("url",)),
    ("flipboard.com", "/redirect", ("url",)),
    ("*.safelinks.protection.outlook.com", "/", ("url",)),
    ("go.redirectingat.com", "/", ("url",)),
    ("go.skimresources.com", "/", ("url",)),
    ("anrdoezrs.net", "/", ("url",)),
    ("click.linksynergy.com", "/", ("murl",)),
    ("awin1.com", "/cread.php", ("ued", "p")),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("steamcommunity.com", "/linkfilter/", ("u", "url")),
)
_GOOGLE = re.compile(r"google\.(com|[a-z]{2}|com?\.[a-z]{2})")
_AMP_VIEWERS = ("/amp/s/", "/amp/")
_AMP_CACHE = re.compile(r"/(?:[cvri]|wp)/(s/)?(.+)", re.DOTALL)
_YAHOO = re.compile(r"/RU=([^/]+)/")
_NEWS_ARTICLE = re.compile(r"/(?:rss/|__i/rss/rd/)?articles/(CB[A-Za-z0-9_-]{20,})")
_ADDRESS = re.compile(rb"https?://[\x21-\x7e]+")
_AMP_PARAMETERS = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("_amp", "true")}


def publisher_link(link: str) -> tuple[str, str]:
    """Return the publisher's link that an absolute link contains, and its AMP form or "".

    Any other link is returned unchanged. Nothing is validated here.
    """
    for _ in range(_MAX_STEPS):
        target = _target_of(link)
        if not target or target == link:
            break
        link = target
    plain = _without_amp(link)
    return (plain, link) if plain != link else (link, "")


def _target_of(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith(".cdn.ampproject.org"):
        return _from_cache(parts)
    if _GOOGLE.fullmatch(host) and parts.path == "/url":
        return _from_parameters(parts, ("url", "q"))
    if _GOOGLE.fullmatch(host) or host == "bing.com":
        for prefix in _AMP_VIEWERS:
            if parts.path.startswith(prefix):
                scheme = "https" if prefix == "/amp/s/" else "http"
                rest = f"{scheme}://{parts.path.removeprefix(prefix)}"
                return rest + (f"?{parts.query}" if parts.query else "")
    if host == "news.google.com":
        return _from_news_article(parts.path)
    if host == "r.search.yahoo.com" and (found := _YAHOO.search(parts.path)):
        return _absolute(unquote(found[1]))
    for pattern, path, names in _REDIRECTORS:
        if _is_host(host, pattern) and parts.path.startswith(path):
            return _from_parameters(parts, names)
    return ""


def _from_parameters(parts: SplitResult, names: tuple[str, ...]) -> str:
    values = dict(parse_qsl(parts.query))
    return next(filter(None, (_absolute(values.get(name, "")) for name in names)), "")


def _is_host(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*") else host == pattern


def _absolute(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""


def _from_cache(parts: SplitResult) -> str:
    found = _AMP_CACHE.fullmatch(parts.path)
    if not found:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"http{'s' if found[1] else ''}://{found[2]}{query}"


def _from_news_article(path: str) -> str:
    """Return the address encoded in an older article link of Google News; newer ones contain none."""
    found = _NEWS_ARTICLE.fullmatch(path)
    if not found:
        return ""
    try:
        data = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return ""
    # One or two bytes of length precede each address; the article's own precedes its AMP form.
    address = _ADDRESS.search(data)
    if not address:
        return ""
    size = data[address.start() - 1]
    if address.start() >= 2 and data[address.start() - 2] & 0x80 and size < 0x10:
        size = (data[address.start() - 2] & 0x7F) | size << 7
    text = address[0][:size] if 0 < size <= len(address[0]) else address[0]
    return text.decode("ascii")


def _without_amp(link: str) -> str:
    """Return the canonical form of a publisher's own AMP address, if its form shows one."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    path, query = parts.path, parts.query
    for ending in ("/amp/", "/amp", ".amp"):
        # Only after something that looks like an article's address: a page may itself be named "amp".
        head = path.removesuffix(ending)
        if head != path and re.search(r"[-\d]", head.rsplit("/", 1)[-1]):
            path = head + ("/" if ending == "/amp/" else "")
            break
    path = re.sub(r"\.amp\.html$", ".html", path)
    pairs = parse_qsl(query, keep_blank_values=True)
    pairs_left = [pair for pair in pairs if (pair[0].lower(), pair[1].lower()) not in _AMP_PARAMETERS]
    if len(pairs_left) != len(pairs):
        query = urlencode(pairs_left)
    if (path, query) == (parts.path, parts.query):
        return link
    return urlunsplit((parts.scheme, parts.netloc, path, query, parts.fragment))
