"""The log of editors' acts is shown to readers, so a new act changes the site."""

from django.db import migrations

EVENTS = ("INSERT", "UPDATE", "DELETE")
SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS articles_changed_edit_{event.lower()} AFTER {event} ON articles_edit "
    "BEGIN UPDATE articles_generation SET value = value + 1; END"
    for event in EVENTS
]
SQLITE_BACK = [f"DROP TRIGGER IF EXISTS articles_changed_edit_{event.lower()}" for event in EVENTS]
POSTGRESQL = [
    "CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_edit "
    "FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()"
]
POSTGRESQL_BACK = ["DROP TRIGGER IF EXISTS articles_changed ON articles_edit"]


def _run(schema_editor, by_vendor):
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def make(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def unmake(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("articles", "0031_decided_stories")]
    operations = [migrations.RunPython(make, unmake)]
