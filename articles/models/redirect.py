"""What articles were before files told of them: permalinks that lead on, and editors' own words (floor 1)."""

from django.db import models


class FormerStemQuerySet(models.QuerySet):
    def for_stem(self, stem):
        """The row of the article that had its page at this permalink last, or None."""
        return self.filter(stem=stem).select_related("article").first()


class FormerStem(models.Model):
    """A permalink at which a published article had its page once: it leads to where that is now."""

    stem = models.CharField(max_length=255, unique=True)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="former_stems")

    objects = FormerStemQuerySet.as_manager()

    def __str__(self):
        return self.stem


class HandMade(models.Model):
    """An editor's article that files tell of now: what it is again when the last of these files is gone."""

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, primary_key=True, related_name="hand_made"
    )
    values = models.JSONField(default=dict, help_text="What files may tell, by column.")

    def __str__(self):
        return str(self.article)
