"""Related lists: articles that name one another share one set of members."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from articles.caching.writing import chunked
from articles.importing.lookups import look_up
from articles.models import Article, RelatedEntry, RelatedList


def assign_related_lists(
    members: Mapping[str, Iterable[str]], articles: Mapping[str, Article]
) -> dict[int, frozenset[str]]:
    """Give articles the lists of these members, by link key, creating the lists that are missing.

    The articles are not saved here. Returns the new lists, whose members are added once all articles are
    saved. An article that names no other has no list.
    """
    groups = {key: frozenset({key, *names}) for key, names in members.items()}
    digests = {key: _digest(group) for key, group in groups.items() if len(group) > 1}
    lists = look_up(RelatedList.objects.all(), "digest", sorted(set(digests.values())))
    new = {digest: groups[key] for key, digest in digests.items() if digest not in lists}
    created = RelatedList.objects.bulk_create([RelatedList(digest=digest) for digest in sorted(new)])
    lists |= {row.digest: row for row in created}
    for key in groups:
        row = lists[digests[key]] if key in digests else None
        articles[key].related_list_id = row.pk if row else None
    return {lists[digest].pk: group for digest, group in new.items()}


def add_members(lists: Mapping[int, Iterable[str]], ids: Mapping[str, int]) -> None:
    """Store the members of new lists; `ids` are those of the articles by link key."""
    RelatedEntry.objects.bulk_create(
        [RelatedEntry(list_id=pk, article_id=ids[key]) for pk, keys in lists.items() for key in sorted(keys)]
    )


def delete_unused(lists: Iterable[int | None]) -> None:
    """Delete those of these lists that no article has any more."""
    for part in chunked(sorted({pk for pk in lists if pk is not None})):
        RelatedList.objects.filter(pk__in=part, articles=None).delete()


def _digest(members: Iterable[str]) -> str:
    return sha256("\n".join(sorted(members)).encode()).hexdigest()
