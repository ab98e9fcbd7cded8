"""Values of entries as people read them: in the language of the request, with labels from the scheme."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.messages import Message
from taizhang.core.scheme.schema import FactField, Kind, Label, Scheme
from taizhang.core.values import Period, PeriodKind
from taizhang.ledger.models import Entry
from taizhang.org.models import Person
from taizhang.org.queries import UnitTree

MISSING = "–"


def said(label: Label) -> str:
    """Return a label of the scheme in the language of the request."""
    return label.said_in(get_language() or "zh")


def told(message: Message) -> str:
    """Return a message in the language of the request."""
    return message.render(_)


def day(value: dt.date) -> str:
    return value.isoformat()


def moment(value: dt.datetime) -> str:
    """Return a moment of the office's clock, to the minute."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def number(value: Decimal) -> str:
    """Return a number without idle zeros; thousands are set apart in English only."""
    plain = value.normalize()
    return f"{plain:f}" if in_chinese() else f"{plain:,f}"


def period(value: Period) -> str:
    """Return a period in words: 2023年第一季度, Q1 2023."""
    year, month = value.start.year, value.start.month
    match value.kind:
        case PeriodKind.YEAR:
            return _("{year}").format(year=year)
        case PeriodKind.HALF_YEAR:
            half = _("first half of {year}") if month == 1 else _("second half of {year}")
            return half.format(year=year)
        case PeriodKind.QUARTER:
            quarters = (_("Q1 {year}"), _("Q2 {year}"), _("Q3 {year}"), _("Q4 {year}"))
            return quarters[(month - 1) // 3].format(year=year)
        case PeriodKind.MONTH:
            return f"{year}年{month}月" if in_chinese() else f"{value.start:%b %Y}"
        case _:
            return f"{value.start} – {value.end}"


@dataclass(frozen=True)
class Names:
    """The names behind the ids that entries hold, read once for all of them."""

    tree: UnitTree
    people: Mapping[int, Person] = field(default_factory=dict)

    def unit(self, id_: int) -> str:
        known = self.tree.by_id.get(id_)
        return str(known) if known else f"#{id_}"

    def person(self, id_: int) -> str:
        known = self.people.get(id_)
        return known.name if known else f"#{id_}"


def names_for(entries: Iterable[Entry], kind: Kind, tree: UnitTree) -> Names:
    """Read the names of the people in the entries' own fields. One query, or none where no field names people."""
    fields = [name for name, rule in kind.fields.items() if rule.type == "person"]
    ids = {entry.values[name] for entry in entries for name in fields if name in entry.values}
    return Names(tree, Person.objects.in_bulk(ids) if ids else {})


def field_value(value: Any, rule: FactField | None, names: Names) -> str:  # noqa: PLR0911 - one exit a type
    """Return the value of a kind's own field in words."""
    if value is None or value in ("", []):
        return MISSING
    match rule.type if rule else "":
        case "choice":
            return _choice(value, rule)
        case "choices":
            return _(", ").join(_choice(one, rule) for one in value)
        case "yes_no":
            return _("yes") if value else _("no")
        case "integer" | "number":
            return number(Decimal(str(value)))
        case "unit":
            return names.unit(value)
        case "person":
            return names.person(value)
        case _:
            return str(value)


def _choice(value: Any, rule: FactField | None) -> str:
    label = (rule.choices or {}).get(str(value)) if rule else None
    return said(label) if label else str(value)


def quantity(entry: Entry) -> str:
    """Return the quantity as it was told: 1,200余人次."""
    if entry.quantity is None:
        return MISSING
    plain = number(entry.quantity)
    if in_chinese():
        return f"{plain}{'余' if entry.approximate else ''}{entry.quantity_unit}"
    return f"{'over ' if entry.approximate else ''}{plain} {entry.quantity_unit}".strip()


def counts_for(entry: Entry, kind: Kind) -> str:
    """Return the period that the entry counts for."""
    if kind.counts_for is None:
        return day(entry.counts_for)
    return period(Period.containing(PeriodKind(kind.counts_for), entry.counts_for))


def state_name(state: str, scheme: Scheme) -> str:
    """Return the name of an attendance state."""
    declared = scheme.attendance.get(state)
    return said(declared.name) if declared else state


def not_one_person(text: str, found: Sequence[Person]) -> str:
    """Say why ``text`` does not name one person, and what to do."""
    if not found:
        return _("There is nobody called “{text}”. Write a name or a staff number.").format(text=text)
    codes = _(", ").join(f"{person.name} ({person.code})" for person in found)
    return _("“{text}” is the name of several people. Write the staff number too: {people}.").format(
        text=text, people=codes
    )


def size(bytes_: int) -> str:
    """Return the size of a file as people read it."""
    mega = 1 << 20
    return f"{bytes_ / mega:.1f} MB" if bytes_ >= mega else f"{max(1, round(bytes_ / 1024))} KB"
