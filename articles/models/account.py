"""Account: what the newsroom remembers of a person who signs in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.article import Article

VISIT_PAUSE = timedelta(minutes=30)  # a longer pause ends a visit


class AccountManager(models.Manager):
    def record_visit(self, user):
        """Record that this user looks at the newsroom now; returns the account.

        The first look after a pause makes the visit before it the last visit.
        """
        now = timezone.now()
        newest = self._newest()
        account, is_new = self.get_or_create(user=user, defaults={"seen_at": now, "seen_article": newest})
        if not is_new:
            if now - account.seen_at > VISIT_PAUSE:
                account.last_visit_at, account.last_visit_article = account.seen_at, account.seen_article
            account.seen_at, account.seen_article = now, newest
            account.save()
        return account

    def of(self, user):
        """Return the account of a user, which the first visit makes."""
        defaults = {"seen_at": timezone.now(), "seen_article": self._newest()}
        return self.get_or_create(user=user, defaults=defaults)[0]

    def language_of(self, user) -> str:
        """Return the language that a user chose, or ""."""
        return self.filter(user=user).values_list("language", flat=True).first() or ""

    def _newest(self) -> int:
        return Article.objects.order_by("pk").values_list("pk", flat=True).last() or 0


class Account(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    seen_at = models.DateTimeField(help_text="When the front of the newsroom was last seen.")
    seen_article = models.BigIntegerField(help_text="The newest article at that time.")
    last_visit_at = models.DateTimeField(null=True, help_text="The end of the visit before this one.")
    last_visit_article = models.BigIntegerField(null=True, help_text="The newest article at that time.")

    language = models.CharField(
        max_length=10, blank=True, default="", help_text="Of the newsroom; none: that of the browser."
    )

    objects = AccountManager()

    def __str__(self):
        return str(self.user)
