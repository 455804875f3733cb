"""A topic's key has room for a name whose every letter unfolds into three ("ﬃ" into "ffi")."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0066_known_words")]
    # SQLite remakes the table and loses its triggers; `triggers.ensure` puts them back after each `migrate`.
    operations = [
        migrations.AlterField(
            model_name="topic",
            name="name_key",
            field=models.CharField(editable=False, max_length=300, unique=True),
        )
    ]
