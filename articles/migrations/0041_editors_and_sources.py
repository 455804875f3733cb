"""Chiefs name sources; everybody at the desk sees what became of what they brought."""

from django.db import migrations

LOOK = [("source", "view"), ("sourceentry", "view")]
KEEP = [("source", "add"), ("source", "change"), ("source", "delete")]
ROLES = {"Editors": LOOK, "Chiefs": LOOK + KEEP, "Operators": LOOK}


def _rights(apps, wanted):
    permission = apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    names = {"source": "source", "sourceentry": "source entry"}
    for noun, act in wanted:
        kind, _ = content_type.objects.get_or_create(app_label="articles", model=noun)
        yield permission.objects.get_or_create(
            content_type=kind, codename=f"{act}_{noun}", defaults={"name": f"Can {act} {names[noun]}"}
        )[0]


def allow(apps, schema_editor):
    for name, rights in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*_rights(apps, rights))


def forbid(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*_rights(apps, ROLES[group.name]))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0040_sources"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
