"""Topics and providers in the Newsroom."""

import re

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from articles.admin.base import (
    HistoryInAuditLog,
    SearchByNumberToo,
    edit_in_bulk,
    message_edit,
    parse_id,
)
from articles.admin.concurrency import ConcurrentForm, RowForm
from articles.editing.articles import delete_taxonomy, save_taxonomy
from articles.editing.audit import EditError
from articles.editing.topics import merge_topics, reach, set_hidden, set_positions
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
        "name", "short_name", "slug", "parent", "description", "keywords", "hashtags", "position",
        "is_hidden",
    )  # fmt: skip
    slug = forms.CharField(
        label=_("Address"), max_length=120, required=False,
        help_text=_("The last part of its address; empty: made from the name. Former addresses lead here."),
    )  # fmt: skip
    keywords, hashtags = WordsField(), WordsField()

    def clean_name(self):
        name = self.cleaned_data["name"]
        same = Q(name_key=Topic.key_of(name)) | Q(slug=Topic.slug_for(name))
        if taken := Topic.objects.filter(same).exclude(pk=self.instance.pk).first():
            raise forms.ValidationError(_("There is already a topic of this name: “%s”.") % taken)
        return name

    def clean_slug(self):
        slug = self.cleaned_data["slug"].strip() or self.instance.slug
        if slug and slug != self.instance.slug and slug != slugify(slug, allow_unicode=True):
            raise forms.ValidationError(_("Write small letters, digits and hyphens only."))
        others = Topic.objects.exclude(pk=self.instance.pk)
        former = others.exclude(former_slugs=[]).values_list("name", "former_slugs")
        taken = [name for name, slugs in former if slug in slugs]
        taken += others.filter(slug=slug).values_list("name", flat=True)
        if slug and taken:
            raise forms.ValidationError(_("This is already an address of the topic “%s”.") % taken[0])
        return slug

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


class TopicRowForm(RowForm):
    """The position of a topic, which can be changed in the list."""

    shared_fields = ("position",)

    class Meta:
        model = Topic
        fields = ("position",)


class ProviderForm(ConcurrentForm):
    shared_fields = ("name",)


class TaxonomyAdmin(SearchByNumberToo, HistoryInAuditLog, admin.ModelAdmin):
    """Every change is an edit in the audit log; a row that articles use is not deleted."""

    show_full_result_count = False

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # rows are deleted one by one
        return actions

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
    list_display = ["name", "parent", "position", "is_hidden", "story_count"]
    list_editable = ["position"]
    list_filter = ["is_hidden"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    actions = ["merge", "hide", "show"]
    raw_id_fields = ["image"]
    fields = [
        "name", "short_name", "slug", "parent", "description", "keywords", "hashtags", "position", "image",
        "is_hidden",
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).filter(merged_into=None)

    def get_changelist_form(self, request, **kwargs):
        return TopicRowForm

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and "_save" in request.POST and self.has_change_permission(request):
            formset_class = self.get_changelist_formset(request)
            rows = self._get_list_editable_queryset(request, formset_class.get_default_prefix())
            formset = formset_class(request.POST, queryset=rows)
            if formset.is_valid():
                chosen = [form for form in formset.forms if "position" in form.changed_data]
                positions = {form.instance.pk: form.cleaned_data["position"] for form in chosen}
                edit = set_positions(positions, request.user)
                message_edit(self, request, edit, f"order of {len(positions)} topics")
                return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    @admin.action(description="Merge the selected topics", permissions=["change"])
    def merge(self, request, queryset):
        """Ask into which, with the reach in numbers; then merge."""
        topics = list(queryset)
        if len(topics) < 2:
            self.message_user(request, "Nothing was changed: choose two topics or more.", messages.ERROR)
            return None
        into = parse_id(request.POST.get("into"))
        target = next((topic for topic in topics if topic.pk == into), None)
        if target is None:
            rows = [(topic, reach([topic])) for topic in topics]
            context = {
                **self.admin_site.each_context(request), "title": "Merge topics", "opts": self.opts,
                "rows": rows, "media": self.media, "action": "merge", "reach": reach(topics),
            }  # fmt: skip
            return TemplateResponse(request, "admin/merge.html", context)
        try:
            edit = merge_topics(topics, target, request.user, request.POST.get("reason", ""))
        except EditError as error:
            self.message_user(request, f"Nothing was changed: {error}.", messages.ERROR)
        else:
            message_edit(self, request, edit, f"{len(topics)} topics are now “{target}”")
        return None

    @admin.action(description="Hide the selected topics from visitors", permissions=["change"])
    def hide(self, request, queryset):
        edit_in_bulk(self, request, queryset, set_hidden, True)

    @admin.action(description="Show the selected topics to visitors", permissions=["change"])
    def show(self, request, queryset):
        edit_in_bulk(self, request, queryset, set_hidden, False)


@admin.register(Provider)
class ProviderAdmin(TaxonomyAdmin):
    form = ProviderForm
    list_display = ["name", "domain", "article_count"]
    search_fields = ["name", "domain"]
    fields = ["name", "domain", "logo"]
    readonly_fields = ["domain"]
    raw_id_fields = ["logo"]

    def has_add_permission(self, request):
        return False
