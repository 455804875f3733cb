"""Markup that pages hold a hundred times (floor 3): strings put together, in a tenth of a template's time.

Every value that comes from a row is escaped here; templates show these pieces by the tags of the same names
(templatetags/markup.py).
"""

import secrets
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from articles.language import gettext as _

CARDS = SafeString(f"@{secrets.token_hex(8)}@")  # where a page's finished cards are put
_OUT = 'rel="noopener noreferrer"'
_FIRST_SIZES = "(min-width: 64rem) 25rem, (min-width: 40rem) 44vw, calc(100vw - 2rem)"
_SIZES = "(min-width: 40rem) 12.5rem, 6.5rem"


def when_html(when: dict | None) -> SafeString:
    """Return a time: exact for machines and careful readers, "3 h ago" for hurried ones."""
    if not when:
        return SafeString()
    return SafeString(
        f'<time datetime="{when["iso"]}" title="{escape(when["exact"])}">{escape(when["ago"])}</time>'
    )


def tile_html(provider: dict) -> SafeString:
    """Return a logo, or a coloured tile with initials where there is none."""
    if logo := provider["logo"]:
        cut = " tile-cut" if provider.get("is_cut") else ""
        size = 'width="32" height="32" loading="lazy" decoding="async"'
        return SafeString(f'<img class="tile{cut}" src="{escape(logo)}" alt="" {size}>')
    initials = escape(provider["initials"])
    return SafeString(f'<span class="tile hue-{provider["hue"]}" aria-hidden="true">{initials}</span>')


def byline_html(provider: dict, when: dict, permalink: str, kind: str) -> SafeString:
    """Return who reported something, and when."""
    name, time = f"<bdi>{escape(provider['name'])}</bdi>", when_html(when)
    who = f'<a class="byline-name" href="{escape(provider["url"])}">{name}</a>'
    moment = f'<span class="byline-when">{time}</span>'
    if permalink:
        about = f'<span class="vh"> – {escape(_("about this report"))}</span>'
        moment = f'<a class="byline-when" href="{escape(permalink)}">{time}{about}</a>'
    video = f'<span class="video">{escape(_("Video"))}</span>' if kind == "video" else ""
    return SafeString(f'<p class="byline">{tile_html(provider)}{who}\n{moment}\n{video}</p>\n')


def chips_html(topics: Iterable[dict]) -> SafeString:
    """Return links to topics."""
    links = [f'<li><a href="{escape(t["url"])}"><bdi>{escape(t["name"])}</bdi></a></li>' for t in topics]
    return SafeString(
        f'<ul class="chips" aria-label="{escape(_("Topics"))}">{"".join(links)}</ul>' if links else ""
    )


def picture_html(image: dict, sizes: str, *, is_eager: bool = False) -> SafeString:
    """Return a picture in the width that the reader's screen needs."""
    loading = 'loading="eager" fetchpriority="high"' if is_eager else 'loading="lazy" decoding="async"'
    return SafeString(
        f'<img src="{escape(image["src"])}" srcset="{escape(image["srcset"])}" sizes="{sizes}"'
        f' width="{image["width"]}" height="{image["height"]}" alt="{escape(image["alt"])}" {loading}>'
    )


def lines_html(lines: Iterable[dict]) -> SafeString:
    """Return reports as a list, a line each: title, provider, time."""
    video = f', <span class="video">{escape(_("Video"))}</span>'
    made = [_line(line, video if line["kind"] == "video" else "") for line in lines]
    return SafeString(f'<ul class="lines">\n{"".join(made)}</ul>\n')


def _line(line: dict, kind: str) -> str:
    title = f'<a href="{escape(line["link"])}" {_OUT}>{escape(line["title"])}</a>'
    name = f"<bdi>{escape(line['provider']['name'])}</bdi>"
    return f'<li dir="auto">{title} <span class="by">{name}{kind}, {when_html(line["when"])}</span></li>\n'


def card_html(card: dict) -> bytes:
    """Return a story: its lead, the reports below it, and where the rest is; as it is sent.

    A page is nine parts cards, so these are written out once and not with each page they are on.
    """
    kinds = f"{' card-first' if card['first'] else ''}{' card-pictured' if card['image'] else ''}"
    return (
        f'<article class="card{kinds}">\n<div class="lead">\n{_lead(card)}</div>\n'
        f"{_below(card)}{_foot(card)}</article>\n"
    ).encode()


def head_html(
    site: str, description: str, canonical: str, feeds: Iterable[dict], preview: dict, linked_data: str
) -> SafeString:
    """Return what the head of a page says of it: description, address, feeds, and what a shared link shows.

    `linked_data` is JSON that may stand in a page (see articles/pages/meta.py); what is empty is left out.
    """
    said = [f'<meta name="description" content="{escape(description)}">'] if description else []
    said += [f'<link rel="canonical" href="{escape(canonical)}">'] if canonical else []
    said += [
        f'<link rel="alternate" type="{feed["type"]}" title="{escape(feed["title"])} ({feed["name"]})"'
        f' href="{escape(feed["url"])}">'
        for feed in feeds
    ]
    said += _preview(site, preview) if preview else []
    said += [f'<script type="application/ld+json">{linked_data}</script>'] if linked_data else []
    return SafeString("".join(f"{line}\n" for line in said))


def feed_items_html(feeds: Iterable[dict]) -> SafeString:
    """Return links to feeds as items of a list."""
    items = (f'<li><a href="{escape(f["url"])}">{escape(f["label"])}</a></li>\n' for f in feeds)
    return SafeString("".join(items))


def _preview(site: str, preview: dict) -> list[str]:
    graph = {
        "site_name": site, "type": preview["type"], "title": preview["title"], "url": preview["url"],
        "description": preview["description"], "image": preview["image"],
        "image:width": preview["image_width"], "image:height": preview["image_height"],
        "image:alt": preview["image_alt"],
    }  # fmt: skip
    kind = "summary_large_image" if preview["image"] else "summary"
    told = [
        f'<meta property="og:{name}" content="{escape(str(said))}">' for name, said in graph.items() if said
    ]
    return [*told, f'<meta name="twitter:card" content="{kind}">']


def _lead(card: dict) -> str:
    excerpt = f'<p class="excerpt" dir="auto">{escape(card["excerpt"])}</p>\n' if card["excerpt"] else ""
    return (
        f'<h2 class="card-title" id="s{card["id"]}" dir="auto">'
        f'<a href="{escape(card["link"])}" {_OUT}>{escape(card["title"])}</a></h2>\n'
        f"{byline_html(card['provider'], card['when'], card['permalink'], card['kind'])}\n"
        f"{excerpt}{_card_picture(card)}"
    )


def _card_picture(card: dict) -> str:
    if not card["image"]:
        return ""
    hidden = "" if card["image"]["alt"] else ' aria-hidden="true"'
    sizes = _FIRST_SIZES if card["first"] else _SIZES
    picture = picture_html(card["image"]["card"], sizes, is_eager=card["first"])
    return f'<a class="picture" href="{escape(card["link"])}" {_OUT} tabindex="-1"{hidden}>{picture}</a>\n'


def _below(card: dict) -> str:
    lines = f"{lines_html(card['lines'])}\n" if card["lines"] else ""
    if not card["more"]:
        return lines
    more = f"<summary>{escape(card['more_text'])}</summary>\n{lines_html(card['more'])}"
    return f'{lines}<details class="more">{more}\n</details>\n'


def _foot(card: dict) -> str:
    name = f"c{card['id']}"
    heat = f'<span class="heat">{escape(_("Heat"))} {card["heat"]}</span>\n' if card["heat"] else ""
    return (
        f'<div class="card-foot"><a class="coverage" id="{name}" href="{escape(card["url"])}"'
        f' aria-labelledby="{name} s{card["id"]}">{escape(card["reports_text"])}</a>\n'
        f"{heat}{chips_html(card['topics'])}</div>\n"
    )
