"""Stories from reports (floor 0): which reports tell of one event, and the link that says why.

Reports are taken day by day (UTC), within a day by time and key, whatever order they came in. Each joins the
story with the best mean of its strongest links to reports of the last three days, or opens one. Two stories
that a report ties together merge when they are alike as wholes. Copies come first: reports of one link, of
one title within seven days, or of one text join without asking how alike they are. What stored relations say
adds a little to a likeness that is there, so it cannot chain.

Bounds: links reach three days, likeness keeps a story within seven days, copies within fourteen. The bar
rises as a story fills up, to 30 different titles or a tenth of what three days brought, whichever is more.

What happens on a day depends on the state before that day and on the day's own reports alone. The state is
kept by what is given out: a `Placing` for each report names the story that it joined (by the key of the
report that opened it), and for a report that opened a story, when that story went up in another. Replaying
the placings of the days before a day gives back the state exactly (`replay_day`), so that a late report
needs its neighbourhood alone to be grouped anew (`regrouping.py`).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from heapq import nlargest
from itertools import chain, groupby, product
from operator import itemgetter

from articles.stories import similarity
from articles.stories.copies import MIN_COPIED_TEXT
from articles.stories.growing import GrowingStory, Item, in_order
from articles.stories.reports import Key, Likeness, Link, Merge, Placing, Report
from articles.stories.similarity import DAY, HOUR, UNIT

JOIN = 0.19  # the least mean of the strongest links
STRONGEST = 4  # so many of them
MERGE = 0.28  # the least likeness of two stories as wholes
MERGES_TRIED = 3
STORIES_WEIGHED = 6  # what providers, names and relations say is asked where it can matter
TERMS_SHOWN = 8
LEAST_LINK = 0.10
HEAVY = 0.6
HEAVY_TERMS = 10
STORED_RELATION = 0.05

LINK_DAYS = 3
SIMILAR_SPAN = 7 * DAY
SAME_TITLE = 7 * DAY
# A title of fewer terms ("Weekly update") proves nothing when the texts differ.
TELLING_TITLE = 3
STORY_SPAN = 14 * DAY
# A story whose first report is older than this can be joined by nothing any more.
LOOK_BACK = STORY_SPAN // DAY

STORY_TITLES = 30
STORY_SHARE = 0.1
STEEPNESS = 6
# Of a word that stands everywhere only its newest reports are compared; of copies, one each six hours.
NEWEST = 256
CANDIDATES = 200
COPY_SLOT = 6 * HOUR


class Grouper:
    """The state of grouping between two days. `apart`: keys that may not share a story with a key."""

    def __init__(
        self, apart: Mapping[Key, Set[Key]] | None = None, second_opinion: Likeness | None = None
    ) -> None:
        self.frequencies = similarity.Frequencies()
        self._apart = apart or {}
        self._second_opinion = second_opinion
        self._stories: dict[Key, GrowingStory] = {}  # by the key of the report that opened it
        self._compared: dict[str, list[tuple[Item, int]]] = defaultdict(list)
        self._shown: dict[int, list[Item]] = {}  # day -> reports that may be compared
        self._slots: set[tuple[str, int]] = set()
        self._by_mark: dict[tuple[str, str], Item] = {}
        self._fullest = STORY_TITLES
        self._roots: dict[Key, Key] = {}
        self._today = 0

    def add_day(self, day: int, reports: Iterable[Report]) -> list[Item]:
        """Group the reports of one day (a number of days since 1970); days come in their order.

        Returns the day's reports as they are held here; days to come may still merge their stories.
        """
        items = self._begin(day, reports)
        for item in items:
            self._place(item)
            self._remember(item)
        return items

    def count_day(self, day: int, reports: Iterable[Report]) -> None:
        """Count the words of a day that matters by its document frequencies alone."""
        self._read(day, [Item(report) for report in reports], compared=False)

    def replay_day(
        self, day: int, known: Iterable[tuple[Report, Placing]], morning: int, *, counted: bool
    ) -> list[Item]:
        """Repeat a day as its placings say, to restore the state of the morning of a later day.

        `counted`: the day's document frequencies still matter then.
        """
        known = list(known)
        placings = {report.key: placing for report, placing in known}
        compared = day >= morning - LINK_DAYS
        items = self._begin(day, (report for report, _ in known), counted=counted, compared=compared)
        for item in items:
            self._restore(item, placings[item.report.key], morning)
            self._remember(item)
        return items

    def _begin(
        self, day: int, reports: Iterable[Report], *, counted: bool = True, compared: bool = True
    ) -> list[Item]:
        self._today = day
        items = sorted((Item(report) for report in reports), key=in_order)
        self._forget(day)
        if counted:
            self._read(day, items, compared=compared)
        return items

    def _read(self, day: int, items: list[Item], *, compared: bool) -> None:
        texts = [similarity.text_weights(item.report.title, item.report.excerpt) for item in items]
        self.frequencies.add_day(day, (weights for _, weights in texts))
        self._fullest = max(STORY_TITLES, int(self.frequencies.volume(LINK_DAYS) * STORY_SHARE))
        if compared:
            for item, (title, weights) in zip(items, texts, strict=True):
                item.title, item.title_terms = title, frozenset(title)
                item.vector = self.frequencies.vector(weights)

    def _forget(self, day: int) -> None:
        """Leave behind what is too old to matter to reports of this day."""
        for past in [past for past in self._shown if past < day - LINK_DAYS]:
            gone = self._shown.pop(past)
            # Each list is in the order of time, so the oldest stand in front.
            for term, count in Counter(chain.from_iterable(item.vector for item in gone)).items():
                if count == len(self._compared[term]):
                    del self._compared[term]
                else:
                    del self._compared[term][:count]
            for item in gone:
                item.story.hide(item)
                item.vector = {}
        slot = (day - LINK_DAYS) * DAY // COPY_SLOT
        self._slots = {mark for mark in self._slots if mark[1] >= slot}
        oldest = day * DAY - STORY_SPAN
        self._by_mark = {mark: item for mark, item in self._by_mark.items() if item.time >= oldest}
        self._shown[day] = []

    def closed(self, day: int) -> Iterator[list[Placing]]:
        """Give out, and forget, the stories that no report of this day or later can join."""
        oldest = day * DAY - STORY_SPAN
        for key in [key for key, story in self._stories.items() if story.first < oldest]:
            yield [item.placing() for item in self._stories.pop(key).items]

    def open(self) -> Iterator[list[Placing]]:
        """Give out the stories that may still grow, as they are now."""
        for story in self._stories.values():
            yield [item.placing() for item in story.items]

    # Placing one report

    def _place(self, item: Item) -> None:
        found = self._copies_of(item) or self._similar_to(item)
        if not found:
            self._open(item)
            self._show(item)
            return
        story, link = found[0]
        item.start, item.link = story.opener.report.key, link
        story.add(item)
        self._show(item)
        for other, link in found[1:]:
            self._merge(item.story, other, link)

    def _open(self, item: Item) -> None:
        item.start = item.report.key
        story = self._stories[item.start] = GrowingStory()
        story.add(item)

    def _restore(self, item: Item, placing: Placing, morning: int) -> None:
        item.start, item.link = placing.story, placing.link
        # Merges of that morning or later have not happened yet.
        if placing.merge and placing.merge.day < morning:
            item.merge = placing.merge
            into = placing.merge.into
            self._roots[placing.key] = self._roots.get(into, into)
        root = self._roots.get(placing.story, placing.story)
        known = root in self._stories
        story = self._stories.setdefault(root, GrowingStory())
        story.add(item)
        if not known and root != placing.key:
            # Its opening lies before the look back, so nothing can join it any more.
            story.first = (morning - LOOK_BACK) * DAY - 1
        self._show(item)

    def _show(self, item: Item) -> None:
        """Let the reports that follow be compared with this one; of copies, one each six hours."""
        slot = (item.mark, item.time // COPY_SLOT)
        if slot in self._slots or not item.vector:
            return
        self._slots.add(slot)
        self._shown[self._today].append(item)
        item.story.show(item)
        for term, value in item.vector.items():
            self._compared[term].append((item, value))

    def _remember(self, item: Item) -> None:
        """Let copies of this report find it."""
        for mark in _marks(item):
            self._by_mark[mark] = item

    # Who belongs together

    def _copies_of(self, item: Item) -> list[tuple[GrowingStory, Link]]:
        """Return the stories that have a copy of this report and may take it, the surest first."""
        found: dict[GrowingStory, Link] = {}
        for mark in _marks(item):
            other = self._by_mark.get(mark)
            if other is None or other.story in found or not self._is_copy(mark[0], item, other):
                continue
            span = SIMILAR_SPAN if mark[0] == "text" else STORY_SPAN
            if self._may_join(item, other.story, span):
                found[other.story] = Link(item.report.key, other.report.key, mark[0], 1.0)
        return list(found.items())

    def _is_copy(self, reason: str, item: Item, other: Item) -> bool:
        apart = item.time - other.time
        if reason == "link":
            return True
        if reason == "title":
            telling = len(item.title_terms) >= TELLING_TITLE
            return apart <= SAME_TITLE and (telling or _begin_alike(item.text, other.text))
        if apart > LINK_DAYS * DAY or not other.vector or not _begin_alike(item.text, other.text):
            return False
        one, two = item.title_terms, other.title_terms
        if item.report.provider == other.report.provider and 2 * len(one & two) < min(len(one), len(two)):
            return False
        return not self._differ_in_a_name(item, other)

    def _similar_to(self, item: Item) -> list[tuple[GrowingStory, Link]]:
        """Return the story that this report is most alike, if enough; then others it is alike."""
        scored = []
        for story, links in self._likely(item, self._links(item)):
            strongest = self._strongest(item, links)
            score = math.fsum(likeness for likeness, _ in strongest) / min(STRONGEST, len(story.live))
            scored.append((score, story, strongest[0]))
        scored.sort(key=lambda entry: (-entry[0], in_order(entry[1].opener)))
        for place, (score, story, _) in enumerate(scored):
            if score < JOIN:
                break
            if score >= self._bar(JOIN, len(story.titles) + 1):
                scored.insert(0, scored.pop(place))
                return [(story, _similar(item, *link)) for _, story, link in scored[: 1 + MERGES_TRIED]]
        return []

    def _likely(self, item: Item, linked: dict[GrowingStory, list]) -> list[tuple[GrowingStory, list]]:
        """Return the few stories that this report may join and whose reports are most alike it by words."""
        likely = []
        for story, links in linked.items():
            if self._may_join(item, story, SIMILAR_SPAN):
                first = nlargest(2 * STRONGEST, links, key=itemgetter(0))
                total = math.fsum(likeness for likeness, _ in first[:STRONGEST])
                score = total / min(STRONGEST, len(story.live))
                likely.append((-score, in_order(story.opener), story, first))
        likely.sort(key=itemgetter(0, 1))
        return [(story, first) for _, _, story, first in likely[:STORIES_WEIGHED]]

    def _links(self, item: Item) -> dict[GrowingStory, list[tuple[float, Item]]]:
        """Return the reports that share words with this one, with their likeness, by their stories."""
        products: dict[Item, int] = defaultdict(int)
        heavy, light = _by_weight(item.vector)
        for term, value in heavy:
            for other, theirs in self._compared.get(term, ())[-NEWEST:]:
                products[other] += value * theirs
        least, now, decay = LEAST_LINK * UNIT**2, item.time, similarity.DECAY
        links: dict[GrowingStory, list[tuple[float, Item]]] = defaultdict(list)
        if len(products) > CANDIDATES:
            products = dict(nlargest(CANDIDATES, products.items(), key=itemgetter(1)))
        for other, found in products.items():
            if found < least / 2 or (seconds := now - other.time) > LINK_DAYS * DAY:
                continue
            vector = other.vector
            dot = found + sum(value * vector[term] for term, value in light if term in vector)
            likeness = dot / UNIT**2 * math.exp(-seconds / decay)
            if likeness >= LEAST_LINK:
                links[other.story].append((likeness, other))
        return links

    def _strongest(self, item: Item, links: list[tuple[float, Item]]) -> list[tuple[float, Item]]:
        """Return the strongest of the links to one story, all things considered."""
        weighed = [(self._weigh(item, other, likeness), other) for likeness, other in links]
        return nlargest(STRONGEST, weighed, key=itemgetter(0))

    def _weigh(self, item: Item, other: Item, likeness: float) -> float:
        one, two = item.report, other.report
        if one.provider and one.provider == two.provider:
            likeness *= similarity.provider_factor(item.title_terms, other.title_terms)
        if self._differ_in_a_name(item, other):
            likeness *= similarity.TEMPLATE
        if two.key in one.related or one.key in two.related:
            likeness += STORED_RELATION
        if self._second_opinion:
            likeness = self._second_opinion(one, two, likeness)
        return likeness

    def _differ_in_a_name(self, item: Item, other: Item) -> bool:
        return similarity.differ_in_a_name(
            (item.title, item.vector), (other.title, other.vector), self.frequencies
        )

    def _bar(self, least: float, titles: int) -> float:
        """Return how alike a story of so many titles must be: the fuller, the more; a full one takes none."""
        return least * (1 + (titles / self._fullest) ** STEEPNESS) if titles <= self._fullest else math.inf

    def _may_join(self, item: Item, story: GrowingStory, span: int) -> bool:
        apart = self._apart.get(item.report.key)
        return story.span_with(item) <= span and (not apart or story.keys.isdisjoint(apart))

    def _merge(self, one: GrowingStory, other: GrowingStory, link: Link) -> None:
        """Make one story of two that a report ties together, if they may be one and are alike enough."""
        if one is other or not self._may_merge(one, other, link):
            return
        if in_order(other.opener) < in_order(one.opener):
            one, other = other, one
        key = other.opener.report.key
        other.opener.merge = Merge(one.opener.report.key, self._today, link)
        one.take(other)
        del self._stories[key]

    def _may_merge(self, one: GrowingStory, other: GrowingStory, link: Link) -> bool:
        sure = link.reason in ("link", "title")
        if one.span_with(other) > (STORY_SPAN if sure else SIMILAR_SPAN):
            return False
        if any(not one.keys.isdisjoint(self._apart.get(key, ())) for key in other.keys if self._apart):
            return False
        return sure or self._likeness(one, other) >= self._bar(MERGE, len(one.titles | other.titles))

    def _likeness(self, one: GrowingStory, other: GrowingStory) -> float:
        """Return how alike two stories are as wholes; less where most of their reports differ in a name."""
        likeness = one.likeness(other)
        if likeness < MERGE:
            return likeness
        pairs = list(product(one.first_live(STRONGEST), other.first_live(STRONGEST)))
        templates = sum(self._differ_in_a_name(*pair) for pair in pairs)
        return likeness * similarity.TEMPLATE if 2 * templates >= len(pairs) else likeness


def _marks(item: Item) -> Iterator[tuple[str, str]]:
    if item.report.link:
        yield "link", item.report.link
    if item.mark:
        yield "title", item.mark
    if len(item.text) >= MIN_COPIED_TEXT:
        yield "text", item.text[:MIN_COPIED_TEXT]


def _begin_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _by_weight(vector: Mapping[str, int]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Split a vector into the few terms that carry most of it, and the rest.

    Only the first look for others: the rest are words that stand everywhere, which costs much and finds none.
    """
    ordered = sorted(vector.items(), key=itemgetter(1, 0), reverse=True)
    wanted, place = HEAVY * UNIT**2, 0
    while place < len(ordered) and (wanted > 0 or place < HEAVY_TERMS):
        wanted -= ordered[place][1] ** 2
        place += 1
    return ordered[:place], ordered[place:]


def _similar(item: Item, likeness: float, other: Item) -> Link:
    terms = similarity.shared_terms(item.vector, other.vector)[:TERMS_SHOWN]
    return Link(item.report.key, other.report.key, "similar", likeness, tuple(terms))


def group_days(reports: Iterable[Report]) -> Iterator[tuple[int, list[Report]]]:
    """Split reports that come in the order of their times into days (numbers since 1970)."""
    for day, found in groupby(reports, key=lambda report: report.published_at // DAY):
        yield day, list(found)


def group(
    reports: Iterable[Report],
    apart: Mapping[Key, Set[Key]] | None = None,
    second_opinion: Likeness | None = None,
) -> Iterator[list[Placing]]:
    """Group all reports, given in the order of their times; yield each story as the placings of its reports.

    Stories are given out when nothing can join them any more, so memory holds some two weeks of reports.
    """
    grouper = Grouper(apart, second_opinion)
    for day, found in group_days(reports):
        yield from grouper.closed(day)
        grouper.add_day(day, found)
    yield from grouper.open()
