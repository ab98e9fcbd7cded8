"""What a scheme may say of quotas and points. A closed set of rules, each with the clause that it puts into effect.

docs/algorithms/scoring.md has what every rule means, docs/guide/*/scheme.md every key.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taizhang.core.scheme.basics import (
    Clause,
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
from taizhang.core.scheme.circular import Circular

By = Literal["person", "unit"]
CountOf = Literal["entries", "items"]
Whole = Annotated[int, Field(ge=1, le=100_000)]
Factor = Annotated[Number, Field(gt=0, le=100)]
Deduction = Annotated[Number, Field(le=0)]


class Who(Part):
    """Who is meant: people by name, post, role or group, units by code or kind.

    With people and units both: only those people who are in one of the units. With units alone: the units, or (where
    people are scored) everybody with a post in them.
    """

    persons: TextsOrNone = ()
    """People by their staff number."""
    posts: TextsOrNone = ()
    """Whoever has a post of one of these titles."""
    roles: IdsOrNone = ()
    """Whoever has one of these roles."""
    groups: IdsOrNone = ()
    """Members of these groups."""
    units: TextsOrNone = ()
    """Units by their code."""
    unit_kinds: IdsOrNone = ()
    """Every unit of these kinds."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.by_person or self.by_unit):
            raise PydanticCustomError("nobody_meant", "Nobody is meant")
        return self

    @property
    def by_person(self) -> bool:
        return bool(self.persons or self.posts or self.roles or self.groups)

    @property
    def by_unit(self) -> bool:
        return bool(self.units or self.unit_kinds)


class Span(Part):
    """From this number (included) to that one (not included)."""

    at_least: Number | None = None
    """This or more."""
    below: Number | None = None
    """Less than this."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least is None and self.below is None:
            raise PydanticCustomError("span_unbounded", "No bound at all")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise PydanticCustomError("span_crossed", "at_least not under below")
        return self

    def holds(self, number: Decimal) -> bool:
        """Return whether a number lies within."""
        above = self.at_least is None or number >= self.at_least
        return above and (self.below is None or number < self.below)


class Following(Part):
    """Entries that are about the entry in question: its adoptions, the instructions written on it."""

    kind: Id
    """The kind of the later entries."""
    where: Where = Field(default_factory=dict)
    """Only those whose fields have one of these values."""


class Condition(Part):
    """What an entry must be like; everything that is said must hold."""

    where: Where = Field(default_factory=dict)
    """Only entries whose fields have one of these values."""
    item: Where = Field(default_factory=dict)
    """Only entries about an item whose fields have one of these values: an adoption of a theory article."""
    number: Mapping[str, Span] = Field(default_factory=dict)
    """Only entries whose number (a number field, or “quantity”) lies in this span."""
    followed_by: Following | None = None
    """Only entries that such an entry is about: adopted ones, or those with a written instruction."""
    not_followed_by: Following | None = None
    """Only entries that no such entry is about."""


class Rows(Condition):
    """Which entries are meant: their kind, and what they must be like."""

    kind: Id
    """The kind of entries."""


class Asked(Rows):
    """How many entries are asked for."""

    at_least: Whole = 1
    """How many are enough."""
    count: CountOf = "entries"
    """entries: each counts; items: several about one item count once."""


class Quota(Governed):
    """So many submissions, so many publications, of these people or units, in every period."""

    every: Every
    """The period; a quarter's quota is judged once, at its end."""
    by: By = "person"
    """Whether persons or whole units are bound."""
    who: Who = Field(alias="for")
    """Who is bound."""
    submit: Asked | None = None
    """What must be submitted."""
    publish: Asked | None = None
    """What must be published or adopted."""
    due: Due = Field(default_factory=Due)
    """By when, to be on time; the last day of the period without it."""
    months: Annotated[tuple[Month, ...], OneOrMore()] = ()
    """Only the periods that begin in these months; all without it."""

    @model_validator(mode="after")
    def _something_asked(self) -> Self:
        if self.submit is None and self.publish is None:
            raise PydanticCustomError("quota_empty", "Nothing is asked for")
        return self


class Split(Part):
    """How points are divided among the authors of one item, or among its units."""

    split: Literal["equal", "ratio", "parts", "full"] = "equal"
    """equal: equal shares; ratio: by “numbers” as weights; parts: “numbers” are parts of the whole; full: each all of it."""
    numbers: Annotated[tuple[Factor, ...], OneOrMore()] = ()
    """For ratio, such as [3, 2], and for parts, such as [1, 0.5]. Who comes later gets nothing."""
    at_most: Whole | None = None
    """At most so many of them; who comes later gets nothing."""

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        if (self.split in ("ratio", "parts")) != bool(self.numbers):
            raise PydanticCustomError("shares_numbers", "split and numbers must agree")
        return self


class Shares(Split):
    """Who the authors of an item are, and how points are divided among them."""

    fields: Texts
    """What names them, in order: “person” or “unit”, and fields of the item such as second_author."""


class ScaleLine(Condition):
    """One line of a scale: so many points for entries like this."""

    points: Number
    """How many points; below 0 takes away."""
    per: str | None = None
    """Points for each 1 of this number (a number field, or “quantity”)."""
    undivided: bool = False
    """Whether each author gets all of it instead of a share."""
    clause: Clause | None = None
    """The sentence of a basis that this line puts into effect."""


class Times(Condition):
    """Points of entries like this are multiplied: twice for research, half for a reprint."""

    by: Factor
    """The factor: 2 doubles, 0.5 halves."""
    clause: Clause | None = None
    """The sentence of a basis that this puts into effect."""


class Several(Part):
    """What becomes of several entries about one item: one text in three outlets. Without it all are added up."""

    best: Whole | None = None
    """Only so many of them count, the best ones."""
    one_per: Id | None = None
    """Only the best of each value of this field counts: one a level."""
    order: TextsOrNone = ()
    """The values of that field from the highest down: then “best” goes by them, and by points only within one."""
    further: Factor | None = None
    """All but the best are multiplied by this: 0.5 for half."""
    at_most: Number | None = None
    """No more than this for one item."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(each is None for each in (self.best, self.one_per, self.further, self.at_most)):
            raise PydanticCustomError("several_empty", "Nothing said")
        if self.order and not self.one_per:
            raise PydanticCustomError("several_order", "order goes with one_per")
        return self


class Each(Rows):
    """Points for every entry: by one number, or by a scale whose first fitting line counts."""

    points: Number | None = None
    """The points of every entry, where all are worth the same."""
    scale: tuple[ScaleLine, ...] = ()
    """Lines of points; the first that fits an entry counts, and an entry that none fits is worth nothing."""
    times: Annotated[tuple[Times, ...], OneOrMore()] = ()
    """What multiplies the points; everything that fits multiplies."""
    several: Several | None = None
    """What becomes of several entries about one item."""
    split: Split | None = None
    """How points are divided among authors, where this rule differs from the appraisal."""
    most: Whole | None = None
    """Only so many items a period earn points, the best ones."""

    @model_validator(mode="after")
    def _points_or_scale(self) -> Self:
        if (self.points is None) == (not self.scale):
            raise PydanticCustomError("each_points", "Either points or scale")
        return self


class Fixed(Part):
    """The same points in every period."""

    points: Number
    """How many."""
    exempt: bool = True
    """Whether they are given too in a period that somebody is wholly exempt from."""


class Met(Part):
    """Points for quotas that are met."""

    quotas: Ids | None = None
    """Which quotas; all of the appraisal without it."""
    points: Number = Decimal(0)
    """Points for a period in which all of them are met."""
    apart: bool = False
    """Whether each quota earns the points by itself."""
    partly: bool = False
    """Whether a part of the points is given for a part of the quota."""
    extra: Number = Decimal(0)
    """Points for each entry beyond the quota, where it is met."""
    extra_most: Whole | None = None
    """At most so many entries beyond the quota, each period."""
    missed: Number = Decimal(0)
    """Points, mostly below 0, where they are not met."""
    on_time: bool = False
    """Whether only what came by the due day of the quota counts here."""
    exempt: Number = Decimal(0)
    """Points for a period that somebody is exempt from."""


class Short(Part):
    """Points taken away for each entry that is missing from a quota."""

    quotas: Ids | None = None
    """Which quotas; all of the appraisal without it."""
    submit: Deduction = Decimal(0)
    """For each submission that is missing, 0 or below."""
    publish: Deduction = Decimal(0)
    """For each publication that is missing, 0 or below."""

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        if not self.submit and not self.publish:
            raise PydanticCustomError("short_empty", "Nothing is taken away")
        return self


class Band(Span):
    """Points for a number that lies in this span."""

    points: Number
    """How many points."""
    clause: Clause | None = None
    """The sentence of a basis that this puts into effect."""


class Total(Part):
    """Points for how many entries there are in all: 15 or more a year are worth 50."""

    of: Rows
    """Which entries."""
    count: CountOf = "entries"
    """entries: each counts; items: several about one item count once."""
    every: Every | None = None
    """The period that is added up, judged at its end; that of the appraisal without it."""
    bands: Annotated[tuple[Band, ...], Field(min_length=1), OneOrMore()]
    """The first that fits counts; where none fits there are no points."""


class Rate(Part):
    """Points for a share, such as that of adopted ones among submitted ones."""

    of: Rows
    """What is counted above the line."""
    to: Rows
    """What is counted below the line."""
    count: CountOf = "items"
    """entries: each counts; items: several about one item count once."""
    every: Every | None = None
    """The period that is added up, judged at its end; that of the appraisal without it."""
    bands: Annotated[tuple[Band, ...], Field(min_length=1), OneOrMore()]
    """Shares per cent (30, not 0.3). The first that fits counts; a share of nothing fits none."""


class Answer(Part):
    """Commissioned items: points where the answer came by the deadline, came late, or did not come."""

    of: Rows
    """The entries that ask: commissions."""
    by: Ids
    """The kinds of entries that answer by being about it."""
    deadline: Id
    """The date field with the last day."""
    done: Number = Decimal(0)
    """Points where it was answered in time."""
    late: Number = Decimal(0)
    """Points where it was answered later."""
    missed: Number = Decimal(0)
    """Points where it was not answered by the end of the period that the deadline lies in."""


class Late(Part):
    """Points taken away for entries that came late."""

    of: Rows
    """Which entries."""
    deadline: Id | None = None
    """The date field with the last day …"""
    due: Due | None = None
    """… or the last day counted from the period that the entry counts for."""
    points: Deduction
    """Points for each late entry, 0 or below."""
    per_day: bool = False
    """Whether they are taken for every day late."""
    at_least: Number | None = None
    """No less than this for one entry."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.deadline is None) == (self.due is None):
            raise PydanticCustomError("late_limit", "Either deadline or due")
        return self


class Veto(Part):
    """A single such entry decides the whole: its period is worth this and no more (一票否决)."""

    of: Rows
    """Which entries."""
    total: Number = Decimal(0)
    """What the period is worth then, unless it is worth less."""


RuleKind = Fixed | Met | Short | Each | Total | Rate | Answer | Late | Veto
RULES = ("fixed", "met", "short", "each", "total", "rate", "answer", "late", "veto")


class Limit(Part):
    """No more, or no less, than this."""

    every: Every | None = None
    """In which period; that of the appraisal without it."""
    at_most: Number | None = None
    """No more than this."""
    at_least: Number | None = None
    """No less than this."""

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise PydanticCustomError("limit_empty", "No limit")
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            raise PydanticCustomError("limit_crossed", "at_least above at_most")
        return self


class JointLimit(Limit):
    """A limit on several rules together, or on the whole sheet."""

    rules: Ids | None = None
    """Which rules; the whole sheet without it."""
    clause: Clause | None = None
    """The sentence of a basis that this puts into effect."""


Limits = Annotated[tuple[Limit, ...], OneOrMore()]


class Rule(Governed):
    """One rule of an appraisal: exactly one kind of rule, and the limits it is held to."""

    fixed: Fixed | None = None
    """The same points in every period."""
    met: Met | None = None
    """Points for quotas that are met."""
    short: Short | None = None
    """Points taken away for what is missing from a quota."""
    each: Each | None = None
    """Points for every entry."""
    total: Total | None = None
    """Points for how many entries there are in all."""
    rate: Rate | None = None
    """Points for a share."""
    answer: Answer | None = None
    """Points for commissioned items, answered, late or missed."""
    late: Late | None = None
    """Points taken away for entries that came late."""
    veto: Veto | None = None
    """An entry that decides the whole."""
    weight: Factor = Decimal(1)
    """What the rule's points are multiplied by: 0.3 for 30 %."""
    limits: Limits = ()
    """What the rule's points are held to, after the weight."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, name) is not None for name in RULES) != 1:
            raise PydanticCustomError("one_rule", "A rule has exactly one kind")
        return self

    @property
    def kind(self) -> str:
        return next(name for name in RULES if getattr(self, name) is not None)

    @property
    def what(self) -> RuleKind:
        given: RuleKind = getattr(self, self.kind)
        return given


class Grade(Span):
    """A name for totals that lie in this span."""

    name: Label
    """What people read: 达标, 不达标 …"""


class Grades(Part):
    """Names for totals; the first that fits counts."""

    every: Every | None = None
    """The period whose total is named; that of the appraisal without it."""
    bands: Annotated[tuple[Grade, ...], Field(min_length=1)]
    """The names from the first to the last."""


class Escalation(Governed):
    """What follows when quotas were missed so many periods one after the other."""

    after: Whole
    """How many missed periods."""
    counting: Literal["consecutive", "year"] = "consecutive"
    """consecutive: one after the other, across the year's end; year: in one calendar year."""
    missed: Literal["short", "nothing"] = "short"
    """short: less than the quota; nothing: nothing submitted and nothing published at all."""
    quotas: Ids | None = None
    """Which quotas; all of the appraisal without it. A period is missed when one of them is."""
    talk: Id | None = None
    """The role of the leader who then talks with the one concerned."""
    multiply: Factor | None = None
    """What the points of “rules” are multiplied by in that period and every further missed one."""
    rules: IdsOrNone = ()
    """What is multiplied; all “short” rules without it."""
    points: Number = Decimal(0)
    """Points, mostly below 0, once, in the period in which it comes to this."""

    @model_validator(mode="after")
    def _has_effect(self) -> Self:
        if self.talk is None and self.multiply is None and not self.points:
            raise PydanticCustomError("escalation_empty", "Nothing follows")
        if self.rules and self.multiply is None:
            raise PydanticCustomError("escalation_rules", "rules go with multiply")
        return self


class Exemptions(Part):
    """Why somebody can be exempt from a quota, and who decides it."""

    reasons: Annotated[Mapping[Id, Label], Field(min_length=1)]
    """The reasons there are: leave, secondment, no task."""
    approved_by: Ids
    """The roles that decide."""


class Verification(Part):
    """Which entries count only once somebody else has verified them, and who that is.

    Nobody verifies an entry that he recorded or is an author of.
    """

    kinds: Ids
    """The kinds of entries that are verified one by one."""
    by: Ids
    """The roles that verify them."""
    clause: Clause | None = None
    """The sentence of a basis that this puts into effect."""


class Appraisal(Governed):
    """One way of scoring: who, in which period, by which rules."""

    every: Every
    """The period of a score sheet."""
    by: By = "person"
    """Whether persons or whole units are scored."""
    who: Who = Field(alias="for")
    """Who is scored."""
    quotas: Ids | None = None
    """The quotas that belong to it; without it all that bind the same kind, persons or units."""
    shares: Shares | None = None
    """How points are divided among several authors; without it the first has all."""
    shared_quota: Literal["first", "each"] = "first"
    """Whether a shared item counts towards the quota of its first author only, or of each."""
    closes: Due = Field(default_factory=lambda: Due(day=5, of="next"))
    """The last day on which proofs for the period are taken; the 5th of the next period without it."""
    late_proof: Literal["counts", "points_only", "ignored"] = "counts"
    """A proof that comes later counts in the period it arrives in; or for points only and no quota; or never."""
    digits: Annotated[int, Field(ge=0, le=4)] = 2
    """Decimals of a point; each line is rounded half up to them before it is added."""
    rules: Annotated[Mapping[Id, Rule], Field(min_length=1)]
    """The rules, in the order of the sheet."""
    limits: Annotated[tuple[JointLimit, ...], OneOrMore()] = ()
    """What several rules together, and then the whole, are held to."""
    grades: Grades | None = None
    """Names for totals."""
    escalation: Mapping[Id, Escalation] = Field(default_factory=dict)
    """What follows when quotas are missed again and again."""
    verification: Verification | None = None
    """Which entries must be verified one by one, and by whom; without it every entry counts as verified."""
    exemptions: Exemptions | None = None
    """Why somebody can be exempt, and who decides it; nobody can without it."""
    objection_days: Days = 5
    """How many days a sheet can be objected to after it is sent."""
    ranking: bool = False
    """Whether lists may be put in the order of points. Off unless switched on."""
    circular: Circular | None = None
    """The outline of the circular; a usual one without it."""
