"""The values that rules speak of: periods, quantities, figures, and the three ways of not having a number."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from taizhang.core.messages import Message, gettext_noop

DAY = dt.timedelta(days=1)


class PeriodKind(StrEnum):
    """The lengths of time that duties, targets and reports speak of."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    RANGE = "range"

    @property
    def months(self) -> int:
        """Length in months; a range has none (0)."""
        return {"month": 1, "quarter": 3, "half_year": 6, "year": 12}.get(self.value, 0)


FIRST_YEAR, LAST_YEAR = (
    1900,
    2999,
)  # what is read from outside: room for the year before and after, in any time zone


class BadPeriod(ValueError):  # noqa: N818
    """A period was written in a form that is not one."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole days, both ends included.

    Written ``2023``, ``2023-H1``, ``2023-Q1``, ``2023-01`` or ``2023-01-15..2023-02-20``.
    """

    start: dt.date
    end: dt.date
    kind: PeriodKind = field(default=PeriodKind.RANGE, compare=False)

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadPeriod(
                Message(
                    gettext_noop("The period ends ({end}) before it starts ({start}). Swap the two dates."),
                    start=self.start,
                    end=self.end,
                )
            )

    @classmethod
    def containing(cls, kind: PeriodKind, day: dt.date) -> "Period":
        """Return the period of ``kind`` that ``day`` falls into."""
        months = kind.months
        first = (day.month - 1) // months * months + 1
        last = first + months - 1
        return cls(
            dt.date(day.year, first, 1),
            dt.date(day.year, last, calendar.monthrange(day.year, last)[1]),
            kind,
        )

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls.containing(PeriodKind.YEAR, dt.date(year, 1, 1))

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read the written form. Raises BadPeriod with cause and remedy."""
        try:
            found = _parse_period(text.strip())
        except BadPeriod:
            raise
        except ValueError as error:
            raise BadPeriod(
                Message(
                    gettext_noop(
                        "“{text}” is not a period. Write 2023, 2023-H1, 2023-Q1, 2023-01 "
                        "or 2023-01-15..2023-02-20."
                    ),
                    text=text,
                )
            ) from error
        if not FIRST_YEAR <= found.start.year <= found.end.year <= LAST_YEAR:
            raise BadPeriod(
                Message(
                    gettext_noop("The period “{text}” is out of reach. Write years from {first} to {last}."),
                    text=text,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            )
        return found

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.start.year:04}"
            case PeriodKind.HALF_YEAR:
                return f"{self.start.year:04}-H{(self.start.month + 5) // 6}"
            case PeriodKind.QUARTER:
                return f"{self.start.year:04}-Q{(self.start.month + 2) // 3}"
            case PeriodKind.MONTH:
                return f"{self.start.year:04}-{self.start.month:02}"
            case _:
                return f"{self.start}..{self.end}"

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def previous(self) -> "Period":
        """Return the period of the same kind (or, for a range, of the same length) just before."""
        before = self.start - DAY
        if self.kind is PeriodKind.RANGE:
            return Period(before - (self.end - self.start), before)
        return Period.containing(self.kind, before)

    @property
    def following(self) -> "Period":
        """Return the period of the same kind (or, for a range, of the same length) just after."""
        after = self.end + DAY
        if self.kind is PeriodKind.RANGE:
            return Period(after, after + (self.end - self.start))
        return Period.containing(self.kind, after)

    @property
    def a_year_before(self) -> "Period":
        """Return the same period of last year (29 February answers to the 28th)."""
        if self.kind is PeriodKind.RANGE:
            return Period(_a_year_before(self.start), _a_year_before(self.end))
        return Period.containing(self.kind, self.start.replace(year=self.start.year - 1))

    def split(self, kind: PeriodKind) -> Iterator["Period"]:
        """Yield the periods of ``kind`` that start within this one, in order."""
        part = Period.containing(kind, self.start)
        if part.start < self.start:
            part = part.following
        while part.start <= self.end:
            yield part
            part = part.following


def _a_year_before(day: dt.date) -> dt.date:
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


_NAMED = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})))?")


def _parse_period(text: str) -> Period:
    if ".." in text:
        start, _, end = text.partition("..")
        return Period(dt.date.fromisoformat(start.strip()), dt.date.fromisoformat(end.strip()))
    match = _NAMED.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, half, quarter, month = match.groups()
    if half:
        return Period.containing(PeriodKind.HALF_YEAR, dt.date(int(year), int(half) * 6, 1))
    if quarter:
        return Period.containing(PeriodKind.QUARTER, dt.date(int(year), int(quarter) * 3, 1))
    if month:
        return Period.containing(PeriodKind.MONTH, dt.date(int(year), int(month), 1))
    return Period.year(int(year))


@dataclass(frozen=True)
class Quantity:
    """A number of something, as it was told: 1200余人次 is ``Quantity(1200, "人次", approximate=True)``."""

    number: Decimal
    unit: str
    approximate: bool = False


@dataclass(frozen=True)
class Citation:
    """Where a rule stands: the scheme version it belongs to, its line there, and the clause it puts into effect."""

    scheme: str
    effective: dt.date
    path: str
    line: int
    digest: str
    basis: str = ""
    clause: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Undefined:
    """A figure that cannot be worked out though it ought to exist: a rate over nothing, a unit nobody knows."""

    reason: Message


@dataclass(frozen=True)
class NotApplicable:
    """A figure that no rule asks for here: the scheme in force then does not know the indicator."""

    reason: Message


@dataclass(frozen=True)
class Scope:
    """Whose rows are counted: a unit with all below it, or one person; neither means the whole organisation."""

    unit: str = ""
    person: str = ""


@dataclass(frozen=True)
class Step:
    """One line of a figure's arithmetic: what went in, under which name, with which sign or part."""

    part: str
    figure: "Figure"


@dataclass(frozen=True)
class Figure:
    """A number that can answer "why?".

    ``value`` is exact; ``digits`` and ``percent`` say how it is printed, rounding half up at that point only.
    ``latest`` is the moment the newest row that counts here was recorded (None when no row counts).
    ``left_out`` counts rows of the kind in this period and scope whose quantity is in another unit and was not added.
    """

    indicator: str
    value: Decimal | Undefined | NotApplicable
    unit: str
    citation: Citation
    period: Period
    scope: Scope
    as_of: dt.datetime
    approximate: bool = False
    percent: bool = False
    digits: int = 0
    steps: tuple[Step, ...] = ()
    latest: dt.datetime | None = None
    left_out: int = 0
    facts: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, Decimal)
