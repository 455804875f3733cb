"""On PostgreSQL each entry of the search index names its month too, so that the newest hits are found by it."""

from django.db import migrations

KEEP = """CREATE OR REPLACE FUNCTION articles_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            IF OLD.is_published AND NOT OLD.is_removed THEN
                DELETE FROM articles_search WHERE key = articles_search_key(OLD.published_at, OLD.id);
            END IF;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            IF NEW.is_published AND NOT NEW.is_removed THEN
                INSERT INTO articles_search(key, document) VALUES (
                    articles_search_key(NEW.published_at, NEW.id),
                    articles_search_document(NEW.title, NEW.excerpt, NEW.provider_name, NEW.provider_id)%s);
            END IF;
        END IF;
        RETURN NULL;
    END $$"""
MONTHS = [
    # Months of thirty days since 1970, of the key's seconds.
    """CREATE FUNCTION articles_search_month(key bigint) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_to_tsvector(ARRAY['/m' || (key >> 30) / 2592000])""",
    KEEP % " || articles_search_month(articles_search_key(NEW.published_at, NEW.id))",
    "UPDATE articles_search SET document = document || articles_search_month(key)",
]
BACK = [KEEP % "", "DROP FUNCTION articles_search_month(bigint)"]


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def name_months(apps, schema_editor):
    _run(schema_editor, MONTHS)


def forget_months(apps, schema_editor):
    _run(schema_editor, BACK)


class Migration(migrations.Migration):
    dependencies = [("articles", "0061_term_vectors")]
    operations = [migrations.RunPython(name_months, forget_months)]
