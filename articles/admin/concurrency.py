"""Forms that two editors may have open at once: what both typed survives, if they changed other fields.

A form carries the values that its editor saw, as Django's hidden initial values. A field that the editor left
alone takes the value of now. A field that both changed is an error that names the other editor and the value
of now; saving again replaces it.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from articles.models import Edit

EDITS_SEARCHED = 20


class ConcurrentForm(forms.ModelForm):
    """A form of a row that is in the audit log; `shared_fields` are compared with what the editor saw."""

    shared_fields: tuple[str, ...] = ()
    columns: Mapping[str, str] = {}  # field -> what the audit log calls it, where that differs

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.taken: dict[str, object] = {}
        if not self.instance.pk:
            return
        self.shared_fields = tuple(name for name in self.shared_fields if name in self.fields)
        for name in self.shared_fields:
            seen = not self.is_bound or self[name].html_initial_name in self.data
            self.fields[name].show_hidden_initial = seen
        if self.is_bound:
            self.data: dict[str, Any] = self.data.copy()
            self._merge()

    def _merge(self) -> None:
        """Put the values of now into fields that this editor left alone; note those that both changed."""
        for name in self.shared_fields:
            bound, current = self[name], self.initial.get(name)
            if not self.fields[name].show_hidden_initial:
                continue
            seen = self.data[bound.html_initial_name]
            if not self._differs(name, current, seen):
                continue
            if not self._differs(name, seen, bound.data):
                self._set(name, bound.html_name, current)
            elif self._differs(name, current, bound.data):
                self.taken[name] = current
            self._set(name, bound.html_initial_name, current)

    def _differs(self, name: str, one: object, other: object) -> bool:
        """Compare as the field does; browsers end lines with CR LF."""
        one, other = (text.replace("\r\n", "\n") if isinstance(text, str) else text for text in (one, other))
        try:
            return self.fields[name].has_changed(self.fields[name].to_python(one), other)
        except forms.ValidationError:
            return True

    def _set(self, name: str, html_name: str, value: object) -> None:
        if value is False:
            self.data.pop(html_name, None)  # an unchecked box sends nothing
        else:
            self.data[html_name] = "on" if value is True else self._text(name, value)

    def clean(self):
        cleaned = super().clean()
        for name, current in self.taken.items():
            text = _("%(who)s changed this to “%(value)s” meanwhile. Save again to replace it.")
            values = {"who": self._who_changed(name), "value": self._describe(name, current)}
            self.add_error(name, text % values)
        return cleaned

    def _who_changed(self, name: str):
        """Return the last editor who changed a field, as the audit log has it."""
        model, key = self._meta.model._meta.model_name, str(self.instance.pk)
        column = self.columns.get(name, name)
        for edit in Edit.objects.about(model, self.instance.pk).select_related("made_by")[:EDITS_SEARCHED]:
            if column in (edit.after.get(model, {}).get(key) or {}) and edit.made_by:
                return edit.made_by
        return _("Somebody else")

    def _text(self, name: str, value: object) -> str:
        return "" if value is None else str(self.fields[name].prepare_value(value))

    def _describe(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(self.fields[name], forms.ModelChoiceField) and value is not None:
            return str(self.fields[name].to_python(value))
        return self._text(name, value)


class RowForm(ConcurrentForm):
    """The fields of one row of a list; each is labelled with its own name and the row's."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"
