"""The form of a kind, built from its declaration: what was typed becomes a draft, and keeps what was typed if refused."""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from taizhang.core.scheme.schema import FactField, Kind, Scheme
from taizhang.core.values import BadPeriod, Period, PeriodKind
from taizhang.ledger import listing, queries, wording
from taizhang.ledger.drafts import MAX_TITLE, Attachment, Draft, DraftRefused
from taizhang.ledger.models import Entry
from taizhang.org.access import Access
from taizhang.org.models import Person, Unit

OWN = "f."  # before the name of a kind's own field, so that it is never taken for a part of the form
SHORT = 60  # texts up to this many characters share a line with others
FEW = 5  # choices up to this many are shown side by side
DATE_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
PERIODS_BACK = {"month": 24, "quarter": 8, "half_year": 6, "year": 5}
MORE = "余"


@dataclass(frozen=True)
class Setting:
    """What a form is for: a kind under a scheme, somebody who records, a day."""

    name: str
    rule: Kind
    scheme: Scheme
    access: Access
    today: dt.date
    entry: Entry | None = None

    @property
    def units(self) -> list[Unit]:
        """Return the units that may be chosen; a correction may also leave the unit as it is."""
        units = queries.units_for(self.access, self.name, self.rule, self.today)
        if self.entry is not None and all(unit.pk != self.entry.unit_id for unit in units):
            units.insert(0, self.access.tree.by_id[self.entry.unit_id])
        return units


LONGEST_NUMBER = 24


class NumberField(forms.Field):
    """A number as people type it: 1200, 1,200, １２００. Cleans to a Decimal or None."""

    def to_python(self, value: Any) -> Any:
        text = plain_number(str(value or "").strip())
        if not text:
            return None
        if len(text) > LONGEST_NUMBER:
            raise forms.ValidationError(_("At most {n} characters.").format(n=LONGEST_NUMBER))
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_("“{value}” is not a number.").format(value=value)) from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def plain_number(text: str) -> str:
    """Return the digits of a number: full-width figures made plain, no commas, blanks or 余."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix(MORE)


class PersonInput(forms.TextInput):
    """A name or staff number, with suggestions while typing."""

    template_name = "ledger/widgets/person.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["people_url"] = f"{reverse('ledger:people')}?field={name}"
        return context


class PersonField(forms.CharField):
    """Cleans to a Person or None; what names nobody or several says so."""

    widget = PersonInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        found = queries.people_called(text)
        if len(found) != 1:
            raise forms.ValidationError(wording.not_one_person(text, found))
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        return f"{value.name} ({value.code})" if isinstance(value, Person) else value


class EntryForm(forms.Form):
    """The parts that every entry may have, and the kind's own fields. ``draft`` turns what was typed into a draft."""

    use_required_attribute = False
    label_suffix = ""

    def __init__(
        self, setting: Setting, data: QueryDict | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.setting = setting
        self._add_about()
        self._add_common()
        self._add_person()
        self._add_quantity()
        for name, declared in setting.rule.fields.items():
            self.fields[f"{OWN}{name}"] = _own_field(declared, setting)
        self._add_rest()
        if setting.entry is not None:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the correction"),
                max_length=500,
                help_text=_("Stays with the record: what was wrong, and where the right value comes from."),
            )

    def _add_common(self) -> None:
        setting, rule = self.setting, self.setting.rule
        self.fields["occurred_on"] = forms.DateField(
            label=_("Date"),
            input_formats=DATE_FORMATS,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **_latest(setting)}),
        )
        self.fields["unit"] = forms.TypedChoiceField(
            label=_("Unit"), coerce=int, choices=_unit_choices(setting), empty_value=None
        )
        self.fields["title"] = forms.CharField(
            label=wording.said(rule.title.name),
            required=rule.title.required,
            max_length=MAX_TITLE,
        )

    def _add_about(self) -> None:
        rule = self.setting.rule.about
        if rule is not None:
            label = wording.said(rule.name) if rule.name else _("About")
            self.fields["about"] = forms.UUIDField(label=label, required=rule.required)

    def _add_person(self) -> None:
        rule = self.setting.rule.person
        if rule is not None:
            self.fields["person"] = PersonField(
                label=wording.said(rule.name), required=rule.required, help_text=_("Name or staff number.")
            )

    def _add_rest(self) -> None:
        rule = self.setting.rule
        if rule.counts_for is not None:
            self.fields["counts_for"] = forms.ChoiceField(
                label=_("Counts for"),
                required=False,
                choices=_period_choices(rule.counts_for, self.setting, self.initial.get("counts_for", "")),
                help_text=_("Choose a period only if it counts for another than that of its date."),
            )
        if rule.attendance is not None:
            self.fields["participations"] = forms.Field(label=_("Attendance"), required=False)
        if rule.evidence != "none":
            self.fields["evidence"] = forms.Field(label=_("Evidence"), required=False)

    def _add_quantity(self) -> None:
        rule = self.setting.rule.quantity
        if rule is None:
            return
        self.fields["quantity"] = NumberField(
            label=wording.said(rule.name) if rule.name else _("Quantity"),
            required=rule.required,
            widget=forms.TextInput(attrs={"inputmode": "numeric" if rule.whole else "decimal"}),
        )
        self.fields["quantity_unit"] = forms.ChoiceField(
            label=_("Unit of quantity"),
            required=False,
            choices=[(unit, unit) for unit in rule.units],
        )
        if rule.approximate:
            self.fields["approximate"] = forms.BooleanField(label=_("More than that (余)"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "approximate" in self.fields and str(self.data.get("quantity", "")).strip().endswith(MORE):
            cleaned["approximate"] = True
        return cleaned

    @property
    def own_groups(self) -> list[tuple[bool, list[forms.BoundField]]]:
        """Return the kind's own fields in its order, neighbours that are short together: (are they, fields)."""
        rules = self.setting.rule.fields
        groups = groupby(rules, key=lambda name: _is_short(rules[name]))
        return [(short, [self[f"{OWN}{name}"] for name in names]) for short, names in groups]

    @property
    def typed_day(self) -> dt.date:
        """Return the day typed so far, today if none."""
        day: dt.date = self._typed("occurred_on", self.setting.today)
        return day

    @property
    def typed_unit(self) -> int | None:
        """Return the unit chosen so far."""
        unit_id: int | None = self._typed("unit", None)
        return unit_id

    def _typed(self, name: str, otherwise: Any) -> Any:
        field = self.fields[name]
        try:
            return field.clean(self[name].value())
        except forms.ValidationError:
            return otherwise

    def draft(
        self,
        *,
        participations: Mapping[int, str],
        evidence: Iterable[Attachment],
        id: uuid.UUID | None = None,  # noqa: A002 - the draft's own name
    ) -> Draft | None:
        """Return what was typed as a draft; what cannot be read is missing. None without a unit or a day."""
        got = self.cleaned_data
        if got.get("unit") is None or got.get("occurred_on") is None:
            return None
        person = got.get("person")
        return Draft(
            kind=self.setting.name,
            unit_id=got["unit"],
            occurred_on=got["occurred_on"],
            title=got.get("title", "").strip(),
            person_id=person.pk if person else None,
            counts_for=_start_of(got.get("counts_for", "")),
            quantity=got.get("quantity"),
            quantity_unit=got.get("quantity_unit", "") if got.get("quantity") is not None else "",
            approximate=bool(got.get("approximate")) and got.get("quantity") is not None,
            values=self._values(),
            about_id=got.get("about"),
            participations=dict(participations),
            evidence=tuple(evidence),
            id=id,
        )

    def _values(self) -> dict[str, Any]:
        found = {}
        for name in self.setting.rule.fields:
            value = self.cleaned_data.get(f"{OWN}{name}")
            if value is None or value in ("", []):
                continue
            found[name] = value.pk if isinstance(value, Person) else value
        return found

    def keep(self) -> None:
        """Show what was typed without judging it yet."""
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}

    def refuse(self, refused: DraftRefused, *, known_already: bool = False) -> None:
        """Show what the ledger refused beside its field. ``known_already``: only where the form itself had no error."""
        for name, message in refused.problems.items():
            field = f"{OWN}{name}" if name in self.setting.rule.fields else name
            shown = field if field in self.fields else None
            if known_already and shown in self.errors:
                continue
            self.add_error(shown, wording.told(message))


def initial_of(entry: Entry, rule: Kind) -> dict[str, Any]:
    """Return what a form shows to begin with for the correction of an entry. One query at most."""
    people = [entry.values[n] for n, f in rule.fields.items() if f.type == "person" and n in entry.values]
    known = Person.objects.in_bulk(people) if people else {}
    initial: dict[str, Any] = {
        "occurred_on": entry.occurred_on,
        "unit": entry.unit_id,
        "title": entry.title,
        "person": entry.person,
        "quantity": entry.quantity,
        "quantity_unit": entry.quantity_unit,
        "approximate": entry.approximate,
        "about": entry.about_id,
    }
    if rule.counts_for is not None and entry.counts_for != entry.occurred_on:
        initial["counts_for"] = str(Period.containing(PeriodKind(rule.counts_for), entry.counts_for))
    for name, declared in rule.fields.items():
        value = entry.values.get(name)
        if declared.type == "person":
            value = known.get(value)
        elif declared.type == "yes_no" and value is not None:
            value = "yes" if value else "no"
        initial[f"{OWN}{name}"] = value
    return initial


def _latest(setting: Setting) -> dict[str, str]:
    return {} if setting.rule.planned else {"max": setting.today.isoformat()}


def _unit_choices(setting: Setting) -> list[tuple[str, str]]:
    units = setting.units
    tree = setting.access.tree
    top = min((tree.depth(unit) for unit in units), default=0)
    choices = [(str(unit.pk), "　" * (tree.depth(unit) - top) + unit.name) for unit in units]
    return choices if len(choices) == 1 else [("", _("Choose…")), *choices]


def _period_choices(every: str, setting: Setting, chosen: str) -> list[tuple[str, str]]:
    period = Period.containing(PeriodKind(every), setting.today).following
    found = []
    for _step in range(PERIODS_BACK[every]):
        found.append((str(period), wording.period(period)))
        period = period.previous
    if chosen and chosen not in dict(found):
        found.append((chosen, wording.period(Period.parse(chosen))))
    return [("", _("the period of its date")), *found]


def _start_of(written: str) -> dt.date | None:
    try:
        return Period.parse(written).start if written else None
    except BadPeriod:
        return None


def _own_field(declared: FactField, setting: Setting) -> forms.Field:  # noqa: PLR0911 - one exit a type
    common: dict[str, Any] = {
        "label": wording.said(declared.name),
        "required": declared.required,
        "help_text": wording.said(declared.help) if declared.help else "",
    }
    match declared.type:
        case "choice":
            return _choice_field(declared, common)
        case "choices":
            choices = listing.choices_of(declared)
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case "yes_no":
            choices = _with_blank(listing.choices_of(declared), declared.required)
            return forms.TypedChoiceField(
                choices=choices, coerce=_is_yes, empty_value=None, widget=forms.RadioSelect, **common
            )
        case "integer" | "number":
            return NumberField(widget=forms.TextInput(attrs=_number_attrs(declared)), **common)
        case "date":
            widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            return forms.DateField(input_formats=DATE_FORMATS, widget=widget, **common)
        case "unit":
            units = [
                ("", "–"),
                *((str(unit.pk), unit.name) for unit in setting.access.tree.on(setting.today)),
            ]
            return forms.TypedChoiceField(choices=units, coerce=int, empty_value=None, **common)
        case "person":
            return PersonField(**common)
        case "long_text":
            widget_ = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(max_length=declared.max_length or 10_000, widget=widget_, **common)
        case "link":
            widget__ = forms.TextInput(attrs={"type": "url", "inputmode": "url", "placeholder": "https://"})
            return forms.CharField(max_length=declared.max_length or 300, widget=widget__, **common)
        case _:
            return forms.CharField(max_length=declared.max_length or 300, **common)


def _choice_field(declared: FactField, common: dict[str, Any]) -> forms.Field:
    choices = listing.choices_of(declared)
    if len(choices) <= FEW:
        shown = _with_blank(choices, declared.required)
        return forms.ChoiceField(choices=shown, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("Choose…")), *choices], **common)


def _with_blank(choices: list[tuple[str, str]], required: bool) -> list[tuple[str, str]]:  # noqa: FBT001
    """Add “not stated” where nothing need be said: unknown is not no."""
    return choices if required else [("", _("not stated")), *choices]


def _is_short(declared: FactField) -> bool:
    if declared.type == "text":
        return declared.max_length is not None and declared.max_length <= SHORT
    if declared.type == "choice":
        return len(declared.choices or ()) > FEW
    return declared.type in ("integer", "number", "date", "unit", "person")


def _is_yes(value: str) -> bool:
    return value == "yes"


def _number_attrs(declared: FactField) -> dict[str, str]:
    return {"inputmode": "numeric" if declared.type == "integer" else "decimal", "class": "w-auto"}
