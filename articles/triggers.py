"""Triggers that SQLite may lose, and their return after migrations (floor 2; knows no models).

SQLite drops a table's triggers when Django remakes the table to change a column. PostgreSQL keeps them.
"""

from django.db import connection

from articles.search import schema

# Tables with something that readers see. A change of a row in any of them is a change of the site.
TABLES = ("article", "articletopic", "articleimage", "image", "rendition", "provider", "topic", "story",
          "storytopic", "storyalias", "edit")  # fmt: skip
_RAISE = "BEGIN UPDATE articles_generation SET value = value + 1; END"


def generation_triggers() -> dict[str, str]:
    """Return SQLite's triggers that raise the site's generation, by name."""
    return {
        f"articles_changed_{table}_{event.lower()}": f"AFTER {event} ON articles_{table} {_RAISE}"
        for table in TABLES
        for event in ("INSERT", "UPDATE", "DELETE")
    }


def ensure() -> None:
    """Put back what migrations lost: the search's triggers (and its index), and those of the generation."""
    if connection.vendor != "sqlite":
        return
    schema.ensure()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'articles_generation'")
        if not cursor.fetchone():
            return
        for name, text in generation_triggers().items():
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {text}")
        cursor.execute("UPDATE articles_generation SET value = value + 1")
