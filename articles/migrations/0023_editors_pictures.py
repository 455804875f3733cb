"""Editors may decide pictures; going back, pictures are as the older states can tell them."""

from django.db import migrations


def allow(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    permission = apps.get_model("auth", "Permission")
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="articles", model="image"
    )
    right, _ = permission.objects.get_or_create(
        content_type=kind, codename="change_image", defaults={"name": "Can change image"}
    )
    group, _ = group_model.objects.get_or_create(name="Editors")
    group.permissions.add(right)


def forbid(apps, schema_editor):
    right = apps.get_model("auth", "Permission").objects.filter(
        codename="change_image", content_type__app_label="articles"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Editors"):
        group.permissions.remove(*right)
    apps.get_model("articles", "Rendition").objects.exclude(shape="whole").delete()
    images = apps.get_model("articles", "Image").objects
    images.filter(state="failed").update(state="waiting")
    images.filter(state="off").update(state="refused")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0022_picture_states"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(allow, forbid)]
