"""The number that any change of public data raises in its own transaction: what page caches stand on."""

from django.db import migrations

TABLES = ("article", "articletopic", "articleimage", "image", "rendition", "provider", "topic", "story",
          "storytopic", "storyalias")
EVENTS = ("INSERT", "UPDATE", "DELETE")

SQLITE = [
    "CREATE TABLE articles_generation (slot INTEGER PRIMARY KEY, value INTEGER NOT NULL)",
    "INSERT INTO articles_generation VALUES (0, 1)",
    *(
        f"CREATE TRIGGER articles_changed_{table}_{event.lower()} AFTER {event} ON articles_{table} "
        "BEGIN UPDATE articles_generation SET value = value + 1; END"
        for table in TABLES
        for event in EVENTS
    ),
]
SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS articles_changed_{t}_{e.lower()}" for t in TABLES for e in EVENTS),
    "DROP TABLE IF EXISTS articles_generation",
]

POSTGRESQL = [
    # 64 slots, one for each way a connection's number falls: two writers seldom wait for each other. The
    # generation is their sum. A transaction raises it 2,000 times at most: each time leaves a version of the
    # row behind, which the next one has to pass.
    """CREATE TABLE articles_generation (slot integer PRIMARY KEY, value bigint NOT NULL,
    raised_by bigint NOT NULL DEFAULT 0, times integer NOT NULL DEFAULT 0)""",
    "INSERT INTO articles_generation(slot, value) SELECT slot, 1 FROM generate_series(0, 63) AS slot",
    """CREATE FUNCTION articles_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE articles_generation SET value = value + 1, raised_by = txid_current(),
            times = CASE WHEN raised_by = txid_current() THEN times + 1 ELSE 1 END
        WHERE slot = pg_backend_pid() % 64 AND NOT (raised_by = txid_current() AND times >= 2000);
        RETURN NULL;
    END $$""",
    *(
        f"CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()"
        for table in TABLES
    ),
]
POSTGRESQL_BACK = [
    *(f"DROP TRIGGER IF EXISTS articles_changed ON articles_{table}" for table in TABLES),
    "DROP FUNCTION IF EXISTS articles_changed()",
    "DROP TABLE IF EXISTS articles_generation",
]


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def unmake(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("articles", "0020_search_index")]
    operations = [migrations.RunPython(make, unmake)]
