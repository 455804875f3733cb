"""A group whose members may curate: change articles and stories, see the rest."""

from django.db import migrations

CHANGE = ("article", "story")
VIEW = ("provider", "topic", "image", "importrun")


def make_group(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    permission = apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    group, _ = group_model.objects.get_or_create(name="Editors")
    acts = [(act, noun) for noun in CHANGE for act in ("change", "view")] + [("view", noun) for noun in VIEW]
    for act, noun in acts:
        kind, _ = content_type.objects.get_or_create(app_label="articles", model=noun)
        right, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"{act}_{noun}", defaults={"name": f"Can {act} {noun}"}
        )
        group.permissions.add(right)


def drop_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="Editors").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial_nouns"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, drop_group)]
