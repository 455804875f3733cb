"""Why a story stands where it stands, and why reports are in it, as the desk shows it."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article, SourceEntry, Story
from articles.sources.scoring import quality
from articles.stories.explanations import why_together
from articles.stories.ranking import heat_terms, rank_terms

_KINDS = {"title": "the same title", "text": "the same text", "link": "the same address"}


def why_here(story: Story | None) -> SafeString | str:
    """The terms of a story's heat and rank, each list with its sum."""
    if story is None or story.lead is None:
        return "—"
    heat = [
        (f"{value:+d}", name)
        for name, value in heat_terms(story.lead.quality, story.source_count, story.heat_adjustment)
    ]
    rank = [(f"{value:+.3f}", name) for name, value in rank_terms(story.heat, story.published_at)]
    rows = [*heat, (f"= {story.heat}", "heat"), *rank, (f"= {story.rank:.3f}", "rank")]
    return format_html("<table>{}</table>", format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows))


def why_in_story(story: Story | None, only: Article | None = None) -> SafeString | str:
    """The strongest link of each report of a story, or of one of them."""
    if story is None:
        return "—"
    reports = list(Article.objects.told().filter(story=story).order_by("published_at", "link_key"))
    reasons = why_together(reports)
    shown = [report for report in reports if only is None or report.pk == only.pk]
    rows = [(report.title, told(reasons[report.pk])) for report in shown]
    return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))


def told(reason) -> str:
    """Say in a few words what ties a report to its story."""
    if reason.kind == "first":
        return "the first report of the story"
    if reason.kind == "editor":
        return f"an editor put it with “{reason.other}”"
    words = ", ".join(f"{word} {value:.2f}" for word, value in reason.words)
    about = _KINDS.get(reason.kind, f"similarity {reason.similarity:.2f}")
    return f"{about} with “{reason.other}”{f': {words}' if words else ''}"


def what_feeds_told(article: Article) -> SafeString | str:
    """Of each feed that tells of a report: the terms of the first quality, and why it has its topics."""
    entries = SourceEntry.objects.of_article(article)
    return format_html_join("", "{}", ([_entry(entry)] for entry in entries)) if entries else "—"


def _entry(entry: SourceEntry) -> SafeString:
    terms = [(f"{value:+d}", name) for name, value in entry.quality]
    terms.append((f"= {quality(entry.quality)}", "first quality"))
    rows = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", terms)
    topics = format_html_join("", "<li>{}: {}</li>", ((name, _because(*why)) for name, *why in entry.topics))
    source = f"{entry.source}, first seen {entry.first_seen_at:%Y-%m-%d %H:%M}"
    return format_html("<p>{}</p><table>{}</table><ul>{}</ul>", source, rows, topics)


def _because(because: str, place: str) -> str:
    if place == "source":
        return "as all that this source brings"
    if place == "topic":
        return f"above {because}"
    return f"because of “{because}” in the {place}"
