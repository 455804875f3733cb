"""The API's human page (floor 3): its operations, read from the same description that programs get."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.api.views import api
from articles.pages.context import render_page
from articles.pages.meta import json_text


@require_safe
def description(request):
    """The OpenAPI description."""
    return HttpResponse(json_text(api.get_openapi_schema()), content_type="application/json")


@require_safe
def api_page(request):
    """Every operation with its parameters, and an address to try each at."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "path": path,
            # Programs are told in English; the same texts stand in the catalogues, for readers.
            "summary": _(operation["summary"]),
            "description": _(operation["description"]),
            "parameters": [_parameter(given) for given in operation.get("parameters", [])],
            "example": "" if "{" in path else path + ("?q=news" if path.endswith("/search") else ""),
        }
        for path, methods in schema["paths"].items()
        for operation in methods.values()
    ]
    return render_page(
        request,
        "pages/api.html",
        _("Data"),
        operations=operations,
        openapi_url=reverse("articles:openapi"),
    )


def _parameter(given: dict) -> dict:
    kind = given["schema"]
    values = kind.get("enum") or [kind.get("format") or kind.get("type", "")]
    return {
        "name": given["name"],
        "kind": ", ".join(str(value) for value in values),
        "default": kind.get("default", ""),
        "is_required": given["required"],
    }
