"""What the scheme in force says of one indicator, and whether it can be asked for at all."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cached_property
from typing import Protocol

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import (
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
    Scheme,
    Sum,
)
from taizhang.core.values import (
    Citation,
    Figure,
    NotApplicable,
    Period,
    Scope,
    Step,
    Undefined,
)

DIVISION = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""Quotients are worked out to 28 significant digits, half to even; nothing else is rounded before printing."""

NO_SCHEME = gettext_noop(
    "No scheme was in force on {day}. Add a version that takes effect on or before that day."
)
NO_INDICATOR = gettext_noop("The scheme of {effective} has no indicator “{indicator}”.")
NO_KIND = gettext_noop("The scheme of {effective} has no kind “{kind}”, which “{indicator}” counts.")
NO_FIELD = gettext_noop("The kind “{kind}” has no field “{field}”, which “{indicator}” asks for.")
NO_NUMBER = gettext_noop(
    "The field “{field}” of the kind “{kind}” is no number, and “{indicator}” adds it up."
)
NO_QUANTITY = gettext_noop("Entries of the kind “{kind}” carry no quantity, and “{indicator}” adds it up.")
NO_QUANTITY_UNIT = gettext_noop(
    "Quantities of the kind “{kind}” are not told in “{unit}”, which “{indicator}” adds."
)
NO_PERSON = gettext_noop("Entries of the kind “{kind}” name no person, and “{indicator}” counts persons.")
NO_ATTENDANCE = gettext_noop("Entries of the kind “{kind}” have no attendance, and “{indicator}” counts it.")
NO_UNIT = gettext_noop("There is no unit “{unit}”.")
OF_ITSELF = gettext_noop("“{indicator}” is worked out from itself.")
NOTHING_DUE = gettext_noop("Nobody was due: there is nothing to be a share of.")
ZERO_BELOW = gettext_noop("“{indicator}” is 0, and nothing can be divided by 0.")
PART_MISSING = gettext_noop("“{indicator}” is no number: {reason}")


Counted = Count | Sum | Distinct | Participations | Coverage | Open | Followed
"""The measures counted from entries; the others are worked out from these."""


class Version(Protocol):
    """A loaded scheme: its content, and where each part of it stands in its file."""

    @property
    def scheme(self) -> Scheme: ...

    def citation(self, path: str, /) -> Citation:
        """Return where ``path`` (``indicators.group_study``) stands."""


class Versions(Protocol):
    """The dated versions of a scheme."""

    def find(self, day: dt.date, /) -> Version | None:
        """Return the version in force on ``day``; None before the first."""


@dataclass(frozen=True)
class Definition:
    """An indicator under one version of the scheme: how its figures are told, or why there can be none."""

    id: str
    unit: str
    percent: bool
    digits: int
    citation: Citation
    indicator: Indicator | None = None
    scheme: Scheme | None = None
    problem: Message | None = None

    @cached_property
    def measure(self) -> Measure:
        """Return what is measured. Only for a definition without a problem."""
        if self.indicator is None or self.problem is not None:
            raise LookupError(self.id)
        return self.indicator.measure

    def figure(
        self,
        value: Decimal | Undefined | NotApplicable,
        *,
        period: Period,
        scope: Scope,
        as_of: dt.datetime,
        approximate: bool = False,
        steps: tuple[Step, ...] = (),
        latest: dt.datetime | None = None,
        left_out: int = 0,
        facts: Mapping[str, int] | None = None,
    ) -> Figure:
        """Return ``value`` as a figure of this indicator."""
        return Figure(
            indicator=self.id,
            value=value,
            unit=self.unit,
            citation=self.citation,
            period=period,
            scope=scope,
            as_of=as_of,
            approximate=approximate,
            percent=self.percent,
            digits=self.digits,
            steps=steps,
            latest=latest,
            left_out=left_out,
            facts=facts or {},
        )

    def whole(self, part: str, value: Decimal, *, period: Period, scope: Scope, as_of: dt.datetime) -> Step:
        """Return one plain number that the figure is worked out from (the counted, the due), as a step."""
        return Step(
            part=part,
            figure=Figure(
                indicator=self.id,
                value=value,
                unit="",
                citation=self.citation,
                period=period,
                scope=scope,
                as_of=as_of,
            ),
        )

    def share(self, above: Decimal, below: Decimal) -> Decimal:
        """Return ``above`` over ``below``, times 100 for a percentage. ``below`` is not 0."""
        return DIVISION.divide(above * 100 if self.percent else above, below)


@dataclass
class Definitions:
    """The definitions of one history, each looked up once."""

    history: Versions
    _known: dict[tuple[dt.date, str], Definition] = field(default_factory=dict)
    _versions: dict[dt.date, Version | None] = field(default_factory=dict)

    def on(self, day: dt.date, indicator: str) -> Definition:
        """Return what the scheme in force on ``day`` says of ``indicator``."""
        if day not in self._versions:
            self._versions[day] = self.history.find(day)
        version = self._versions[day]
        if version is None:
            return _nameless(indicator, day, Message(NO_SCHEME, day=day))
        key = (version.scheme.effective, indicator)
        if key not in self._known:
            self._known[key] = define(indicator, version)
        return self._known[key]


def define(indicator: str, version: Version) -> Definition:
    """Return what ``version`` says of ``indicator``."""
    scheme = version.scheme
    declared = scheme.indicators.get(indicator)
    if declared is None:
        reason = Message(NO_INDICATOR, effective=scheme.effective, indicator=indicator)
        return _nameless(indicator, scheme.effective, reason, scheme=scheme.scheme)
    return Definition(
        id=indicator,
        unit=_unit(declared, scheme),
        percent=declared.percent,
        digits=_digits(indicator, scheme),
        citation=version.citation(f"indicators.{indicator}"),
        indicator=declared,
        scheme=scheme,
        problem=_problem(indicator, scheme),
    )


def parts_of(measure: Measure) -> tuple[str, ...]:
    """Return the indicators that ``measure`` is worked out from; none for one counted from entries."""
    match measure:
        case Ratio():
            return (measure.of, measure.to)
        case Difference():
            return (measure.of, *measure.minus)
        case _:
            return ()


def _nameless(indicator: str, day: dt.date, reason: Message, *, scheme: str = "") -> Definition:
    citation = Citation(scheme=scheme, effective=day, path=f"indicators.{indicator}", line=0, digest="")
    return Definition(indicator, unit="", percent=False, digits=0, citation=citation, problem=reason)


def sum_unit(measure: Sum, kind: Kind | None) -> str:
    """Return the unit whose quantities a sum adds: the named one, else the first that the kind is told in."""
    if measure.of != "quantity" or measure.unit is not None:
        return measure.unit or ""
    return kind.quantity.units[0] if kind is not None and kind.quantity is not None else ""


def _unit(indicator: Indicator, scheme: Scheme) -> str:
    if indicator.unit is not None:
        return str(indicator.unit)
    measure = indicator.measure
    return sum_unit(measure, scheme.kinds.get(measure.kind)) if isinstance(measure, Sum) else ""


def _digits(indicator: str, scheme: Scheme, seen: frozenset[str] = frozenset()) -> int:
    """Return how many decimals are printed: as the scheme says, else 1 for per cent and as its measure needs."""
    declared = scheme.indicators.get(indicator)
    if declared is None or indicator in seen:
        return 0
    if declared.digits is not None:
        return declared.digits
    return 1 if declared.percent else _digits_of(declared.measure, scheme, seen | {indicator})


def _digits_of(measure: Measure, scheme: Scheme, seen: frozenset[str]) -> int:
    match measure:
        case Ratio() | Coverage():
            return 2
        case Sum():
            return 0 if _is_whole(measure, scheme.kinds.get(measure.kind)) else 1
        case Difference():
            return max(_digits(part, scheme, seen) for part in parts_of(measure))
        case _:
            return 0


def _is_whole(total: Sum, kind: Kind | None) -> bool:
    if kind is None:
        return True
    if total.of == "quantity":
        return kind.quantity is None or kind.quantity.whole
    added = kind.fields.get(total.of)
    return added is None or added.type != "number"


def _problem(indicator: str, scheme: Scheme) -> Message | None:
    measure = scheme.indicators[indicator].measure
    if isinstance(measure, Ratio | Difference):
        return Message(OF_ITSELF, indicator=indicator) if _is_of_itself(indicator, scheme) else None
    kind = scheme.kinds.get(measure.kind)
    if kind is None:
        return Message(NO_KIND, effective=scheme.effective, kind=measure.kind, indicator=indicator)
    return _first_unknown(indicator, measure.kind, kind, measure.where) or _measure_problem(
        indicator, measure, kind, scheme
    )


def _is_of_itself(indicator: str, scheme: Scheme) -> bool:
    waiting, met = [indicator], set[str]()
    while waiting:
        declared = scheme.indicators.get(waiting.pop())
        for part in parts_of(declared.measure) if declared is not None else ():
            if part == indicator:
                return True
            if part not in met:
                met.add(part)
                waiting.append(part)
    return False


def _first_unknown(indicator: str, name: str, kind: Kind, fields: Iterable[str]) -> Message | None:
    for asked in fields:
        if asked not in kind.fields:
            return Message(NO_FIELD, kind=name, field=asked, indicator=indicator)
    return None


def _measure_problem(indicator: str, measure: Counted, kind: Kind, scheme: Scheme) -> Message | None:
    match measure:
        case Sum():
            return _sum_problem(indicator, measure, kind)
        case Distinct():
            return _distinct_problem(indicator, measure, kind)
        case Participations() | Coverage():
            missing = kind.attendance is None
            return Message(NO_ATTENDANCE, kind=measure.kind, indicator=indicator) if missing else None
        case Open() | Followed():
            return _followers_problem(indicator, measure, scheme)
        case _:
            return None


def _distinct_problem(indicator: str, measure: Distinct, kind: Kind) -> Message | None:
    if measure.of == "person":
        return Message(NO_PERSON, kind=measure.kind, indicator=indicator) if kind.person is None else None
    return None if measure.of == "unit" else _first_unknown(indicator, measure.kind, kind, (measure.of,))


def _sum_problem(indicator: str, measure: Sum, kind: Kind) -> Message | None:
    if measure.of == "quantity":
        if kind.quantity is None:
            return Message(NO_QUANTITY, kind=measure.kind, indicator=indicator)
        if measure.unit is not None and measure.unit not in kind.quantity.units:
            return Message(NO_QUANTITY_UNIT, kind=measure.kind, unit=measure.unit, indicator=indicator)
        return None
    unknown = _first_unknown(indicator, measure.kind, kind, (measure.of,))
    if unknown is None and kind.fields[measure.of].type not in ("integer", "number"):
        return Message(NO_NUMBER, kind=measure.kind, field=measure.of, indicator=indicator)
    return unknown


def _followers_problem(indicator: str, measure: Open | Followed, scheme: Scheme) -> Message | None:
    for name in measure.until if isinstance(measure, Open) else measure.by:
        if name not in scheme.kinds:
            return Message(NO_KIND, effective=scheme.effective, kind=name, indicator=indicator)
    return None
