"""States of pictures, what is known of their hosts, and crops for cards."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0021_site_generation"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="image",
            name="image_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="rendition",
            name="rendition_once_per_width",
        ),
        migrations.AddField(
            model_name="image",
            name="etag",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="image",
            name="fetched_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="looked at"),
        ),
        migrations.AddField(
            model_name="image",
            name="is_edited",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="No import or fetch changes it.",
                verbose_name="decided by an editor",
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="last_modified",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="image",
            name="next_try_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="next try"),
        ),
        migrations.AddField(
            model_name="image",
            name="purpose",
            field=models.CharField(
                choices=[("picture", "Picture"), ("logo", "Logo")],
                db_default="picture",
                default="picture",
                editable=False,
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="recipe",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name="image",
            name="tries",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="failed tries"
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="shape",
            field=models.CharField(
                choices=[("whole", "whole picture"), ("card", "2:1 crop for cards")],
                default="whole",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="size",
            field=models.PositiveIntegerField(default=0, verbose_name="bytes"),
        ),
        migrations.AlterField(
            model_name="image",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "no file yet"),
                    ("ready", "ready"),
                    ("failed", "not fetched, to be tried again"),
                    ("refused", "refused"),
                    ("off", "no picture, as an editor decided"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="provider",
            name="logo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="logo_of",
                to="articles.image",
            ),
        ),
        migrations.AlterField(
            model_name="rendition",
            name="name",
            field=models.CharField(db_index=True, help_text="Name in the media storage.", max_length=100),
        ),
        migrations.AlterField(
            model_name="topic",
            name="image",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="picture_of",
                to="articles.image",
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("content_hash", ""), _negated=True),
                fields=["content_hash"],
                name="image_twin",
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "failed"])),
                fields=["next_try_at"],
                name="image_to_fetch",
            ),
        ),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "ready", "failed", "refused", "off"])),
                name="image_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["picture", "logo"])), name="image_purpose_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("image", "shape", "width"), name="rendition_once_per_width"
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.CheckConstraint(
                condition=models.Q(("shape__in", ["whole", "card"])), name="rendition_shape_known"
            ),
        ),
    ]
