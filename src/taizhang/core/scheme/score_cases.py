"""Cases of appraisals: somebody's rows and exemptions, and the points that must come out of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from taizhang.core.appraisal.credit import Subjects
from taizhang.core.appraisal.replay import replay
from taizhang.core.appraisal.rows import Exemption, Item, Key, Profile, Subject, Work
from taizhang.core.appraisal.sheet import Sheet, Step
from taizhang.core.indicators.facts import Fact, Units, upwards
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.basics import Id, IdsOrNone, Number, Part, TextsOrNone
from taizhang.core.scheme.history import History
from taizhang.core.scheme.phrases import number
from taizhang.core.values import Period

Written = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]


class Holder(Part):
    """What somebody is, so that quotas bind him."""

    roles: IdsOrNone = ()
    """The roles that he has."""
    posts: TextsOrNone = ()
    """The titles of his posts."""
    groups: IdsOrNone = ()
    """The groups that he is a member of."""
    unit_kinds: IdsOrNone = ()
    """The kind of his unit, or of the unit that is scored."""


class Exempted(Part):
    """An exemption."""

    period: Written
    """The period, such as 2023-02."""
    reason: str
    """One of the scheme's reasons."""
    approved_by: str
    """The role that approved it."""
    quota: str = ""
    """From which quota; from all without it."""
    submit: Annotated[int, Field(ge=0)] | None = None
    """From how many submissions; from all without it."""
    publish: Annotated[int, Field(ge=0)] | None = None
    """From how many publications; from all without it."""


class ExpectedSheet(Part):
    """What must stand on the sheet; what is not said is not looked at."""

    points: Number | None = None
    """The total."""
    rules: Mapping[Id, Number] = Field(default_factory=dict)
    """The points of rules."""
    rows: Mapping[str, Number] = Field(default_factory=dict)
    """The points of entries, by their id."""
    own: Mapping[str, Written] = Field(default_factory=dict)
    """The own periods of entries posted late, by their id."""
    outcome: Literal["met", "missed", "exempt", "not_due"] | None = None
    """How the quotas came out together."""
    missed: Mapping[Id, int] = Field(default_factory=dict)
    """How many missed periods each escalation has come to."""
    talks: IdsOrNone | None = None
    """The roles that now have to talk with him."""
    fulfilled: bool | None = None
    """Whether the period closes talks that are open."""
    grade: str | None = None
    """The name that the total has earned; an empty text for none."""
    waiting: Annotated[int, Field(ge=0)] | None = None
    """How many entries count for nothing because nobody verified them."""
    faults: Annotated[int, Field(ge=0)] | None = None
    """How many exemptions do not hold."""


@dataclass(frozen=True)
class Asked:
    """One case, as far as an appraisal is concerned."""

    appraisal: str
    person: str
    unit: str
    holder: Holder
    first: Period
    last: Period
    exemptions: Sequence[Exempted]
    verified: Mapping[str, bool]


@dataclass(frozen=True)
class SheetFailure:
    """Something on a sheet that did not come out as a case says."""

    path: str
    line: int
    column: int
    case: str
    what: str
    expected: str
    got: str

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Return ``file:line:column:`` and what was expected and came out, in the language of ``translate``."""
        message = Message(
            gettext_noop("{case}: “{what}” should be {expected} and is {got}."),
            case=self.case,
            what=self.what,
            expected=self.expected,
            got=self.got,
        )
        return f"{self.path}:{self.line}:{self.column}: {message.render(translate)}"


def sheet_of(asked: Asked, facts: Sequence[Fact], history: History, units: Units) -> Sheet:
    """Return the last sheet of a case."""
    by_unit = not asked.person
    key = asked.unit if by_unit else asked.person
    *_before, last = replay(
        history,
        asked.appraisal,
        subject=Subject(key, key, _profile(asked, units)),
        works=[_work(fact, facts, asked.verified) for fact in facts],
        subjects=_lifting(asked.unit, units) if by_unit else (lambda name: name if name == key else None),
        first=asked.first,
        last=asked.last,
        exemptions=[_exemption(each) for each in asked.exemptions],
    )
    return last


def _profile(asked: Asked, units: Units) -> Profile:
    holder = asked.holder
    own = frozenset([asked.unit]) if not asked.person else frozenset(upwards(asked.unit, units))
    return Profile(
        frozenset(holder.posts),
        frozenset(holder.roles),
        frozenset(holder.groups),
        own,
        frozenset(holder.unit_kinds),
    )


def _lifting(subject: str, units: Units) -> Subjects:
    """Return the one who is scored for a unit: the subject for itself and all units below it."""
    return lambda name: subject if subject in upwards(str(name), units) else None


def _work(fact: Fact, facts: Sequence[Fact], verified: Mapping[str, bool]) -> Work:
    about = next((each for each in facts if each.fact == fact.about), None)
    return Work(
        id=fact.fact,
        kind=fact.kind,
        on=fact.counts_for,
        happened=fact.occurred_on,
        arrived=fact.recorded_at.date(),
        person=fact.person or None,
        unit=fact.unit,
        values=fact.values,
        about=fact.about or None,
        item=Item(about.kind, about.person or None, about.unit, about.values) if about else None,
        quantity=fact.quantity,
        verified=verified.get(fact.fact, True),
    )


def _exemption(each: Exempted) -> Exemption:
    period = Period.parse(each.period)
    return Exemption(period, each.reason, each.approved_by, each.quota, each.submit, each.publish)


def compare(expected: ExpectedSheet, sheet: Sheet, history: History) -> Iterator[tuple[str, str, str, str]]:
    """Yield the key, the name, what was expected and what came out, for everything that differs."""
    if expected.points is not None and expected.points != sheet.points:
        yield "points", "points", number(expected.points), number(sheet.points)
    yield from _numbers("rules", expected.rules, _lines(sheet))
    yield from _numbers("rows", expected.rows, _rows(sheet.tree))
    owns = _owns(sheet.tree)
    for name, own in expected.own.items():
        if owns.get(name, "") != own:
            yield f"own.{name}", name, own, owns.get(name) or "–"
    for name, count in expected.missed.items():
        if sheet.missed.get(name) != count:
            yield f"missed.{name}", name, str(count), str(sheet.missed.get(name))
    yield from _words(expected, sheet, history)


def _words(expected: ExpectedSheet, sheet: Sheet, history: History) -> Iterator[tuple[str, str, str, str]]:
    got = {
        "outcome": sheet.outcome.value,
        "talks": tuple(call.role for call in sheet.calls),
        "fulfilled": sheet.fulfilled,
        "grade": _grade(sheet, history),
        "waiting": len(sheet.waiting),
        "faults": len(sheet.problems),
    }
    for key, value in got.items():
        wanted = getattr(expected, key)
        if wanted is not None and wanted != value:
            yield key, key, _told(wanted), _told(value)


def _told(value: object) -> str:
    return ", ".join(value) or "–" if isinstance(value, tuple) else str(value)


def _numbers(
    key: str, expected: Mapping[str, Decimal], got: Mapping[str, Decimal]
) -> Iterator[tuple[str, str, str, str]]:
    for name, points in expected.items():
        if got.get(name) != points:
            yield f"{key}.{name}", name, number(points), number(got[name]) if name in got else "–"


def _lines(sheet: Sheet) -> dict[str, Decimal]:
    return {str(step.name): step.points for step in sheet.tree.steps if step.part == "rule"}


def _rows(step: Step) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in _row_steps(step):
        found[str(each.name)] = found.get(str(each.name), Decimal(0)) + each.points
    return found


def _owns(step: Step) -> dict[Key, str]:
    return {each.name: each.own for each in _row_steps(step)}


def _row_steps(step: Step) -> Iterator[Step]:
    if step.part == "row":
        yield step
    for each in step.steps:
        yield from _row_steps(each)


def _grade(sheet: Sheet, history: History) -> str:
    if not sheet.grade:
        return ""
    grades = history.for_period(sheet.period).scheme.appraisals[sheet.appraisal].grades
    index = int(sheet.grade.rpartition("[")[2].rstrip("]"))
    return str(grades.bands[index].name) if grades else ""
