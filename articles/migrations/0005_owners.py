"""The role Owners, who add accounts and choose their roles; and the language of an account."""

from django.db import migrations, models

OWNERS = "Owners"


def create_owners(apps, schema_editor):
    content_types = apps.get_model("contenttypes", "ContentType").objects
    user, _ = content_types.get_or_create(app_label="auth", model="user")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=OWNERS)
    for action in ("view", "add", "change"):
        # Django itself creates permissions only after all migrations have run.
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=user, codename=f"{action}_user", defaults={"name": f"Can {action} user"}
        )
        group.permissions.add(permission)


def delete_owners(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=OWNERS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_accounts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AddField(
            model_name="account",
            name="language",
            field=models.CharField(
                blank=True, default="", help_text="Of the newsroom; none: that of the browser.", max_length=10
            ),
        ),
        migrations.RunPython(create_owners, delete_owners),
    ]
