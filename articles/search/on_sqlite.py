"""The search in SQLite (floor 2): hits by FTS5, ranked by its index alone; no row of an article is read."""

from articles.search.words import Query, weighed

_FEW = 100  # hits up to which all are gathered from the oldest on, and all their words are looked up
_ASK = "SELECT rowid FROM articles_search WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s"
_POINTS = _ASK.replace("rowid", "{}, rowid", 1)


class Search:
    """What to look for between two keys.

    FTS5 skips what only one of several words has, but backwards its skips are slow: 30 ms for a common word
    and one that ten articles of a million have. Forwards it takes 0.2 ms for all of them; where they are too
    many for that, the newest are near, and walking back finds them soon.
    """

    def __init__(self, cursor, query: Query, provider: int | None, keys: tuple[int, int]) -> None:
        self.cursor, self.keys = cursor, keys
        self.words, self.row = weighed(query)
        self.match = f"{{title excerpt provider}} : ({_quoted(query.terms)})"
        if provider:
            self.match += f" AND place : p{provider}"
        self.is_joint = bool(provider or self.row)

    def newest(self, wanted: int) -> list[int]:
        """Return the newest hits, newest first."""
        if not self.is_joint:
            return self._ask(self.match, "DESC", wanted)
        few = max(wanted, _FEW)
        found = self._ask(self.match, "ASC", few)
        return found[: -wanted - 1 : -1] if len(found) < few else self._ask(self.match, "DESC", wanted)

    def best(self, newest: int, wanted: int) -> tuple[list[int], int]:
        """Return the best of the newest hits, best first, and how many were looked at.

        Not by bm25(), which counts every hit of every word in the whole index: 0.1 s for a common word among
        a million articles. A hit counts 4 for each word in its title, 2 in its provider's name, 3 for all of
        them in a row in the title; of equal ones the newest come first.
        """
        found = self.newest(min(_FEW, newest))
        if len(found) < min(_FEW, newest):
            return self._ranked(found)[:wanted], len(found)
        total, lowest = self._extent(newest)
        self.keys = lowest, found[0]
        best = self._titled(wanted)
        return best if len(best) == wanted else self._ranked(self.newest(newest))[:wanted], total

    def _extent(self, newest: int) -> tuple[int, int]:
        """Return how many hits there are, of the newest, and the key of the oldest of these."""
        for order in ("ASC", "DESC") if self.is_joint else ("DESC",):
            self.cursor.execute(
                f"SELECT count(*), min(rowid) FROM ({_ASK} ORDER BY rowid {order} LIMIT %s)",
                [self.match, *self.keys, newest],
            )
            total, lowest = self.cursor.fetchone()
            if total < newest:
                break
        return total, lowest

    def _titled(self, wanted: int) -> list[int]:
        """Return the newest hits with all words in the title; none where a word is in some provider's name.

        Without such names none counts more, so that where these suffice the others need not be ranked.
        """
        if self._ask(f"{self.match} AND provider : ({_quoted(self.words, ' OR ')})", "ASC", 1):
            return []
        found: dict[int, None] = {}
        for words in ([self.row], self.words) if self.row else (self.words,):
            match = f"{self.match} AND title : ({_quoted(words)})"
            if self.is_joint:
                newest = self._ask(match, "ASC", -1)[: -wanted - 1 : -1]
            else:
                newest = self._ask(match, "DESC", wanted)
            found |= dict.fromkeys(newest)
        return list(found)[:wanted]

    def _ranked(self, found: list[int]) -> list[int]:
        """Sort hits, newest first, by where their words stand."""
        if len(found) < 2:
            return found
        places = [(4, "title", word) for word in self.words] + [(2, "provider", word) for word in self.words]
        places += [(3, "title", self.row)] * bool(self.row)
        given: list[str | int] = []
        for _points, place, words in places:
            given += [f"{self.match} AND {place} : {_quoted([words])}", found[-1], found[0]]
        self.cursor.execute(" UNION ALL ".join(_POINTS.format(points) for points, *_ in places), given)
        counts = dict.fromkeys(found, 0)
        for points, key in self.cursor.fetchall():
            if key in counts:  # not what another process has added since
                counts[key] += points
        return sorted(found, key=lambda key: -counts[key])  # equal ones stay newest first

    def _ask(self, match: str, order: str, wanted: int) -> list[int]:
        self.cursor.execute(f"{_ASK} ORDER BY rowid {order} LIMIT %s", [match, *self.keys, wanted])
        return [key for (key,) in self.cursor.fetchall()]


def _quoted(terms, between: str = " ") -> str:
    return between.join(f'"{term}"' for term in terms)
