import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0069_hand_made"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField(help_text="The bytes of files one after the other, compressed.")),
            ],
        ),
        # Both forms have room until the next migration has moved the files from one to the other.
        migrations.AlterField(
            model_name="sourcedocument",
            name="content",
            field=models.BinaryField(null=True, help_text="The file's bytes, compressed."),
        ),
        migrations.AddField(
            model_name="sourcedocument",
            name="pack",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="articles.pack"),
        ),
        migrations.AddField(
            model_name="sourcedocument",
            name="start",
            field=models.PositiveIntegerField(null=True, help_text="Where in the pack the file begins."),
        ),
        migrations.AddField(
            model_name="sourcedocument",
            name="size",
            field=models.PositiveIntegerField(null=True, help_text="How many bytes it has."),
        ),
        migrations.AddField(
            model_name="importoutcome",
            name="previous_pack",
            field=models.ForeignKey(db_index=False, help_text="Where the file lies that was kept before; see SourceDocument.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="articles.pack"),
        ),
        migrations.AddField(
            model_name="importoutcome",
            name="previous_start",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="importoutcome",
            name="previous_size",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="importoutcome",
            name="previous_sha256",
            field=models.CharField(blank=True, default="", help_text="Empty if there was none.", max_length=64),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="importoutcome",
            index=models.Index(condition=models.Q(("previous_pack__isnull", False)), fields=["previous_pack"], name="outcome_previous_pack"),
        ),
    ]
