"""Edit: one act of an editor, with what it takes to undo it (floor 1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class EditQuerySet(models.QuerySet):
    def touching(self, noun, number):
        """Acts that touched this row, latest first; `noun` is one of EditTouch.Noun."""
        return self.filter(touches__noun=noun, touches__number=number)

    def for_listing(self):
        """With what a list of acts says, without what only undoing reads."""
        return self.select_related("made_by", "undoes", "undone_by").defer(
            "before", "after", "undoes__before", "undoes__after", "undone_by__before", "undone_by__after"
        )

    def for_readers(self):
        """Acts that changed what readers saw in a way they are told of, latest first."""
        kinds = Edit.TOLD_TO_READERS
        told = self.filter(is_public=True).filter(Q(kind__in=kinds) | Q(undoes__kind__in=kinds))
        return told.select_related("undoes").defer("before", "after", "undoes__before", "undoes__after")

    def before_number(self, number):
        return self.filter(pk__lt=number)

    def since(self, number):
        return self.filter(pk__gt=number)


class Edit(models.Model):
    """One act: `before` and `after` hold, by noun and key, the columns that it changed.

    A row that was not there is null. "place" tells in which story reports were, "lost" what stories that went
    up in others had of their own. `summary` is for people: stories as they were, and as they became.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", "published"
        UNPUBLISH = "unpublish", "unpublished"
        QUALITY = "quality", "quality changed"
        WORDS = "words", "retitled"
        PICTURE = "picture", "other picture"
        TOPICS = "topics", "topics changed"
        LEAD = "lead", "lead chosen"
        HEAT = "heat", "heat adjusted"
        MERGE = "merge", "stories merged"
        SPLIT = "split", "story split"
        MOVE_OUT = "move_out", "moved out"
        WITHDRAW = "withdraw", "withdrawn"
        RESTORE = "restore", "put back"
        ADD = "add", "added"
        CHANGE = "change", "changed"
        DELETE = "delete", "deleted"
        UNDO = "undo", "taken back"

    TOLD_TO_READERS = (
        Kind.UNPUBLISH, Kind.WORDS, Kind.MERGE, Kind.SPLIT, Kind.MOVE_OUT, Kind.WITHDRAW, Kind.CHANGE,
    )  # fmt: skip

    kind = models.CharField("act", max_length=10, choices=Kind)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="by"
    )
    made_at = models.DateTimeField("when", default=timezone.now, editable=False)
    why = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    article_count = models.PositiveIntegerField("articles", default=0)
    is_public = models.BooleanField(default=False, help_text="A story that readers saw, or see, was touched.")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undoings")
    undone_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = EditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("view_health", "Can view the health list")]
        indexes = [
            # the log that readers see
            models.Index(fields=["-id"], name="edit_told", condition=Q(is_public=True)),
            models.Index(fields=["kind", "-id"], name="edit_of_kind"),
        ]

    def __str__(self):
        if self.undoes_id:
            return f"taking back of act {self.undoes_id}"
        return f"{self.get_kind_display()} (act {self.pk})"


class EditTouch(models.Model):
    """A row that an act touched, for the history of that row; the row itself may be gone."""

    class Noun(models.TextChoices):
        ARTICLE = "article"
        STORY = "story"
        TOPIC = "topic"
        PROVIDER = "provider"

    edit = models.ForeignKey(Edit, models.CASCADE, related_name="touches")
    noun = models.CharField(max_length=8, choices=Noun)
    number = models.BigIntegerField()

    class Meta:
        constraints = [
            # its index also answers "the acts that touched this row, latest first"
            models.UniqueConstraint(fields=["noun", "number", "edit"], name="edit_touches_once"),
        ]

    def __str__(self):
        return f"{self.noun} {self.number}"
