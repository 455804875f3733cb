"""Edit: one row of the newsroom's audit log, with the values needed to undo it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class EditQuerySet(models.QuerySet):
    def about(self, model, pk):
        """Edits that changed this row, latest first; `model` is one of EditTarget.Model."""
        return self.filter(targets__model=model, targets__object_id=pk)

    def for_listing(self):
        """With everything a list shows, without the values that only an undo reads."""
        return self.select_related("made_by", "undoes", "undone_by").defer(
            "before", "after", "undoes__before", "undoes__after", "undone_by__before", "undone_by__after"
        )

    def for_visitors(self):
        """Edits listed in the public log: they changed what visitors saw, and are of a public kind."""
        kinds = Edit.PUBLIC_KINDS
        public = self.filter(is_public=True).filter(Q(kind__in=kinds) | Q(undoes__kind__in=kinds))
        return public.select_related("undoes").defer("before", "after", "undoes__before", "undoes__after")


class Edit(models.Model):
    """One edit: `before` and `after` hold the changed columns, as {model: {key: {column: value}}}.

    A row that did not exist is null. Three more keys help an undo: "story_ids" (the story of each article
    that changed its story), and in `before` "merged_stories" (own values of stories that were merged into
    others) and "documents" (what the files said about articles that an editor took over). `summary` is for
    people: {"before": [...], "after": [...]}, one entry per affected story (see `editing.audit`), and the
    names of the changed models.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", "published"
        UNPUBLISH = "unpublish", "unpublished"
        QUALITY = "quality", "quality changed"
        RETITLE = "retitle", "retitled"
        PICTURE = "picture", "picture changed"
        TOPICS = "topics", "topics changed"
        LEAD = "lead", "lead chosen"
        HEAT = "heat", "heat adjusted"
        MERGE = "merge", "stories merged"
        SPLIT = "split", "story split"
        MOVE_OUT = "move_out", "moved out"
        REMOVE = "remove", "removed"
        RESTORE = "restore", "restored"
        ADD = "add", "added"
        CHANGE = "change", "changed"
        DELETE = "delete", "deleted"
        JOIN = "join", "merged"
        UNDO = "undo", "undone"
        EMBARGO = "embargo", "embargoed"
        PIN = "pin", "pinned"
        UNPIN = "unpin", "unpinned"
        TAKE_DOWN = "take_down", "taken down"

    PUBLIC_KINDS = (
        Kind.UNPUBLISH, Kind.RETITLE, Kind.MERGE, Kind.SPLIT, Kind.MOVE_OUT, Kind.REMOVE, Kind.CHANGE,
    )  # fmt: skip

    kind = models.CharField("edit", max_length=10, choices=Kind)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="by"
    )
    made_at = models.DateTimeField("when", default=timezone.now, editable=False)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    description = models.TextField(blank=True, default="", db_default="", help_text="In words.")
    article_count = models.PositiveIntegerField("articles", default=0)
    is_public = models.BooleanField(
        default=False, help_text="Visitors saw, or see, one of the affected stories."
    )
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undoings")
    undone_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = EditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("view_health", "Can view the health list")]
        indexes = [
            # the public log
            models.Index(fields=["-id"], name="edit_public", condition=Q(is_public=True)),
            models.Index(fields=["kind", "-id"], name="edit_of_kind"),
        ]

    def __str__(self):
        if self.undoes_id:
            return f"undo of edit {self.undoes_id}"
        return f"{self.get_kind_display()} (edit {self.pk})"

    def in_words(self):
        """What it changed, line by line: its description, or the titles of the stories that it changed."""
        if self.description:
            return self.description.splitlines()
        stories = [*self.summary.get("before", ()), *self.summary.get("after", ())]
        return list(dict.fromkeys(story["title"] for story in stories if story["title"]))


class EditTarget(models.Model):
    """A row that an edit changed, for the history of that row; the row itself may be gone."""

    class Model(models.TextChoices):
        ARTICLE = "article"
        STORY = "story"
        TOPIC = "topic"
        PROVIDER = "provider"
        SOURCE = "source"
        IMAGE = "image"
        USER = "user"

    edit = models.ForeignKey(Edit, models.CASCADE, related_name="targets")
    model = models.CharField(max_length=8, choices=Model)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [
            # its index also answers "the edits of this row, latest first"
            models.UniqueConstraint(fields=["model", "object_id", "edit"], name="edit_targets_once")
        ]

    def __str__(self):
        return f"{self.model} {self.object_id}"
