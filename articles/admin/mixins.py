"""What several pages of the newsroom have in common: the audit log as history, full-text search, ids."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden, HttpResponseRedirect
from django.urls import reverse

from articles.search.query import Scope, find_best
from articles.search.text import parse_query


def parse_id(text: str | None) -> int | None:
    """Return the primary key that a form or an address holds, or None if it cannot be one."""
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None


def forbidden() -> HttpResponseForbidden:
    return HttpResponseForbidden("You may look, but not change anything.", content_type="text/plain")


class ReadOnly:
    """A ModelAdmin whose rows nobody adds, changes or deletes by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class HistoryInAuditLog:
    """A ModelAdmin whose history is the audit log; nothing is written to Django's own log."""

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = reverse("admin:articles_edit_changelist")
        return HttpResponseRedirect(f"{address}?{self.opts.model_name}={object_id}")

    def log_addition(self, request, obj, message):
        """Do nothing: the audit log says more."""

    def log_change(self, request, obj, message):
        """Do nothing: the audit log says more."""


class FullTextSearch:
    """A ModelAdmin whose search box uses the site's search index, at the same cost for any size."""

    def rows_with(self, article_ids):
        """Return the ids of this model's rows that belong to these articles."""
        return article_ids

    def get_search_results(self, request, queryset, search_term):
        if search_term:
            article_ids = find_best(parse_query(search_term), Scope(include_hidden=True)).ids
            queryset = queryset.filter(pk__in=self.rows_with(article_ids))
        return queryset, False
