"""Random ledgers, the questions put to them, and an engine of plain loops that answers a plan's queries."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.plan import Ask, Base, Cell, Condition, Counting, Query
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Citation, Period, Scope

UTC = dt.UTC
UNITS = {"bureau": None, "north": "bureau", "south": "bureau", "north_1": "north", "north_2": "north"}
PERSONS = ("ann", "bob", "cai")
STATES = ("present", "late", "sick", "absent", "made_up")
PERIODS = tuple(
    Period.parse(text)
    for text in ("2023", "2023-H1", "2023-Q2", "2023-03", "2023-02-10..2023-04-05", "2023-12", "2024-01")
)


def sample_scheme(effective: str = "2023-01-01", **changes: object) -> Scheme:
    """Return a scheme with every measure over three kinds."""
    content = {
        "scheme": "sample",
        "name": "Sample",
        "effective": effective,
        "unit_kinds": {"office": "Office"},
        "roles": {},
        "attendance": {
            "present": {"name": "Present", "counts_as": "present"},
            "late": {"name": "Late", "counts_as": "present"},
            "sick": {"name": "Sick", "counts_as": "excused"},
            "absent": {"name": "Absent", "counts_as": "absent"},
            "made_up": {"name": "Made up", "counts_as": "made_up"},
        },
        "kinds": {
            "talk": {
                "name": "Talk",
                "title": {"name": "Topic"},
                "person": {"name": "Speaker"},
                "quantity": {"units": ["人次", "人"], "required": False, "approximate": True},
                "attendance": {},
                "fields": {
                    "form": {
                        "name": "Form",
                        "type": "choice",
                        "choices": {"study": "Study", "lecture": "Lecture"},
                    },
                    "themes": {
                        "name": "Themes",
                        "type": "choices",
                        "choices": {"a": "A", "b": "B", "c": "C"},
                    },
                    "hours": {"name": "Hours", "type": "number"},
                    "open_to_all": {"name": "Open", "type": "yes_no"},
                },
            },
            "finding": {"name": "Finding", "title": {"name": "What"}, "person": {"name": "Owner"}},
            "closure": {"name": "Closure", "title": {"name": "How"}, "about": {"kinds": ["finding"]}},
        },
        "indicators": {
            "talks": {"name": "Talks", "unit": {"zh": "次", "en": "times"}, "count": {"kind": "talk"}},
            "lectures": {"name": "Lectures", "count": {"kind": "talk", "where": {"form": "lecture"}}},
            "themed": {"name": "Themed", "count": {"kind": "talk", "where": {"themes": ["a", "b"]}}},
            "public": {"name": "Public", "count": {"kind": "talk", "where": {"open_to_all": True}}},
            "short": {"name": "Short", "count": {"kind": "talk", "where": {"hours": [1, Decimal("1.5")]}}},
            "attendances": {"name": "Attendances", "sum": {"kind": "talk"}},
            "heads": {"name": "Heads", "sum": {"kind": "talk", "unit": "人", "where": {"form": ["study"]}}},
            "hours": {"name": "Hours", "sum": {"kind": "talk", "of": "hours"}},
            "speakers": {"name": "Speakers", "distinct": {"kind": "talk"}},
            "places": {"name": "Places", "distinct": {"kind": "talk", "of": "unit"}},
            "themes": {"name": "Themes", "distinct": {"kind": "talk", "of": "themes"}},
            "lengths": {"name": "Lengths", "distinct": {"kind": "talk", "of": "hours"}},
            "seats": {"name": "Seats", "participations": {"kind": "talk"}},
            "missed": {"name": "Missed", "participations": {"kind": "talk", "counted": ["absent"]}},
            "rate": {"name": "Rate", "percent": True, "coverage": {"kind": "talk", "counted": ["present"]}},
            "found": {"name": "Found", "unit": "个", "count": {"kind": "finding"}},
            "unclosed": {"name": "Open", "open": {"kind": "finding", "until": "closure"}},
            "backlog": {"name": "Backlog", "open": {"kind": "finding", "until": "closure", "since": "ever"}},
            "closed": {"name": "Closed", "followed": {"kind": "finding", "by": "closure"}},
            "ever_closed": {
                "name": "Closed",
                "followed": {"kind": "finding", "by": "closure", "since": "ever"},
            },
            "closing_rate": {
                "name": "Closing rate",
                "percent": True,
                "ratio": {"of": "closed", "to": "found"},
            },
            "left": {"name": "Left", "difference": {"of": "found", "minus": "closed"}},
            "odd": {"name": "Odd", "difference": {"of": "closing_rate", "minus": ["rate", "talks"]}},
        },
    }
    return Scheme.model_validate(content | changes)


@dataclass(frozen=True)
class Loaded:
    """A version of a scheme that was never in a file."""

    scheme: Scheme

    def citation(self, path: str, /) -> Citation:
        return Citation(self.scheme.scheme, self.scheme.effective, path, 1, "0" * 64)


@dataclass(frozen=True)
class Versions:
    versions: tuple[Loaded, ...]

    def find(self, day: dt.date, /) -> Loaded | None:
        ripe = [version for version in self.versions if version.scheme.effective <= day]
        return max(ripe, key=lambda version: version.scheme.effective, default=None)


SCHEME = Loaded(sample_scheme())
HISTORY = Versions((SCHEME,))

days = st.dates(dt.date(2022, 11, 1), dt.date(2024, 2, 29))
moments = st.datetimes(dt.datetime(2023, 1, 1), dt.datetime(2024, 3, 1), timezones=st.just(UTC))


@st.composite
def versions_of_a_fact(draw: st.DrawFn, number: int, abouts: Sequence[str]) -> list[Fact]:
    """Return one fact: its first version, perhaps corrections, perhaps a withdrawal."""
    kind = draw(st.sampled_from(["talk", "talk", "finding", "closure"]))
    told = sorted(draw(st.lists(moments, min_size=1, max_size=3, unique=True)))
    last_voids = len(told) > 1 and draw(st.booleans())
    return [
        Fact(
            id=f"{number}.{place}",
            fact=f"f{number}",
            kind=kind,
            recorded_at=recorded_at,
            superseded_at=told[place + 1] if place + 1 < len(told) else None,
            voids=last_voids and place == len(told) - 1,
            about=draw(st.sampled_from(abouts)) if kind == "closure" and abouts else "",
            **draw(_contents(kind)),
        )
        for place, recorded_at in enumerate(told)
    ]


@st.composite
def _contents(draw: st.DrawFn, kind: str) -> dict[str, object]:
    content: dict[str, object] = {
        "unit": draw(st.sampled_from(sorted(UNITS))),
        "occurred_on": (day := draw(days)),
        "counts_for": day,
        "person": draw(st.sampled_from(("", *PERSONS))) if kind != "closure" else "",
    }
    if kind != "talk":
        return content
    values = {
        "form": draw(st.sampled_from([None, "study", "lecture"])),
        "themes": draw(st.sampled_from([None, ["a"], ["a", "c"], ["b", "c"]])),
        "hours": draw(st.sampled_from([None, "1", "1.5", "2"])),
        "open_to_all": draw(st.sampled_from([None, True, False])),
    }
    quantity = draw(st.none() | st.integers(0, 500).map(Decimal))
    return content | {
        "values": {name: value for name, value in values.items() if value is not None},
        "quantity": quantity,
        "quantity_unit": draw(st.sampled_from(["人次", "人"])) if quantity is not None else "",
        "approximate": quantity is not None and draw(st.booleans()),
        "participations": draw(
            st.dictionaries(st.sampled_from(PERSONS), st.sampled_from(STATES), max_size=3)
        ),
    }


@st.composite
def ledgers(draw: st.DrawFn, *, most: int = 14) -> list[Fact]:
    facts: list[Fact] = []
    for number in range(draw(st.integers(0, most))):
        abouts = sorted({fact.fact for fact in facts if fact.kind == "finding"})
        facts.extend(draw(versions_of_a_fact(number, abouts)))
    return facts


scopes = st.sampled_from(
    [
        Scope(),
        *(Scope(unit=unit) for unit in UNITS),
        *(Scope(person=person) for person in PERSONS),
        Scope(unit="north", person="ann"),
    ]
)
asks = st.builds(
    Ask,
    indicator=st.sampled_from(sorted(SCHEME.scheme.indicators)),
    scope=scopes,
    period=st.sampled_from(PERIODS),
)


def run(query: Query, *, facts: Sequence[Fact], as_of: dt.datetime) -> Mapping[Base, list[Cell]]:
    """Answer one query of a plan, as a database engine would, without a database."""
    held = [fact for fact in facts if fact.is_visible(as_of)]
    return {base: _cells(query, base, held) for base in query.bases}


def _cells(query: Query, base: Base, held: Sequence[Fact]) -> list[Cell]:
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in held:
        if (
            fact.kind == query.kind
            and (query.first is None or fact.counts_for >= query.first)
            and fact.counts_for <= query.last
            and all(_fits(fact, condition) for condition in base.where)
        ):
            for person, mark in _marks(query, fact, held):
                if not query.by_person or person in query.persons:
                    unit = fact.unit if query.by_unit else ""
                    key = (query.grain.bucket(fact.counts_for), unit, person if query.by_person else "", mark)
                    groups.setdefault(key, []).append(fact)
    return [_cell(key, base, facts) for key, facts in groups.items()]


def _marks(query: Query, fact: Fact, held: Sequence[Fact]) -> Iterator[tuple[str, object]]:
    match query.counting:
        case Counting.ROWS:
            yield fact.person, None
        case Counting.STATES:
            yield from fact.participations.items()
        case Counting.VALUES:
            named = {"person": fact.person, "unit": fact.unit}.get(query.of, fact.values.get(query.of))
            yield from ((fact.person, mark) for mark in (named if isinstance(named, list) else [named]))
        case Counting.FOLLOWUPS:
            followers = [
                query.grain.bucket(later.counts_for)
                for later in held
                if later.about == fact.fact and later.kind in query.followers
            ]
            yield fact.person, min(followers, default=None)


def _cell(key: tuple[object, ...], base: Base, facts: Sequence[Fact]) -> Cell:
    if base.of == "quantity":
        added = [fact for fact in facts if fact.quantity is not None and fact.quantity_unit == base.unit]
        total = sum((fact.quantity for fact in added), Decimal(0))
    else:
        added = [fact for fact in facts if base.counting is Counting.ROWS and base.of in fact.values]
        total = sum((Decimal(str(fact.values[base.of])) for fact in added), Decimal(0))
    bucket, unit, person, mark = key
    return Cell(
        bucket=bucket,
        unit=unit,
        person=person,
        mark=mark,
        counted=len(facts),
        total=total,
        added=len(added),
        approximate=sum(fact.approximate for fact in added) if base.of == "quantity" else 0,
        latest=max(fact.recorded_at for fact in facts),
    )


def _fits(fact: Fact, condition: Condition) -> bool:
    value = fact.values.get(condition.field)
    if value is None:
        return False
    if condition.type in ("integer", "number"):
        return Decimal(str(value)) in condition.values
    if condition.type == "choices":
        return any(one in condition.values for one in value)
    return value in condition.values
