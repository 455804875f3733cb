"""Three roles: Editors decide; Chiefs also withdraw, and keep topics and providers; Operators keep imports."""

from django.db import migrations

VIEWED = ("article", "story", "provider", "topic", "image", "importrun", "importoutcome", "edit")
LOOK = [(f"view_{noun}", noun) for noun in VIEWED] + [("view_health", "edit")]
DECIDE = [("add_article", "article"), ("change_article", "article"), ("change_story", "story"), ("change_image", "image")]
KEEP = [("delete_article", "article"), ("change_provider", "provider"), ("delete_provider", "provider"),
        ("add_topic", "topic"), ("change_topic", "topic"), ("delete_topic", "topic")]
OPERATE = [("change_importrun", "importrun")]
ROLES = {"Editors": LOOK + DECIDE, "Chiefs": LOOK + DECIDE + KEEP, "Operators": LOOK + OPERATE}


def make(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    permission = apps.get_model("auth", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    for name, rights in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=name)
        for codename, noun in rights:
            kind, _ = content_type.objects.get_or_create(app_label="articles", model=noun)
            told = "Can view the health list" if codename == "view_health" else f"Can {codename.replace('_', ' ')}"
            right, _ = permission.objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": told}
            )
            group.permissions.add(right)


def unmake(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    groups.filter(name__in=["Chiefs", "Operators"]).delete()
    permission = apps.get_model("auth", "Permission")
    for group in groups.filter(name="Editors"):
        group.permissions.remove(
            *permission.objects.filter(content_type__app_label="articles", content_type__model="edit")
        )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0032_site_changes_with_the_log"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, unmake)]
