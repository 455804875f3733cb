"""Editors name sources, and see what became of what they brought."""

from django.db import migrations

RIGHTS = (("source", "add"), ("source", "change"), ("source", "view"), ("sourceentry", "view"))


def _rights(apps):
    permission = apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    names = {"source": "source", "sourceentry": "source entry"}
    for noun, act in RIGHTS:
        kind, _ = content_type.objects.get_or_create(app_label="articles", model=noun)
        yield permission.objects.get_or_create(
            content_type=kind, codename=f"{act}_{noun}", defaults={"name": f"Can {act} {names[noun]}"}
        )[0]


def allow(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    group.permissions.add(*_rights(apps))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0040_sources"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
