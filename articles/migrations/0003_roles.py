"""The three roles: Editors decide; Chiefs also remove articles, and manage topics, providers and sources; Operators
manage imports."""

from django.db import migrations

VIEWED = ("article", "story", "provider", "topic", "image", "importrun", "importoutcome", "edit", "source",
          "sourceentry")  # fmt: skip
VIEW = [("view", model) for model in VIEWED] + [("view_health", "edit")]
EDIT = [("add", "article"), ("change", "article"), ("change", "story"), ("change", "image")]
MANAGE = [("delete", "article"), ("change", "provider"), ("delete", "provider")] + [
    (action, model) for model in ("topic", "source") for action in ("add", "change", "delete")
]
OPERATE = [("change", "importrun")]
ROLES = {"Editors": VIEW + EDIT, "Chiefs": VIEW + EDIT + MANAGE, "Operators": VIEW + OPERATE}


def create_roles(apps, schema_editor):
    group_model = apps.get_model("auth", "Group")
    for name, permissions in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(apps, *each) for each in permissions))


def _permission(apps, action, model):
    """Return the permission, which Django itself creates only after all migrations have run."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="articles", model=model
    )
    if action == "view_health":
        codename, name = "view_health", "Can view the health list"
    else:
        verbose_name = apps.get_model("articles", model)._meta.verbose_name
        codename, name = f"{action}_{model}", f"Can {action} {verbose_name}"
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return permission


def delete_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_search"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create_roles, delete_roles)]
