"""The search index of both databases: its keys, its triggers, and the newest hits between two keys.

Every article is indexed, by triggers, so that whatever writes articles keeps the index too, in the same
transaction. An article's key is its time in seconds, shifted left by 30 bits, plus its id: the order of keys
is the order of time, which both databases walk from the newest on and which a range of dates narrows. The
key of an article that readers may not see is lower by 2^62, so that such articles cost readers nothing.
Migration 0002 makes the index; PostgreSQL's triggers are there, SQLite's here.
"""

import json

from django.db import connection

from articles.search.text import fold

ID_BITS = 30
ID = (1 << ID_BITS) - 1  # the bits of a key that are the id
HIDDEN = 1 << 62  # what the key of a hidden article is lower by
LAST_SECOND = (1 << 32) - 1  # later times count as this one, those before 1970 as 0

_COLUMNS = ("title", "excerpt", "provider_name", "published_at", "provider_id", "is_published", "is_removed")
# A provider is a word that nobody can type: `fold` makes blanks of private characters such as this first one.
_PROVIDER = "\ue000"
_SQLITE_ROW = (
    f"((max(0, min(CAST(strftime('%s', {{row}}.published_at) AS INTEGER), {LAST_SECOND})) << {ID_BITS}) "
    f"| {{row}}.id) - (NOT ({{row}}.is_published AND NOT {{row}}.is_removed)) * {HIDDEN}, "
    "search_text({row}.title), search_text({row}.provider_name), search_text({row}.excerpt), "
    f"char({ord(_PROVIDER)}) || {{row}}.provider_id"
)
_SQLITE_INSERT = (
    f"INSERT INTO articles_search(rowid, title, provider, excerpt, provider_id) SELECT {_SQLITE_ROW}"
)
_SQLITE_DELETE = (
    "INSERT INTO articles_search(articles_search, rowid, title, provider, excerpt, provider_id) "
    f"SELECT 'delete', {_SQLITE_ROW}"
)
_POSTGRESQL_ROWS = (
    "SELECT articles_search_key(published_at, id, is_published AND NOT is_removed), "
    "articles_search_document(title, provider_name, excerpt, provider_id) FROM articles_article"
)

_FEW = 100  # hits of several words up to which SQLite collects all, from the oldest on
_SAMPLE, _COMMON = 200, 4  # of so many of the newest rows so many are hits: then the words are common
_WALKED = 40_000  # rows that PostgreSQL walks for common words


def add_functions(connection, **kwargs) -> None:
    """Give a new SQLite connection `search_text`, which the triggers call (signal `connection_created`)."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("search_text", 1, fold, deterministic=True)


def ensure() -> None:
    """Make SQLite's triggers where they are missing, and if any was, the index anew (after `migrate`).

    SQLite drops a table's triggers when Django remakes the table to change a column. PostgreSQL keeps them.
    """
    if connection.vendor != "sqlite":
        return
    delete, insert = _SQLITE_DELETE.format(row="old"), _SQLITE_INSERT.format(row="new")
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in _COLUMNS)
    triggers = {
        "articles_search_insert": f"AFTER INSERT ON articles_article BEGIN {insert}; END",
        "articles_search_delete": f"AFTER DELETE ON articles_article BEGIN {delete}; END",
        "articles_search_update": f"AFTER UPDATE OF {', '.join(_COLUMNS)} ON articles_article "
        f"WHEN {changed} BEGIN {delete}; {insert}; END",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'articles_search%'")
        present = {name for (name,) in cursor.fetchall()}
        if "articles_search" not in present or triggers.keys() <= present:
            return
        for name in triggers.keys() - present:
            cursor.execute(f"CREATE TRIGGER {name} {triggers[name]}")
    rebuild()


def rebuild() -> None:
    """Make the whole index anew from the articles."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO articles_search(articles_search) VALUES ('delete-all')")
            row = _SQLITE_INSERT.format(row="a")
            cursor.execute(f"{row} FROM articles_article a ORDER BY published_at, id")
        else:
            cursor.execute("TRUNCATE articles_search")
            cursor.execute(f"INSERT INTO articles_search(key, document) {_POSTGRESQL_ROWS}")


def newest_hits(terms: list[str], provider: int | None, low: int, high: int, wanted: int) -> list[int]:
    """Return the highest `wanted` keys from `low` to `high` of articles with all these folded terms."""
    find = _newest_on_sqlite if connection.vendor == "sqlite" else _newest_on_postgresql
    with connection.cursor() as cursor:
        return find(cursor, terms, provider, low, high, wanted)


def _newest_on_sqlite(cursor, terms, provider, low, high, wanted) -> list[int]:
    """Ask FTS5, which skips slowly backwards what only one of several words has.

    It takes 30 ms for a common word with one that ten articles of a million have, and 0.2 ms forwards. So few
    hits of several words are collected forwards; where they are many, the newest are soon found backwards.
    """
    match = " ".join(f'"{term}"' for term in [*terms, *([f"{_PROVIDER}{provider}"] if provider else [])])

    def ask(order: str, limit: int) -> list[int]:
        cursor.execute(
            "SELECT rowid FROM articles_search WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s "
            f"ORDER BY rowid {order} LIMIT %s",
            [match, low, high, limit],
        )
        return [key for (key,) in cursor.fetchall()]

    if " " in match:
        few = max(wanted, _FEW)
        found = ask("ASC", few)
        if len(found) < few:
            return found[: -wanted - 1 : -1]
    return ask("DESC", wanted)


def _newest_on_postgresql(cursor, terms, provider, low, high, wanted) -> list[int]:
    """Walk the newest rows for common words; else ask GIN for all hits, without an order, and sort those.

    PostgreSQL left to itself would walk all rows by time to find the few hits of a rare word. A sample tells
    which words are common; the other step is not executed. Where the walk finds too few, all hits are sorted.
    """
    match = " && ".join([f"phraseto_tsquery('articles_news', %(term{n})s)" for n in range(len(terms))])
    values = {f"term{n}": term for n, term in enumerate(terms)}
    values |= {"low": low, "high": high, "wanted": wanted, "provider": f"/p{provider}"}
    match = f"document @@ ({match}{' && %(provider)s::tsquery' if provider else ''})"
    rows = "SELECT key, document FROM articles_search WHERE key BETWEEN %(low)s AND %(high)s"
    newest = f"({rows} ORDER BY key DESC LIMIT {{}}) newest WHERE {match}"
    hits = f"hits AS MATERIALIZED ({rows} AND {match}"
    best = "ORDER BY key DESC LIMIT %(wanted)s"
    cursor.execute(
        f"WITH sample AS MATERIALIZED (SELECT count(*) >= {_COMMON} AS is_common "
        f"FROM {newest.format(_SAMPLE)}), {hits} AND NOT (SELECT is_common FROM sample)) "
        f"SELECT is_common, CASE WHEN is_common THEN ARRAY(SELECT key FROM {newest.format(_WALKED)} {best}) "
        f"ELSE ARRAY(SELECT key FROM hits {best}) END FROM sample",
        values,
    )
    is_common, found = cursor.fetchone()
    if is_common and len(found) < wanted:
        cursor.execute(f"WITH {hits}) SELECT key FROM hits {best}", values)
        found = [key for (key,) in cursor.fetchall()]
    return found


def titles_and_providers(ids: list[int]) -> list[tuple[int, str, str]]:
    """Return id, title and name of the provider of these articles: in a third of the ORM's time for 2,000."""
    is_sqlite = connection.vendor == "sqlite"
    chosen = "IN (SELECT value FROM json_each(%s))" if is_sqlite else "= ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, title, provider_name FROM articles_article WHERE id {chosen}",
            [json.dumps(ids) if is_sqlite else ids],
        )
        return cursor.fetchall()
