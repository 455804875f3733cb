"""The forms of an article, checked by the same rules as an imported file."""

from django import forms
from django.utils import timezone

from articles.editing.articles import topic_rows
from articles.editing.audit import EditError
from articles.frontmatter.fields import LATEST, MAX_NUMBER, ArticleFields, FieldError, read_article
from articles.models import Article

_AREA = {"rows": 3, "class": "vLargeTextField"}
# Key of an article file -> field of the form
_FORM_FIELDS = {
    "publishedDateTime": "published_at", "webUrl": "url", "originalUrl": "url", "type": "kind",
    "published": "is_published", "removed": "is_removed", "provider": "provider_name",
    "provider.domain": "provider_domain", "topics": "topic_names", "images": "image_urls",
}  # fmt: skip


class WholeNumber(forms.CharField):
    """A whole number written in ASCII digits, as in an article file."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
            raise forms.ValidationError("This is not a whole number.")
        return int(text)

    def has_changed(self, initial, data):
        return not self.disabled and str(data or "").strip() != ("" if initial is None else str(initial))


class ArticleForm(forms.ModelForm):
    """The fields of an article that editors decide; valid input ends up in `checked`."""

    title = forms.CharField(strip=False, widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}))
    excerpt = forms.CharField(strip=False, required=False, widget=forms.Textarea(attrs=_AREA))
    quality = WholeNumber(required=False)
    topic_names = forms.CharField(
        label="Topics", strip=False, required=False, widget=forms.Textarea(attrs=_AREA),
        help_text="One per line, the most important first.",
    )  # fmt: skip
    image_urls = forms.CharField(
        label="Pictures", strip=False, required=False, widget=forms.Textarea(attrs=_AREA),
        help_text="Addresses, one per line; the first that can be fetched is shown.",
    )  # fmt: skip
    reason = forms.CharField(max_length=300, required=False, help_text="Optional; stored in the audit log.")

    class Meta:
        model = Article
        fields = ("title", "excerpt", "quality", "is_published", "is_removed")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.checked: ArticleFields | None = None
        article = self.instance
        if article.pk:
            links = article.topic_links.select_related("topic")
            self.initial["topic_names"] = "\n".join(link.name or link.topic.name for link in links)
            images = article.image_links.select_related("image")
            self.initial["image_urls"] = "\n".join(link.image.url for link in images)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            self.checked = read_article(self.values(cleaned), self.now())
            topic_rows(self.checked.topics)
        except FieldError as error:
            self.add_error(self._field_of(error.field), f"This {error.reason}.")
        except EditError as error:
            self.add_error("topic_names", f"{error}.")
        return cleaned

    def _field_of(self, path: str) -> str | None:
        first = path.split(".")[0]
        name = _FORM_FIELDS.get(path) or _FORM_FIELDS.get(first) or first
        return name if name in self.fields else None

    def now(self):
        return LATEST  # the time of a stored article was checked before

    def values(self, cleaned: dict) -> dict:
        """Return the article as the front matter of a file, with the values of the form."""
        article = self.instance

        def value(name: str):
            return cleaned[name] if name in cleaned else getattr(article, name)

        return {
            "title": value("title"),
            "excerpt": value("excerpt") or None,
            "quality": value("quality"),
            "published": value("is_published"),
            "removed": value("is_removed"),
            "topics": _lines(cleaned.get("topic_names", "")),
            "images": [{"url": url} for url in _lines(cleaned.get("image_urls", ""))],
            **self.fixed_values(cleaned),
        }

    def fixed_values(self, cleaned: dict) -> dict:
        """Return the values that cannot be changed by hand: they identify the article."""
        article = self.instance
        return {
            "publishedDateTime": article.published_at,
            "webUrl": article.url,
            "type": article.kind,
            "provider": {"name": article.provider.name, "domain": article.provider.domain},
        }

    def _post_clean(self):
        """Leave the article as it is: edits compare it with the form, and change it themselves."""


class NewArticleForm(ArticleForm):
    """A new article, that comes from no file."""

    url = forms.CharField(label="Link", strip=False, widget=forms.TextInput(attrs={"class": "vTextField"}))
    published_at = forms.CharField(
        label="Time",
        strip=False,
        help_text="Such as 2024-05-31 or 2024-05-31T09:30:00+02:00; UTC if there is no zone.",
    )
    kind = forms.CharField(
        initial="article", widget=forms.Select(choices=Article.Kind.choices), required=False
    )
    provider_name = forms.CharField(label="Provider", strip=False)
    provider_domain = forms.CharField(label="Domain of the provider", strip=False)

    class Meta:
        model = Article
        fields = ("title", "excerpt", "quality", "is_published")

    def clean(self):
        cleaned = super().clean()
        if self.checked:
            known = Article.objects.live().filter(link_key=self.checked.link_key).first()
            if known:
                self.add_error("url", f"There is already an article with this link: “{known.title}”.")
        return cleaned

    def now(self):
        return timezone.now()

    def fixed_values(self, cleaned: dict) -> dict:
        return {
            "removed": False,
            "publishedDateTime": cleaned["published_at"],
            "webUrl": cleaned["url"],
            "type": cleaned["kind"] or "article",
            "provider": {"name": cleaned["provider_name"], "domain": cleaned["provider_domain"]},
        }


class RowForm(forms.ModelForm):
    """The fields that can be changed in the list."""

    quality = WholeNumber(widget=forms.NumberInput(attrs={"class": "newsroom-number", "min": 0}))

    class Meta:
        model = Article
        fields = ("quality", "is_published")

    def clean_quality(self):
        value = self.cleaned_data["quality"]
        if not 0 <= value <= MAX_NUMBER:
            raise forms.ValidationError(f"Quality must be between 0 and {MAX_NUMBER:,}.")
        return value


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
