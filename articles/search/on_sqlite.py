"""The search in SQLite (floor 2): hits by FTS5, and where their words stand."""

from articles.search.schema import ID
from articles.search.words import Query, folded, stands_in, stem, weighed

_FEW = 100  # hits up to which all are gathered from the oldest on, or read
_WITHIN = "FROM articles_search WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s"


class Search:
    """What to look for between two keys.

    FTS5 skips what only one of several words has, but backwards its skips are slow: 30 ms for a common word
    and one that ten articles of a million have. Forwards it takes 0.2 ms for all of them; where they are too
    many for that, the newest are near, and walking back finds them soon. Nor does it stop at a key while
    it skips what stands in another part of the article: 36 ms for a common word that is in no provider's
    name, unless the newest hits are asked from the oldest on.
    """

    def __init__(
        self, cursor, query: Query, keys: tuple[int, int], provider: int | None, *, is_past: bool
    ) -> None:
        self.cursor, self.keys = cursor, keys
        self.terms = " ".join(f'"{term}"' for term in query.terms)
        self.match = f"{{title excerpt provider}} : ({self.terms})"
        if provider:
            self.match += f" AND place : p{provider}"
        self.words, row = weighed(query)
        self.row = folded(row)
        self.is_joint = bool(provider) or " " in row
        self.is_past = is_past

    def newest(self, wanted: int) -> list[int]:
        """Return the newest hits, newest first."""
        if not self.is_joint:
            return self._ask(self.match, wanted)
        few = max(wanted, _FEW)
        found = self._ask(self.match, few, "ASC")
        return found[: -wanted - 1 : -1] if len(found) < few else self._ask(self.match, wanted)

    def best(self, newest: int, wanted: int) -> tuple[list[int], int]:
        """Return the best of the newest hits, best first, and how many were looked at.

        Hits count by where their words stand: title, then provider, then excerpt; of equal ones the newest
        come first. Not by bm25(), which counts every hit of every word in the whole index: 0.1 s for a common
        word among a million articles.
        """
        if self.is_joint or self.is_past:
            found = self.newest(newest)
            return self._read(found)[:wanted], len(found)
        return self._best_of_one_word(newest, wanted)

    def _best_of_one_word(self, newest: int, wanted: int) -> tuple[list[int], int]:
        """Rank hits of one word; of many, read few.

        Where no provider's name has the word, titles that have it as typed come first. The index knows titles
        that have it in any form: where half of the newest have it as typed, the others need not be ranked.
        """
        found = self._ask(self.match, min(_FEW, newest))
        if len(found) < min(_FEW, newest):
            return self._read(found)[:wanted], len(found)
        total = self._narrow(newest)
        is_named = bool(self._ask(f"provider : {self.terms}", 1, "ASC"))
        if not is_named:
            titles = self._ask(f"title : {self.terms}", 2 * wanted)
            typed = {pk for pk, title, _provider in self._rows(titles) if self.row in folded(title)}
            best = [key for key in titles if key & ID in typed]
            if len(best) >= wanted:
                return best[:wanted], total
        return self._read(self._ask(self.match, newest), is_named)[:wanted], total

    def _narrow(self, newest: int) -> int:
        """Leave older hits than the newest out of the search, and return how many are left."""
        low, high = self.keys
        given = [self.match, low, high]
        self.cursor.execute(
            f"SELECT rowid {_WITHIN} ORDER BY rowid DESC LIMIT 1 OFFSET %s", [*given, newest - 1]
        )
        if oldest := self.cursor.fetchone():
            self.keys = oldest[0], high
            return newest
        self.cursor.execute(f"SELECT count(*) {_WITHIN}", given)
        return self.cursor.fetchone()[0]

    def _read(self, found: list[int], is_named: bool = True) -> list[int]:
        """Sort hits, newest first, by reading titles and, unless none has a word, names of providers.

        A word counts 4 in the title and 2 in the provider's name, all of them as typed in the title 3 more.
        To ask the index for each of several would mean to seek the hits in every word's list again: 40 ms
        for a common word with one of 1,850 hits, against 14.
        """
        if len(found) < 2:
            return found
        stems = [stem(word) for word in self.words]
        scores: dict[int, int] = {}
        of_providers: dict[str, int] = {}  # a few providers tell most of the hits
        for pk, title, provider in self._rows(found):
            if provider not in of_providers:
                name = folded(provider) if is_named else ""
                of_providers[provider] = sum(2 for s in stems if stands_in(s, name))
            text = folded(title)
            in_title = sum(4 for s in stems if stands_in(s, text))
            scores[pk] = of_providers[provider] + in_title + (3 if self.row in text else 0)
        return sorted(found, key=lambda key: -scores.get(key & ID, 0))  # equal ones stay newest first

    def _rows(self, keys: list[int]) -> list[tuple[int, str, str]]:
        ids = ",".join(str(key & ID) for key in keys)  # integers of our own; too many for parameters
        self.cursor.execute(f"SELECT id, title, provider_name FROM articles_article WHERE id IN ({ids})")
        return self.cursor.fetchall()

    def _ask(self, match: str, wanted: int, order: str = "DESC") -> list[int]:
        self.cursor.execute(
            f"SELECT rowid {_WITHIN} ORDER BY rowid {order} LIMIT %s", [match, *self.keys, wanted]
        )
        return [key for (key,) in self.cursor.fetchall()]
