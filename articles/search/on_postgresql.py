"""The search in PostgreSQL (floor 2): hits by tsvector and the function that finds the newest of them."""

from articles.search.words import Query, weighed

_HITS = "articles_search_newest(%s::text[], %s::bigint, %s, %s, %s)"
_WORDS = "quote_literal(articles_search_words(%s))"
_IN_TITLE = f"(indexed @@ to_tsquery('articles_news'::regconfig, {_WORDS} || ':A'))::int"
_IN_NAME = f"(indexed @@ to_tsquery('articles_news'::regconfig, {_WORDS} || ':B'))::int"


class Search:
    """What to look for between two keys."""

    def __init__(self, cursor, query: Query, keys: tuple[int, int], provider: int | None) -> None:
        self.cursor, self.query = cursor, query
        self.given = [list(query.terms), provider, *keys]

    def newest(self, wanted: int) -> list[int]:
        """Return the newest hits, newest first."""
        self.cursor.execute(f"SELECT hit FROM {_HITS}", [*self.given, wanted])
        return sorted({key for (key,) in self.cursor.fetchall()}, reverse=True)[:wanted]

    def best(self, newest: int, wanted: int) -> tuple[list[int], int]:
        """Return the best of the newest hits, best first, and how many were looked at."""
        words, row = weighed(self.query)
        score = " + ".join([f"4 * {_IN_TITLE} + 2 * {_IN_NAME}"] * len(words) + [f"3 * {_IN_TITLE}"])
        weights = [word for word in words for _place in (_IN_TITLE, _IN_NAME)] + [row]
        self.cursor.execute(
            "SELECT hit, count(*) OVER () FROM ("
            f"SELECT DISTINCT ON (hit) hit, {score} AS score FROM {_HITS} ORDER BY hit DESC LIMIT %s"
            ") AS newest ORDER BY score DESC, hit DESC LIMIT %s",
            [*weights, *self.given, newest, newest, wanted],
        )
        found = self.cursor.fetchall()
        return [key for key, _total in found], found[0][1] if found else 0
