"""Article: one report of an event, and the questions that visitors and editors ask about articles."""

import re
from datetime import UTC, datetime, time, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from articles.models.document import RelatedList
from articles.models.image import Image
from articles.models.provider import Provider
from articles.models.topic import Topic

# What an editor may own: an import leaves these alone once they are in `edited_fields`.
EDITABLE_FIELDS = ("title", "excerpt", "quality", "is_published", "is_removed", "topics", "images")


# A sentence of some words; a mark of a script without blanks ends one by itself.
_SENTENCE = re.compile(r".{20,}?(?:[.!?…]+[\"'”’»)]*(?=\s|$)|[。！？]+[」』”]?)", re.DOTALL)


def first_sentence(text):
    """Return the first sentence of a text, or all of it if that cannot be told."""
    found = _SENTENCE.match(text)
    return found[0] if found else text


class DatedQuerySet(models.QuerySet):
    """Rows with the time `published_at`, which may be in the future, and perhaps an embargo."""

    def due(self):
        """Not from the future, and not under embargo.

        Written as "not after now", which SQLite does not take for the bound of an index: with two upper
        bounds on one column, this and a cursor's or a day's, it would take the first, and walk from now on.
        """
        now = timezone.now()
        return self.exclude(published_at__gt=now).exclude(embargo_until__gt=now)

    def on_days(self, first, last):
        """Rows of the days from `first` to `last` (dates, UTC, both included)."""
        start, end = (datetime.combine(day, time(), UTC) for day in (first, last))
        return self.filter(published_at__gte=start, published_at__lt=end + timedelta(days=1))

    def newest_first(self):
        return self.order_by("-published_at", "-pk")


class ArticleQuerySet(DatedQuerySet):
    def public(self):
        """Published, not removed, not from the future: articles that visitors find by themselves."""
        return self.filter(is_published=True, is_removed=False).due().of_shown_providers()

    def of_shown_providers(self):
        """Without the articles of providers that were taken down; these are few."""
        return self.exclude(provider__in=Provider.objects.taken_down())

    def in_public_stories(self):
        """Articles that visitors see as coverage of a public story, the lead included.

        A store publishes only the lead of a group; the other articles are listed below it. An editor who
        unpublishes one of them removes it there too (grouping gives it no position).
        """
        now = timezone.now()
        shown = self.filter(story__is_public=True, story__published_at__lte=now, story_position__isnull=False)
        return shown.exclude(story__embargo_until__gt=now).due()

    def shown_to_visitors(self, ids):
        """Those of these articles that visitors see in a story, with the story's lead."""
        return self.in_public_stories().filter(pk__in=ids).select_related("story__lead")

    def in_story_of(self, pk):
        """The id of the story that this article is in, or None."""
        return self.filter(pk=pk).values_list("story", flat=True).first()

    def coverage_order(self):
        """The order inside a story: lead first."""
        return self.order_by("story_id", "story_position")

    def below_lead(self, stories, limit):
        """What a card's lines show of the first `limit` articles below each story's lead, as dicts."""
        shown = self.due().filter(story__in=stories, story_position__range=(1, limit)).coverage_order()
        return shown.values("story_id", "title", "url", "kind", "published_at", "provider__name")

    def in_topic(self, topic):
        return self.filter(topic_links__topic=topic)

    def for_page(self):
        """With what pages show of an article: its provider, and the lead of its story."""
        return self.select_related("provider", "story__lead")

    def is_withdrawn(self, story):
        """Whether all that a story had was removed."""
        members = self.filter(story=story)
        return members.exists() and not members.filter(is_removed=False).exists()

    def after(self, moment, pk):
        """What follows a row in newest_first order."""
        return self.filter(published_at__lte=moment).filter(Q(published_at__lt=moment) | Q(pk__lt=pk))

    def newest_live(self):
        """Live articles, newest first, in the same order whatever the order of import."""
        return self.live().order_by("-published_at", "link_key")

    def for_listing(self):
        """With what a list shows, without what it does not."""
        return self.select_related("provider", "story").defer("excerpt", "related_list")

    def live(self):
        """Articles that a file, a feed, a copy or an editor describes: all but the withdrawn ones."""
        return self.exclude(origin=Article.Origin.WITHDRAWN)

    def for_export(self, topic="", since=None):
        """Articles of a topic, by its slug, and from a moment on."""
        chosen = self.filter(topic_links__topic__slug=topic) if topic else self
        return chosen.filter(published_at__gte=since) if since else chosen

    def for_emitting(self):
        """With all that an article file holds."""
        return (
            self.select_related("provider", "story")
            .prefetch_related("topic_links__topic", "image_links__image")
            .order_by("pk")
        )

    def found(self, ids):
        """Public articles with these ids, in this order, with what a list of hits shows."""
        rows = {
            row.pk: row for row in self.public().filter(pk__in=ids).select_related("provider", "story__lead")
        }
        return [rows[pk] for pk in ids if pk in rows]

    def topic_names(self, ids):
        """Pairs of article and name of a topic, in each article's own order."""
        links = ArticleTopic.objects.filter(article__in=ids).order_by("article", "position")
        return links.values_list("article", "topic__name")

    def for_sitemap(self):
        """Permalink and time, newest first."""
        return self.newest_first().values_list("permalink", "published_at")

    def span(self):
        """The times of the first and the last of these articles; None and None of no articles."""
        times = self.order_by("published_at").values_list("published_at", flat=True)
        return times.first(), times.reverse().first()

    def waiting_for_grouping(self):
        # In the order of their index: in that of time all that do not wait would be passed each time.
        return self.filter(needs_grouping=True).order_by("pk")


class Article(models.Model):
    class Kind(models.TextChoices):
        ARTICLE = "article"
        VIDEO = "video"

    class Origin(models.TextChoices):
        FILE = "file", "a file of its own"
        COPY = "copy", "a copy in another file"
        FEED = "feed", "a feed"
        WITHDRAWN = "withdrawn", "nothing any more"
        ADMIN = "admin", "the editors"

    link_key = models.CharField(
        max_length=500, unique=True, editable=False, help_text="Identity of the article's link."
    )
    permalink = models.CharField(max_length=255, unique=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.ADMIN, editable=False)
    url = models.TextField("link", help_text="Where the article is read: webUrl, else originalUrl.")
    web_url = models.TextField(blank=True)
    original_url = models.TextField(blank=True)
    amp_url = models.TextField("AMP link", blank=True)
    cdn_amp_url = models.TextField("AMP cache link", blank=True)
    title = models.CharField(max_length=500)
    excerpt = models.TextField(max_length=5000, blank=True)
    published_at = models.DateTimeField("time")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.ARTICLE)
    quality = models.PositiveIntegerField(default=0)
    heat = models.IntegerField(
        "stored heat", default=-1, help_text="As the store says; the story's own heat is counted anew."
    )
    is_published = models.BooleanField("published", default=False)
    is_removed = models.BooleanField("removed", default=False)
    embargo_until = models.DateTimeField(
        "not public before", null=True, blank=True, help_text="An editor's embargo; none: at its time."
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="articles", db_index=False)
    # Copies of what the settings of its sources allow (`Source.objects.apply_display`).
    excerpt_sentences = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="Shown of the excerpt; none: all."
    )
    without_pictures = models.BooleanField(null=True, editable=False)
    provider_name = models.CharField(max_length=200, blank=True, editable=False)
    topics = models.ManyToManyField(Topic, through="ArticleTopic", related_name="articles")
    images = models.ManyToManyField(Image, through="ArticleImage", related_name="articles")
    related_list = models.ForeignKey(
        RelatedList, models.SET_NULL, null=True, blank=True, editable=False, related_name="articles"
    )
    story = models.ForeignKey(
        "articles.Story", models.SET_NULL, null=True, blank=True, editable=False, related_name="articles",
        db_index=False,
    )  # fmt: skip
    story_position = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="Place in the story's coverage; none: not shown."
    )
    needs_grouping = models.BooleanField(default=True, editable=False)
    edited_fields = models.JSONField(default=list, blank=True, editable=False)
    digest = models.CharField(
        max_length=32, blank=True, editable=False, help_text="Hash of what its documents say together."
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="article_title_given", condition=~Q(title="")),
            models.CheckConstraint(name="article_link_given", condition=~Q(url="") & ~Q(link_key="")),
            models.CheckConstraint(
                name="article_link_is_http",
                condition=Q(url__startswith="http://") | Q(url__startswith="https://"),
            ),
            models.CheckConstraint(name="article_permalink_given", condition=~Q(permalink="")),
            models.CheckConstraint(name="article_kind_known", condition=Q(kind__in=["article", "video"])),
            models.CheckConstraint(name="article_heat_from_minus_one", condition=Q(heat__gte=-1)),
            models.CheckConstraint(
                name="article_quality_in_range", condition=Q(quality__gte=0) & Q(quality__lte=1_000_000)
            ),
        ]
        indexes = [
            # Keys without an index of their own (db_index) have one that begins with them, here or unique.
            # the lines below a lead and full coverage
            models.Index(fields=["story", "story_position"], name="article_in_story"),
            # admin list, archive
            models.Index(fields=["-published_at", "-id"], name="article_newest"),
            # provider page; the newest spelling of a provider's name
            models.Index(fields=["provider", "-published_at", "-id"], name="article_of_provider"),
            models.Index(fields=["id"], name="article_to_group", condition=Q(needs_grouping=True)),
            # the next site version, dashboard
            models.Index(
                fields=["embargo_until"], name="article_embargo", condition=Q(embargo_until__isnull=False)
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:article_detail", args=[self.permalink])

    @property
    def is_public(self):
        """Whether visitors may open this article's own page now."""
        is_due = self.published_at <= timezone.now() and not self.is_under_embargo
        return self.is_published and not self.is_removed and is_due and not self.provider.is_taken_down

    @property
    def is_under_embargo(self):
        """Whether an editor wants it not to be public yet."""
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    @property
    def shown_excerpt(self):
        """What visitors see of the excerpt: as much as its source allows."""
        if self.excerpt_sentences is None:
            return self.excerpt
        return first_sentence(self.excerpt) if self.excerpt_sentences else ""

    def is_owned(self, field):
        """Whether an editor has decided this field, so that no import changes it."""
        return field in self.edited_fields

    def own(self, *fields):
        """Note that an editor has decided these fields. The caller saves."""
        self.edited_fields = sorted({*self.edited_fields, *(set(fields) & set(EDITABLE_FIELDS))})


class ArticleTopic(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="topic_links", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="article_links")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100, blank=True, help_text="The topic as this article spells it.")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["article", "topic"], name="article_topic_once")]

    def __str__(self):
        return str(self.topic)


class ArticleImageQuerySet(models.QuerySet):
    def shown(self):
        """Links of articles that visitors find by themselves; only those show a picture."""
        return self.filter(article__in=Article.objects.public(), article__without_pictures=None)

    def wanted(self, images, since=None):
        """Links to those of these images that an article without any file yet could show, newest first."""
        has_one = ArticleImage.objects.filter(article=OuterRef("article"), image__state=Image.State.READY)
        links = self.shown().filter(image__in=images).exclude(Exists(has_one))
        if since is not None:
            links = links.filter(article__published_at__gte=since)
        return links.order_by("-article__published_at", "-article", "position")

    def first_ready(self, articles):
        """The first picture we have of each of these articles: image and alternative text, by article."""
        ready = self.filter(
            article__in=articles, article__without_pictures=None, image__state=Image.State.READY
        )
        rows = ready.order_by("article", "-position", "-pk").values_list("article", "image", "title")
        return {article: (image, title) for article, image, title in rows}  # the first stays: it comes last

    def ready_for(self, articles):
        """Pictures of these articles that we have files of, with the files, in the articles' order."""
        ready = self.filter(article__in=list(articles), image__state=Image.State.READY)
        return ready.order_by("article", "position").prefetch_related("image__renditions")


class ArticleImage(models.Model):
    """A picture of an article, with what its file says about it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="image_links", db_index=False)
    image = models.ForeignKey(Image, models.CASCADE, related_name="article_links")
    position = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels, as the store says.")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels, as the store says.")
    is_cached = models.BooleanField("isCached", default=False)
    title = models.CharField("alternative text", max_length=500, blank=True)

    objects = ArticleImageQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["article", "image"], name="article_image_once")]

    def __str__(self):
        return str(self.image)


class FormerPermalinkQuerySet(models.QuerySet):
    def for_permalink(self, permalink):
        """The redirect of a permalink, with its article, or None."""
        return self.filter(permalink=permalink).select_related("article").first()


class FormerPermalink(models.Model):
    """A former permalink of a published article: it redirects to the present one."""

    permalink = models.CharField(max_length=255, unique=True)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="former_permalinks")

    objects = FormerPermalinkQuerySet.as_manager()

    def __str__(self):
        return self.permalink


class EditorVersion(models.Model):
    """The values of an editor's article that files describe now, to return when the last file is gone."""

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, primary_key=True, related_name="editor_version"
    )
    values = models.JSONField(default=dict, help_text="The columns that files may set.")

    def __str__(self):
        return str(self.article)
