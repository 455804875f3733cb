"""Forms that two editors may have open at once: what both typed survives, if they changed other fields.

A form carries the values that its editor saw, as Django's hidden initial values. A field that the editor left
alone takes the value of now. A field that both changed is an error that names the other editor and the value
of now; saving again replaces it.
"""

from django import forms
from django.utils.translation import gettext as _

from articles.models import Edit


class ConcurrentForm(forms.ModelForm):
    """A form of a row that is in the audit log; `shared_fields` are compared with what the editor saw."""

    shared_fields: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            return
        for name in self.shared_fields:
            self.fields[name].show_hidden_initial = True
        if self.is_bound:
            self.data = self.data.copy()
            self._merge()

    def _merge(self) -> None:
        """Put the values of now into fields that this editor left alone; note those that both changed."""
        self.taken: dict[str, object] = {}
        for name in self.shared_fields:
            bound = self[name]
            if bound.html_initial_name not in self.data:
                continue
            current = self.initial.get(name)
            seen = self.data[bound.html_initial_name]
            if not self.fields[name].has_changed(current, seen):
                continue
            if name not in self.changed_data:
                self._set(bound.html_name, current)
            elif self.fields[name].has_changed(current, bound.data):
                self.taken[name] = current
            self._set(bound.html_initial_name, current)
        self.__dict__.pop("changed_data", None)

    def _set(self, html_name: str, value: object) -> None:
        if value is False:
            self.data.pop(html_name, None)  # an unchecked box sends nothing
        else:
            self.data[html_name] = "on" if value is True else "" if value is None else str(value)

    def clean(self):
        cleaned = super().clean()
        for name, current in getattr(self, "taken", {}).items():
            edit = Edit.objects.about(self._meta.model._meta.model_name, self.instance.pk).first()
            who = edit.made_by if edit and edit.made_by else _("Somebody else")
            text = _("%(who)s changed this to “%(value)s” meanwhile. Save again to replace it.")
            self.add_error(name, text % {"who": who, "value": _describe(current)})
        return cleaned


def _describe(value: object) -> str:
    return {True: _("yes"), False: _("no")}.get(value, str(value)) if isinstance(value, bool) else str(value)
