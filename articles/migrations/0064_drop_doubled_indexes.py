"""Indexes go whose column is the first of another index: every row written pays for each, nobody needs them.

On PostgreSQL those go too that Django makes for LIKE beside the unique ones of keys nobody looks for so.
"""

import django.db.models.deletion
from django.db import migrations, models

DOUBLED = (
    ("article", "provider_id"), ("article", "story_id"), ("articletopic", "article_id"),
    ("articleimage", "article_id"), ("sourcedocument", "store_id"), ("relatedentry", "list_id"),
    ("storytopic", "story_id"),
)  # fmt: skip
FOR_LIKE = (("article", "link_key"), ("article", "stem"), ("image", "url_hash"))


def _plain_indexes(connection, table, column):
    """Return the names of the indexes that hold this column of all rows and no other."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return [
        name
        for name, about in found.items()
        if about["index"] and not about["unique"] and about["columns"] == [column]
    ]


def drop(apps, schema_editor):
    connection = schema_editor.connection
    doubled = DOUBLED + (FOR_LIKE if connection.vendor == "postgresql" else ())
    for model, column in doubled:
        for name in _plain_indexes(connection, f"articles_{model}", column):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make(apps, schema_editor):
    for model, column in DOUBLED:
        schema_editor.execute(
            f"CREATE INDEX articles_{model}_{column} ON articles_{model} ({column})", params=None
        )
    if schema_editor.connection.vendor == "postgresql":
        for model, column in FOR_LIKE:
            schema_editor.execute(
                f"CREATE INDEX articles_{model}_{column}_like ON articles_{model} ({column} varchar_pattern_ops)",
                params=None,
            )


def _key(to, related_name, on_delete=django.db.models.deletion.CASCADE, **given):
    return models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=to, **given)


class Migration(migrations.Migration):
    dependencies = [("articles", "0063_newest_hits")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, make)],
            [
                migrations.AlterField(
                    "article",
                    "provider",
                    _key("articles.provider", "articles", django.db.models.deletion.PROTECT),
                ),
                migrations.AlterField(
                    "article",
                    "story",
                    _key(
                        "articles.story", "articles", django.db.models.deletion.SET_NULL,
                        null=True, blank=True, editable=False,
                    ),
                ),
                migrations.AlterField("articletopic", "article", _key("articles.article", "topic_links")),
                migrations.AlterField("articleimage", "article", _key("articles.article", "image_links")),
                migrations.AlterField(
                    "sourcedocument",
                    "store",
                    _key("articles.store", "documents", django.db.models.deletion.PROTECT),
                ),
                migrations.AlterField("relatedentry", "list", _key("articles.relatedlist", "entries")),
                migrations.AlterField("storytopic", "story", _key("articles.story", "topic_links")),
            ],
        )
    ]  # fmt: skip
