"""Stories from reports (floor 0): which reports tell of one event, and the link that says why.

Reports are taken day by day (UTC), within a day by time and key, whatever order they came in. Each joins the
story with the best mean of its strongest links to reports of the last three days, or opens one. Two stories
that a report ties together merge when they are alike as wholes. Copies come first: reports of one link, of
one title within seven days, or of one text join without asking how alike they are. What stored relations say
adds a little to a likeness that is there, so it cannot chain. A sentence in common that has other names in it
(`names.py`) halves a likeness: then one template tells of two events.

Bounds: links reach three days, likeness keeps a story within seven days, copies within fourteen. The bar
rises as a story fills up, to 30 different titles or a tenth of what three days brought, whichever is more.
A copy that comes too late for the story of the one before opens the next story; where the whole series of
that title fits in fourteen days, the copy draws it over to itself. A title repeated for longer, without a
pause of seven days, cannot keep both its bounds: then the fourteen days win, and the series is cut.

What happens on a day depends on the state before that day and on the day's own reports alone. The state is
kept by what is given out: a `Placing` for each report names the story that it joined (by the key of the
report that opened it), for a report that opened a story, when that story went up in another, and for one
that was drawn over, when that was. Replaying the placings of the days before a day gives back the state
exactly (`replay_day`), so that a late report needs its neighbourhood alone to be grouped anew
(`regrouping.py`).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import groupby, product
from operator import itemgetter

from articles.stories import similarity
from articles.stories.comparing import LINK_DAYS, Index
from articles.stories.dayterms import DayTerms
from articles.stories.growing import GrowingStory, Item, in_order
from articles.stories.marks import SAME_TITLE, Marks
from articles.stories.reports import Key, Likeness, Link, Merge, Placing, Report
from articles.stories.similarity import DAY, HOUR

JOIN = 0.19  # the least mean of the strongest links
STRONGEST = 4  # so many of them
MERGE = 0.28  # the least likeness of two stories as wholes
MERGES_TRIED = 3
STORIES_WEIGHED = 6  # what providers, names and relations say is asked where it can matter
TERMS_SHOWN = 8
STORED_RELATION = 0.05

SIMILAR_SPAN = 7 * DAY
STORY_SPAN = 14 * DAY
# Of a story whose first report is older than this nothing can be drawn any more, and nothing can join it.
LOOK_BACK = (STORY_SPAN + SAME_TITLE) // DAY

STORY_TITLES = 30
STORY_SHARE = 0.1
STEEPNESS = 6
# Of copies, one each six hours is compared.
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
        self._index = Index()
        self._shown: dict[int, list[Item]] = {}  # day -> reports that may be compared
        self._slots: set[tuple[str, int]] = set()  # of the day
        self._marks = Marks()
        self._fullest = STORY_TITLES
        self._today = 0

    def add_day(self, day: int, reports: Iterable[Report]) -> list[Item]:
        """Group the reports of one day (a number of days since 1970); days come in their order.

        Returns the day's reports as they are held here; days to come may still merge their stories.
        """
        items = self._begin(day, reports)
        self._read(day, items)
        for item in items:
            self._place(item)
            self._marks.remember(item)
        return items

    def count_day(self, day: int, reports: Iterable[Report]) -> None:
        """Count the words of a day that matters by its document frequencies alone."""
        self._count(day, reports)

    def replay_day(
        self,
        day: int,
        known: Iterable[tuple[Report, Placing]],
        morning: int,
        root_of: Callable[[Key], Key],
        *,
        counted: bool,
        terms: DayTerms | None = None,
    ) -> list[Item]:
        """Repeat a day as its placings say, to restore the state of the morning of a later day.

        `root_of`: gives for a report the one that names its story that morning. `counted`: the day's document
        frequencies still matter then. `terms`: the day's, where they are known.
        """
        known = list(known)
        placings = {report.key: placing for report, placing in known}
        items = self._begin(day, (report for report, _ in known))
        if terms:
            self._take_terms(day, items, terms, counted=counted)
        elif counted:
            self._read(day, items, compared=day >= morning - LINK_DAYS)
        for item in items:
            placing = placings[item.report.key]
            self._restore(item, placing, root_of(placing.key), morning)
            self._marks.remember(item)
        return items

    def terms_of(self, day: int, items: Iterable[Item]) -> DayTerms | None:
        """Return what was counted of a day's reports, None if these are compared no more."""
        if day not in self._shown:
            return None
        return DayTerms([item.vector for item in items], self.frequencies.counts_of(day))

    def _begin(self, day: int, reports: Iterable[Report]) -> list[Item]:
        self._today = day
        items = sorted((Item(report) for report in reports), key=in_order)
        self.forget(day)
        return items

    def _take_terms(self, day: int, items: list[Item], terms: DayTerms, *, counted: bool) -> None:
        if counted:
            self.frequencies.add_counts(day, len(items), terms.counts)
        for item, vector in zip(items, terms.vectors, strict=True):
            item.take(vector)

    def _read(self, day: int, items: list[Item], *, compared: bool = True) -> None:
        texts = self._count(day, [item.report for item in items])
        self._fullest = max(STORY_TITLES, int(self.frequencies.volume(LINK_DAYS) * STORY_SHARE))
        if compared:
            for item, (title, weights) in zip(items, texts, strict=True):
                item.take(self.frequencies.vector(weights), title)

    def _count(self, day: int, reports: Iterable[Report]) -> list[tuple[tuple[str, ...], dict[str, float]]]:
        texts = [similarity.text_weights(report.title, report.excerpt) for report in reports]
        self.frequencies.add_day(day, [weights for _, weights in texts])
        return texts

    def forget(self, day: int) -> None:
        """Leave behind what is too old to matter to reports of this day."""
        for past in [past for past in self._shown if past < day - LINK_DAYS]:
            gone = self._shown.pop(past)
            self._index.remove_oldest(gone)
            for item in gone:
                item.story.hide(item)
                item.drop()
        self._slots = set()
        self._marks.forget(day * DAY - STORY_SPAN)
        self._shown[day] = []

    def closed(self, day: int) -> Iterator[list[Placing]]:
        """Give out, and forget, the stories that no report of this day or later can join or draw from."""
        for story in self.forget_stories(day):
            yield [item.placing() for item in story.items]

    def forget_stories(self, day: int) -> list[GrowingStory]:
        """Forget the stories that no report of this day or later can join or draw from; returns them."""
        oldest = (day - LOOK_BACK) * DAY
        old = [key for key, story in self._stories.items() if story.first < oldest]
        return [self._stories.pop(key) for key in old]

    def open(self) -> Iterator[list[Placing]]:
        """Give out the stories that may still grow, as they are now."""
        for story in self._stories.values():
            yield [item.placing() for item in story.items]

    # Placing one report

    def _place(self, item: Item) -> None:
        copies = list(self._marks.copied_by(item))
        found, series = self._stories_of(item, copies), self._series_for(item, copies)
        if not series and not found:
            found = self._similar_to(item)
        if series or not found:
            self._open(item)
        else:
            story, link = found.pop(0)
            item.start, item.link = story.opener.report.key, link
            story.add(item)
        self._show(item)
        for other in series:
            self._draw(other, item)
        for other, link in found:
            self._merge(item.story, other, link)

    def _open(self, item: Item) -> None:
        item.start = item.report.key
        story = self._stories[item.start] = GrowingStory()
        story.add(item)

    def _draw(self, other: Item, item: Item) -> None:
        """Take an earlier copy over into the story that this report opened."""
        key = item.report.key
        other.drawn = Merge(key, self._today, Link(other.report.key, key, "title", 1.0))
        item.story.draw(other, other.story)

    def _restore(self, item: Item, placing: Placing, root: Key, morning: int) -> None:
        item.start, item.link = placing.story, placing.link
        item.known = placing
        # Merges of that morning or later have not happened yet.
        if placing.merge and placing.merge.day < morning:
            item.merge = placing.merge
        if placing.drawn and placing.drawn.day < morning:
            item.drawn = placing.drawn
        known = root in self._stories
        story = self._stories.setdefault(root, GrowingStory())
        story.add(item)
        if root == placing.key:
            story.opener, story.first = item, story.items[0].time
        elif not known:
            # Its opening lies before the look back, so nothing can join it any more; or it comes later, if
            # this was drawn.
            story.first = (morning - LOOK_BACK) * DAY - 1
        self._show(item)

    def _show(self, item: Item) -> None:
        """Let the reports that follow be compared with this one; of copies, one each six hours."""
        if not item.vector or (slot := (item.mark, item.time // COPY_SLOT)) in self._slots:
            return
        self._slots.add(slot)
        self._shown[self._today].append(item)
        item.story.show(item)
        self._index.add(item)

    # Who belongs together

    def _stories_of(self, item: Item, copies: list[tuple[str, Item]]) -> list[tuple[GrowingStory, Link]]:
        """Return the stories that have a copy of this report and may take it, the surest first."""
        found: dict[GrowingStory, Link] = {}
        for reason, other in copies:
            if other.story in found or (reason == "text" and self._differ_in_a_name(item, other)):
                continue
            if self._may_join(item, other.story, SIMILAR_SPAN if reason == "text" else STORY_SPAN):
                found[other.story] = Link(item.report.key, other.report.key, reason, 1.0)
        return list(found.items())

    def _series_for(self, item: Item, copies: list[tuple[str, Item]]) -> list[Item]:
        """Return the earlier copies that this report draws out of a story that is too old to take it: all
        reports of its title, one within seven days of the next, if they can be one story."""
        too_old = [
            other.story
            for reason, other in copies
            if reason == "title" and item.time - other.story.first > STORY_SPAN
        ]
        series = too_old[0].series_of(item.mark, SAME_TITLE) if too_old else []
        apart = self._apart.get(item.report.key, ())
        bound = any(each.drawn or each is each.story.opener or each.report.key in apart for each in series)
        return [] if bound or (series and item.time - series[0].time > STORY_SPAN) else series

    def _similar_to(self, item: Item) -> list[tuple[GrowingStory, Link]]:
        """Return the story that this report is most alike, if enough; then others it is alike."""
        likely = self._likely(item, self._index.links(item))
        scored = [self._score(item, story, links) for story, links in likely]
        scored.sort(key=lambda entry: (-entry[0], in_order(entry[1].opener)))
        for place, (score, story, _) in enumerate(scored):
            if score < JOIN:
                break
            if score >= self._bar(JOIN, len(story.titles) + 1):
                scored.insert(0, scored.pop(place))
                return [(story, _similar(item, *link)) for _, story, link in scored[: 1 + MERGES_TRIED]]
        return []

    def _score(self, item: Item, story: GrowingStory, links: list) -> tuple[float, GrowingStory, tuple]:
        """Return how alike a report and a story are, with the strongest link; less where a sentence of the
        report stands in the story with other names."""
        strongest = self._strongest(item, links)
        score = math.fsum(likeness for likeness, _ in strongest) / min(STRONGEST, len(story.live))
        likeness, other = strongest[0]
        alike = (each for each_likeness, each in links if score >= JOIN and each_likeness >= JOIN)
        if any(item.tells_of_others(each) for each in alike):
            score, likeness = score * similarity.TEMPLATE, likeness * similarity.TEMPLATE
        return score, story, (likeness, other)

    def _likely(self, item: Item, linked: dict[GrowingStory, list]) -> list[tuple[GrowingStory, list]]:
        """Return the few stories that this report may join and whose reports are most alike it by words."""
        likely = []
        for story, links in linked.items():
            if self._may_join(item, story, SIMILAR_SPAN):
                first = sorted(links, key=itemgetter(0), reverse=True)[: 2 * STRONGEST]
                total = math.fsum(likeness for likeness, _ in first[:STRONGEST])
                score = total / min(STRONGEST, len(story.live))
                likely.append((-score, in_order(story.opener), story, first))
        likely.sort(key=itemgetter(0, 1))
        return [(story, first) for _, _, story, first in likely[:STORIES_WEIGHED]]

    def _strongest(self, item: Item, links: list[tuple[float, Item]]) -> list[tuple[float, Item]]:
        """Return the strongest of the links to one story, all things considered."""
        weighed: list[tuple[float, Item]] = []
        for likeness, other in links:
            # Only a relation or a second opinion can make a likeness greater; links come in falling order.
            related = item.report.related or other.report.related or self._second_opinion
            if not related and len(weighed) >= STRONGEST and likeness <= weighed[STRONGEST - 1][0]:
                continue
            weighed.append((self._weigh(item, other, likeness), other))
            weighed.sort(key=itemgetter(0), reverse=True)
        return weighed[:STRONGEST]

    def _weigh(self, item: Item, other: Item, likeness: float) -> float:
        one, two = item.report, other.report
        if one.provider and one.provider == two.provider:
            likeness *= similarity.provider_factor(set(item.title), set(other.title))
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
        # Reports come in the order of their times, so this is the last.
        if item.time - story.first > span:
            return False
        apart = self._apart.get(item.report.key) if self._apart else None
        return not apart or not story.has_any(apart)

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
        if self._apart:
            apart = (self._apart.get(item.report.key) for item in other.items)
            if any(keys and one.has_any(keys) for keys in apart):
                return False
        return sure or self._likeness(one, other) >= self._bar(MERGE, len(one.titles | other.titles))

    def _likeness(self, one: GrowingStory, other: GrowingStory) -> float:
        """Return how alike two stories are as wholes; less where most of their titles differ in a name, or
        where a sentence of one stands in the other with other names."""
        likeness = one.likeness(other)
        if likeness < MERGE:
            return likeness
        pairs = list(product(one.first_live(STRONGEST), other.first_live(STRONGEST)))
        templates = sum(self._differ_in_a_name(*pair) for pair in pairs)
        is_template = 2 * templates >= len(pairs) or any(
            first.tells_of_others(second) for first, second in pairs
        )
        return likeness * similarity.TEMPLATE if is_template else likeness


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
