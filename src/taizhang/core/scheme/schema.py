"""What a scheme may say. Frozen, typed objects; every key is documented in docs/guide/*/scheme.md.

Ids are chosen by whoever writes the scheme, in any script: 组织学习 is as good an id as group_study.
Shapes only are checked here; what refers to what is checked in ``references``. The line of text below a key is its
description in the published JSON Schema.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taizhang.core.scheme.appraisal import Appraisal, Quota
from taizhang.core.scheme.basics import (
    Basis,
    Choice,
    Clause,
    Comparison,
    Days,
    Due,
    Every,
    Governed,
    Id,
    Ids,
    IdsOrNone,
    Label,
    Month,
    Number,
    OneOrMore,
    Part,
    Texts,
    TextsOrNone,
    Where,
)
from taizhang.core.scheme.desk import Desk

__all__ = [
    "Appraisal",
    "Basis",
    "Choice",
    "Clause",
    "Due",
    "Every",
    "Governed",
    "Id",
    "Label",
    "Number",
    "Part",
    "Quota",
    "Where",
]

Permission = Literal[
    "read", "record", "correct", "export", "verify", "exempt", "report", "freeze",
    "scores", "appraise", "confirm", "answer", "talk",
    "organise", "accounts", "rules", "journal", "write", "release",
]  # fmt: skip
CountsAs = Literal["present", "made_up", "excused", "absent"]


class WorkingDays(Part):
    """Which days are worked: a country's calendar, corrected by the organisation's own days."""

    calendar: Literal["china", "weekdays"] = "china"
    """china: the State Council's holidays and make-up working days; weekdays: no holidays of its own."""
    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)
    """The free days of the week, Monday is 1."""
    holidays: tuple[dt.date, ...] = ()
    """More days that are not worked."""
    workdays: tuple[dt.date, ...] = ()
    """More days that are worked; they win over everything else."""


class Role(Governed):
    """What the holders of a role may do, and how far: everywhere, in their unit and below, or on their own rows."""

    may: Annotated[tuple[Permission, ...], OneOrMore()] = ()
    """What its holders may do."""
    reach: Literal["all", "unit", "own"] = "unit"
    """How far: all units; their own unit and those below; only their own entries."""
    kinds: Ids | None = None
    """The kinds of entries they may record and correct; all without it."""
    home: Literal["matrix", "todo"] = "todo"
    """Their first page: the duty matrix, or what they have to do."""
    apart_from: IdsOrNone = ()
    """Roles that nobody may hold together with this one."""


class AttendanceState(Part):
    name: Label
    """What people read."""
    counts_as: CountsAs
    """Present, made up later, excused or absent."""
    mark: str = Field(default="", max_length=2)
    """A sign of one or two characters for the attendance sheet."""


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
    """What is filled in."""
    required: bool = False
    """Whether an entry without it is refused."""
    choices: Mapping[Id, Label] | None = None
    """For choice (one) and choices (several): what can be chosen."""
    min: Number | None = None
    """For numbers: the smallest."""
    max: Number | None = None
    """For numbers: the largest."""
    max_length: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """For text: the most characters."""

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
    """The units it can be told in: 人次, 人, 场次 … Different units are never added."""
    name: Label | None = None
    """What the number is called on the form."""
    required: bool = True
    """Whether an entry without a number is refused."""
    approximate: bool = False
    """Whether it may be told roughly (1200余)."""
    min: Number = Decimal(0)
    """The smallest number."""
    whole: bool = True
    """Whole numbers only."""


class PersonRule(Part):
    name: Label
    """What the person is called on the form: speaker, author …"""
    required: bool = False
    """Whether an entry without a person is refused."""


class AttendanceRule(Part):
    """Everybody on the roster of the day has a state: the people of the entry's unit, or of a named group."""

    roster: Literal["unit", "group"] = "unit"
    """Who is expected: the people of the entry's unit on that day, or of a group."""
    group: Id | None = None
    """The group, with “roster: group”."""

    @model_validator(mode="after")
    def _group_named(self) -> Self:
        if (self.roster == "group") != (self.group is not None):
            raise PydanticCustomError("roster_group", "roster and group must agree")
        return self


class AboutRule(Part):
    """The earlier fact that this one is about: a closure is about a finding."""

    kinds: Ids
    """The kinds of entries it can be about."""
    name: Label | None = None
    """What the earlier entry is called on the form."""
    required: bool = True
    """Whether an entry about nothing is refused."""
    once: bool = False
    """Whether an earlier entry can have only one of these about it."""
    by_another: bool = False
    """Whether it must be recorded by somebody else than the earlier entry was: finder is not verifier."""


class TitleRule(Part):
    name: Label
    """What the title is called on the form: subject, finding, book …"""
    required: bool = True
    """Whether an entry without a title is refused."""


class Kind(Governed):
    """A kind of entry: its fields, its form, its list. Ten lines make a new ledger."""

    title: TitleRule
    """The title of an entry."""
    fields: Mapping[Id, FactField] = Field(default_factory=dict)
    """Its own fields, by id."""
    quantity: QuantityRule | None = None
    """The number it carries, if it carries one."""
    person: PersonRule | None = None
    """The person it names, if it names one."""
    attendance: AttendanceRule | None = None
    """Attendance is taken."""
    about: AboutRule | None = None
    """It is about an earlier entry: a closure is about a finding."""
    unit_kinds: Ids | None = None
    """The kinds of units that keep such entries; all without it."""
    counts_for: Every | None = None
    """Whether it can be said to count for another period than that of its day, and of which length."""
    evidence: Literal["none", "optional", "required"] = "optional"
    """Whether files are attached."""
    columns: TextsOrNone = ()
    """The columns of its list."""
    duplicate: TextsOrNone = ("occurred_on", "unit", "title")
    """An entry alike in all of these is probably the same; the form warns."""
    planned: bool = False
    """Whether it may lie in the future."""
    quick: bool = False
    """Whether it is offered for quick entry on the home page."""


Counted = Annotated[tuple[CountsAs, ...], Field(min_length=1), OneOrMore()]


class Count(Part):
    """How many entries."""

    kind: Id
    """The kind of entries."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""


class Sum(Part):
    """The total of the entries' quantity, or of a number field."""

    kind: Id
    """The kind of entries."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    of: str = "quantity"
    """“quantity”, or the id of a number field."""
    unit: str | None = None
    """The unit of the quantity to add; must be named when there are several."""


class Distinct(Part):
    """How many different persons, units or values of a field the entries name."""

    kind: Id
    """The kind of entries."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    of: str = "person"
    """“person”, “unit”, or the id of a field."""


class Participations(Part):
    """How many attendances are in the given states (or count as them)."""

    kind: Id
    """The kind of entries."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    counted: Counted = ("present", "made_up")
    """The attendances that count."""


class Coverage(Part):
    """Attendances that count, over all that were due: 全覆盖 with present and made up, 出勤率 with present alone."""

    kind: Id
    """The kind of entries."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    counted: Counted = ("present", "made_up")
    """The attendances that count."""


class Open(Part):
    """Entries that no entry of the given kinds is about by the end of the period.

    ``since: period`` looks at the entries of the period itself, ``since: ever`` at all up to its end.
    """

    kind: Id
    """The kind of entries."""
    until: Ids
    """The kinds of entries that close it by being about it."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    since: Literal["period", "ever"] = "period"
    """period: entries of the period; ever: all up to the end of the period."""


class Followed(Part):
    """The other half of ``open``: entries that an entry of the given kinds is about by the end of the period."""

    kind: Id
    """The kind of entries."""
    by: Ids
    """The kinds of entries that close it by being about it."""
    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    since: Literal["period", "ever"] = "period"
    """period: entries of the period; ever: all up to the end of the period."""


class Ratio(Part):
    """One indicator over another."""

    of: Id
    """The indicator above the line."""
    to: Id
    """The indicator below the line."""


class Difference(Part):
    """One indicator less others."""

    of: Id
    """The indicator to take from."""
    minus: Ids
    """The indicators to take away."""


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
    """What is counted, printed behind the number: 次, 场, 人次 …"""
    count: Count | None = None
    """How many entries."""
    sum: Sum | None = None
    """The total of a number that entries carry."""
    distinct: Distinct | None = None
    """How many different persons, units or values."""
    participations: Participations | None = None
    """How many attendances."""
    coverage: Coverage | None = None
    """Attendances that count over all that were due."""
    open: Open | None = None
    """Entries that nothing has closed yet."""
    followed: Followed | None = None
    """Entries that have been closed."""
    ratio: Ratio | None = None
    """One indicator over another."""
    difference: Difference | None = None
    """One indicator less others."""
    percent: bool = False
    """Told per cent: limits on it are per cent too (90, not 0.9)."""
    digits: Annotated[int, Field(ge=0, le=6)] | None = None
    """How many decimals are printed; rounding is half up and for printing only."""

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

    units: TextsOrNone = ()
    """Units by their code."""
    unit_kinds: IdsOrNone = ()
    """Every unit of these kinds."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.units and not self.unit_kinds:
            raise PydanticCustomError("audience_empty", "Nobody is bound")
        return self


class Duty(Governed):
    """Something that must be done so often in every period, by these units, by that day."""

    every: Every
    """The period."""
    of: Id
    """The indicator that counts what was done."""
    at_least: Annotated[Number, Field(gt=0)] = Decimal(1)
    """How much is enough in a period."""
    units: Audience = Field(alias="for")
    """Which units it binds; each does it by itself."""
    due: Due = Field(default_factory=Due)
    """By when; the last day of the period without it."""
    warn_days: Days = 7
    """How many days before the due day it turns yellow."""
    leader: Id | None = None
    """The role of the leader who answers for it."""
    section: str = ""
    """The code of the unit that does it on behalf of the bound one."""
    holder: str = ""
    """The person or post that does it, in words."""
    evidence: Label | None = None
    """What proves it, in words."""
    verify: bool = True
    """Whether another person must verify it."""
    months: Annotated[tuple[Month, ...], OneOrMore()] = ()
    """Only the periods that begin in these months; all without it."""


class Target(Governed):
    """A goal of the plan: by the end of the period at least (or at most) so much."""

    of: Id
    """The indicator."""
    every: Every = "year"
    """The period."""
    at_least: Number | None = None
    """Met from this number on."""
    at_most: Number | None = None
    """Met up to this number."""
    units: Audience = Field(alias="for")
    """Which units it binds; each reaches it by itself."""

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("target_bound", "Either at_least or at_most")
        return self


class When(Comparison):
    """Print only if the figure compares as said; a figure that is no number compares as false."""

    of: Id
    """The indicator."""


class RowList(Part):
    """The rows behind a figure, written one after the other or one to a line."""

    of: Id
    """The indicator whose rows are written."""
    item: str = "{title}"
    """One row: {title}, {occurred_on}, {unit}, {person}, {quantity} and the kind's own fields."""
    separator: str = "；"
    """What stands between two rows."""
    each_line: bool = False
    """Whether every row begins a line."""
    at_most: Annotated[int, Field(ge=1, le=1000)] = 100
    """How many rows at most; it says how many more there are."""
    empty: str = ""
    """What is written when there is no row."""


class OutlineTable(Part):
    """A table of figures: one row an indicator, with last year beside it or the parts of the period across."""

    caption: str = ""
    """The line above the table."""
    rows: Ids
    """The indicators, one row each."""
    compare: Literal["none", "last_year"] = "none"
    """Whether last year stands beside this year."""
    across: Literal["none", "month", "quarter", "half_year", "unit"] = "none"
    """Columns: the parts of the period, or the units below."""


class OutlineBlock(Part):
    """One block of a report; exactly one of heading, text, list, rows, table.

    In ``heading``, ``text`` and ``list``: ``{indicator}`` prints the figure with its unit, ``{indicator:number}``
    without, ``{indicator:last_year}`` the same a year before, ``{indicator:change}`` the difference to it,
    ``{rows:indicator}`` the titles of its rows; ``{unit}``, ``{period}``, ``{year}`` and ``{as_of}`` are words.
    """

    heading: str | None = None
    """A heading."""
    level: Annotated[int, Field(ge=1, le=4)] = 1
    """The level of the heading: 一、 （一） 1. （1）"""
    text: str | None = None
    """A paragraph."""
    list: tuple[str, ...] | None = None
    """Paragraphs with numbers."""
    rows: RowList | None = None
    """The rows behind a figure."""
    table: OutlineTable | None = None
    """A table of figures."""
    when: When | None = None
    """Print the block only if this holds."""

    @model_validator(mode="after")
    def _one_block(self) -> Self:
        given = (self.heading, self.text, self.list, self.rows, self.table)
        if sum(value is not None for value in given) != 1:
            raise PydanticCustomError("one_block", "Exactly one of heading, text, list, rows, table")
        return self


class Outline(Governed):
    """A report as it will be filled: prose with places for figures."""

    every: Every = "year"
    """The period it reports on."""
    units: Audience | None = Field(default=None, alias="for")
    """The units that make it; all without it."""
    title: str
    """The title: {unit}, {period}, {year} and {as_of} are filled in."""
    addressee: str = ""
    """To whom it is sent."""
    issuer: str = "{unit}"
    """Who signs it."""
    body: tuple[OutlineBlock, ...]
    """Its blocks, one after the other."""


class Scheme(Part):
    """One dated version of an organisation's rules."""

    scheme: Id
    """The id of the scheme; the same in all its versions."""
    name: Label
    """The title of the scheme."""
    effective: dt.date
    """The day this version takes effect; a period is judged by the version in force on its first day."""
    about: Label | None = None
    """What the scheme is for, in a sentence or two."""
    basis: Mapping[Id, Basis] = Field(default_factory=dict)
    """The regulations and documents that the scheme puts into effect."""
    working_days: WorkingDays = Field(default_factory=WorkingDays)
    """Which days are worked; due days are moved by it."""
    unit_kinds: Mapping[Id, Label]
    """The kinds of units there are: bureau, section, branch …"""
    groups: Mapping[Id, Label] = Field(default_factory=dict)
    """Groups of people across units, such as a leading group; a roster can be taken of one."""
    roles: Mapping[Id, Role]
    """Who may do what."""
    attendance: Mapping[Id, AttendanceState] = Field(default_factory=dict)
    """The states of attendance, and what each counts as."""
    kinds: Mapping[Id, Kind]
    """The kinds of entries in the ledger."""
    indicators: Mapping[Id, Indicator] = Field(default_factory=dict)
    """The figures that are counted from the entries."""
    duties: Mapping[Id, Duty] = Field(default_factory=dict)
    """What must be done in every period."""
    targets: Mapping[Id, Target] = Field(default_factory=dict)
    """The goals of the plan."""
    quotas: Mapping[Id, Quota] = Field(default_factory=dict)
    """How much each person or unit must submit and publish."""
    appraisals: Mapping[Id, Appraisal] = Field(default_factory=dict)
    """How what was done is scored."""
    outlines: Mapping[Id, Outline] = Field(default_factory=dict)
    """The reports that can be filled."""
    desk: Desk | None = None
    """How texts are reviewed, proofread and released."""
