"""Editors see what became of each file of an import; those who may import may take one back."""

from django.db import migrations


def _rights(apps):
    permission = apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    kind, _ = content_type.objects.get_or_create(app_label="articles", model="importoutcome")
    right, _ = permission.objects.get_or_create(
        content_type=kind, codename="view_importoutcome", defaults={"name": "Can view import outcome"}
    )
    return right


def allow(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.add(_rights(apps))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.remove(_rights(apps))


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_lossless_store")]
    operations = [migrations.RunPython(allow, forbid)]
