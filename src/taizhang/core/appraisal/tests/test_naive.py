"""The engine agrees with the plain reading of docs/algorithms/scoring.md on thousands of random ledgers."""

import datetime as dt
import random
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import taizhang
from taizhang.core.appraisal.replay import replay
from taizhang.core.appraisal.rows import Exemption, Item, Profile, Subject, Work
from taizhang.core.appraisal.sheet import Sheet, Step
from taizhang.core.appraisal.tests import inventing
from taizhang.core.appraisal.tests.naive import LENGTH, Naive, first_day, last_day, period_of
from taizhang.core.appraisal.words import arithmetic
from taizhang.core.scheme import source
from taizhang.core.scheme.history import History, load_folder
from taizhang.core.scheme.load import LoadedScheme, load_file
from taizhang.core.scheme.references import appraisals as references
from taizhang.core.scheme.references.declared import SECTIONS, Draft
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Period, PeriodKind

SHIPPED = Path(taizhang.__file__).parent / "schemes"
HERE = Path(__file__).parent
WORLDS = {
    "variants": SHIPPED / "examples" / "variants" / "2022-01-01.yaml",
    "changshan": SHIPPED / "examples" / "changshan" / "2015-01-01.yaml",
    "sections": SHIPPED / "examples" / "sections" / "2023-01-01.yaml",
    "bureau": SHIPPED / "bureau" / "2023-01-01.yaml",
    "random": HERE / "bureau.yaml",
}
ABOVE = {"GX": "KJ", "NC": "KJ", "GX1": "GX", "KJ": ""}
PEOPLE = ("甲", "甲", "甲", "甲", "乙", "丙", "外")
LEDGERS = 40
"""Of every appraisal that is shipped."""
INVENTED = 900
"""Appraisals with rules put together by chance, with a ledger each."""


@cache
def world(name: str) -> tuple[dict[str, Any], History]:
    path = WORLDS[name]
    raw = source.data(source.parse(path.read_text("utf-8"), path=str(path)).root)
    history = load_folder(path.parent) if path.stem[0].isdigit() else one(path)
    return raw, history


def one(path: Path) -> History:
    return History([load_file(path)])


APPRAISALS = [(name, appraisal) for name in WORLDS for appraisal in world(name)[0]["appraisals"]]


class Ledger:
    """Random rows of the kinds of a scheme, as the naive scorer reads them."""

    def __init__(self, chance: random.Random, scheme: dict[str, Any], first: dt.date, last: dt.date) -> None:
        self.chance, self.scheme, self.first, self.last = chance, scheme, first, last
        self.rows: list[dict[str, Any]] = []
        kinds = scheme["kinds"]
        free = [
            kind
            for kind in kinds
            if "about" not in kinds[kind] or not kinds[kind]["about"].get("required", True)
        ]
        for _ in range(chance.randrange(0, 50)):
            self.row(chance.choice(free), None)
        for _ in range(chance.randrange(0, 70)):
            kind = chance.choice(list(kinds))
            about = kinds[kind].get("about", {}).get("kinds", ())
            about = [about] if isinstance(about, str) else about
            items = [row for row in self.rows if row["kind"] in about]
            if items:
                self.row(kind, chance.choice(items))

    def day(self) -> dt.date:
        return self.first + dt.timedelta(days=self.chance.randrange((self.last - self.first).days + 1))

    def row(self, kind: str, about: dict[str, Any] | None) -> None:
        chance, declared = self.chance, self.scheme["kinds"][kind]
        on = (
            self.day()
            if about is None
            else min(about["on"] + dt.timedelta(days=chance.randrange(80)), self.last)
        )
        happened = on + dt.timedelta(days=chance.choice([0, 0, 0, 3, 20])) if "counts_for" in declared else on
        self.rows.append(
            {
                "id": f"r{len(self.rows):03}",
                "kind": kind,
                "on": on,
                "happened": happened,
                "arrived": happened + dt.timedelta(days=chance.choice([0, 0, 1, 8, 40, 100])),
                "person": chance.choice(PEOPLE) if "person" in declared else None,
                "unit": chance.choice(list(ABOVE)),
                "values": {
                    name: value
                    for name, field in declared.get("fields", {}).items()
                    if (value := self.value(field, on)) is not None
                },
                "about": about["id"] if about else None,
                "quantity": Decimal(chance.randrange(1, 600)) if "quantity" in declared else None,
                "verified": chance.random() < 0.95,
            }
        )

    def value(self, field: dict[str, Any], on: dt.date) -> Any:  # noqa: PLR0911 - one exit a type
        chance = self.chance
        if not field.get("required") and chance.random() < 0.3:
            return None
        match field.get("type", "text"):
            case "choice":
                return chance.choice(list(field["choices"]))
            case "person":
                return chance.choice(PEOPLE)
            case "unit":
                return chance.choice(list(ABOVE))
            case "date":
                return str(on + dt.timedelta(days=chance.randrange(-5, 60)))
            case "integer":
                return chance.randrange(0, 4000)
            case "number":
                return str(Decimal(chance.randrange(0, 100)) / 20)
            case "yes_no":
                return chance.random() < 0.5
            case _:
                return chance.choice(["县内刊物", "别处"])


def as_work(row: dict[str, Any], rows: dict[str, dict[str, Any]]) -> Work:
    about = rows.get(row["about"])
    item = Item(about["kind"], about["person"], about["unit"], about["values"]) if about else None
    return Work(
        row["id"], row["kind"], row["on"], row["happened"], row["arrived"], row["person"], row["unit"],
        row["values"], row["about"], item, row["quantity"], verified=row["verified"],
    )  # fmt: skip


def exemptions(
    chance: random.Random, rules: dict[str, Any], first: dt.date, last: dt.date
) -> list[dict[str, Any]]:
    quotas = rules.get("quotas", ())
    quotas = [quotas] if isinstance(quotas, str) else quotas
    reasons = [*rules.get("exemptions", {}).get("reasons", {}), "whim"]
    found = []
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        length = chance.choice([1, 1, 3])
        period = period_of(length, first + dt.timedelta(days=chance.randrange((last - first).days)))
        found.append(
            {
                "start": first_day(period),
                "end": last_day(period),
                "reason": chance.choice(reasons),
                "approved_by": chance.choice(["head", "deputy", "head", "officer"]),
                "quota": chance.choice(["", *quotas]),
                "submit": chance.choice([None, None, 0, 1, 2]),
                "publish": chance.choice([None, None, 0, 1]),
            }
        )
    return found


def excused(each: dict[str, Any]) -> Exemption:
    length = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER}[(each["end"].month - each["start"].month) + 1]
    period = Period.containing(length, each["start"])
    return Exemption(
        period, each["reason"], each["approved_by"], each["quota"], each["submit"], each["publish"]
    )


def told(sheet: Sheet) -> dict[str, Any]:
    return {
        "points": sheet.points,
        "lines": {str(step.name): step.points for step in sheet.tree.steps if step.part == "rule"},
        "outcome": sheet.outcome.value,
        "missed": dict(sheet.missed),
        "calls": [tuple(call) for call in sheet.calls],
        "fulfilled": sheet.fulfilled,
        "grade": int(sheet.grade.rpartition("[")[2][:-1]) if sheet.grade else None,
    }


def compare(
    scheme: dict[str, Any],
    history: History,
    appraisal: str,
    chance: random.Random,
    begin: dt.date,
    end: dt.date,
    *,
    cited: bool = False,
) -> None:
    """Score one random ledger twice."""
    rules = scheme["appraisals"][appraisal]
    rows = Ledger(chance, scheme, begin, end).rows
    free = exemptions(chance, rules, begin, end)
    by_unit = rules.get("by") == "unit"
    subject = "GX" if by_unit else chance.choice(["甲", "甲", "乙"])
    profile = Profile(
        roles=frozenset(["officer", "information_officer"]),
        groups=frozenset(["writers"]),
        units=frozenset(["GX"]) if by_unit else frozenset(["GX", "GXK", "KJ", chance.choice(["BGS", "ZCK"])]),
        unit_kinds=frozenset(["section", "township", "unit"]),
    )
    holder = {key: sorted(getattr(profile, key)) for key in profile._fields}
    naive = Naive(scheme, appraisal, subject, rows, free, above=ABOVE, holder=holder).sheets(begin, end)
    every = PeriodKind(rules["every"])
    known = {row["id"]: row for row in rows}
    got = replay(
        history,
        appraisal,
        subject=Subject(subject, subject, profile),
        works=[as_work(row, known) for row in rows],
        subjects=_above if by_unit else lambda key: key,
        first=Period.containing(every, begin),
        last=Period.containing(every, end),
        exemptions=[excused(each) for each in free],
    )
    for expected, sheet in zip(naive, got, strict=True):
        assert told(sheet) == expected, f"{sheet.period} {rules}"
        assert sheet.points == sum((step.points for step in sheet.tree.steps), Decimal(0))
        if cited:
            explained(sheet.tree, history.for_period(sheet.period))


def explained(step: Step, version: LoadedScheme) -> None:
    """Every step stands somewhere in the scheme, and says its arithmetic."""
    assert step.part == "sheet" or version.citation(step.path).line > 1
    assert "{" not in str(arithmetic(step))
    for each in step.steps:
        explained(each, version)


@pytest.mark.parametrize(("name", "appraisal"), APPRAISALS)
def test_both_agree_on_the_appraisals_that_are_shipped(name: str, appraisal: str) -> None:
    scheme, history = world(name)
    chance = random.Random(f"{name} {appraisal}")
    begin = Period.parse(str(scheme["effective"].year)).start
    years = 3 if scheme["appraisals"][appraisal]["every"] == "year" else 1 if name == "bureau" else 2
    for _ in range(LEDGERS):
        compare(
            scheme, history, appraisal, chance, begin, dt.date(begin.year + years - 1, 12, 31), cited=True
        )


@pytest.mark.parametrize("seed", range(10))
def test_both_agree_on_rules_put_together_by_chance(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(INVENTED // 10):
        scheme = frozen(inventing.scheme(chance, world("variants")[0]))
        loaded = LoadedScheme(
            Scheme.model_validate(scheme, strict=True), "x.yaml", "", str(chance.random()), {}
        )
        assert [str(each.cause) for each in references.check(Draft(loaded.scheme, declared(scheme)))] == []
        compare(scheme, History([loaded]), "invented", chance, dt.date(2022, 1, 1), dt.date(2023, 6, 30))


def frozen(value: Any) -> Any:
    """Return a scheme as the loader has it: lists are tuples."""
    if isinstance(value, dict):
        return {key: frozen(each) for key, each in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def declared(scheme: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {section: tuple(scheme.get(section, {})) for section in SECTIONS}


def _above(unit: str | int) -> str | None:
    name = str(unit)
    while name and name != "GX":
        name = ABOVE.get(name, "")
    return name or None


def test_there_are_thousands_of_sheets() -> None:
    assert set(LENGTH) == {"month", "quarter", "half_year", "year"}
    assert len(APPRAISALS) * LEDGERS + INVENTED > 2000
