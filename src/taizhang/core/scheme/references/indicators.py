"""Indicators: what they count, and what they are worked out from."""

from collections.abc import Mapping

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import Complaints, Draft, refer, refer_all
from taizhang.core.scheme.references.fields import no_field, number_fields, where_value
from taizhang.core.scheme.references.kinds import is_about
from taizhang.core.scheme.schema import (
    MEASURES,
    Count,
    Coverage,
    Difference,
    Distinct,
    Followed,
    Indicator,
    Kind,
    Measure,
    Open,
    Participations,
    Ratio,
    Sum,
)
from taizhang.core.scheme.source import KeyPath

Counted = Count | Sum | Distinct | Participations | Coverage | Open | Followed


def check(draft: Draft) -> Complaints:
    """Yield what is wrong with indicators."""
    for indicator_id, indicator in draft.scheme.indicators.items():
        name = next(name for name in MEASURES if getattr(indicator, name) is not None)
        path: KeyPath = ("indicators", indicator_id, name)
        measure = indicator.measure
        if isinstance(measure, Ratio):
            yield from refer(draft, (*path, "of"), "indicators", measure.of)
            yield from refer(draft, (*path, "to"), "indicators", measure.to)
        elif isinstance(measure, Difference):
            yield from refer(draft, (*path, "of"), "indicators", measure.of)
            yield from refer_all(draft, (*path, "minus"), "indicators", measure.minus)
        else:
            yield from refer(draft, (*path, "kind"), "kinds", measure.kind)
            if measure.kind in draft.scheme.kinds:
                yield from _measure(draft, path, measure, draft.scheme.kinds[measure.kind])
        yield from _percent(indicator_id, indicator)
    yield from _circles(draft)


def _percent(indicator_id: str, indicator: Indicator) -> Complaints:
    if indicator.percent and not isinstance(indicator.measure, Ratio | Coverage | Difference):
        yield Complaint(
            ("indicators", indicator_id, "percent"),
            Message(
                gettext_noop("“{indicator}” is no share, so it has no per cent."), indicator=indicator_id
            ),
            Message(gettext_noop("Delete “percent:”; only ratio, coverage and difference can be per cent.")),
            on_key=True,
        )


def _measure(draft: Draft, path: KeyPath, measure: Counted, kind: Kind) -> Complaints:
    yield from _where(path, measure, kind)
    match measure:
        case Sum():
            yield from _sum(path, measure, kind)
        case Distinct():
            yield from _distinct(path, measure, kind)
        case Participations() | Coverage():
            yield from _counted_states(draft, path, measure, kind)
        case Open():
            yield from _followers(draft, (*path, "until"), measure.kind, measure.until)
        case Followed():
            yield from _followers(draft, (*path, "by"), measure.kind, measure.by)


def _where(path: KeyPath, measure: Counted, kind: Kind) -> Complaints:
    for name, values in measure.where.items():
        if name not in kind.fields:
            yield no_field((*path, "where", name), measure.kind, name, kind.fields)
            continue
        for index, value in enumerate(values):
            yield from where_value((*path, "where", name, index), name, kind.fields[name], value)


def _sum(path: KeyPath, measure: Sum, kind: Kind) -> Complaints:
    if measure.of != "quantity":
        yield from _sum_of_field(path, measure, kind)
    elif kind.quantity is None:
        yield Complaint(
            path,
            Message(
                gettext_noop("Entries of “{kind}” have no “{name}”."), kind=measure.kind, name="quantity"
            ),
            Message(gettext_noop("Add “quantity:” to the kind, or add up a number field with “of:”.")),
            on_key=True,
        )
    elif measure.unit is None and len(kind.quantity.units) > 1:
        yield Complaint(
            path,
            Message(
                gettext_noop("“{kind}” is told in several units; they cannot be added blindly."),
                kind=measure.kind,
            ),
            Message(gettext_noop("Add “unit:” with one of: {units}."), units=", ".join(kind.quantity.units)),
            on_key=True,
        )
    elif measure.unit is not None and measure.unit not in kind.quantity.units:
        yield Complaint(
            (*path, "unit"),
            Message(gettext_noop("“{kind}” is not told in “{unit}”."), kind=measure.kind, unit=measure.unit),
            Message(gettext_noop("Write one of: {units}."), units=", ".join(kind.quantity.units)),
        )


def _sum_of_field(path: KeyPath, measure: Sum, kind: Kind) -> Complaints:
    if measure.of not in kind.fields:
        yield no_field((*path, "of"), measure.kind, measure.of, ["quantity", *number_fields(kind)])
    elif measure.of not in number_fields(kind):
        yield Complaint(
            (*path, "of"),
            Message(gettext_noop("“{field}” of “{kind}” is no number."), field=measure.of, kind=measure.kind),
            Message(
                gettext_noop("Add up one of: {fields}."),
                fields=", ".join(["quantity", *number_fields(kind)]),
            ),
        )
    if measure.unit is not None:
        yield Complaint(
            (*path, "unit"),
            Message(
                gettext_noop("“unit” chooses among the units of the quantity, and a field is added here.")
            ),
            Message(gettext_noop("Delete it; the unit to print stands beside “name:” of the indicator.")),
            on_key=True,
        )


def _distinct(path: KeyPath, measure: Distinct, kind: Kind) -> Complaints:
    if measure.of == "unit" or measure.of in kind.fields:
        return
    if measure.of == "person":
        if kind.person is None:
            yield Complaint(
                path,
                Message(
                    gettext_noop("Entries of “{kind}” have no “{name}”."), kind=measure.kind, name="person"
                ),
                Message(gettext_noop("Add “person:” to the kind, or count a field or the units with “of:”.")),
                on_key=True,
            )
        return
    yield no_field((*path, "of"), measure.kind, measure.of, ["person", "unit", *kind.fields])


def _counted_states(
    draft: Draft, path: KeyPath, measure: Participations | Coverage, kind: Kind
) -> Complaints:
    if kind.attendance is None:
        yield Complaint(
            (*path, "kind"),
            Message(gettext_noop("No attendance is taken of “{kind}”."), kind=measure.kind),
            Message(gettext_noop("Add “attendance:” to the kind, or count something else.")),
        )
    states = draft.scheme.attendance.values()
    if len(states) != len(draft.declared.get("attendance", ())) or not states:
        return
    given = {state.counts_as for state in states}
    for index, counted in enumerate(measure.counted):
        if counted not in given and "counted" in measure.model_fields_set:
            yield Complaint(
                (*path, "counted", index),
                Message(gettext_noop("No attendance state counts as “{counted}”."), counted=counted),
                Message(
                    gettext_noop("Declare one, or name one of: {states}."), states=", ".join(sorted(given))
                ),
            )


def _followers(draft: Draft, path: KeyPath, kind_id: str, followers: tuple[str, ...]) -> Complaints:
    yield from refer_all(draft, path, "kinds", followers)
    for index, follower_id in enumerate(followers):
        yield from is_about(draft, (*path, index), follower_id, kind_id)


def _circles(draft: Draft) -> Complaints:
    """Complain once for every ring of indicators that are worked out from each other, where it begins in the file."""
    told: set[str] = set()
    for indicator_id in draft.scheme.indicators:
        ring = _ring(indicator_id, draft.scheme.indicators)
        if ring and not told & set(ring):
            told.update(ring)
            yield Complaint(
                ("indicators", indicator_id),
                Message(gettext_noop("“{id}” is worked out from itself: {ring}."), id=indicator_id,
                        ring=" → ".join([*ring, indicator_id])),
                Message(gettext_noop("Break the ring: let one of them count entries.")),
                on_key=True,
            )  # fmt: skip


def _ring(start: str, indicators: Mapping[str, Indicator]) -> list[str]:
    """Return the way from an indicator back to itself, or nothing."""
    waiting: list[list[str]] = [[start]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for part in parts_of(indicators.get(way[-1])):
            if part == start:
                return way
            if part not in seen:
                seen.add(part)
                waiting.append([*way, part])
    return []


def parts_of(indicator: Indicator | None) -> tuple[str, ...]:
    """Return the indicators that one is worked out from; none for one that counts entries."""
    measure: Measure | None = indicator.measure if indicator else None
    match measure:
        case Ratio():
            return (measure.of, measure.to)
        case Difference():
            return (measure.of, *measure.minus)
        case _:
            return ()
