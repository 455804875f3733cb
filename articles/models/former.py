"""What articles were before files told of them: permalinks that lead on (floor 1)."""

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
