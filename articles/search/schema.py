"""The search index in the database (floor 2): a table and the triggers that keep it.

The index holds public articles only. Triggers keep it, so that whatever writes articles (the import, the
desk, raw SQL) keeps it too, in the same transaction. A row's key is its time in seconds, shifted left by 30
bits, plus the article's id: the order of keys is the order of time, which both databases walk from the
newest on and which a range of dates narrows.
"""

from django.db import connection

KEY_BITS = 30
ID = (1 << KEY_BITS) - 1  # the bits of a key that are the id
SEEN = "{row}.is_published AND NOT {row}.is_removed"
COLUMNS = ("title", "excerpt", "provider_name", "published_at", "provider_id", "is_published", "is_removed")

_SQLITE_TABLE = """CREATE VIRTUAL TABLE IF NOT EXISTS articles_search USING fts5(
    title, excerpt, provider, place, content='', tokenize='porter unicode61 remove_diacritics 2')"""
_SQLITE_ROW = (
    "(CAST(strftime('%s', {row}.published_at) AS INTEGER) << 30) | {row}.id, "
    "{row}.title, {row}.excerpt, {row}.provider_name, 'p' || {row}.provider_id"
)
_SQLITE_IN = f"INSERT INTO articles_search(rowid, title, excerpt, provider, place) SELECT {_SQLITE_ROW}"
_SQLITE_OUT = (
    "INSERT INTO articles_search(articles_search, rowid, title, excerpt, provider, place) "
    f"SELECT 'delete', {_SQLITE_ROW}"
)


def _sqlite_triggers() -> dict[str, str]:
    enter = f"{_SQLITE_IN.format(row='new')} WHERE {SEEN.format(row='new')};"
    leave = f"{_SQLITE_OUT.format(row='old')} WHERE {SEEN.format(row='old')};"
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in COLUMNS)
    events = {
        "articles_search_insert": f"AFTER INSERT ON articles_article WHEN {SEEN.format(row='new')} "
        f"BEGIN {enter} END",
        "articles_search_delete": f"AFTER DELETE ON articles_article WHEN {SEEN.format(row='old')} "
        f"BEGIN {leave} END",
        "articles_search_update": f"AFTER UPDATE OF {', '.join(COLUMNS)} ON articles_article "
        f"WHEN {changed} BEGIN {leave} {enter} END",
    }
    return {name: f"CREATE TRIGGER IF NOT EXISTS {name} {text}" for name, text in events.items()}


def ensure() -> None:
    """Put the triggers back where a migration lost them, and count the index anew if it did.

    SQLite drops a table's triggers when Django remakes the table to change a column. PostgreSQL keeps them.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'articles_search%'")
        present = {name for (name,) in cursor.fetchall()}
        triggers = _sqlite_triggers()
        if "articles_search" not in present or triggers.keys() <= present:
            return
        for statement in triggers.values():
            cursor.execute(statement)
    rebuild()


def rebuild() -> None:
    """Make the whole index anew from the articles."""
    seen = SEEN.format(row="a")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO articles_search(articles_search) VALUES ('delete-all')")
            row = _SQLITE_IN.format(row="a")
            cursor.execute(f"{row} FROM articles_article a WHERE {seen} ORDER BY published_at, id")
        else:
            cursor.execute("TRUNCATE articles_search")
            cursor.execute(
                "INSERT INTO articles_search(key, document) "
                "SELECT articles_search_key(a.published_at, a.id), "
                "articles_search_document(a.title, a.excerpt, a.provider_name, a.provider_id) "
                "|| articles_search_month(articles_search_key(a.published_at, a.id)) "
                f"FROM articles_article a WHERE {seen}"
            )
