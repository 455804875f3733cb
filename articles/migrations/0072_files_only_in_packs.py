import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0071_files_into_packs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sourcedocument",
            name="pack",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="articles.pack"),
        ),
        migrations.AlterField(
            model_name="sourcedocument",
            name="start",
            field=models.PositiveIntegerField(help_text="Where in the pack the file begins."),
        ),
        migrations.AlterField(
            model_name="sourcedocument",
            name="size",
            field=models.PositiveIntegerField(help_text="How many bytes it has."),
        ),
        migrations.RemoveField(
            model_name="sourcedocument",
            name="content",
        ),
        migrations.RemoveField(
            model_name="importoutcome",
            name="previous",
        ),
    ]
