"""Topics and providers in the Newsroom."""

import re

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.admin.base import HistoryInAuditLog
from articles.admin.concurrency import ConcurrentForm
from articles.editing.articles import delete_taxonomy, save_taxonomy
from articles.editing.audit import EditError
from articles.models import Provider, Topic

MAX_WORDS, MAX_WORD = 200, 100  # of keywords and of hashtags; characters of one


class WordsField(forms.CharField):
    """A list of words: one a line, or with commas between."""

    def __init__(self, **options):
        area = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
        text = _("One a line, or with commas between.")
        super().__init__(**{"required": False, "widget": area, "help_text": text} | options)

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        text = super().to_python(self.prepare_value(value))
        return list(dict.fromkeys(filter(None, (word.strip() for word in re.split(r"[\r\n,]+", text)))))

    def validate(self, value):
        if len(value) > MAX_WORDS or any(len(word) > MAX_WORD for word in value):
            text = _("Write %(words)d words at most, each with %(letters)d characters at most.")
            raise forms.ValidationError(text % {"words": MAX_WORDS, "letters": MAX_WORD})

    def run_validators(self, value):
        for word in value:
            super().run_validators(word)

    def has_changed(self, initial, data):
        return self.to_python(initial) != self.to_python(data)


class TopicForm(ConcurrentForm):
    shared_fields = (
        "name", "short_name", "parent", "description", "keywords", "hashtags", "position",
    )  # fmt: skip
    keywords, hashtags = WordsField(), WordsField()

    def clean_name(self):
        name = self.cleaned_data["name"]
        same = Q(name_key=Topic.key_of(name)) | Q(slug=Topic.slug_for(name))
        if taken := Topic.objects.filter(same).exclude(pk=self.instance.pk).first():
            raise forms.ValidationError(_("There is already a topic of this name: “%s”.") % taken)
        return name

    def clean_parent(self):
        """Refuse a topic that would stand below itself."""
        parent, seen = self.cleaned_data["parent"], set()
        above = parent
        while above and self.instance.pk and above.pk not in seen:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("A topic cannot stand below itself or one of its own topics."))
            seen.add(above.pk)
            above = above.parent
        return parent


class ProviderForm(ConcurrentForm):
    shared_fields = ("name",)


class TaxonomyAdmin(HistoryInAuditLog, admin.ModelAdmin):
    """Every change is an edit in the audit log; a row that articles use is not deleted."""

    show_full_result_count = False
    actions = None  # rows are deleted one by one

    def save_model(self, request, obj, form, change):
        save_taxonomy(obj, form.changed_data if change else [], request.user)

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if request.method != "POST" or obj is None or not self.has_delete_permission(request, obj):
            return super().delete_view(request, object_id, extra_context)
        try:
            delete_taxonomy(obj, request.user)
        except EditError as error:
            self.message_user(request, f"Not deleted: {error}.", messages.ERROR)
            return HttpResponseRedirect(request.path.replace("/delete/", "/change/"))
        self.message_user(request, f"“{obj}” was deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:articles_{self.opts.model_name}_changelist"))


@admin.register(Topic)
class TopicAdmin(TaxonomyAdmin):
    form = TopicForm
    list_display = ["name", "parent", "position", "story_count"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    fields = ["name", "short_name", "parent", "description", "keywords", "hashtags", "position"]


@admin.register(Provider)
class ProviderAdmin(TaxonomyAdmin):
    form = ProviderForm
    list_display = ["name", "domain", "article_count"]
    search_fields = ["name", "domain"]
    fields = ["name", "domain"]
    readonly_fields = ["domain"]

    def has_add_permission(self, request):
        return False
