"""Clustering (pure): which articles report one event, and the match that says why.

Articles come day by day (UTC), within a day by time and key, whatever the order of import. Each joins the
cluster with the best mean of its strongest similarities to articles of the last three days, or opens one. Two
clusters that an article connects merge if they are similar as wholes. Duplicates come first: articles with
the same link, the same title within seven days, or the same text join without a look at their similarity. A
stored relation adds a little to a similarity that is there, so relations cannot chain. A shared sentence with
other names in it halves a similarity: then one template reports two events.

Limits: similarities reach three days back and keep a cluster within seven days, duplicates within fourteen.
The threshold rises as a cluster fills up, to 30 different titles or a tenth of the articles of three days,
whichever is more. A duplicate that comes too late for the cluster of the one before opens a new cluster; if
the whole series of that title fits into fourteen days, the series is transferred to the new cluster. A title
repeated for longer, never with a pause of seven days, cannot keep both limits: then the fourteen days win.

What happens on a day depends only on the state before it and on its own articles. The memberships record that
state: each names the cluster that an article joined, and later merges and transfers with their days.
Replaying the memberships of the days before a day restores its state exactly (`replay_day`), so that a late
article needs only its neighbourhood to be clustered anew (`reclustering`).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import product
from operator import itemgetter

from articles.stories.clusters import (
    COMPARED_DAYS,
    SAME_TITLE_SPAN,
    ArticleFacts,
    Cluster,
    DuplicateIndex,
    Key,
    Match,
    Member,
    Membership,
    TermIndex,
    Transfer,
    by_time,
)
from articles.stories.similarity import (
    DAY,
    HOUR,
    TEMPLATE_FACTOR,
    DocumentFrequencies,
    provider_factor,
    shared_terms,
    text_weights,
    titles_differ_in_a_name,
)

STRONGEST_COUNT = 4  # an article's similarity to a cluster is the mean of so many
JOIN_THRESHOLD = 0.19  # the least such mean
MERGE_THRESHOLD = 0.28  # the least similarity of two clusters as wholes
MAX_MERGES = 3
MAX_CLUSTERS = 6  # compared closely, by provider, names and relations
MAX_TERMS = 8  # stored with a match
STORED_RELATION = 0.05

SIMILAR_SPAN = 7 * DAY
CLUSTER_SPAN = 14 * DAY
# Days after which nothing can join a cluster, and nothing can be transferred from it.
LOOK_BACK = (CLUSTER_SPAN + SAME_TITLE_SPAN) // DAY

CLUSTER_TITLES = 30
CLUSTER_SHARE = 0.1
THRESHOLD_STEEPNESS = 6
# Of articles with one title, one for each six hours is compared.
DUPLICATE_SLOT = 6 * HOUR

Similar = list[tuple[float, Member]]  # members of a cluster, each with its similarity to an article
Apart = Mapping[Key, Set[Key]]  # the articles that must not share a cluster with an article


class Clusterer:
    """The state of clustering between two days."""

    def __init__(self, apart: Apart | None = None) -> None:
        self._frequencies = DocumentFrequencies()
        self._apart = apart or {}
        self._clusters: dict[Key, Cluster] = {}  # by the key of the opener
        self._index = TermIndex()
        self._recent: dict[int, list[Member]] = {}  # day -> members that may be in the index
        self._slots: set[tuple[str, int]] = set()  # of the current day
        self._duplicates = DuplicateIndex()
        self._capacity = CLUSTER_TITLES
        self._today = 0

    def add_day(self, day: int, articles: Iterable[ArticleFacts]) -> list[Member]:
        """Cluster the articles of one day (a number of days since 1970); days come in order.

        Returns the day's members; later days may still merge or reassign them.
        """
        members = self._begin(day, articles)
        self._count(day, members, compared=True)
        for member in members:
            self._place(member)
            self._duplicates.add(member)
        return members

    def replay_day(
        self,
        day: int,
        known: Sequence[tuple[ArticleFacts, Membership]],
        morning: int,
        opener_of: Callable[[Key], Key],
        *,
        counted: bool,
    ) -> list[Member]:
        """Repeat a day by its memberships, to restore the state on the morning of a later day.

        `opener_of` gives for an article the opener of its cluster on that morning. `counted`: the day's terms
        count for the document frequencies of that morning.
        """
        memberships = {article.key: membership for article, membership in known}
        members = self._begin(day, (article for article, _ in known))
        if counted:
            self._count(day, members, compared=day >= morning - COMPARED_DAYS)
        for member in members:
            self._restore(member, memberships[member.key], opener_of(member.key), morning)
            self._duplicates.add(member)
        return members

    def count_day(self, day: int, articles: Iterable[ArticleFacts]) -> None:
        """Count the terms of a day that matters only for document frequencies."""
        self._frequencies.add_day(day, [text_weights(each.title, each.excerpt)[1] for each in articles])

    def _begin(self, day: int, articles: Iterable[ArticleFacts]) -> list[Member]:
        """Forget what is too old to matter to articles of this day; return the day's articles as members."""
        for past in [past for past in self._recent if past < day - COMPARED_DAYS]:
            members = self._recent.pop(past)
            live = [member for member in members if member in member.cluster.live]
            self._index.remove_oldest(live)
            for member in live:
                member.cluster.remove_live(member)
            for member in members:
                member.forget_text()
        self._slots = set()
        self._duplicates.forget(day * DAY - CLUSTER_SPAN)
        self._today = day
        members = self._recent[day] = sorted(map(Member, articles), key=by_time)
        return members

    def _count(self, day: int, members: list[Member], *, compared: bool) -> None:
        texts = [text_weights(member.article.title, member.article.excerpt) for member in members]
        self._frequencies.add_day(day, [weights for _, weights in texts])
        self._capacity = max(CLUSTER_TITLES, int(self._frequencies.volume(COMPARED_DAYS) * CLUSTER_SHARE))
        if compared:
            for member, (title, weights) in zip(members, texts, strict=True):
                member.set_vector(self._frequencies.vector(weights), title)

    # Placing one article

    def _place(self, member: Member) -> None:
        duplicates = list(self._duplicates.duplicates_of(member))
        found, series = self._clusters_with(member, duplicates), self._series_for(member, duplicates)
        if not series and not found:
            found = self._similar_clusters(member)
        if series or not found:
            member.opener = member.key
            cluster = self._clusters[member.key] = Cluster()
        else:
            cluster, member.match = found.pop(0)
            member.opener = cluster.opener.key
        cluster.add(member)
        self._compare_from_now_on(member)
        for earlier in series:
            match = Match(earlier.key, member.key, "title", 1.0)
            earlier.transfer = Transfer(member.key, self._today, match)
            cluster.transfer(earlier)
        for other, match in found:
            self._merge(member.cluster, other, match)

    def _restore(self, member: Member, membership: Membership, opener: Key, morning: int) -> None:
        member.opener, member.match = membership.opener, membership.match
        # Merges and transfers of that morning or later have not happened yet.
        if membership.merge and membership.merge.day < morning:
            member.merge = membership.merge
        if membership.transfer and membership.transfer.day < morning:
            member.transfer = membership.transfer
        is_known = opener in self._clusters
        cluster = self._clusters.setdefault(opener, Cluster())
        cluster.add(member)
        if opener == member.key:
            cluster.opener, cluster.first = member, cluster.members[0].time
        elif not is_known:
            # Its opener is older than the look back, so that nothing can join it; or the opener comes later,
            # because this member was transferred to it.
            cluster.first = (morning - LOOK_BACK) * DAY - 1
        self._compare_from_now_on(member)

    def _compare_from_now_on(self, member: Member) -> None:
        """Compare the articles that follow with this one; of those with one title, one for each six hours."""
        if not member.vector or (slot := (member.normal_title, member.time // DUPLICATE_SLOT)) in self._slots:
            return
        self._slots.add(slot)
        member.cluster.live.add(member)
        self._index.add(member)

    # Which articles belong together

    def _clusters_with(
        self, member: Member, duplicates: list[tuple[str, Member]]
    ) -> list[tuple[Cluster, Match]]:
        """Return the clusters with a duplicate of this article that it may join, the surest first."""
        found: dict[Cluster, Match] = {}
        for kind, other in duplicates:
            if other.cluster in found or (kind == "text" and self._differ_in_a_name(member, other)):
                continue
            if self._may_join(member, other.cluster, SIMILAR_SPAN if kind == "text" else CLUSTER_SPAN):
                found[other.cluster] = Match(member.key, other.key, kind, 1.0)
        return list(found.items())

    def _series_for(self, member: Member, duplicates: list[tuple[str, Member]]) -> list[Member]:
        """Return the earlier duplicates to transfer from a cluster too old for this article: all articles
        with its title, one within seven days of the next, if they can be one cluster."""
        too_old = [
            other.cluster
            for kind, other in duplicates
            if kind == "title" and member.time - other.cluster.first > CLUSTER_SPAN
        ]
        series = too_old[0].series_of(member.normal_title, SAME_TITLE_SPAN) if too_old else []
        apart = self._apart.get(member.key, ())
        bound = any(each.transfer or each is each.cluster.opener or each.key in apart for each in series)
        return [] if bound or (series and member.time - series[0].time > CLUSTER_SPAN) else series

    def _similar_clusters(self, member: Member) -> list[tuple[Cluster, Match]]:
        """Return the cluster most similar to this article, if it is similar enough, then others to merge."""
        likely = self._likely(member, self._index.similar_to(member))
        scored = [self._score(member, cluster, similar) for cluster, similar in likely]
        scored.sort(key=lambda entry: (-entry[0], by_time(entry[1].opener)))
        for index, (score, cluster, _) in enumerate(scored):
            if score < JOIN_THRESHOLD:
                break
            if score >= self._threshold(JOIN_THRESHOLD, len(cluster.titles) + 1):
                scored.insert(0, scored.pop(index))
                return [(cluster, _match(member, *best)) for _, cluster, best in scored[: 1 + MAX_MERGES]]
        return []

    def _score(
        self, member: Member, cluster: Cluster, similar: Similar
    ) -> tuple[float, Cluster, tuple[float, Member]]:
        """Return the similarity of an article and a cluster, and the most similar member with its similarity;
        both lower if a sentence of the article is in the cluster with other names."""
        strongest = self._strongest(member, similar)
        score = _mean_similarity(strongest, cluster)
        best, other = strongest[0]
        close = [each for similarity, each in similar if min(score, similarity) >= JOIN_THRESHOLD]
        if any(member.is_same_sentence_as(each) for each in close):
            score, best = score * TEMPLATE_FACTOR, best * TEMPLATE_FACTOR
        return score, cluster, (best, other)

    def _likely(self, member: Member, found: dict[Cluster, Similar]) -> list[tuple[Cluster, Similar]]:
        """Return the few clusters that this article may join that are most similar by terms alone."""
        likely = []
        for cluster, similar in found.items():
            if self._may_join(member, cluster, SIMILAR_SPAN):
                first = sorted(similar, key=itemgetter(0), reverse=True)[: 2 * STRONGEST_COUNT]
                score = _mean_similarity(first[:STRONGEST_COUNT], cluster)
                likely.append((-score, by_time(cluster.opener), cluster, first))
        likely.sort(key=itemgetter(0, 1))
        return [(cluster, first) for _, _, cluster, first in likely[:MAX_CLUSTERS]]

    def _strongest(self, member: Member, similar: Similar) -> Similar:
        """Return the strongest similarities to the members of one cluster after all factors."""
        weighed: Similar = []
        for similarity, other in similar:
            # They come in falling order, and only a relation can raise one.
            related = member.article.related or other.article.related
            if related or len(weighed) < STRONGEST_COUNT or similarity > weighed[-1][0]:
                weighed.append((self._weigh(member, other, similarity), other))
                weighed.sort(key=itemgetter(0), reverse=True)
                del weighed[STRONGEST_COUNT:]
        return weighed

    def _weigh(self, member: Member, other: Member, similarity: float) -> float:
        one, two = member.article, other.article
        if one.provider and one.provider == two.provider:
            similarity *= provider_factor(set(member.title), set(other.title))
        if self._differ_in_a_name(member, other):
            similarity *= TEMPLATE_FACTOR
        if two.key in one.related or one.key in two.related:
            similarity += STORED_RELATION
        return similarity

    def _differ_in_a_name(self, member: Member, other: Member) -> bool:
        return titles_differ_in_a_name(
            (member.title, member.vector), (other.title, other.vector), self._frequencies
        )

    def _threshold(self, least: float, titles: int) -> float:
        """Return the similarity needed for a cluster of so many titles: rising, infinite for a full one."""
        if titles > self._capacity:
            return math.inf
        return least * (1 + (titles / self._capacity) ** THRESHOLD_STEEPNESS)

    def _may_join(self, member: Member, cluster: Cluster, span: int) -> bool:
        apart = self._apart.get(member.key)
        # Articles come in order of time, so this is the last.
        return member.time - cluster.first <= span and not (apart and cluster.has_any(apart))

    def _merge(self, one: Cluster, other: Cluster, match: Match) -> None:
        """Merge two clusters that an article connects, if they may be one and are similar enough."""
        is_sure = match.kind in ("link", "title")
        span = max(one.last, other.last) - min(one.first, other.first)
        if one is other or span > (CLUSTER_SPAN if is_sure else SIMILAR_SPAN):
            return
        if self._apart and any(one.has_any(self._apart.get(each.key, set())) for each in other.members):
            return
        threshold = self._threshold(MERGE_THRESHOLD, len(one.titles | other.titles))
        if not is_sure and self._similarity(one, other) < threshold:
            return
        if by_time(other.opener) < by_time(one.opener):
            one, other = other, one
        other.opener.merge = Transfer(one.opener.key, self._today, match)
        del self._clusters[other.opener.key]
        one.merge(other)

    def _similarity(self, one: Cluster, other: Cluster) -> float:
        """Return the similarity of two clusters, lower if most of their titles differ in a name, or if they
        share a sentence with other names."""
        similarity = one.similarity(other)
        if similarity < MERGE_THRESHOLD:
            return similarity
        pairs = list(product(one.first_live(STRONGEST_COUNT), other.first_live(STRONGEST_COUNT)))
        templates = sum(self._differ_in_a_name(*pair) for pair in pairs)
        is_template = 2 * templates >= len(pairs) or any(
            first.is_same_sentence_as(second) for first, second in pairs
        )
        return similarity * TEMPLATE_FACTOR if is_template else similarity


def _match(member: Member, similarity: float, other: Member) -> Match:
    terms = shared_terms(member.vector, other.vector)[:MAX_TERMS]
    return Match(member.key, other.key, "similar", similarity, tuple(terms))


def _mean_similarity(strongest: Similar, cluster: Cluster) -> float:
    return math.fsum(similarity for similarity, _ in strongest) / min(STRONGEST_COUNT, len(cluster.live))
