"""The list of one kind: what a query string selects, in which order, and the columns it shows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Expression, OrderBy
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from taizhang.core.indicators.plan import Condition
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import FactField, Kind
from taizhang.core.values import BadPeriod, Period
from taizhang.journal import clock
from taizhang.ledger import queries, wording
from taizhang.ledger.conditions import FieldText, matching, seen_at
from taizhang.ledger.models import Entry, Evidence, Participation
from taizhang.org.access import Access
from taizhang.org.models import Person, Unit

State = Literal["current", "withdrawn", "all"]
FACET = "f."  # before a field's name in the query string, so that no field is taken for a filter
ALL_TIME = "all"
DAYS = ("occurred_on", "recorded_at")
NUMBERS = ("quantity", "evidence", "attendance")


@dataclass(frozen=True)
class Column:
    """One column of a list; ``name`` is a common part of entries, or a field of the kind."""

    name: str
    label: str
    numeric: bool = False

    @cached_property
    def attributes(self) -> SafeString:
        """Return what stands in each of its cells' tags: worked out once, not for every row."""
        if self.name == "title":
            return mark_safe(' class="card-title"')
        looks = "num" if self.numeric else "nowrap" if self.name in DAYS else ""
        return format_html(' data-label="{}" class="{}"', self.label, looks)


@dataclass(frozen=True)
class Selection:
    """What somebody wants to see of a kind. ``problems`` names what could not be read; nothing is shown then."""

    kind: str
    unit: Unit | None = None
    person: Person | None = None
    period: Period | None = None
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    as_of: dt.datetime | None = None
    state: State = "current"
    sort: str = "-occurred_on"
    problems: Mapping[str, str] = field(default_factory=dict)


def read(query: QueryDict, *, kind: str, rule: Kind, access: Access, today: dt.date) -> Selection:
    """Read a query string. Without a period it is this year; ``period=all`` is all there is."""
    problems: dict[str, str] = {}
    state = query.get("state", "current")
    if state not in get_args(State):
        problems["state"] = _("There is no such choice.")
    return Selection(
        kind=kind,
        unit=_unit(query.get("unit", ""), access, problems),
        person=_person(query.get("person", ""), problems),
        period=_period(query, today, problems),
        facets=_facets(query, rule, problems),
        text=query.get("q", "").strip(),
        as_of=_as_of(query.get("as_of", ""), problems),
        state=state,  # type: ignore[arg-type]
        sort=query.get("sort", "") or "-occurred_on",
        problems=problems,
    )


def _unit(code: str, access: Access, problems: dict[str, str]) -> Unit | None:
    unit = access.tree.by_code.get(code)
    if code and unit is None:
        problems["unit"] = _("There is no unit “{code}”.").format(code=code)
    return unit


def _person(text: str, problems: dict[str, str]) -> Person | None:
    if not text.strip():
        return None
    found = queries.people_called(text)
    if len(found) == 1:
        return found[0]
    problems["person"] = wording.not_one_person(text, found)
    return None


def _period(query: QueryDict, today: dt.date, problems: dict[str, str]) -> Period | None:
    start, end = query.get("start", ""), query.get("end", "")
    written = query.get("period", "")
    try:
        if start or end:
            return Period(
                dt.date.fromisoformat(start) if start else dt.date.min,
                dt.date.fromisoformat(end) if end else dt.date.max,
            )
        if written == ALL_TIME:
            return None
        return Period.parse(written) if written else Period.year(today.year)
    except BadPeriod as error:
        problems["period"] = wording.told(error.message)
    except ValueError:
        problems["period"] = _("“{text}” is not a date. Write it as 2023-01-31.").format(
            text=f"{start} {end}"
        )
    return None


def _facets(query: QueryDict, rule: Kind, problems: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, declared in facets_of(rule).items():
        values = tuple(value for value in query.getlist(f"{FACET}{name}") if value)
        known = {value for value, _label in choices_of(declared)}
        if unknown := [value for value in values if value not in known]:
            problems[f"{FACET}{name}"] = _("“{value}” is not one of the choices.").format(value=unknown[0])
        if values:
            found[name] = values
    return found


def facets_of(rule: Kind) -> dict[str, FactField]:
    """Return the fields by which a list can be narrowed."""
    return {
        name: declared
        for name, declared in rule.fields.items()
        if declared.type in ("choice", "choices", "yes_no")
    }


def choices_of(declared: FactField) -> list[tuple[str, str]]:
    """Return the values that a facet takes in a query string, with their names."""
    if declared.type == "yes_no":
        return [("yes", _("yes")), ("no", _("no"))]
    return [(value, wording.said(label)) for value, label in (declared.choices or {}).items()]


def _as_of(text: str, problems: dict[str, str]) -> dt.datetime | None:
    """Read a moment; a day alone means its end, as people mean “what did we know on 20 December”."""
    try:
        return clock.moment(text)
    except BadPeriod as error:
        problems["as_of"] = wording.told(error.message)
        return None


# Rows


def rows(selection: Selection, *, access: Access, schemes: History) -> QuerySet[Entry]:
    """Return the entries selected that the visitor may see, without an order."""
    if selection.problems:
        return Entry.objects.none()
    found = Entry.objects.filter(queries.visible(access), _held(selection), kind=selection.kind).order_by()
    if selection.unit is not None:
        found = found.filter(unit_id__in=access.tree.below(selection.unit.pk))
    if selection.period is not None:
        day = "counts_for" if _counts_elsewhere(selection.kind, schemes) else "occurred_on"
        found = found.filter(**{f"{day}__range": (selection.period.start, selection.period.end)})
    if selection.person is not None:
        found = found.filter(_names(selection.person))
    for word in selection.text.split():
        found = found.filter(title__icontains=word)
    rule = schemes.kinds_ever(selection.kind)
    return found.filter(matching(_conditions(selection, rule))) if rule else found


def _held(selection: Selection) -> Q:
    if selection.state == "current":
        return seen_at(selection.as_of)
    known = Q() if selection.as_of is None else Q(recorded_at__lte=selection.as_of)
    return known & Q(voids=True) if selection.state == "withdrawn" else known


def _counts_elsewhere(kind: str, schemes: History) -> bool:
    """Tell whether entries of the kind ever counted for another period than that of their day."""
    return any(
        (rule := version.scheme.kinds.get(kind)) is not None and rule.counts_for is not None
        for version in schemes.versions
    )


def _names(person: Person) -> Q:
    took_part = Participation.objects.filter(person=person).values("entry_id")
    return Q(person=person) | Q(pk__in=took_part)


def is_narrowed(selection: Selection) -> bool:
    """Tell whether anything but the period narrows the list."""
    chosen = (selection.unit, selection.person, selection.facets, selection.text, selection.as_of)
    return any(chosen) or selection.state != "current"


def _conditions(selection: Selection, rule: Kind) -> list[Condition]:
    found = []
    for name, values in selection.facets.items():
        type_ = rule.fields[name].type
        typed = tuple(value == "yes" for value in values) if type_ == "yes_no" else values
        found.append(Condition(name, type_, typed))
    return found


# Order


def in_order(found: QuerySet[Entry], rule: Kind, *, sort: str) -> QuerySet[Entry]:
    """Put the rows in an order; rows that have nothing there come last, and equals newest first."""
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    ordered = [OrderBy(key, descending=descending, nulls_last=True) for key in _sort_keys(name, rule)]
    if name == "occurred_on":
        return found.order_by(*(("-occurred_on", "-pk") if descending else ("occurred_on", "pk")))
    return found.order_by(*ordered, "-occurred_on", "-pk")


def can_sort(name: str, rule: Kind) -> bool:
    """Tell whether the list of this kind can be put in the order of ``name``."""
    return name == "occurred_on" or bool(_sort_keys(name, rule))


def _sort_keys(name: str, rule: Kind) -> "list[Expression | F | Subquery[Any]]":  # noqa: PLR0911 - one exit a column
    declared = rule.fields.get(name)
    if declared is not None:
        return [_field_key(name, declared)]
    match name:
        case "title" | "quantity" | "counts_for" | "recorded_at" | "recorded_by":
            return [F(name)]
        case "unit":
            return [F("unit__order"), F("unit__code")]
        case "person":
            return [F("person__name")]
        case "about":
            return [F("about__title")]
        case "evidence":
            return [_how_many(Evidence)]
        case "attendance":
            return [_how_many(Participation)]
        case _:
            return []


def _how_many(model: type[Evidence] | type[Participation]) -> "Subquery[Any]":
    parts = model.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    return Subquery(parts.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


def _field_key(name: str, declared: FactField) -> "Expression | Subquery[Any]":
    value = FieldText(F("values"), key=name)
    match declared.type:
        case "integer" | "number":
            return Cast(value, FloatField())
        case "choice":
            return Case(
                *(
                    When(matching([Condition(name, "choice", (choice,))]), then=Value(place))
                    for place, choice in enumerate(declared.choices or ())
                ),
                default=None,
                output_field=IntegerField(),
            )
        case "unit":
            return _named_by(name, Unit, "order")
        case "person":
            return _named_by(name, Person, "name")
        case _:
            return value


def _named_by(name: str, model: type[Unit] | type[Person], key: str) -> "Subquery[Any]":
    outer = FieldText(OuterRef("values"), key=name)
    return Subquery(model._default_manager.filter(pk=Cast(outer, BigIntegerField())).values(key)[:1])


# Columns


def columns(rule: Kind) -> list[Column]:
    """Return the columns of a kind's list: those it declares, else the usual ones; the title is always there."""
    names = list(rule.columns) or _usual(rule)
    if "title" not in names:
        names.insert(1 if names[:1] == ["occurred_on"] else 0, "title")
    if rule.attendance is not None:
        names.append("attendance")
    return [column(name, rule) for name in names]


def _usual(rule: Kind) -> list[str]:
    names = ["occurred_on", "title", "unit"]
    names += [
        word for word in ("person", "quantity", "about", "counts_for") if getattr(rule, word) is not None
    ]
    return names + list(facets_of(rule))[:3]


def column(name: str, rule: Kind) -> Column:
    """Return the head of a column."""
    declared = rule.fields.get(name)
    if declared is not None:
        return Column(name, wording.said(declared.name), declared.type in ("integer", "number"))
    return Column(name, label_of(name, rule), name in NUMBERS)


def label_of(name: str, rule: Kind) -> str:
    """Return what a common part of entries is called in this kind."""
    declared = {
        "title": rule.title.name,
        "person": rule.person.name if rule.person else None,
        "quantity": rule.quantity.name if rule.quantity else None,
        "about": rule.about.name if rule.about else None,
    }.get(name)
    return wording.said(declared) if declared is not None else _common_label(name)


def _common_label(name: str) -> str:
    return {
        "occurred_on": _("Date"),
        "unit": _("Unit"),
        "person": _("Person"),
        "title": _("Title"),
        "quantity": _("Quantity"),
        "about": _("About"),
        "counts_for": _("Counts for"),
        "evidence": _("Evidence"),
        "recorded_at": _("Recorded at"),
        "recorded_by": _("Recorded by"),
        "attendance": _("Attendance"),
    }.get(name, name)
