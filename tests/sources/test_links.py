"""Links that stand for others: the publisher's link, where a link says it."""

import base64
from urllib.parse import quote

import pytest

from articles.sources.links import publisher_link

LINK = "https://harbour-gazette.example/news/tide-turns"
QUOTED = "https%3A%2F%2Fharbour-gazette.example%2Fnews%2Ftide-turns"
INNER = f"https://l.facebook.com/l.php?u={QUOTED}"


def _news_article(link, amp=""):
    data = b"\x08\x13\x22" + bytes([len(link)]) + link.encode()
    data += b"\xd2\x01" + bytes([len(amp)]) + amp.encode()
    return f"https://news.google.com/rss/articles/{base64.urlsafe_b64encode(data).decode().rstrip('=')}?oc=5"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param(LINK, LINK, id="a plain link"),
        pytest.param(f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga", LINK, id="an alert"),
        pytest.param(f"https://www.google.co.uk/url?q={QUOTED}", LINK, id="another country"),
        pytest.param(f"http://www.bing.com/news/apiclick.aspx?ref=Rss&url={QUOTED}&c=1", LINK, id="news"),
        pytest.param(f"https://duckduckgo.com/l/?uddg={QUOTED}&rut=1", LINK, id="search"),
        pytest.param(f"https://l.facebook.com/l.php?u={QUOTED}&h=1", LINK, id="social"),
        pytest.param(f"https://out.reddit.com/t3_x?url={QUOTED}", LINK, id="forum"),
        pytest.param(f"https://eu.safelinks.protection.outlook.com/?url={QUOTED}&data=1", LINK, id="mail"),
        pytest.param(f"https://r.search.yahoo.com/_ylt=A/RV=2/RU={QUOTED}/RK=2/RS=x", LINK, id="in the path"),
        pytest.param(f"https://www.google.com/amp/s/{LINK.removeprefix('https://')}", LINK, id="AMP viewer"),
        pytest.param(
            "https://harbour--gazette-example.cdn.ampproject.org/c/s/harbour-gazette.example/news/tide-turns",
            LINK, id="AMP cache",
        ),
        pytest.param(_news_article(LINK), LINK, id="an older news link"),
        pytest.param(_news_article(LINK, f"{LINK}/amp"), LINK, id="an older news link with its AMP form"),
        pytest.param("https://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAAAAAA", None, id="newer"),
        pytest.param(f"https://vk.com/away.php?to={quote(INNER, safe='')}", LINK, id="one in another"),
        pytest.param("https://www.google.com/url?url=javascript:alert(1)", None, id="no link inside"),
        pytest.param("https://google.example.com/url?url=https://a.example/", None, id="another host"),
        pytest.param("https://www.google.com/search?q=https://a.example/", None, id="another page"),
        pytest.param("http://[broken/url?url=x", None, id="no link at all"),
    ],
)  # fmt: skip
def test_the_publishers_link_is_found(link, expected):
    assert publisher_link(link) == (expected or link, "")


def test_an_amp_form_gives_the_plain_one_and_is_kept_beside():
    for link, expected in {
        f"{LINK}/amp/": f"{LINK}/", f"{LINK}/amp": LINK, f"{LINK}.amp": LINK, f"{LINK}?amp=1": LINK,
        f"{LINK}?a=b&outputType=amp": f"{LINK}?a=b", f"{LINK}.amp.html": f"{LINK}.html",
    }.items():  # fmt: skip
        assert publisher_link(link) == (expected, link)
    for path in ("amp", "guitar/amp/", "news?amplifier=1", "amp/tide-turns"):  # pages called so
        assert publisher_link(f"https://music.example/{path}") == (f"https://music.example/{path}", "")
