"""What in a scheme refers to what, and what no scheme can mean: checked once the shapes are right.

Every check looks only at parts whose shape is right and leaves alone what refers to a broken one, so that one fault
is told once and does not hide the others.
"""

import calendar
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import desk_references, placeholders
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.schema import (
    MEASURES,
    Audience,
    Choice,
    Count,
    Coverage,
    Difference,
    Distinct,
    Due,
    Every,
    FactField,
    Followed,
    Indicator,
    Kind,
    Measure,
    Open,
    Outline,
    OutlineBlock,
    Participations,
    Ratio,
    Role,
    Scheme,
    Sum,
)
from taizhang.core.scheme.source import KeyPath

SECTIONS = (
    "basis",
    "unit_kinds",
    "groups",
    "roles",
    "attendance",
    "kinds",
    "indicators",
    "duties",
    "targets",
    "quotas",
    "appraisals",
    "outlines",
)
"""The parts of a scheme that are named by ids, in the order in which they are explained."""

ENTRY_WORDS = (
    "occurred_on",
    "unit",
    "person",
    "title",
    "quantity",
    "about",
    "counts_for",
    "evidence",
    "recorded_at",
    "recorded_by",
)
"""What a list may show of every entry, beside its kind's own fields."""

DUPLICATE_WORDS = ("occurred_on", "unit", "person", "title", "quantity", "about", "counts_for")
RESERVED_FIELDS = frozenset(
    {*ENTRY_WORDS, "id", "quantity_unit", "approximate", "participations", "attendance", "reason"}
)
RESERVED_INDICATORS = frozenset({*placeholders.WORDS, placeholders.ROWS})
MONTHS: Mapping[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}

Complaints = Iterator[Complaint]
Counted = Count | Sum | Distinct | Participations | Coverage | Open | Followed


@dataclass(frozen=True)
class Draft:
    """What is sound of a scheme, and every id it declares, sound or not.

    ``declared`` has no entry for a section that could not be read at all: nothing is known of it then.
    """

    scheme: Scheme
    declared: Mapping[str, Collection[str]]


def check(draft: Draft) -> Complaints:
    """Yield every fault in how the parts of a scheme go together."""
    for rule in _RULES:
        yield from rule(draft)


# Names


def _names(draft: Draft) -> Complaints:
    for section in SECTIONS:
        yield from lookalikes((section,), draft.declared.get(section, ()))
    for kind_id, kind in draft.scheme.kinds.items():
        yield from lookalikes(("kinds", kind_id, "fields"), kind.fields)
        yield from _reserved(("kinds", kind_id, "fields"), kind.fields, RESERVED_FIELDS)
    yield from _reserved(("indicators",), draft.scheme.indicators, RESERVED_INDICATORS)


def lookalikes(path: KeyPath, ids: Iterable[str]) -> Complaints:
    """Refuse two ids that people cannot tell apart: by width, by case, by accents composed or not."""
    seen: dict[str, str] = {}
    for each in ids:
        plain = unicodedata.normalize("NFKC", each).casefold()
        if plain in seen:
            yield Complaint(
                (*path, each),
                Message(
                    gettext_noop("“{id}” differs from “{other}” only by width or case."),
                    id=each,
                    other=seen[plain],
                ),
                Message(gettext_noop("Give one of them a name that cannot be mistaken.")),
                on_key=True,
            )
        else:
            seen[plain] = each


def _reserved(path: KeyPath, ids: Iterable[str], reserved: frozenset[str]) -> Complaints:
    for each in ids:
        if each in reserved:
            yield Complaint(
                (*path, each),
                Message(gettext_noop("“{id}” is a reserved name."), id=each),
                Message(
                    gettext_noop("Choose another; reserved are: {names}."), names=", ".join(sorted(reserved))
                ),
                on_key=True,
            )


# References


_WHAT = {
    "basis": gettext_noop("There is no basis “{id}”."),
    "unit_kinds": gettext_noop("There is no kind of unit “{id}”."),
    "groups": gettext_noop("There is no group “{id}”."),
    "roles": gettext_noop("There is no role “{id}”."),
    "kinds": gettext_noop("There is no kind “{id}”."),
    "indicators": gettext_noop("There is no indicator “{id}”."),
    "quotas": gettext_noop("There is no quota “{id}”."),
}


def refer(draft: Draft, path: KeyPath, section: str, word: str) -> Complaints:
    """Complain unless ``word`` is declared in ``section``."""
    known = draft.declared.get(section)
    if known is None or word in known:
        return
    yield Complaint(
        path,
        Message(_WHAT[section], id=word),
        did_you_mean(
            word,
            known,
            Message(gettext_noop("Declare it under “{section}:”, or name one that is there: {ids}."),
                    section=section, ids=", ".join(list(known)[:12]) or "–"),
        ),
    )  # fmt: skip


def refer_all(draft: Draft, path: KeyPath, section: str, words: Iterable[str] | None) -> Complaints:
    for index, word in enumerate(words or ()):
        yield from refer(draft, (*path, index), section, word)


def _clauses(draft: Draft) -> Complaints:
    scheme = draft.scheme
    for section in ("roles", "kinds", "indicators", "duties", "targets", "quotas", "outlines"):
        for part_id, part in getattr(scheme, section).items():
            if part.clause:
                yield from refer(draft, (section, part_id, "clause", "basis"), "basis", part.clause.basis)
    for kind_id, kind in scheme.kinds.items():
        for field_id, rule in kind.fields.items():
            if rule.clause:
                path = ("kinds", kind_id, "fields", field_id, "clause", "basis")
                yield from refer(draft, path, "basis", rule.clause.basis)


def _roles(draft: Draft) -> Complaints:
    for role_id, role in draft.scheme.roles.items():
        path: KeyPath = ("roles", role_id)
        yield from refer_all(draft, (*path, "kinds"), "kinds", role.kinds)
        yield from refer_all(draft, (*path, "apart_from"), "roles", role.apart_from)
        yield from _apart_from_itself(path, role_id, role)


def _apart_from_itself(path: KeyPath, role_id: str, role: Role) -> Complaints:
    if role_id in role.apart_from:
        yield Complaint(
            (*path, "apart_from", role.apart_from.index(role_id)),
            Message(gettext_noop("“{role}” is kept apart from itself: nobody could hold it."), role=role_id),
            Message(gettext_noop("Name the other role.")),
        )


# Kinds


def _kinds(draft: Draft) -> Complaints:
    for kind_id, kind in draft.scheme.kinds.items():
        path: KeyPath = ("kinds", kind_id)
        yield from refer_all(draft, (*path, "unit_kinds"), "unit_kinds", kind.unit_kinds)
        if kind.about:
            yield from refer_all(draft, (*path, "about", "kinds"), "kinds", kind.about.kinds)
        yield from _attendance(draft, path, kind)
        yield from _shown(path, "columns", kind, ENTRY_WORDS)
        yield from _shown(path, "duplicate", kind, DUPLICATE_WORDS)
    yield from _never_recorded(draft)


def _attendance(draft: Draft, path: KeyPath, kind: Kind) -> Complaints:
    if kind.attendance is None:
        return
    if kind.attendance.group:
        yield from refer(draft, (*path, "attendance", "group"), "groups", kind.attendance.group)
    if "attendance" in draft.declared and not draft.declared["attendance"]:
        yield Complaint(
            (*path, "attendance"),
            Message(gettext_noop("Attendance is taken here, but the scheme has no attendance states.")),
            Message(
                gettext_noop("Declare them at the top under “attendance:”, each with name and counts_as.")
            ),
            on_key=True,
        )


def _shown(path: KeyPath, key: str, kind: Kind, words: tuple[str, ...]) -> Complaints:
    known = [word for word in words if _carries(kind, word)]
    for index, name in enumerate(getattr(kind, key)):
        if name in kind.fields or name in known:
            continue
        place = (*path, key, index)
        if name in words:
            yield Complaint(
                place,
                Message(gettext_noop("Entries of “{kind}” have no “{name}”."), kind=path[-1], name=name),
                Message(
                    gettext_noop("Add “{name}:” to the kind, or take it out of “{key}”."), name=name, key=key
                ),
            )
        else:
            yield no_field(place, str(path[-1]), name, [*kind.fields, *known])


def _carries(kind: Kind, word: str) -> bool:
    """Return whether entries of the kind have this one of the common parts."""
    if word in ("person", "quantity", "about", "counts_for"):
        return getattr(kind, word) is not None
    return word != "evidence" or kind.evidence != "none"


def no_field(path: KeyPath, kind: str, name: str, known: Iterable[str]) -> Complaint:
    names = list(known)
    return Complaint(
        path,
        Message(gettext_noop("The kind “{kind}” has no field “{field}”."), kind=kind, field=name),
        did_you_mean(
            name, names, Message(gettext_noop("Possible here: {keys}."), keys=", ".join(names) or "–")
        ),
        on_key=path[-2:-1] in (("where",), ("item",)),
    )


def _never_recorded(draft: Draft) -> Complaints:
    """Refuse kinds that must be about each other in a ring: none of them could ever be the first."""
    kinds = draft.scheme.kinds
    possible = {kind_id for kind_id in draft.declared.get("kinds", ()) if kind_id not in kinds}
    before = -1
    while before != len(possible):
        before = len(possible)
        for kind_id, kind in kinds.items():
            about = kind.about
            if about is None or not about.required or any(each in possible for each in about.kinds):
                possible.add(kind_id)
    for kind_id, kind in kinds.items():
        known = kind.about and all(each in draft.declared.get("kinds", ()) for each in kind.about.kinds)
        if kind_id not in possible and known:
            yield Complaint(
                ("kinds", kind_id, "about"),
                Message(
                    gettext_noop("“{kind}” must be about an entry that can never be there first."),
                    kind=kind_id,
                ),
                Message(gettext_noop("Write “required: false”, or name a kind that stands by itself.")),
                on_key=True,
            )


# Indicators


def _indicators(draft: Draft) -> Complaints:
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


def where_value(path: KeyPath, name: str, rule: FactField, value: Choice) -> Complaints:
    if rule.type in ("unit", "person"):
        yield Complaint(
            path,
            Message(
                gettext_noop("“{field}” names a {type}, and a rule cannot pick one out."),
                field=name,
                type=rule.type,
            ),
            Message(gettext_noop("Take it out: figures are asked for by unit and person anyway.")),
        )
        return
    cause = Message(gettext_noop("“{value}” is not a value of “{field}”."), value=value, field=name)
    if rule.type in ("choice", "choices"):
        choices = rule.choices or {}
        if value not in choices:
            all_of_them = Message(gettext_noop("Possible here: {keys}."), keys=", ".join(choices))
            yield Complaint(path, cause, did_you_mean(str(value), choices, all_of_them))
        return
    fits, remedy = _VALUES.get(rule.type, _TEXT_VALUE)
    if not fits(value):
        yield Complaint(path, cause, Message(remedy))


def _is_number(value: Choice) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_VALUES: Mapping[str, tuple[Callable[[Choice], bool], str]] = {
    "yes_no": (lambda value: isinstance(value, bool), gettext_noop("Write true or false.")),
    "integer": (
        lambda value: _is_number(value) and int(value) == value,
        gettext_noop("Write a whole number without quotes."),
    ),
    "number": (_is_number, gettext_noop("Write a number without quotes.")),
}
_TEXT_VALUE: tuple[Callable[[Choice], bool], str] = (
    lambda value: isinstance(value, str),
    gettext_noop("Put it in quotes: it is compared as text."),
)


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


def number_fields(kind: Kind) -> list[str]:
    return [name for name, rule in kind.fields.items() if rule.type in ("integer", "number")]


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
        follower = draft.scheme.kinds.get(follower_id)
        if follower is not None and (follower.about is None or kind_id not in follower.about.kinds):
            yield Complaint(
                (*path, index),
                Message(
                    gettext_noop("Entries of “{follower}” are never about “{kind}”."),
                    follower=follower_id,
                    kind=kind_id,
                ),
                Message(
                    gettext_noop("Add “{kind}” to “about: kinds:” of “{follower}”."),
                    follower=follower_id,
                    kind=kind_id,
                ),
            )


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


# Duties and targets


def _duties(draft: Draft) -> Complaints:
    for duty_id, duty in draft.scheme.duties.items():
        path: KeyPath = ("duties", duty_id)
        yield from refer(draft, (*path, "of"), "indicators", duty.of)
        yield from _audience(draft, path, duty.units)
        if duty.leader:
            yield from refer(draft, (*path, "leader"), "roles", duty.leader)
        yield from _at_least(draft, (*path, "at_least"), duty.of, duty.at_least)
        yield from check_due((*path, "due"), duty.due, duty.every)
        yield from check_months(path, duty.months, duty.every)


def _audience(draft: Draft, path: KeyPath, audience: Audience | None) -> Complaints:
    if audience:
        yield from refer_all(draft, (*path, "for", "unit_kinds"), "unit_kinds", audience.unit_kinds)


def _at_least(draft: Draft, path: KeyPath, indicator_id: str, number: Decimal) -> Complaints:
    """Refuse quotas that no count can reach, or that mean something else than was written."""
    indicator = draft.scheme.indicators.get(indicator_id)
    if indicator is None:
        return
    measure = indicator.measure
    cause = remedy = None
    if indicator.percent and isinstance(measure, Coverage) and number > 100:  # noqa: PLR2004
        cause = Message(gettext_noop("“{indicator}” is per cent and never above 100; {number} cannot be reached."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a number up to 100."))
    elif indicator.percent and 0 < number < 1:
        cause = Message(gettext_noop("“{indicator}” is per cent, and {number} would be {number} %."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(
            gettext_noop("Write {percent} for {percent} %."), percent=f"{(number * 100).normalize():f}"
        )
    elif isinstance(measure, Coverage) and not indicator.percent and number > 1:
        cause = Message(gettext_noop("“{indicator}” is a share and never above 1; {number} cannot be reached."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write “percent: true” at the indicator, or a number up to 1."))
    elif isinstance(measure, _WHOLE) and number != int(number):
        cause = Message(gettext_noop("“{indicator}” counts whole things; {number} cannot be meant."),
                        indicator=indicator_id, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a whole number."))
    elif (most := _most(draft, measure)) is not None and number > most:
        cause = Message(gettext_noop("“{indicator}” has only {most} possible values; {number} cannot be reached."),
                        indicator=indicator_id, most=most, number=number)  # fmt: skip
        remedy = Message(gettext_noop("Write a number up to {most}."), most=most)
    if cause is not None and remedy is not None:
        yield Complaint(path, cause, remedy)


_WHOLE = (Count, Distinct, Participations, Open, Followed)


def _most(draft: Draft, measure: Measure) -> int | None:
    """Return how many different values there can be, where that is known."""
    if not isinstance(measure, Distinct) or measure.kind not in draft.scheme.kinds:
        return None
    rule = draft.scheme.kinds[measure.kind].fields.get(measure.of)
    return len(rule.choices) if rule is not None and rule.choices else None


def check_due(path: KeyPath, due: Due, every: Every) -> Complaints:
    months = MONTHS[every]
    if due.month is not None and due.month > months:
        yield Complaint(
            (*path, "month"),
            Message(gettext_noop("“{every}” has no month {month}."), every=every, month=due.month),
            Message(gettext_noop("Write the month of the period, 1 to {months}."), months=months),
        )
    elif isinstance(due.day, int) and due.day > (most := _most_days(due, every)):
        yield Complaint(
            (*path, "day"),
            Message(gettext_noop("There is no day {day} there; the last is {most}."), day=due.day, most=most),
            Message(gettext_noop("Write a day up to {most}, or “last”."), most=most),
        )


def _most_days(due: Due, every: Every) -> int:
    """Return the number of days of the longest such month or period: a day missing in a shorter one is its last."""
    if due.month is not None and every == "year":
        return calendar.monthrange(2024, due.month)[1]
    if due.month is not None:
        return 31
    return {"month": 31, "quarter": 92, "half_year": 184, "year": 366}[every]


def check_months(path: KeyPath, months: tuple[int, ...], every: Every) -> Complaints:
    length = MONTHS[every]
    for index, month in enumerate(months):
        if (month - 1) % length:
            firsts = ", ".join(str(first) for first in range(1, 13, length))
            yield Complaint(
                (*path, "months", index),
                Message(gettext_noop("No period begins in month {month}."), month=month),
                Message(
                    gettext_noop("Name the first months of the periods that count: {months}."), months=firsts
                ),
            )


def _targets(draft: Draft) -> Complaints:
    for target_id, target in draft.scheme.targets.items():
        path: KeyPath = ("targets", target_id)
        yield from refer(draft, (*path, "of"), "indicators", target.of)
        yield from _audience(draft, path, target.units)
        if target.at_least is not None:
            yield from _above_zero((*path, "at_least"), target.at_least)
            yield from _at_least(draft, (*path, "at_least"), target.of, target.at_least)
        indicator = draft.scheme.indicators.get(target.of)
        below_zero = target.at_most is not None and target.at_most < 0
        if indicator and below_zero and not isinstance(indicator.measure, Difference | Ratio):
            yield Complaint(
                (*path, "at_most"),
                Message(gettext_noop("“{indicator}” is never below 0."), indicator=target.of),
                Message(gettext_noop("Write 0 or more.")),
            )
    yield from _contradictions(draft)


def _above_zero(path: KeyPath, number: Decimal) -> Complaints:
    if number <= 0:
        yield Complaint(
            path,
            Message(gettext_noop("“{key}” is {value}; it must be more than {limit}."), key="at_least", value=number,
                    limit=0),
            Message(gettext_noop("Correct the number.")),
        )  # fmt: skip


def _contradictions(draft: Draft) -> Complaints:
    targets = draft.scheme.targets
    for low_id, low in targets.items():
        for high_id, high in targets.items():
            if low.at_least is None or high.at_most is None or low.at_least <= high.at_most:
                continue
            if (low.of, low.every) == (high.of, high.every) and _overlap(low.units, high.units):
                yield Complaint(
                    ("targets", low_id, "at_least"),
                    Message(gettext_noop("At least {low}, but “{other}” says at most {high} of the same."),
                            low=low.at_least, high=high.at_most, other=high_id),
                    Message(gettext_noop("Correct one of the two: no figure can meet both.")),
                )  # fmt: skip


def _overlap(one: Audience, other: Audience) -> bool:
    return bool(set(one.units) & set(other.units) or set(one.unit_kinds) & set(other.unit_kinds))


# Outlines


def _outlines(draft: Draft) -> Complaints:
    for outline_id, outline in draft.scheme.outlines.items():
        path: KeyPath = ("outlines", outline_id)
        yield from _audience(draft, path, outline.units)
        yield from _words_only(path, outline)
        for index, block in enumerate(outline.body):
            yield from _block(draft, (*path, "body", index), block)


def _words_only(path: KeyPath, outline: Outline) -> Complaints:
    for key in ("title", "addressee", "issuer"):
        try:
            found = placeholders.in_text(getattr(outline, key))
        except placeholders.BadPlaceholder as error:
            yield Complaint((*path, key), error.cause, error.remedy)
            continue
        for each in found:
            if not each.is_word or each.format:
                yield Complaint(
                    (*path, key),
                    Message(
                        gettext_noop("“{placeholder}” cannot stand in “{key}”."),
                        placeholder=str(each),
                        key=key,
                    ),
                    Message(
                        gettext_noop("Only {{unit}}, {{period}}, {{year}} and {{as_of}} can stand there.")
                    ),
                )


def _block(draft: Draft, path: KeyPath, block: OutlineBlock) -> Complaints:
    if block.when:
        yield from refer(draft, (*path, "when", "of"), "indicators", block.when.of)
    if block.heading is not None:
        yield from _prose(draft, (*path, "heading"), block.heading)
    if block.text is not None:
        yield from _prose(draft, (*path, "text"), block.text)
    for index, item in enumerate(block.list or ()):
        yield from _prose(draft, (*path, "list", index), item)
    if block.table:
        yield from refer_all(draft, (*path, "table", "rows"), "indicators", block.table.rows)
    if block.rows:
        yield from refer(draft, (*path, "rows", "of"), "indicators", block.rows.of)
        yield from _has_rows(draft, (*path, "rows", "of"), block.rows.of)
        yield from _item(draft, (*path, "rows", "item"), block.rows.of, block.rows.item)


def _prose(draft: Draft, path: KeyPath, text: str) -> Complaints:
    try:
        found = placeholders.in_text(text)
    except placeholders.BadPlaceholder as error:
        yield Complaint(path, error.cause, error.remedy)
        return
    for each in dict.fromkeys(found):
        if each.is_word and not each.format:
            continue
        yield from refer(draft, path, "indicators", each.name)
        if each.format == "rows":
            yield from _has_rows(draft, path, each.name)


def _has_rows(draft: Draft, path: KeyPath, indicator_id: str) -> Complaints:
    indicator = draft.scheme.indicators.get(indicator_id)
    if indicator is not None and parts_of(indicator):
        yield Complaint(
            path,
            Message(gettext_noop("“{indicator}” is worked out from other figures and has no rows."), indicator=indicator_id),
            Message(gettext_noop("Name an indicator that counts entries, such as {parts}."),
                    parts=", ".join(parts_of(indicator))),
        )  # fmt: skip


def _item(draft: Draft, path: KeyPath, indicator_id: str, text: str) -> Complaints:
    try:
        found = placeholders.in_text(text)
    except placeholders.BadPlaceholder as error:
        yield Complaint(path, error.cause, error.remedy)
        return
    indicator = draft.scheme.indicators.get(indicator_id)
    kind_id = getattr(indicator.measure, "kind", None) if indicator else None
    kind = draft.scheme.kinds.get(kind_id) if kind_id else None
    if kind is None:
        return
    known = [*(word for word in placeholders.ITEM_WORDS if _carries(kind, word)), *kind.fields]
    for each in found:
        if each.format or each.name not in known:
            yield Complaint(
                path,
                Message(gettext_noop("Entries of “{kind}” have no “{name}”."), kind=kind_id, name=each.name),
                did_you_mean(
                    each.name, known, Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known))
                ),
            )


def _desk(draft: Draft) -> Complaints:
    desk = draft.scheme.desk
    if desk is None:
        return
    rest = desk_references.Rest(
        draft.scheme,
        refer=lambda path, section, word: refer(draft, path, section, word),
        value=where_value,
    )
    yield from desk_references.check(desk, rest)
    for section in ("types", "channels", "lines"):
        yield from lookalikes(("desk", section), getattr(desk, section))


_RULES: tuple[Callable[[Draft], Complaints], ...] = (
    _names,
    _clauses,
    _roles,
    _kinds,
    _indicators,
    _duties,
    _targets,
    _outlines,
    _desk,
)
