"""Sources in the Newsroom: add them, see their state, poll them now."""

from django import forms
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html_join

from articles.admin.base import LoggedInAuditLog, ask_first, message_edit
from articles.admin.concurrency import ConcurrentForm
from articles.admin.filters import SourceStateFilter
from articles.editing.audit import record_edit
from articles.http.client import make_fetcher
from articles.http.response import FetchError
from articles.models import Edit, Source, SourceDocument
from articles.operations.jobs import fetch_pictures, group_new
from articles.sources.poll import poll_sources
from articles.sources.subscriptions import withdraw as withdraw_source

MAX_POLLED_NOW = 10  # an editor waits for so many; the next poll takes care of more
STATE_FIELDS = [
    "state", "last_outcome", "left_out", "last_polled_at", "last_good_at", "next_due_at", "every", "failures",
]  # fmt: skip


class SourceForm(ConcurrentForm):
    """The fields of a source that editors decide."""

    shared_fields = (
        "url", "name", "site_url", "folder", "language", "provider", "weight", "minimum_quality", "is_active",
    )  # fmt: skip

    def clean_url(self):
        """Accept only an address that may be fetched; return its canonical form."""
        try:
            return make_fetcher().check(self.cleaned_data["url"].strip())
        except FetchError as error:
            raise forms.ValidationError(f"This address cannot be fetched: {error}.") from error


@admin.register(Source)
class SourceAdmin(LoggedInAuditLog, admin.ModelAdmin):
    form = SourceForm
    list_display = ["__str__", "folder", "state", "last_outcome", "last_new", "last_good_at", "next_due_at"]
    list_filter = [SourceStateFilter, "folder", "language", ("topics", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name", "url", "site_url"]
    list_per_page = 50
    autocomplete_fields = ["provider", "topics"]
    actions = ["poll_now", "switch_on", "switch_off", "withdraw"]
    fieldsets = [
        (None, {"fields": ["url", "name", "site_url", "folder", "language"]}),
        ("Its articles", {"fields": ["provider", "topics", "weight", "minimum_quality", "is_active"]}),
        ("What is shown of them", {"fields": ["shown_excerpts", "shows_pictures"]}),
        ("State", {"fields": [*STATE_FIELDS]}),
    ]
    readonly_fields = STATE_FIELDS

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:3]

    @admin.display(description="state")
    def state(self, source):
        if source.retired_at and not source.is_active:
            return f"retired: {source.retired_reason}"
        if not source.is_active:
            return "switched off"
        if source.failures:
            return f"failing, {source.failures} in a row"
        return "OK" if source.last_good_at else "not polled yet"

    @admin.display(description="entries left out")
    def left_out(self, source):
        rows = sorted(source.skipped.items(), key=lambda entry: -entry[1])
        return format_html_join("", "<div>{1} × {0}</div>", rows) if rows else "none"

    @admin.display(description="polled every")
    def every(self, source):
        minutes = source.interval_seconds // 60
        return f"{minutes} minutes" if minutes else "—"

    def save_row(self, request, obj, form, change):
        """Save only what the editor changed: a poll may be writing the other columns at the same time."""
        if not change:
            obj.save()
            return
        columns = [name for name in form.changed_data if name != "topics"]
        if not columns:
            return
        if "url" in columns or (obj.is_active and "is_active" in columns):
            columns += obj.reset_polling()
        obj.save(update_fields=columns)

    @admin.action(description="Poll the selected sources now", permissions=["change"])
    def poll_now(self, request, queryset):
        ids = list(queryset.active().values_list("pk", flat=True))
        if len(ids) > MAX_POLLED_NOW:
            queryset.active().update(next_due_at=timezone.now())
            self.message_user(request, f"The next poll will fetch these {len(ids)} sources.")
            return
        report = poll_sources(ids, on_source=lambda polled: self._warn(request, polled))
        group_new()
        if report.new:
            fetch_pictures()
        self.message_user(request, str(report), messages.SUCCESS)

    def _warn(self, request, polled):
        if polled.outcome in ("failed", "retired", "left"):
            self.message_user(request, str(polled), messages.WARNING)

    @admin.action(description="Switch the selected sources on", permissions=["change"])
    def switch_on(self, request, queryset):
        sources = list(queryset.filter(is_active=False))
        with record_edit(Edit.Kind.CHANGE, request.user, source=[each.pk for each in sources]) as recorder:
            for source in sources:
                source.is_active = True
                source.save(update_fields=["is_active", *source.reset_polling()])
        message_edit(self, request, recorder.edit, f"{len(sources)} switched on")

    @admin.action(description="Switch the selected sources off", permissions=["change"])
    def switch_off(self, request, queryset):
        keys = list(queryset.active().values_list("pk", flat=True))
        with record_edit(Edit.Kind.CHANGE, request.user, source=keys) as recorder:
            Source.objects.filter(pk__in=keys).update(is_active=False)
        message_edit(self, request, recorder.edit, f"{len(keys)} switched off")

    @admin.action(description="Withdraw all articles of the selected sources", permissions=["change"])
    def withdraw(self, request, queryset):
        sources = list(queryset.select_related("store"))
        count = SourceDocument.objects.live().filter(store__source__in=sources).count()
        text = (
            f"{count} articles of {len(sources)} sources will be withdrawn, as far as nothing else holds "
            "them, and the sources switched off. A source that is switched on again brings back what its "
            "feed has."
        )
        page = ask_first(self, request, "Withdraw all articles", text, "withdraw", sources)
        if page:
            return page
        reason = "all their articles withdrawn"
        with record_edit(Edit.Kind.CHANGE, request.user, reason, source=[each.pk for each in sources]):
            Source.objects.filter(pk__in=[each.pk for each in sources]).update(is_active=False)
        count = sum(map(withdraw_source, sources))
        self.message_user(
            request, f"{count} articles withdrawn; the sources are switched off.", messages.SUCCESS
        )
        return None
