"""The number that any change of public data raises."""

from django.db import migrations

SQLITE = [
    """CREATE TABLE articles_generation (slot INTEGER PRIMARY KEY, value INTEGER NOT NULL)""",
    """INSERT INTO articles_generation VALUES (0, 1)""",
    """CREATE TRIGGER articles_changed_article_insert AFTER INSERT ON articles_article BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_article_update AFTER UPDATE ON articles_article BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_article_delete AFTER DELETE ON articles_article BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articletopic_insert AFTER INSERT ON articles_articletopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articletopic_update AFTER UPDATE ON articles_articletopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articletopic_delete AFTER DELETE ON articles_articletopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articleimage_insert AFTER INSERT ON articles_articleimage BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articleimage_update AFTER UPDATE ON articles_articleimage BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_articleimage_delete AFTER DELETE ON articles_articleimage BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_image_insert AFTER INSERT ON articles_image BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_image_update AFTER UPDATE ON articles_image BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_image_delete AFTER DELETE ON articles_image BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_rendition_insert AFTER INSERT ON articles_rendition BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_rendition_update AFTER UPDATE ON articles_rendition BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_rendition_delete AFTER DELETE ON articles_rendition BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_provider_insert AFTER INSERT ON articles_provider BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_provider_update AFTER UPDATE ON articles_provider BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_provider_delete AFTER DELETE ON articles_provider BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_topic_insert AFTER INSERT ON articles_topic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_topic_update AFTER UPDATE ON articles_topic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_topic_delete AFTER DELETE ON articles_topic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_story_insert AFTER INSERT ON articles_story BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_story_update AFTER UPDATE ON articles_story BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_story_delete AFTER DELETE ON articles_story BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storytopic_insert AFTER INSERT ON articles_storytopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storytopic_update AFTER UPDATE ON articles_storytopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storytopic_delete AFTER DELETE ON articles_storytopic BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storyalias_insert AFTER INSERT ON articles_storyalias BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storyalias_update AFTER UPDATE ON articles_storyalias BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER articles_changed_storyalias_delete AFTER DELETE ON articles_storyalias BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER IF NOT EXISTS articles_changed_edit_insert AFTER INSERT ON articles_edit BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER IF NOT EXISTS articles_changed_edit_update AFTER UPDATE ON articles_edit BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TRIGGER IF NOT EXISTS articles_changed_edit_delete AFTER DELETE ON articles_edit BEGIN UPDATE articles_generation SET value = value + 1; END""",
    """CREATE TABLE articles_desk_acts (number bigint NOT NULL)""",
    """INSERT INTO articles_desk_acts VALUES (0)""",
]
POSTGRESQL = [
    """CREATE TABLE articles_generation (slot integer PRIMARY KEY, value bigint NOT NULL,
    raised_by bigint NOT NULL DEFAULT 0, times integer NOT NULL DEFAULT 0)""",
    """INSERT INTO articles_generation(slot, value) SELECT slot, 1 FROM generate_series(0, 63) AS slot""",
    """CREATE FUNCTION articles_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE articles_generation SET value = value + 1, raised_by = txid_current(),
            times = CASE WHEN raised_by = txid_current() THEN times + 1 ELSE 1 END
        WHERE slot = pg_backend_pid() % 64 AND NOT (raised_by = txid_current() AND times >= 2000);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_article FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_articletopic FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_articleimage FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_image FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_rendition FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_provider FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_topic FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_story FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_storytopic FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_storyalias FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TRIGGER articles_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles_edit FOR EACH STATEMENT EXECUTE FUNCTION articles_changed()""",
    """CREATE TABLE articles_desk_acts (number bigint NOT NULL)""",
    """INSERT INTO articles_desk_acts VALUES (0)""",
]


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_roles")]
    operations = [migrations.RunPython(create)]
