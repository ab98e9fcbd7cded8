"""Cases beside a scheme: a situation, and the figures it must give. A rule that is changed by mistake fails one.

Every case is judged by the version in force at the start of its period, and counted by ``core.indicators.recount``,
the plain reading of every measure. docs/guide/*/scheme.md has the keys.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.recount import recount
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import complaints, score_cases, source
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.errors import Place, SchemeError, SchemeErrors
from taizhang.core.scheme.history import History, NoSchemeInForce, load_folder
from taizhang.core.scheme.load import placed
from taizhang.core.scheme.phrases import number
from taizhang.core.scheme.schema import FactField, Id, Kind, Number, Part, Scheme
from taizhang.core.scheme.score_cases import Exempted, ExpectedSheet, Holder, SheetFailure
from taizhang.core.scheme.source import KeyPath, Table, Tree
from taizhang.core.values import BadPeriod, Figure, NotApplicable, Period, PeriodKind, Scope, Undefined

FOLDER = "cases"
"""The folder beside the versions of a scheme."""

Value = str | int | bool | Number | dt.date | tuple[str, ...]
Written = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
NoNumber = Literal["undefined", "not_applicable"]


class Situation(Part):
    """An entry of the ledger, or ``times`` equal ones."""

    kind: Id
    """The kind of entry."""
    on: dt.date
    """The day it happened."""
    unit: Written | None = None
    """The code of its unit; that of the case without it."""
    id: str = ""
    """A name by which a later entry can be about it."""
    about: str = ""
    """The id of the earlier entry it is about."""
    person: str = ""
    """The person it names."""
    values: Mapping[str, Value] = Field(default_factory=dict)
    """Its own fields."""
    quantity: Number | None = None
    """The number it carries."""
    quantity_unit: str = ""
    """The unit of the number; the kind's only one without it."""
    approximate: bool = False
    """Whether the number is told roughly."""
    attendance: Mapping[str, Id] = Field(default_factory=dict)
    """The state of every person expected."""
    counts_for: Written = ""
    """The period it is said to count for, such as 2023-01."""
    recorded: dt.date | None = None
    """The day it was recorded; that on which it happened without it."""
    withdrawn: dt.date | None = None
    """The day it was withdrawn."""
    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    """How many such entries there are."""
    verified: bool = True
    """Whether somebody verified it; for points only."""


class Expected(Part):
    """A figure with what is told of it beside the number."""

    value: Number | NoNumber
    """The number, or undefined, or not_applicable."""
    approximate: bool = False
    """Whether it is told roughly."""
    left_out: Annotated[int, Field(ge=0)] = 0
    """How many entries are in another unit and not added."""


class Case(Part):
    """One situation and what must come out."""

    name: str
    """What the case shows."""
    period: Written
    """The period of the figures: 2023, 2023-H1, 2023-Q1, 2023-01."""
    unit: Written = ""
    """The unit of the figures, with all below it; everything without it."""
    person: str = ""
    """The person of the figures."""
    as_of: dt.date | None = None
    """What the ledger knew at the end of this day; everything without it."""
    entries: tuple[Situation, ...] = ()
    """What is in the ledger."""
    figures: Mapping[Id, Number | NoNumber | Expected] = Field(default_factory=dict)
    """What every indicator must be; per cent as 90, not 0.9."""
    note: str = ""
    """How it was worked out by hand."""
    appraisal: Id | None = None
    """The appraisal whose sheet is looked at: that of the person, or of the unit where no person is named."""
    since: Written = ""
    """The period of the first sheet, where sheets before the last matter; the case's period without it."""
    holder: Holder = Field(default_factory=Holder)
    """What the one who is scored is."""
    exemptions: tuple[Exempted, ...] = ()
    """The exemptions he has."""
    sheet: ExpectedSheet | None = None
    """What must stand on the sheet of the period."""

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.figures and self.sheet is None:
            raise PydanticCustomError("case_empty", "Nothing is expected")
        if (self.appraisal is None) != (self.sheet is None):
            raise PydanticCustomError("case_sheet", "appraisal and sheet must agree")
        return self


class Cases(Part):
    """A file of cases."""

    scheme: Id
    """The id of the scheme."""
    units: Mapping[str, str]
    """Every unit's code, with the code of the unit above it; an empty text at the top."""
    cases: tuple[Case, ...] = Field(min_length=1)
    """The cases."""


@dataclass(frozen=True)
class LoadedCases:
    """Cases with the places they were read from."""

    cases: Cases
    path: str
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Failure:
    """A figure that did not come out as a case says."""

    path: str
    line: int
    column: int
    case: str
    indicator: str
    expected: Expected
    got: Figure

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Return ``file:line:column:`` and what was expected and came out, in the language of ``translate``."""
        message = Message(
            gettext_noop("{case}: “{indicator}” should be {expected} and is {got}."),
            case=self.case,
            indicator=self.indicator,
            expected=_told(
                self.expected.value, approximate=self.expected.approximate, left_out=self.expected.left_out
            ),
            got=_told_figure(self.got),
        )
        return f"{self.path}:{self.line}:{self.column}: {message.render(translate)}"


def load(path: str | Path, *, history: History) -> LoadedCases:
    """Read a file of cases for a scheme. Raises SchemeErrors with every fault."""
    text = source.decode(source.read_bytes(Path(path), shown=str(path)), path=str(path))
    return load_text(text, path=str(path), history=history)


def load_text(text: str, *, path: str, history: History) -> LoadedCases:
    """Read cases from text. Raises SchemeErrors with every fault."""
    tree = source.parse(text, path=path)
    cases, found = _validate(tree, history)
    errors = [*tree.errors, *(placed(complaint, tree) for complaint in found)]
    if cases is None or errors:
        raise SchemeErrors(errors)
    return LoadedCases(cases, path, source.places(tree.root))


AnyFailure = Failure | SheetFailure


def run_folder(folder: str | Path) -> tuple[AnyFailure, ...]:
    """Run every file of cases of a scheme's folder. Raises SchemeErrors with the faults of all files."""
    history = load_folder(folder)
    loaded: list[LoadedCases] = []
    errors: list[SchemeError] = []
    for path in sorted((Path(folder) / FOLDER).glob("*.yaml")):
        try:
            loaded.append(load(path, history=history))
        except SchemeErrors as refused:
            errors.extend(refused.errors)
    if errors:
        raise SchemeErrors(errors)
    return tuple(failure for each in loaded for failure in run_cases(each, history=history))


def run_cases(loaded: LoadedCases, *, history: History) -> tuple[AnyFailure, ...]:
    """Return the figures and points that did not come out as the cases say."""
    failures: list[AnyFailure] = []
    for index, case in enumerate(loaded.cases.cases):
        failures.extend(_run(case, f"cases[{index}].figures", loaded, history))
        failures.extend(_run_sheet(case, f"cases[{index}].sheet", loaded, history))
    return tuple(failures)


# Counting


def _run(case: Case, path: str, loaded: LoadedCases, history: History) -> Iterator[Failure]:
    period = Period.parse(case.period)
    version = history.for_period(period)
    facts = tuple(_facts(case, version.scheme))
    as_of = _end_of(case.as_of) if case.as_of else dt.datetime.max.replace(tzinfo=dt.UTC)
    for indicator, figure in case.figures.items():
        expected = figure if isinstance(figure, Expected) else Expected(value=figure)
        got = recount(
            indicator,
            scheme=version,
            facts=facts,
            scope=Scope(case.unit, case.person),
            period=period,
            as_of=as_of,
            units=loaded.cases.units,
        )
        if (_value(got), got.approximate, got.left_out) != (
            expected.value,
            expected.approximate,
            expected.left_out,
        ):
            place = loaded.places[f"{path}.{indicator}"]
            yield Failure(loaded.path, place.line, place.column, case.name, indicator, expected, got)


def _run_sheet(case: Case, path: str, loaded: LoadedCases, history: History) -> Iterator[SheetFailure]:
    if case.sheet is None or case.appraisal is None:
        return
    last = Period.parse(case.period)
    asked = score_cases.Asked(
        appraisal=case.appraisal,
        person=case.person,
        unit=case.unit,
        holder=case.holder,
        first=Period.parse(case.since) if case.since else last,
        last=last,
        exemptions=case.exemptions,
        verified={
            fact.fact: entry.verified
            for entry, fact in _entries_and_facts(case, history.for_period(last).scheme)
        },
    )
    as_of = _end_of(case.as_of) if case.as_of else dt.datetime.max.replace(tzinfo=dt.UTC)
    facts = [fact for fact in _facts(case, history.for_period(last).scheme) if fact.is_visible(as_of)]
    sheet = score_cases.sheet_of(asked, facts, history, loaded.cases.units)
    for key, what, expected, got in score_cases.compare(case.sheet, sheet, history):
        place = loaded.places[f"{path}.{key}"]
        yield SheetFailure(loaded.path, place.line, place.column, case.name, what, expected, got)


def _value(figure: Figure) -> Decimal | NoNumber:
    match figure.value:
        case Undefined():
            return "undefined"
        case NotApplicable():
            return "not_applicable"
        case value:
            return value


def _told(value: Decimal | NoNumber, *, approximate: bool, left_out: int) -> Message:
    said = Message("{value}", value=number(value) if isinstance(value, Decimal) else value)
    if approximate:
        said = Message(gettext_noop("roughly {number}"), number=said)
    if left_out:
        said = Message(gettext_noop("{number}, {count} left out"), number=said, count=left_out)
    return said


def _told_figure(figure: Figure) -> Message:
    said = _told(_value(figure), approximate=figure.approximate, left_out=figure.left_out)
    if isinstance(figure.value, Undefined | NotApplicable):
        return Message(gettext_noop("{value} ({reason})"), value=said, reason=figure.value.reason)
    return said


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)


def _facts(case: Case, scheme: Scheme) -> Iterator[Fact]:
    return (fact for _entry, fact in _entries_and_facts(case, scheme))


def _entries_and_facts(case: Case, scheme: Scheme) -> Iterator[tuple[Situation, Fact]]:
    for index, entry in enumerate(case.entries):
        fact = _fact(entry, case, scheme.kinds[entry.kind], entry.id or f"#{index}")
        for n in range(entry.times):
            yield entry, replace(fact, id=f"{fact.id}/{n}", fact=f"{fact.fact}/{n}" if n else fact.fact)


def _fact(entry: Situation, case: Case, kind: Kind, name: str) -> Fact:
    recorded = entry.recorded or entry.on
    only_unit = kind.quantity.units[0] if kind.quantity and entry.quantity is not None else ""
    return Fact(
        id=name,
        fact=name,
        kind=entry.kind,
        unit=entry.unit or case.unit,
        occurred_on=entry.on,
        counts_for=Period.parse(entry.counts_for).start if entry.counts_for else entry.on,
        recorded_at=dt.datetime.combine(recorded, dt.time(12), tzinfo=dt.UTC),
        person=entry.person,
        quantity=entry.quantity,
        quantity_unit=entry.quantity_unit or only_unit,
        approximate=entry.approximate,
        values={key: _kept(value, kind.fields[key]) for key, value in entry.values.items()},
        about=entry.about,
        participations=entry.attendance,
        superseded_at=_end_of(entry.withdrawn) if entry.withdrawn else None,
    )


def _kept(value: Value, rule: FactField) -> Any:
    """Return a value as the ledger keeps it."""
    if rule.type == "choices":
        return list(value) if isinstance(value, tuple) else [value]
    if rule.type == "number" and not isinstance(value, str | bool | tuple | dt.date):
        return number(value)
    return str(value) if isinstance(value, dt.date) else value


# Checking


def _validate(tree: Tree, history: History) -> tuple[Cases | None, list[Complaint]]:
    if not isinstance(tree.root, Table):
        return None, [] if tree.errors else [_NO_CASES]
    try:
        cases = Cases.model_validate(source.data(tree.root), strict=True)
    except ValidationError as error:
        return None, complaints.from_pydantic(error.errors(include_url=False), tree.root, Cases)
    return cases, list(_check(cases, history))


_NO_CASES = Complaint(
    (),
    Message(gettext_noop("These are no cases: the file is not a group of keys.")),
    Message(gettext_noop("Start with the lines “scheme:”, “units:” and “cases:”.")),
)


def _check(cases: Cases, history: History) -> Iterator[Complaint]:
    if history.newest.scheme.scheme != cases.scheme:
        yield Complaint(
            ("scheme",),
            Message(gettext_noop("These are cases of “{scheme}”, but lie beside “{other}”."), scheme=cases.scheme,
                    other=history.newest.scheme.scheme),
            Message(gettext_noop("Correct the id, or move the file beside its scheme.")),
        )  # fmt: skip
    for code, above in cases.units.items():
        if above:
            yield from _known(("units", code), above, cases.units, _NO_UNIT)
    for index, case in enumerate(cases.cases):
        yield from _check_case(("cases", index), case, cases, history)


_NO_UNIT = gettext_noop("There is no unit “{name}”.")
_NO_KIND = gettext_noop("There is no kind “{name}”.")
_NO_INDICATOR = gettext_noop("There is no indicator “{name}”.")
_NO_ENTRY = gettext_noop("There is no entry “{name}” before this one.")
_NO_FIELD = gettext_noop("There is no field “{name}”.")
_NO_CHOICE = gettext_noop("There is no choice “{name}”.")
_NO_STATE = gettext_noop("There is no state of attendance “{name}”.")
_NO_QUANTITY_UNIT = gettext_noop("It is not told in “{name}”.")


def _known(
    path: KeyPath, name: str, names: Iterable[str], cause: str, *, on_key: bool = False
) -> Iterator[Complaint]:
    known = list(names)
    if name not in known:
        possible = Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known) or "–")
        yield Complaint(path, Message(cause, name=name), did_you_mean(name, known, possible), on_key=on_key)


def _check_case(path: KeyPath, case: Case, cases: Cases, history: History) -> Iterator[Complaint]:
    period = _period(case.period)
    if period is None:
        yield _not_a_period((*path, "period"), case.period)
        return
    try:
        scheme = history.for_period(period).scheme
    except NoSchemeInForce as error:
        yield Complaint((*path, "period"), error.message, Message(gettext_noop("Choose a later period.")))
        return
    if case.unit:
        yield from _known((*path, "unit"), case.unit, cases.units, _NO_UNIT)
    ever = {each for version in history.versions for each in version.scheme.indicators}
    yield from _check_sheet(path, case, scheme)
    for name, figure in case.figures.items():
        known = ever if figure == "not_applicable" else scheme.indicators
        yield from _known((*path, "figures", name), name, known, _NO_INDICATOR, on_key=True)
    for index, entry in enumerate(case.entries):
        yield from _check_entry((*path, "entries", index), entry, _Surroundings(case, index, cases, scheme))


_NO_APPRAISAL = gettext_noop("There is no appraisal “{name}”.")
_NO_RULE = gettext_noop("There is no rule “{name}”.")
_NO_ESCALATION = gettext_noop("There is no escalation “{name}”.")
_NO_QUOTA = gettext_noop("There is no quota “{name}”.")
_NO_ROLE = gettext_noop("There is no role “{name}”.")


def _check_sheet(path: KeyPath, case: Case, scheme: Scheme) -> Iterator[Complaint]:
    if case.sheet is None or case.appraisal is None:
        return
    yield from _known((*path, "appraisal"), case.appraisal, scheme.appraisals, _NO_APPRAISAL)
    appraisal = scheme.appraisals.get(case.appraisal)
    if appraisal is None:
        return
    for name in case.sheet.rules:
        yield from _known((*path, "sheet", "rules", name), name, appraisal.rules, _NO_RULE, on_key=True)
    for name in case.sheet.missed:
        yield from _known(
            (*path, "sheet", "missed", name), name, appraisal.escalation, _NO_ESCALATION, on_key=True
        )
    for index, role in enumerate(case.holder.roles):
        yield from _known((*path, "holder", "roles", index), role, scheme.roles, _NO_ROLE)
    for index, exempted in enumerate(case.exemptions):
        here = (*path, "exemptions", index)
        if exempted.quota:
            yield from _known((*here, "quota"), exempted.quota, scheme.quotas, _NO_QUOTA)
        if _period(exempted.period) is None:
            yield _not_a_period((*here, "period"), exempted.period)
    yield from _check_span(path, case, PeriodKind(appraisal.every))


def _check_span(path: KeyPath, case: Case, every: PeriodKind) -> Iterator[Complaint]:
    """Refuse periods that are none of the appraisal's."""
    for key, text in (("period", case.period), ("since", case.since)):
        period = _period(text) if text else None
        if text and (period is None or period.kind is not every):
            yield Complaint(
                (*path, key),
                Message(
                    gettext_noop("A sheet is made for each {every}, and “{period}” is none."),
                    every=every,
                    period=text,
                ),
                Message(gettext_noop("Write a period of that length.")),
            )


@dataclass(frozen=True)
class _Surroundings:
    """What an entry of a case can refer to."""

    case: Case
    index: int
    cases: Cases
    scheme: Scheme

    @property
    def earlier(self) -> list[str]:
        return [entry.id for entry in self.case.entries[: self.index] if entry.id]


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except BadPeriod:
        return None


def _not_a_period(path: KeyPath, text: str) -> Complaint:
    return Complaint(
        path,
        Message(gettext_noop("“{value}” is not a period."), value=text),
        Message(gettext_noop("Write 2023, 2023-H1, 2023-Q1, 2023-01 or 2023-01-15..2023-02-20.")),
    )


def _check_entry(path: KeyPath, entry: Situation, around: _Surroundings) -> Iterator[Complaint]:
    kind = around.scheme.kinds.get(entry.kind)
    if kind is None:
        yield from _known((*path, "kind"), entry.kind, around.scheme.kinds, _NO_KIND)
        return
    yield from _known((*path, "unit"), entry.unit or around.case.unit, around.cases.units, _NO_UNIT)
    if entry.about:
        yield from _known((*path, "about"), entry.about, around.earlier, _NO_ENTRY)
    for person, state in entry.attendance.items():
        yield from _known((*path, "attendance", person), state, around.scheme.attendance, _NO_STATE)
    yield from _check_parts(path, entry, kind)
    yield from _check_quantity(path, entry, kind)
    yield from _check_counts_for(path, entry, kind)
    for name, value in entry.values.items():
        yield from _known((*path, "values", name), name, kind.fields, _NO_FIELD, on_key=True)
        choices = kind.fields[name].choices if name in kind.fields else None
        for each in value if isinstance(value, tuple) else (value,):
            if choices is not None:
                yield from _known((*path, "values", name), str(each), choices, _NO_CHOICE)


def _check_parts(path: KeyPath, entry: Situation, kind: Kind) -> Iterator[Complaint]:
    """Refuse parts that entries of the kind do not have."""
    given = {
        "quantity": entry.quantity is not None,
        "person": bool(entry.person),
        "about": bool(entry.about),
        "attendance": bool(entry.attendance),
        "counts_for": bool(entry.counts_for),
    }
    for name, is_given in given.items():
        if is_given and getattr(kind, name) is None:
            yield Complaint(
                (*path, name),
                Message(gettext_noop("Entries of “{kind}” have no “{name}”."), kind=entry.kind, name=name),
                Message(gettext_noop("Take it out, or add it to the kind.")),
                on_key=True,
            )


def _check_quantity(path: KeyPath, entry: Situation, kind: Kind) -> Iterator[Complaint]:
    units = kind.quantity.units if kind.quantity else ()
    if entry.quantity_unit:
        yield from _known((*path, "quantity_unit"), entry.quantity_unit, units, _NO_QUANTITY_UNIT)
    elif entry.quantity is not None and len(units) > 1:
        yield Complaint(
            (*path, "quantity"),
            Message(gettext_noop("“{kind}” is told in several units."), kind=entry.kind),
            Message(gettext_noop("Add “quantity_unit:” with one of: {units}."), units=", ".join(units)),
        )


def _check_counts_for(path: KeyPath, entry: Situation, kind: Kind) -> Iterator[Complaint]:
    if not entry.counts_for or kind.counts_for is None:
        return
    period = _period(entry.counts_for)
    if period is None:
        yield _not_a_period((*path, "counts_for"), entry.counts_for)
    elif period.kind is not PeriodKind(kind.counts_for):
        yield Complaint(
            (*path, "counts_for"),
            Message(gettext_noop("“{kind}” counts for a {period}."), kind=entry.kind, period=kind.counts_for),
            Message(gettext_noop("Write a period of that length.")),
        )
