"""Form fields that choose a person or a unit. The person is typed, not picked from a list of thousands."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from taizhang.org.models import Person, Unit
from taizhang.org.queries import UnitTree


class PersonInput(forms.TextInput):
    """A text input that offers names as one types; without script one types the staff number or the whole name."""

    template_name = "components/person_input.html"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Person):
            return as_typed(value)
        if isinstance(value, int):
            person = Person.objects.filter(pk=value).first()
            return as_typed(person) if person else ""
        return None if value is None else str(value)


class PersonField(forms.CharField):
    """Takes “1012 林晓”, a staff number, or a name that only one person bears; gives a Person or None."""

    widget = PersonInput

    def clean(self, value: Any) -> Person | None:
        if isinstance(value, Person):
            return value
        text = super().clean(value)
        return find_person(text) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(as_typed(initial) if isinstance(initial, Person) else initial, data)


def as_typed(person: Person) -> str:
    return f"{person.code} {person.name}"


def find_person(text: str) -> Person:
    """Return the person that ``text`` names. Raises ValidationError when none or several do."""
    code = text.split(maxsplit=1)[0]
    by_code = Person.objects.filter(code=code).first()
    if by_code is not None and (text == code or by_code.name in text):
        return by_code
    named = list(Person.objects.filter(name=text)[:6])
    if len(named) == 1:
        return named[0]
    if named:
        raise ValidationError(
            _("Several people are called {name}. Write the staff number: {choices}.").format(
                name=text, choices="、".join(as_typed(person) for person in named)
            )
        )
    raise ValidationError(
        _("Nobody here is called “{text}”. Write a staff number or the whole name.").format(text=text)
    )


class UnitField(forms.ChoiceField):
    """Chooses among the units of a day, indented as they hang; gives a Unit or None. Fill it with ``offer``."""

    units: Mapping[str, Unit] = {}

    def offer(
        self, tree: UnitTree, day: dt.date, *, only: Iterable[int] | None = None, keep: Unit | None = None
    ) -> None:
        """Offer the units of ``day``; only those allowed, and ``keep`` even if it has ended."""
        allowed = None if only is None else set(only)
        units = [unit for unit in tree.on(day) if allowed is None or unit.pk in allowed]
        if keep is not None and keep not in units:
            units.append(keep)
        self.units = {str(unit.pk): unit for unit in units}
        shown = [(str(unit.pk), "　" * tree.depth(unit) + unit.name) for unit in units]
        self.choices = shown if self.required and len(shown) == 1 else [("", "—"), *shown]

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Unit | None:
        return self.units.get(super().clean(value))


class Day(forms.DateField):
    """A day, picked in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"]
