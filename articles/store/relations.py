"""Related lists (floor 2): the lists of a group are kept as one list wherever that loses nothing."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise

from articles.models import Article, RelatedEntry, RelatedList

Lists = Mapping[int, Sequence[int]]  # article id -> ids of its related articles, in the store's order


def keep_lists(lists: Lists, best_first: Mapping[int, tuple]) -> None:
    """Store the related lists of these articles, in place of those they had.

    `best_first` gives a sort key for each article named; it decides where an order is left open. An empty
    list means that the article has none.
    """
    used_before = set(
        Article.objects.filter(pk__in=lists, related_list__isnull=False).values_list(
            "related_list", flat=True
        )
    )
    groups, odd = _group(lists)
    shared = _stored_orders(groups)
    choice: dict[int, RelatedList | None] = {}
    for digest, members in groups.items():
        if digest not in shared:
            order = merge_orders({article: lists[article] for article in members}, best_first)
            shared[digest] = (_create(order, digest), order)
        row, order = shared[digest]
        for article in members:
            if [other for other in order if other != article] == list(lists[article]):
                choice[article] = row
            else:
                odd.append(article)
    for article in odd:
        choice[article] = _create(lists[article], None) if lists[article] else None
    rows = [Article(pk=article, related_list=row) for article, row in choice.items()]
    Article.objects.bulk_update(rows, ["related_list"], batch_size=400)
    RelatedList.objects.filter(pk__in=used_before, articles=None).delete()


def _group(lists: Lists) -> tuple[dict[str, list[int]], list[int]]:
    """Sort articles by the set of their group; what names itself or one article twice stands alone."""
    groups: dict[str, list[int]] = defaultdict(list)
    odd = []
    for article, related in lists.items():
        if not related or article in related or len(set(related)) < len(related):
            odd.append(article)
        else:
            groups[_digest({article, *related})].append(article)
    return groups, odd


def _digest(members: Iterable[int]) -> str:
    return sha256(",".join(map(str, sorted(members))).encode()).hexdigest()


def _stored_orders(digests: Iterable[str]) -> dict[str, tuple[RelatedList, list[int]]]:
    found = RelatedList.objects.filter(digest__in=list(digests)).prefetch_related("entries")
    return {row.digest: (row, [entry.article_id for entry in row.entries.all()]) for row in found}


def _create(order: Sequence[int], digest: str | None) -> RelatedList:
    row = RelatedList.objects.create(digest=digest)
    RelatedEntry.objects.bulk_create(
        RelatedEntry(list=row, position=place, article_id=article) for place, article in enumerate(order)
    )
    return row


def merge_orders(lists: Lists, best_first: Mapping[int, tuple]) -> list[int]:
    """Return one order of a group's members in which every list that can be keeps its own order.

    Each list names the group less its own article. Neighbours in a list are held in their order; where
    nothing is said, or lists contradict each other, `best_first` decides.
    """
    after: dict[int, set[int]] = defaultdict(set)
    members = set(lists)
    for related in lists.values():
        members.update(related)
        for first, second in pairwise(related):
            after[first].add(second)
    waits = dict.fromkeys(members, 0)
    for followers in after.values():
        for follower in followers:
            waits[follower] += 1
    ready = [(best_first[member], member) for member in members if not waits[member]]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _, member = heapq.heappop(ready)
        order.append(member)
        for follower in sorted(after[member]):
            waits[follower] -= 1
            if not waits[follower]:
                heapq.heappush(ready, (best_first[follower], follower))
    left = members.difference(order)  # lists that contradict each other in a circle
    return order + sorted(left, key=lambda member: best_first[member])


def related_ids(article: Article) -> list[int]:
    """Return the ids of an article's related articles, in the store's order, as the store gave them."""
    row = article.related_list
    if row is None:
        return []
    ids = list(row.entries.values_list("article_id", flat=True))
    return [pk for pk in ids if pk != article.pk] if row.digest else ids
