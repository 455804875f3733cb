"""HTML that several pages of the newsroom show: thumbnails, and the reasons behind rank and grouping."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article, Image, SourceEntry, Story
from articles.sources.scoring import quality
from articles.stories.matches import why_together
from articles.stories.ranking import heat_terms, rank_terms

THUMBNAIL_HEIGHT = 48
_SAME = {"title": "the same title", "text": "the same text", "link": "the same address"}


def thumbnail(image: Image) -> SafeString | str:
    """Return the smallest stored file of a picture as an <img>, or "" if there is none."""
    files = list(image.renditions.all())
    if not files:
        return ""
    width = max(1, round(THUMBNAIL_HEIGHT * files[0].width / files[0].height))
    html = '<img src="{}" width="{}" height="{}" alt="" loading="lazy">'
    return format_html(html, files[0].url, width, THUMBNAIL_HEIGHT)


def first_thumbnail(article: Article) -> SafeString | str:
    """Return the thumbnail of the first picture of an article that is ready, or ""."""
    links = article.image_links.all()
    return next((thumbnail(link.image) for link in links if link.image.state == Image.State.READY), "")


def rank_explanation(story: Story | None) -> SafeString | str:
    """Return the terms of a story's heat and rank as a table, with both sums."""
    if story is None or story.lead is None or story.published_at is None:
        return "—"
    heat = heat_terms(story.lead.quality, story.provider_count, story.heat_adjustment)
    rank = rank_terms(story.heat, story.published_at)
    rows = [(f"{value:+d}", name) for name, value in heat] + [(f"= {story.heat}", "heat")]
    rows += [(f"{value:+.3f}", name) for name, value in rank] + [(f"= {story.rank:.3f}", "rank")]
    return _table(rows)


def _table(rows) -> SafeString:
    return format_html("<table>{}</table>", format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows))


def grouping_explanation(article: Article) -> SafeString | str:
    """Return what ties an article to its story."""
    if article.story_id is None:
        return "—"
    others = Article.objects.live().filter(story=article.story_id).order_by("published_at", "link_key")
    reason = why_together(list(others)).get(article.pk)
    return describe_link(reason) if reason else "—"


def describe_link(reason) -> str:
    """Return in a few words what ties an article to its story; see `why_together`."""
    if reason.kind == "first":
        return "the first article of the story"
    if reason.kind == "editor":
        return f"an editor put it with “{reason.other}”"
    words = ", ".join(f"{word} {value:.2f}" for word, value in reason.words)
    cause = _SAME.get(reason.kind, f"similarity {reason.similarity:.2f}")
    return f"{cause} with “{reason.other}”{f': {words}' if words else ''}"


def feed_explanation(article: Article) -> SafeString | str:
    """Return for each feed with this article: the terms of its first quality, and why it has its topics."""
    entries = SourceEntry.objects.of_article(article)
    return format_html_join("", "{}", ([_feed_entry(entry)] for entry in entries)) if entries else "—"


def _feed_entry(entry: SourceEntry) -> SafeString:
    terms = [(f"{value:+d}", name) for name, value in entry.quality]
    terms.append((f"= {quality(entry.quality)}", "first quality"))
    reasons = ((name, _topic_reason(*reason)) for name, *reason in entry.topics)
    topics = format_html_join("", "<li>{}: {}</li>", reasons)
    source = f"{entry.source}, first seen {entry.first_seen_at:%Y-%m-%d %H:%M}"
    return format_html("<p>{}</p>{}<ul>{}</ul>", source, _table(terms), topics)


def _topic_reason(cause: str, place: str) -> str:
    if place == "source":
        return "every entry of this source has it"
    if place == "topic":
        return f"parent of {cause}"
    return f"because of “{cause}” in the {place}"
