"""`manage.py prune_images`: throws away pictures and files that nothing needs."""

from django.conf import settings
from django.core.management.base import BaseCommand

from articles.images.storage import prune_images
from articles.management.common import stoppable


class Command(BaseCommand):
    help = "Remove pictures that nothing names; above the quota, unused ones too, oldest first."

    def add_arguments(self, parser):
        parser.add_argument(
            "--quota",
            type=int,
            metavar="MB",
            default=settings.PICTURES_QUOTA_MB,
            help="megabytes that pictures may take; 0: no limit (default: the setting PICTURES_QUOTA_MB)",
        )

    @stoppable("pruning")
    def handle(self, *, quota, **options):
        self.stdout.write(str(prune_images(quota * 1_000_000)))
