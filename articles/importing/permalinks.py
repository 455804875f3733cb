"""Permalinks of articles: which stem each has, and redirects from those that it had."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.utils.text import slugify

from articles.frontmatter.fields import ArticleFields
from articles.importing.lookups import look_up
from articles.models import Article, FormerStem

# Origins of articles that have documents of their own, or an editor.
HAVE_A_DOCUMENT = (Article.Origin.FILE, Article.Origin.FEED)
HAVE_A_FILE = (*HAVE_A_DOCUMENT, Article.Origin.ADMIN)


def stem_of_link(key: str, url: str) -> str:
    """Return a permalink made of the link alone, so that it does not depend on the order of import."""
    words = slugify(re.split(r"[?#]", url)[0].rstrip("/").rsplit("/", 1)[-1])[:80].strip("-_")
    return f"{words or 'article'}-~{sha256(key.encode()).hexdigest()[:12]}"


def free_stem(fields: ArticleFields) -> str:
    """Return a permalink for an article without a file: its day and title, with a suffix if in use."""
    stem = f"{fields.published_at:%Y-%m-%d}-{slugify(fields.title)[:80].strip('-') or 'article'}"
    is_used = any(model.objects.filter(stem=stem).exists() for model in (Article, FormerStem))
    return _suffixed(stem, fields.link_key) if is_used else stem


def assign_stems(articles: Mapping[str, Article], stems: Mapping[str, str]) -> None:
    """Give articles the stems of their files or editors; one that another such article holds gets a suffix.

    `articles` by link key are not saved yet. Holders outside the batch that have to give way are saved.
    """
    wanted: dict[str, list[str]] = {}
    for key, stem in stems.items():
        if articles[key].stem not in (stem, _suffixed(stem, key)):
            wanted.setdefault(stem, []).append(key)
    if not wanted:
        return
    holders = look_up(Article.objects.only("stem", "link_key", "origin"), "stem", sorted(wanted))
    leaving = {key for keys in wanted.values() for key in keys}
    previous = {key: articles[key].stem for key in leaving if articles[key].pk}
    moved: list[Article] = []
    for stem, keys in wanted.items():
        holder = holders.get(stem)
        is_held = holder is not None and holder.link_key not in leaving
        if holder is not None and is_held and not _has_precedence(holder, articles, stems):
            is_held = False
            holder.stem = _suffixed(stem, holder.link_key)
            moved.append(holder)
            if holder.link_key in articles:
                articles[holder.link_key].stem = holder.stem
        for key in keys:
            articles[key].stem = _suffixed(stem, key) if is_held else stem
            is_held = True
    # Stems are unique, and two articles may exchange theirs: one that is wanted is freed first.
    assigned = {articles[key].stem for key in leaving}
    for key, stem in previous.items():
        if stem in assigned:
            Article.objects.filter(pk=articles[key].pk).update(stem=f"~{articles[key].pk}")
    for article in moved:
        Article.objects.filter(pk=article.pk).update(stem=article.stem)


def add_redirects(previous: Mapping[str, str], articles: Mapping[str, Article]) -> None:
    """Let the stems that published articles had redirect to those that they have now."""
    FormerStem.objects.bulk_create(
        [
            FormerStem(stem=stem, article=articles[key])
            for key, stem in previous.items()
            if articles[key].stem != stem
        ],
        update_conflicts=True,
        unique_fields=["stem"],
        update_fields=["article"],
    )


def published_stems(articles: Iterable[Article]) -> dict[str, str]:
    """Return the stems of articles that have a page of their own, by link key."""
    return {article.link_key: article.stem for article in articles if article.is_published}


def _has_precedence(holder: Article, articles: Mapping[str, Article], stems: Mapping[str, str]) -> bool:
    """A file's or an editor's article keeps its permalink; one without a file gives way to one with."""
    if holder.link_key in articles:
        return holder.link_key in stems
    return holder.origin in HAVE_A_FILE


def _suffixed(stem: str, key: str) -> str:
    return f"{stem[:240]}-~{sha256(key.encode()).hexdigest()[:8]}"
