"""What a scheme may say. Frozen, typed objects; every key is documented in docs/guide/*/scheme.md.

Ids are chosen by whoever writes the scheme, in any script: 组织学习 is as good an id as group_study.
Shapes only are checked here; what refers to what is checked in ``references``.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,39}$", strict=True)]
Days = Annotated[int, Field(ge=0, le=366)]
Number = Annotated[Decimal, BeforeValidator(lambda value: Decimal(value) if type(value) is int else value)]
Languages = Literal["zh", "en"]

Permission = Literal[
    "read", "record", "correct", "export", "verify", "exempt", "report", "freeze",
    "organise", "accounts", "rules", "journal",
]  # fmt: skip
Every = Literal["month", "quarter", "half_year", "year"]
CountsAs = Literal["present", "made_up", "excused", "absent"]


class Part(BaseModel):
    """A piece of a scheme: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Part):
    """Words for people, in one language or several: ``集体学习`` or ``{zh: 集体学习, en: Group study}``."""

    texts: Mapping[str, str]

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"texts": {"": value}}
        if isinstance(value, Mapping) and "texts" not in value:
            return {"texts": dict(value)}
        return value

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        unknown = set(self.texts) - {"", "zh", "en"}
        if unknown:
            raise PydanticCustomError("label_language", "Unknown language", {"key": min(unknown)})
        if not self.texts or not all(text.strip() for text in self.texts.values()):
            raise PydanticCustomError("label_empty", "Empty label")
        return self

    def said_in(self, language: str) -> str:
        """Return the words in ``language`` (``zh-hans``, ``en`` …), else in whatever language there is."""
        return self.texts.get(language[:2]) or next(iter(self.texts.values()))

    def __str__(self) -> str:
        return next(iter(self.texts.values()))


def _as_tuple(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


OneOrMore = BeforeValidator(_as_tuple)
"""Where a list is wanted, one item may stand alone: ``kinds: study`` for ``kinds: [study]``."""

Ids = Annotated[tuple[Id, ...], OneOrMore, Field(min_length=1)]
Texts = Annotated[tuple[str, ...], OneOrMore, Field(min_length=1)]
Choice = str | int | bool | Decimal
Choices = Annotated[tuple[Choice, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class Basis(Part):
    """A regulation or document that the scheme puts into effect."""

    title: Label
    issued: dt.date | None = None
    number: str = ""


class Clause(Part):
    """The sentence that a rule comes from: which basis, where in it, and its words."""

    basis: Id
    at: str = ""
    text: str = ""


class Governed(Part):
    """Anything with a name that may cite the clause it puts into effect."""

    name: Label
    help: Label | None = None
    clause: Clause | None = None


class WorkingDays(Part):
    """Which days are worked: a country's calendar, corrected by the organisation's own days."""

    calendar: Literal["china", "weekdays"] = "china"
    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)
    holidays: tuple[dt.date, ...] = ()
    workdays: tuple[dt.date, ...] = ()


class Role(Governed):
    """What the holders of a role may do, and how far: everywhere, in their unit and below, or on their own rows."""

    may: Annotated[tuple[Permission, ...], OneOrMore] = ()
    reach: Literal["all", "unit", "own"] = "unit"
    kinds: Ids | None = None
    home: Literal["matrix", "todo"] = "todo"
    apart_from: Annotated[tuple[Id, ...], OneOrMore] = ()


class AttendanceState(Part):
    name: Label
    counts_as: CountsAs
    mark: str = Field(default="", max_length=2)


class FactField(Governed):
    """A field of a kind of entry."""

    type: Literal[
        "text",
        "long_text",
        "integer",
        "number",
        "date",
        "choice",
        "choices",
        "yes_no",
        "unit",
        "person",
        "link",
    ] = "text"
    required: bool = False
    choices: Mapping[Id, Label] | None = None
    min: Number | None = None
    max: Number | None = None
    max_length: Annotated[int, Field(ge=1, le=10_000)] | None = None

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        if self.type in ("choice", "choices") and not self.choices:
            raise PydanticCustomError("choices_missing", "A choice needs choices")
        if self.type not in ("choice", "choices") and self.choices:
            raise PydanticCustomError("choices_unused", "Only a choice has choices")
        if self.type not in ("integer", "number") and (self.min is not None or self.max is not None):
            raise PydanticCustomError("limits_unused", "Only numbers have min and max")
        if self.type not in ("text", "long_text", "link") and self.max_length is not None:
            raise PydanticCustomError("limits_unused", "Only text has a length")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("min_above_max", "min above max")
        return self


class QuantityRule(Part):
    """The number an entry carries: in which units, whether it may be told roughly (余)."""

    units: Texts
    name: Label | None = None
    required: bool = True
    approximate: bool = False
    min: Number = Decimal(0)
    whole: bool = True


class PersonRule(Part):
    name: Label
    required: bool = False


class AttendanceRule(Part):
    """Everybody on the roster of the day has a state: the people of the entry's unit, or of a named group."""

    roster: Literal["unit", "group"] = "unit"
    group: Id | None = None

    @model_validator(mode="after")
    def _group_named(self) -> Self:
        if (self.roster == "group") != (self.group is not None):
            raise PydanticCustomError("roster_group", "roster and group must agree")
        return self


class AboutRule(Part):
    """The earlier fact that this one is about: a closure is about a finding."""

    kinds: Ids
    name: Label | None = None
    required: bool = True
    once: bool = False
    by_another: bool = False


class TitleRule(Part):
    name: Label
    required: bool = True


class Kind(Governed):
    """A kind of entry: its fields, its form, its list. Ten lines make a new ledger."""

    title: TitleRule
    fields: Mapping[Id, FactField] = Field(default_factory=dict)
    quantity: QuantityRule | None = None
    person: PersonRule | None = None
    attendance: AttendanceRule | None = None
    about: AboutRule | None = None
    unit_kinds: Ids | None = None
    counts_for: Every | None = None
    evidence: Literal["none", "optional", "required"] = "optional"
    columns: Annotated[tuple[str, ...], OneOrMore] = ()
    duplicate: Annotated[tuple[str, ...], OneOrMore] = ("occurred_on", "unit", "title")
    planned: bool = False
    quick: bool = False


Where = Mapping[str, Choices]


class Count(Part):
    """How many entries."""

    kind: Id
    where: Where = Field(default_factory=dict)


class Sum(Part):
    """The total of the entries' quantity, or of a number field."""

    kind: Id
    where: Where = Field(default_factory=dict)
    of: str = "quantity"
    unit: str | None = None


class Distinct(Part):
    """How many different persons, units or values of a field the entries name."""

    kind: Id
    where: Where = Field(default_factory=dict)
    of: str = "person"


class Participations(Part):
    """How many attendances are in the given states (or count as them)."""

    kind: Id
    where: Where = Field(default_factory=dict)
    counted: Annotated[tuple[CountsAs, ...], OneOrMore, Field(min_length=1)] = ("present", "made_up")


class Coverage(Part):
    """Attendances that count, over all that were due: 全覆盖 with present and made up, 出勤率 with present alone."""

    kind: Id
    where: Where = Field(default_factory=dict)
    counted: Annotated[tuple[CountsAs, ...], OneOrMore, Field(min_length=1)] = ("present", "made_up")


class Open(Part):
    """Entries that no entry of the given kinds is about by the end of the period.

    ``since: period`` looks at the entries of the period itself, ``since: ever`` at all up to its end.
    """

    kind: Id
    until: Ids
    where: Where = Field(default_factory=dict)
    since: Literal["period", "ever"] = "period"


class Followed(Part):
    """The other half of ``open``: entries that an entry of the given kinds is about by the end of the period."""

    kind: Id
    by: Ids
    where: Where = Field(default_factory=dict)
    since: Literal["period", "ever"] = "period"


class Ratio(Part):
    """One indicator over another."""

    of: Id
    to: Id


class Difference(Part):
    """One indicator less others."""

    of: Id
    minus: Ids


Measure = Count | Sum | Distinct | Participations | Coverage | Open | Followed | Ratio | Difference
MEASURES = (
    "count",
    "sum",
    "distinct",
    "participations",
    "coverage",
    "open",
    "followed",
    "ratio",
    "difference",
)


class Indicator(Governed):
    """A figure that can be asked for: exactly one measure, its unit, and how it is printed."""

    unit: Label | None = None
    count: Count | None = None
    sum: Sum | None = None
    distinct: Distinct | None = None
    participations: Participations | None = None
    coverage: Coverage | None = None
    open: Open | None = None
    followed: Followed | None = None
    ratio: Ratio | None = None
    difference: Difference | None = None
    percent: bool = False
    digits: Annotated[int, Field(ge=0, le=6)] | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if sum(getattr(self, name) is not None for name in MEASURES) != 1:
            raise PydanticCustomError("one_measure", "An indicator has exactly one measure")
        return self

    @property
    def measure(self) -> Measure:
        given: Measure = next(measure for name in MEASURES if (measure := getattr(self, name)) is not None)
        return given


class Audience(Part):
    """Which units a duty or target binds: by code, by kind of unit, or both (then either is enough)."""

    units: Annotated[tuple[str, ...], OneOrMore] = ()
    unit_kinds: Annotated[tuple[Id, ...], OneOrMore] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.units and not self.unit_kinds:
            raise PydanticCustomError("audience_empty", "Nobody is bound")
        return self


class Due(Part):
    """When the act must be done: a day of the period or of the one after, moved off days that are not worked."""

    day: Literal["last", "last_working"] | Annotated[int, Field(ge=1, le=366)] = "last"
    of: Literal["period", "next"] = "period"
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    if_holiday: Literal["stay", "before", "after"] = "stay"


class Duty(Governed):
    """Something that must be done so often in every period, by these units, by that day."""

    every: Every
    of: Id
    at_least: Annotated[Number, Field(gt=0)] = Decimal(1)
    units: Audience = Field(alias="for")
    due: Due = Field(default_factory=Due)
    warn_days: Days = 7
    leader: Id | None = None
    section: str = ""
    holder: str = ""
    evidence: Label | None = None
    verify: bool = True
    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], OneOrMore] = ()


class Target(Governed):
    """A goal of the plan: by the end of the period at least (or at most) so much."""

    of: Id
    every: Every = "year"
    at_least: Number | None = None
    at_most: Number | None = None
    units: Audience = Field(alias="for")

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("target_bound", "Either at_least or at_most")
        return self


class When(Part):
    """Print only if the figure compares as said; a figure that is no number compares as false."""

    of: Id
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    equals: Number | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        given = (self.at_least, self.at_most, self.more_than, self.less_than, self.equals)
        if sum(value is not None for value in given) != 1:
            raise PydanticCustomError("when_comparison", "Exactly one comparison")
        return self


class RowList(Part):
    """The rows behind a figure, written one after the other or one to a line."""

    of: Id
    item: str = "{title}"
    separator: str = "；"
    each_line: bool = False
    at_most: Annotated[int, Field(ge=1, le=1000)] = 100
    empty: str = ""


class OutlineTable(Part):
    """A table of figures: one row an indicator, with last year beside it or the parts of the period across."""

    caption: str = ""
    rows: Ids
    compare: Literal["none", "last_year"] = "none"
    across: Literal["none", "month", "quarter", "half_year", "unit"] = "none"


class OutlineBlock(Part):
    """One block of a report; exactly one of heading, text, list, rows, table.

    In ``heading``, ``text`` and ``list``: ``{indicator}`` prints the figure with its unit, ``{indicator:number}``
    without, ``{indicator:last_year}`` the same a year before, ``{indicator:change}`` the difference to it,
    ``{rows:indicator}`` the titles of its rows; ``{unit}``, ``{period}``, ``{year}`` and ``{as_of}`` are words.
    """

    heading: str | None = None
    level: Annotated[int, Field(ge=1, le=4)] = 1
    text: str | None = None
    list: tuple[str, ...] | None = None
    rows: RowList | None = None
    table: OutlineTable | None = None
    when: When | None = None

    @model_validator(mode="after")
    def _one_block(self) -> Self:
        given = (self.heading, self.text, self.list, self.rows, self.table)
        if sum(value is not None for value in given) != 1:
            raise PydanticCustomError("one_block", "Exactly one of heading, text, list, rows, table")
        return self


class Outline(Governed):
    """A report as it will be filled: prose with places for figures."""

    every: Every = "year"
    units: Audience | None = Field(default=None, alias="for")
    title: str
    addressee: str = ""
    issuer: str = "{unit}"
    body: tuple[OutlineBlock, ...]


class Scheme(Part):
    """One dated version of an organisation's rules."""

    scheme: Id
    name: Label
    effective: dt.date
    about: Label | None = None
    basis: Mapping[Id, Basis] = Field(default_factory=dict)
    working_days: WorkingDays = Field(default_factory=WorkingDays)
    unit_kinds: Mapping[Id, Label]
    groups: Mapping[Id, Label] = Field(default_factory=dict)
    roles: Mapping[Id, Role]
    attendance: Mapping[Id, AttendanceState] = Field(default_factory=dict)
    kinds: Mapping[Id, Kind]
    indicators: Mapping[Id, Indicator] = Field(default_factory=dict)
    duties: Mapping[Id, Duty] = Field(default_factory=dict)
    targets: Mapping[Id, Target] = Field(default_factory=dict)
    outlines: Mapping[Id, Outline] = Field(default_factory=dict)
