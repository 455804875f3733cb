"""Related lists (floor 2): the lists of a group are kept as one list wherever that loses nothing."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from hashlib import sha256
from itertools import chain, pairwise

from articles.caching.writing import chunked
from articles.models import Article, RelatedEntry, RelatedList
from articles.models.bulk import insert_rows

Lists = Mapping[int, Sequence[int]]  # article id -> ids of its related articles, in the store's order


def keep_lists(
    lists: Lists, best_first: Mapping[int, tuple], there: Set[int]
) -> tuple[dict[int, int | None], set[int]]:
    """Store related lists for these articles, in place of those they had, but for the articles' own rows.

    `best_first` gives a sort key for each article named; it decides where an order is left open. An empty
    list means that the article has none. `there` are the articles that exist. Returns the ids of the articles
    that have to be written with another list, and of that; and the lists that they leave, for `drop_lists`.
    """
    before = _lists_of(article for article in lists if article in there)
    groups, odd = _group(lists)
    shared = _stored_orders(groups)
    fresh: list[tuple[RelatedList, Sequence[int]]] = []
    choice: dict[int, RelatedList | None] = {}
    for digest, members in groups.items():
        if digest not in shared:
            order = _order_of_group({article: lists[article] for article in members}, best_first)
            shared[digest] = (RelatedList(digest=digest), order)
        row, order = shared[digest]
        for article in members:
            if [other for other in order if other != article] == list(lists[article]):
                choice[article] = row
            else:
                odd.append(article)
    for article in odd:
        choice[article] = RelatedList() if lists[article] else None
        if lists[article]:
            fresh.append((choice[article], lists[article]))
    chosen = set(map(id, choice.values()))
    fresh += [entry for entry in shared.values() if not entry[0].pk and id(entry[0]) in chosen]
    _create(fresh)
    chosen_ids = {article: row.pk if row else None for article, row in choice.items()}
    moved = {article: row for article, row in chosen_ids.items() if before.get(article) != row}
    return moved, set(before.values()).difference(chosen_ids.values())


def drop_lists(left: Iterable[int]) -> None:
    """Delete those of these lists that no article has any more."""
    for part in chunked(sorted(left)):
        RelatedList.objects.filter(pk__in=part, articles=None).delete()


def _lists_of(articles: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunked(articles):
        rows = Article.objects.filter(pk__in=part, related_list__isnull=False)
        found.update(rows.values_list("pk", "related_list"))
    return found


def _group(lists: Lists) -> tuple[dict[str, list[int]], list[int]]:
    """Sort articles by the members of their group; an article whose list names itself stands alone."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    odd = []
    for article, related in lists.items():
        if not related or article in related:
            odd.append(article)
        else:
            groups[tuple(sorted([article, *related]))].append(article)
    return {_digest(members): articles for members, articles in groups.items()}, odd


def _digest(members: Iterable[int]) -> str:
    return sha256(",".join(map(str, members)).encode()).hexdigest()


def _stored_orders(digests: Iterable[str]) -> dict[str, tuple[RelatedList, list[int]]]:
    rows: list[tuple[int, str]] = []
    for part in chunked(digests):
        rows += RelatedList.objects.filter(digest__in=part).values_list("pk", "digest")
    orders: dict[int, list[int]] = {pk: [] for pk, _ in rows}
    for part in chunked(orders):
        entries = RelatedEntry.objects.filter(list__in=part).order_by("list", "position")
        for pk, article in entries.values_list("list", "article"):
            orders[pk].append(article)
    return {digest: (RelatedList(pk=pk, digest=digest), orders[pk]) for pk, digest in rows}


def _create(lists: Iterable[tuple[RelatedList, Sequence[int]]]) -> None:
    lists = list(lists)
    RelatedList.objects.bulk_create(row for row, _ in lists)
    insert_rows(
        RelatedEntry,
        ["list", "position", "article"],
        [(row.pk, place, article) for row, order in lists for place, article in enumerate(order)],
    )


def _order_of_group(lists: Lists, best_first: Mapping[int, tuple]) -> list[int]:
    """Return the order of a group, in which an article stands as often as the group's lists name it."""
    if not any(len(set(related)) < len(related) for related in lists.values()):
        return merge_orders(lists, best_first)
    places = {(article, 0): _told_apart(related) for article, related in lists.items()}
    keys = {each: (best_first[each[0]], each[1]) for each in chain(places, *places.values())}
    return [article for article, _ in merge_orders(places, keys)]


def _told_apart(related: Iterable[int]) -> list[tuple[int, int]]:
    """Number the times that each article is named."""
    times: Counter[int] = Counter()
    told_apart = []
    for article in related:
        told_apart.append((article, times[article]))
        times[article] += 1
    return told_apart


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
