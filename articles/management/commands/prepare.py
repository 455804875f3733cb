"""`manage.py prepare`: everything a fresh clone needs before it serves."""

import secrets

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the database, import seeds/, collect static files and print an editor's login once."

    def handle(self, **options):
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("import_articles", str(settings.BASE_DIR / "seeds"), stdout=self.stdout)
        if not User.objects.filter(groups__name="Editors").exists():
            password = secrets.token_urlsafe(12)
            editor = User.objects.create_user("editor", password=password, is_staff=True)
            # Whoever set the site up plays every part of it: adds sources, and accounts for others.
            editor.groups.add(*Group.objects.filter(name__in=["Editors", "Chiefs", "Operators", "Owners"]))
            where = f"The newsroom is at /{settings.ADMIN_PATH}"
            self.stdout.write(f"{where} — sign in as editor with {password}")
