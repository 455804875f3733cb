"""What templates show of stories and articles: cards, lines, providers and pictures as plain dicts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.caching.version import cached, cached_many
from articles.models import Article, ArticleImage, Pin, Provider, Rendition, Story, StoryTopic, Topic
from articles.models.story import story_url
from articles.pages.context import topic_links
from articles.stories.aggregates import LINES_ON_CARD

MORE_ON_CARD = 12  # lines that a card folds away
HUES = 12  # colours of tiles, see static/css


def story_cards(ids: Sequence[int]) -> list[dict]:
    """Return contexts for components/card.html: the public ones of these stories, in this order.

    They are loaded once per site version, in five queries. A card's `key` is a hash of all that it shows:
    templates cache the rendered card under it, so that a new version renders only the cards that changed.
    """
    return list(cached_many("card", list(ids), _load_cards).values())


def pinned_first(topic: int | None, ids: Sequence[int], *, is_first: bool) -> list[dict]:
    """Return the cards of a page of the front (None) or of a topic, with what editors pinned there on top.

    Pinned stories stand on the first page alone.
    """
    pinned = cached(("pinned", topic), lambda: Pin.objects.stories_in(topic))
    cards = story_cards(pinned) if is_first else []
    above = [card | {"is_pinned": True, "key": f"{card['key']}p"} for card in cards]
    return above + story_cards([story for story in ids if story not in pinned])


def _load_cards(ids: Collection[int]) -> dict[int, dict]:
    stories = Story.objects.for_cards(ids)
    lines, topics, links = defaultdict(list), defaultdict(list), topic_links()
    for article in Article.objects.below_lead(stories, LINES_ON_CARD + MORE_ON_CARD):
        lines[article["story_id"]].append(
            {
                "title": article["title"],
                "link": article["url"],
                "kind": article["kind"],
                "published_at": article["published_at"],
                "provider": {"name": article["provider__name"]},
            }
        )
    for story, topic in StoryTopic.objects.for_cards(stories):
        if topic in links:
            topics[story].append(links[topic])
    leads = [story.required_lead for story in stories.values()]
    pictures, logos = _pictures_and_logos(leads, {lead.provider for lead in leads})
    return {
        pk: _card(story, lines[pk], topics[pk], pictures.get(story.lead_id), logos)
        for pk, story in stories.items()
    }


def _card(story: Story, lines: list[dict], topics: list[dict], picture: dict | None, logos: dict) -> dict:
    lead = story.required_lead
    more_count = max(story.article_count - 1 - LINES_ON_CARD, 0)
    card = {
        "is_story": True,
        "id": story.pk,
        "title": lead.title,
        "link": lead.url,
        "permalink": lead.get_absolute_url(),
        "url": story_url(story.pk, lead.title),
        "excerpt": lead.shown_excerpt,
        "kind": lead.kind,
        "provider": provider_context(lead.provider, logos),
        "published_at": lead.published_at,
        "updated_at": story.last_article_at,
        "heat": story.heat,
        "reports_text": reports_text(story),
        "topics": topics,
        "image": picture,
        "lines": lines[:LINES_ON_CARD],
        "more": lines[LINES_ON_CARD:],
        "more_text": _more_text(more_count, story.folded_provider_count) if more_count else "",
    }
    return card | {"key": blake2b(repr(card).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()}


def reports_text(story: Story) -> str:
    """Say how many reports a story has, and from how many independent providers."""
    count, providers = story.article_count, story.provider_count
    text = ngettext("%d report", "%d reports", count) % count
    if count == 1:
        return text
    independent = ngettext("%d independent provider", "%d independent providers", providers) % providers
    return f"{text}, {independent}"


def _more_text(articles: int, providers: int) -> str:
    return ngettext("%(n)d more from %(m)s", "%(n)d more from %(m)s", articles) % {
        "n": articles,
        "m": ngettext("%d provider", "%d providers", providers) % providers,
    }


def story_briefs(ids: Sequence[int]) -> dict[int, dict]:
    """Return public stories in two lines, by number: the lead and the number of articles; in one query."""

    def load(missing: list) -> dict:
        return {
            pk: article_line(story.required_lead, provider_context(story.required_lead.provider))
            | {"url": story.get_absolute_url(), "reports_text": reports_text(story)}
            for pk, story in Story.objects.for_cards(missing).items()
        }

    return cached_many("brief", list(ids), load)


def article_lines(articles: Sequence[Article], *, has_logos: bool = True) -> list[dict]:
    """Return a line for each article, with the logos of their providers (one query) unless not wanted."""
    providers = {article.provider for article in articles}
    logos = logos_of(providers) if has_logos else {}
    contexts = {provider.pk: provider_context(provider, logos) for provider in providers}
    return [article_line(article, contexts[article.provider_id]) for article in articles]


def article_line(article: Article, provider: dict) -> dict:
    """Return the context of one article; `permalink` is "" where readers may not open it."""
    return {
        "title": article.title,
        "link": article.url,
        "kind": article.kind,
        "provider": provider,
        "published_at": article.published_at,
        "permalink": article.get_absolute_url() if article.is_public else "",
    }


def article_cards(articles: Sequence[Article], *, has_story: bool = True) -> list[dict]:
    """Return contexts for components/card.html of single articles, with a link to the story or without."""
    return [
        line
        | {
            "excerpt": article.shown_excerpt,
            "story_url": article.story.get_absolute_url()
            if has_story and article.story and article.story.lead
            else "",
            "story_text": _("All reports of this story"),
        }
        for article, line in zip(articles, article_lines(articles), strict=True)
    ]


def provider_context(provider: Provider, logos: dict[int, str] | None = None) -> dict:
    """Return a provider as templates show it; `logos` are addresses by the logo's image (`logos_of`)."""
    return {
        "name": provider.name,
        "domain": provider.domain,
        "url": provider.get_absolute_url(),
        "logo": logos.get(provider.logo_id, "") if logos and provider.logo_id else "",
        **initials_and_hue(provider.name, provider.domain),
    }


def provider_contexts(providers: Iterable[Provider]) -> list[dict]:
    """Return providers with how many articles they have in public stories."""
    providers = list(providers)
    logos = logos_of(providers)
    return [provider_context(provider, logos) | {"count": provider.article_count} for provider in providers]


def initials_and_hue(name: str, seed: str) -> dict:
    """Return what a tile shows where there is no picture: up to two letters, and a hue by `seed`."""
    words = [word for word in name.split() if word[0].isalnum()] or [seed]
    return {"initials": "".join(word[0] for word in words[:2]).upper(), "hue": crc32(seed.encode()) % HUES}


def logos_of(providers: Iterable[Provider]) -> dict[int, str]:
    """Return the address of our widest file of each provider's logo, by the logo's image."""
    images = {provider.logo_id for provider in providers if provider.logo_id}
    files = Rendition.objects.of_ready(images) if images else {}
    return {image: files[image][-1].url for image in files}


def pictures_of(articles: Iterable[Article]) -> dict[int, dict]:
    """Return the first picture we have of each article, by its number, for components/picture.html."""
    return _pictures_and_logos(articles, ())[0]


def _pictures_and_logos(articles: Iterable[Article], providers: Iterable[Provider]) -> tuple[dict, dict]:
    first = ArticleImage.objects.first_ready([article.pk for article in articles])
    logos = {provider.logo_id for provider in providers if provider.logo_id}
    wanted = logos | {image for image, _alt in first.values()}
    files = Rendition.objects.of_ready(wanted) if wanted else {}
    pictures = {article: picture_context(files.get(image), alt) for article, (image, alt) in first.items()}
    return pictures, {image: files[image][-1].url for image in logos & files.keys()}


def picture_context(files: Sequence[Rendition] | None, alt: str) -> dict | None:
    """Return what an <img> of these files needs, None for none; `card` in it is the same of the 2:1 crop."""
    shapes: dict[str, list[Rendition]] = defaultdict(list)
    for file in files or ():
        shapes[file.shape].append(file)
    whole = _sources(shapes[Rendition.Shape.WHOLE], alt)
    return whole and whole | {"card": _sources(shapes[Rendition.Shape.CARD], alt) or whole}


def _sources(files: Sequence[Rendition], alt: str) -> dict | None:
    if not files:
        return None
    middle = files[min(1, len(files) - 1)]
    return {
        "src": middle.url,
        "srcset": ", ".join(f"{file.url} {file.width}w" for file in files),
        "width": middle.width,
        "height": middle.height,
        "alt": alt,
        "smallest": files[0].url,
    }


def topic_pictures(topics: Sequence[Topic]) -> dict[int, dict | None]:
    """Return the picture of each topic, by its number, in one query; its name stands beside it: no text."""
    images = {topic.image_id for topic in topics if topic.image_id}
    files: dict[int | None, list[Rendition]] = {**Rendition.objects.of_ready(images)} if images else {}
    return {topic.pk: picture_context(files.get(topic.image_id), "") for topic in topics}


def topic_tiles(topics: Sequence[Topic]) -> dict[int, dict]:
    """Return a small picture, or initials, for each of these topics."""
    pictures = topic_pictures(topics)
    return {
        topic.pk: {
            "logo": picture["card"]["smallest"] if (picture := pictures[topic.pk]) else "",
            "is_cut": True,
            **initials_and_hue(topic.name, topic.slug),
        }
        for topic in topics
    }
