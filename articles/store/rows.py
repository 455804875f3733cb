"""Rows of a batch of files (floor 2): documents, articles, providers, topics and pictures, in few queries."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.text import slugify

from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Image,
    ImportRun,
    Provider,
    SourceDocument,
    Store,
    Topic,
)
from articles.store.document import parse
from articles.store.fields import ArticleFields, read_article
from articles.store.files import stem_of
from articles.store.relations import keep_lists

# Columns that a store decides, beside those found through other tables.
_COLUMNS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality", "heat", "is_published",
)  # fmt: skip
_UPSERTED = (*_COLUMNS, "stem", "origin", "is_removed", "provider", "provider_name", "needs_grouping")
_LOOK_UP = 500


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that passed every check, ready to be stored."""

    path: str
    sha256: str
    content: bytes
    fields: ArticleFields


def look_up(queryset, field: str, keys: Iterable) -> dict:
    """Return rows by the value of a unique field, asking for a bounded number at a time."""
    keys, found = list(keys), {}
    for start in range(0, len(keys), _LOOK_UP):
        part = queryset.filter(**{f"{field}__in": keys[start : start + _LOOK_UP]})
        found.update((getattr(row, field), row) for row in part)
    return found


def write_batch(store: Store, files: Sequence[ReadFile], run: ImportRun) -> None:
    """Store a batch of checked files of one store; the caller holds the transaction.

    An article's own file wins over copies of it in other files; of several files the newest wins, and one
    that says `removed` removes. What an editor owns stays. Touched articles wait for grouping.
    """
    stored = look_up(
        SourceDocument.objects.filter(store=store).without_content(), "path", [f.path for f in files]
    )
    left_behind = {document.article_id for document in stored.values()}
    own = _winners(store, files, stored)
    copies = _best_copies(own.values(), files)
    articles = _write_articles(own, copies)
    _write_documents(store, files, articles, run)
    _link_topics_and_images(own, copies, articles)
    _keep_related(own, articles)
    settle_orphans(left_behind)


@dataclass(frozen=True, slots=True)
class _Own:
    """An article as its own files tell it: the fields of the winning one, and what the others add."""

    fields: ArticleFields
    stem: str
    is_removed: bool
    topics: tuple[str, ...]


def _winners(store: Store, files: Sequence[ReadFile], stored: dict[str, SourceDocument]) -> dict[str, _Own]:
    """Find for each article named by these files the file that tells it."""
    given: dict[str, list[tuple]] = {}
    for file in files:
        mark = (file.fields.published_at, file.path, store.name)
        rest = (file.fields.is_removed, file.fields.topics, file.fields)
        given.setdefault(file.fields.link_key, []).append((mark, *rest))
    replaced = {document.pk for document in stored.values()}
    keys = list(given)
    for start in range(0, len(keys), _LOOK_UP):
        others = SourceDocument.objects.filter(article__link_key__in=keys[start : start + _LOOK_UP])
        for other in others.exclude(pk__in=replaced).select_related("article", "store").without_content():
            mark = (other.published_at, other.path, other.store.name)
            given[other.article.link_key].append((mark, other.is_removed, other.topics, other))
    return {
        key: _own(sorted(entries, key=lambda entry: entry[0], reverse=True)) for key, entries in given.items()
    }


def _own(entries: list[tuple]) -> _Own:
    (_, path, _), _, _, winner = entries[0]
    fields = winner if isinstance(winner, ArticleFields) else read_document(winner)
    topics: dict[str, str] = {}
    for entry in entries:
        for name in entry[2]:
            topics.setdefault(name.casefold(), name)
    return _Own(fields, stem_of(path), any(entry[1] for entry in entries), tuple(topics.values()))


def read_document(document: SourceDocument) -> ArticleFields:
    """Return the fields of a stored document."""
    return read_article(parse(document.bytes).values, timezone.now())


def _copy_order(fields) -> tuple:
    """Order copies of one article: the newest told wins, whatever the order they are met in."""
    return (fields.published_at, fields.quality, fields.title, fields.excerpt, fields.url)


def _best_copies(owns: Iterable[_Own], files: Sequence[ReadFile]) -> dict[str, ArticleFields]:
    copies: dict[str, ArticleFields] = {}
    for fields in [own.fields for own in owns] + [file.fields for file in files]:
        for copy in fields.related:
            known = copies.get(copy.link_key)
            if known is None or (known is not copy and _copy_order(copy) > _copy_order(known)):
                copies[copy.link_key] = copy
    return copies


def _write_articles(own: dict[str, _Own], copies: dict[str, ArticleFields]) -> dict[str, Article]:
    """Create or update articles; returns all that were named, by link key, saved."""
    keys = sorted(own.keys() | copies.keys())
    known = look_up(Article.objects.select_for_update(), "link_key", keys)
    fields_of = {key: own[key].fields if key in own else copies[key] for key in keys}
    providers = _providers({fields.provider.domain: fields.provider.name for fields in fields_of.values()})
    changed = []
    for key in keys:
        article, fields = known.get(key), fields_of[key]
        if article is None:
            article = known[key] = Article(link_key=key, stem="", origin=Article.Origin.COPY)
        elif key not in own and not (
            article.origin == Article.Origin.COPY and _copy_order(fields) > _copy_order(article)
        ):
            continue
        _fill(article, fields, own.get(key), providers)
        changed.append(article)
    _give_stems(changed, own)
    Article.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["link_key"], update_fields=_UPSERTED
    )
    refresh_provider_names({article.provider_id for article in changed})
    return known


def _fill(article: Article, fields: ArticleFields, own: _Own | None, providers: dict[str, Provider]) -> None:
    for column in _COLUMNS:
        if not article.is_owned(column):
            setattr(article, column, getattr(fields, column))
    if own is None:
        # A copy does not say whether the article is published, so it is not.
        if not article.is_owned("is_published"):
            article.is_published = False
        article.heat = -1
    else:
        article.origin = Article.Origin.FILE
        if not article.is_owned("is_removed"):
            article.is_removed = own.is_removed
    article.provider = providers[fields.provider.domain]
    article.provider_name = fields.provider.name
    article.needs_grouping = True


def _providers(names: dict[str, str]) -> dict[str, Provider]:
    known = look_up(Provider.objects.all(), "domain", sorted(names))
    fresh = [Provider(domain=domain, name=names[domain]) for domain in sorted(names.keys() - known.keys())]
    if fresh:
        Provider.objects.bulk_create(fresh, ignore_conflicts=True)
        known |= look_up(Provider.objects.all(), "domain", [provider.domain for provider in fresh])
    return known


def refresh_provider_names(ids: Iterable[int]) -> None:
    """Name providers by their newest report, where neither a store's own file nor an editor names them."""
    newest = Article.objects.filter(provider=OuterRef("pk")).newest_told().values("provider_name")[:1]
    providers = Provider.objects.filter(pk__in=list(ids), is_described=False).annotate(
        newest=Subquery(newest)
    )
    changed = []
    for provider in providers:
        if provider.newest and provider.newest != provider.name and "name" not in provider.edited_fields:
            provider.name = provider.newest
            changed.append(provider)
    Provider.objects.bulk_update(changed, ["name"])


def _give_stems(articles: Sequence[Article], own: dict[str, _Own]) -> None:
    """Give each article its permalink: its file's stem, or one made of date and title; never one taken."""
    wanted: dict[str, list[Article]] = {}
    for article in articles:
        if article.link_key in own:
            stem = own[article.link_key].stem
        else:
            stem = (
                article.stem or f"{article.published_at:%Y-%m-%d}-{slugify(article.title)[:80] or 'article'}"
            )
        if article.stem != stem and not article.stem.startswith(f"{stem}-~"):
            wanted.setdefault(stem, []).append(article)
    taken = look_up(Article.objects.only("stem", "link_key"), "stem", wanted)
    for stem, articles_of_stem in wanted.items():
        holder = taken[stem].link_key if stem in taken else None
        # A file's own name goes before one that was made up.
        for article in sorted(articles_of_stem, key=lambda a: (a.link_key not in own, a.link_key)):
            if holder is None or holder == article.link_key:
                article.stem, holder = stem, article.link_key
            else:
                article.stem = f"{stem[:240]}-~{sha256(article.link_key.encode()).hexdigest()[:8]}"


def _write_documents(
    store: Store, files: Sequence[ReadFile], articles: dict[str, Article], run: ImportRun
) -> None:
    rows = [
        SourceDocument(
            store=store,
            path=file.path,
            stem=stem_of(file.path),
            sha256=file.sha256,
            content=zlib.compress(file.content, 1),
            article=articles[file.fields.link_key],
            published_at=file.fields.published_at,
            is_removed=file.fields.is_removed,
            topics=list(file.fields.topics),
            run=run,
        )
        for file in files
    ]
    SourceDocument.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "path"],
        update_fields=["sha256", "content", "article", "published_at", "is_removed", "topics", "run"],
    )


def find_topics(names: Iterable[str]) -> dict[str, Topic]:
    """Return the topics of these names by identity, creating those that are missing."""
    wanted = {Topic.key_of(name): name for name in names}
    topics = look_up(Topic.objects.without_lists(), "name_key", sorted(wanted))
    for key in sorted(wanted.keys() - topics.keys()):
        slug = Topic.slug_for(wanted[key])
        if Topic.objects.filter(slug=slug).exists():
            slug = f"{slug}-{sha256(key.encode()).hexdigest()[:6]}"
        topics[key], _ = Topic.objects.get_or_create(
            name_key=key, defaults={"name": wanted[key], "slug": slug}
        )
    return topics


def _link_topics_and_images(
    own: dict[str, _Own], copies: dict[str, ArticleFields], articles: dict[str, Article]
) -> None:
    names = {key: entry.topics for key, entry in own.items() if not articles[key].is_owned("topics")}
    topics = find_topics({name for given in names.values() for name in given})
    _replace(
        ArticleTopic,
        [articles[key].pk for key in names],
        (
            ArticleTopic(article=articles[key], topic=topics[Topic.key_of(name)], position=place)
            for key, given in names.items()
            for place, name in enumerate(given)
        ),
    )
    told = {key: entry.fields for key, entry in own.items()}
    told |= {
        key: copy
        for key, copy in copies.items()
        if key not in own and articles[key].origin == Article.Origin.COPY and articles[key].needs_grouping
    }
    told = {key: fields.images for key, fields in told.items() if not articles[key].is_owned("images")}
    images = _images({image.url for given in told.values() for image in given})
    _replace(
        ArticleImage,
        [articles[key].pk for key in told],
        (
            ArticleImage(
                article=articles[key], image=images[Image.hash_of(image.url)], position=place,
                width=image.width, height=image.height, is_cached=image.is_cached, title=image.title,
            )
            for key, given in told.items()
            for place, image in enumerate(given)
        ),
    )  # fmt: skip


def _replace(model, articles: Sequence[int], rows: Iterable) -> None:
    for start in range(0, len(articles), _LOOK_UP):
        model.objects.filter(article__in=articles[start : start + _LOOK_UP]).delete()
    model.objects.bulk_create(rows)


def _images(urls: Iterable[str]) -> dict[str, Image]:
    hashes = {Image.hash_of(url): url for url in urls}
    known = look_up(Image.objects.only("url_hash"), "url_hash", sorted(hashes))
    fresh = [Image(url_hash=key, url=hashes[key]) for key in sorted(hashes.keys() - known.keys())]
    if fresh:
        Image.objects.bulk_create(fresh, ignore_conflicts=True)
        known |= look_up(Image.objects.only("url_hash"), "url_hash", [image.url_hash for image in fresh])
    return known


def _keep_related(own: dict[str, _Own], articles: dict[str, Article]) -> None:
    lists = {
        articles[key].pk: [articles[copy.link_key].pk for copy in entry.fields.related]
        for key, entry in own.items()
    }
    order = {article.pk: (-article.quality, article.published_at, key) for key, article in articles.items()}
    keep_lists(lists, order)


def settle_orphans(ids: Iterable[int]) -> None:
    """Withdraw articles that have lost their last file; an article is never deleted."""
    orphans = Article.objects.filter(pk__in=list(ids), origin=Article.Origin.FILE, documents=None)
    for article in orphans:
        if not article.is_owned("is_removed"):
            article.is_removed = True
        article.needs_grouping = True
        article.save(update_fields=["is_removed", "needs_grouping"])
    keep_lists({article.pk: [] for article in orphans}, {})
