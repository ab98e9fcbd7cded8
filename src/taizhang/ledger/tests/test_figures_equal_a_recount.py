"""The law of the engine: whatever was posted, corrected and withdrawn, every figure equals a recount in plain loops."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.plan import Ask
from taizhang.core.indicators.recount import recount
from taizhang.core.scheme.history import History
from taizhang.core.values import Period, Scope
from taizhang.journal.actions import open_book
from taizhang.ledger import actions, cells, figures
from taizhang.ledger.drafts import Draft, DraftRefused
from taizhang.ledger.models import Entry
from taizhang.org.models import Person, Unit
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.rules.actions import adopt
from taizhang.rules.queries import history

SCHEME = """
scheme: 试行
name: 试行
effective: 2022-01-01
unit_kinds: {局: 局, 科室: 科室}
roles: {文书: {name: 文书, may: [record], reach: all}}
attendance:
  出席: {name: 出席, counts_as: present}
  病假: {name: 病假, counts_as: excused}
  缺席: {name: 缺席, counts_as: absent}
  补学: {name: 补学, counts_as: made_up}
kinds:
  宣讲:
    name: 宣讲
    title: {name: 主题, required: false}
    person: {name: 主讲人}
    counts_for: month
    quantity: {units: [人次, 人], required: false, approximate: true}
    attendance: {}
    fields:
      形式: {name: 形式, type: choice, choices: {集中: 集中, 研讨: 研讨}}
      主题: {name: 主题, type: choices, choices: {甲: 甲, 乙: 乙, 丙: 丙}}
      学时: {name: 学时, type: number}
      期数: {name: 期数, type: integer}
      公开: {name: 公开, type: yes_no}
  问题: {name: 问题, title: {name: 问题, required: false}, person: {name: 责任人}}
  销号: {name: 销号, title: {name: 意见, required: false}, about: {kinds: [问题]}}
indicators:
  场次: {name: 场次, count: {kind: 宣讲}}
  研讨: {name: 研讨, count: {kind: 宣讲, where: {形式: 研讨}}}
  甲或乙: {name: 甲或乙, count: {kind: 宣讲, where: {主题: [甲, 乙]}}}
  公开: {name: 公开, count: {kind: 宣讲, where: {公开: true}}}
  第二期: {name: 第二期, count: {kind: 宣讲, where: {期数: 2}}}
  半时: {name: 半时, count: {kind: 宣讲, where: {学时: [0.5, 2]}}}
  人次: {name: 人次, sum: {kind: 宣讲, unit: 人次}}
  研讨人数: {name: 研讨人数, sum: {kind: 宣讲, unit: 人, where: {形式: 研讨}}}
  学时: {name: 学时, sum: {kind: 宣讲, of: 学时}}
  期数: {name: 期数, sum: {kind: 宣讲, of: 期数}}
  主讲人: {name: 主讲人, distinct: {kind: 宣讲}}
  场所: {name: 场所, distinct: {kind: 宣讲, of: unit}}
  主题数: {name: 主题数, distinct: {kind: 宣讲, of: 主题}}
  学时种类: {name: 学时种类, distinct: {kind: 宣讲, of: 学时, where: {公开: [true, false]}}}
  到场: {name: 到场, participations: {kind: 宣讲}}
  缺席: {name: 缺席, participations: {kind: 宣讲, counted: [absent]}}
  覆盖率: {name: 覆盖率, percent: true, coverage: {kind: 宣讲}}
  出勤率: {name: 出勤率, percent: true, coverage: {kind: 宣讲, counted: [present], where: {形式: 集中}}}
  问题: {name: 问题, count: {kind: 问题}}
  未销号: {name: 未销号, open: {kind: 问题, until: [销号]}}
  存量: {name: 存量, open: {kind: 问题, until: [销号], since: ever}}
  已销号: {name: 已销号, followed: {kind: 问题, by: [销号]}}
  整改率: {name: 整改率, percent: true, ratio: {of: 已销号, to: 问题}}
  剩余: {name: 剩余, difference: {of: 问题, minus: [已销号]}}
"""
START = dt.datetime(2023, 6, 1, tzinfo=dt.UTC)
PERIODS = [
    Period.parse(p) for p in ("2023", "2023-Q1", "2023-02", "2022", "2023-02-10..2023-04-05", "2023-05")
]
STATES = st.sampled_from(["出席", "病假", "缺席", "补学"])

days = st.dates(dt.date(2022, 11, 1), dt.date(2023, 5, 31))
talks = st.fixed_dictionaries(
    {
        "kind": st.just("宣讲"),
        "on": days,
        "unit": st.integers(0, 3),
        "person": st.none() | st.integers(0, 2),
        "counts_for": st.none() | days,
        "quantity": st.none() | st.integers(0, 500),
        "quantity_unit": st.sampled_from(["人次", "人"]),
        "approximate": st.booleans(),
        "values": st.fixed_dictionaries(
            {},
            optional={
                "形式": st.sampled_from(["集中", "研讨"]),
                "主题": st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=3),
                "学时": st.sampled_from(["0.5", "0.1", "2", "1.25", "33.3333"]),
                "期数": st.integers(-3, 3),
                "公开": st.booleans(),
            },
        ),
        "people": st.dictionaries(st.integers(0, 2), STATES),
    }
)
findings = st.fixed_dictionaries(
    {
        "kind": st.just("问题"),
        "on": days,
        "unit": st.integers(0, 3),
        "person": st.none() | st.integers(0, 2),
    }
)
closures = st.fixed_dictionaries(
    {"kind": st.just("销号"), "on": days, "unit": st.integers(0, 3), "about": st.integers(0, 30)}
)
told = talks | findings | closures
acts = st.lists(
    st.tuples(st.just("post"), told)
    | st.tuples(st.just("correct"), st.integers(0, 30), told)
    | st.tuples(st.just("withdraw"), st.integers(0, 30))
    | st.tuples(st.just("post"), closures),
    max_size=14,
)


@pytest.fixture
def office(db) -> tuple[list[Unit], list[Person]]:
    with open_book(now=START, actor="setup") as book:
        adopt(SCHEME, path="office.yaml", book=book, today=START.date(), founding=True)
    units: list[Unit] = []
    for code, parent in (("局", None), ("甲科", 0), ("乙科", 0), ("甲科一组", 1)):
        above = None if parent is None else units[parent]
        units.append(Unit.objects.create(code=code, name=code, kind="科室", parent=above, since="2020-01-01"))
    return units, [Person.objects.create(code=f"p{n}", name=f"某{n}") for n in range(3)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_every_figure_equals_a_recount_now_and_at_any_moment_before(office, acts):
    units, people = office
    with transaction.atomic():
        schemes, tree = history(), unit_tree()
        moments = _play(acts, units, people, schemes, tree)
        facts = list(_facts(tree))
        for as_of in [None, *moments[-4:]]:
            _compare(facts, schemes, tree, as_of, now=moments[-1])
        transaction.set_rollback(True)


def _play(acts, units, people, schemes: History, tree: UnitTree) -> list[dt.datetime]:
    """Do the acts a minute apart; have figures kept before each, so that every act must drop the right ones."""
    moments = [START]
    for act in acts:
        moments.append(moments[-1] + dt.timedelta(minutes=1))
        cells.warm(schemes=schemes, tree=tree, period=PERIODS[0])
        try:
            with open_book(now=moments[-1], actor="clerk") as book:
                _do(act, units, people, book, schemes)
        except DraftRefused:
            continue
    return moments


def _do(act, units, people, book, schemes) -> None:
    match act:
        case ("post", said):
            actions.post(_draft(said, units, people), book=book, schemes=schemes)
        case ("correct", number, said) if (entry := _nth(number)) is not None:
            actions.correct(entry, _draft(said, units, people), reason="数错", book=book, schemes=schemes)
        case ("withdraw", number) if (entry := _nth(number)) is not None:
            actions.withdraw(entry, reason="重复", book=book)


def _nth(number: int, **wanted: object) -> Entry | None:
    current = list(Entry.objects.filter(superseded_at=None, voids=False, **wanted).order_by("recorded_at"))
    return current[number % len(current)] if current else None


def _draft(said, units, people) -> Draft:
    about = _nth(said["about"], kind="问题") if "about" in said else None
    quantity = said.get("quantity")
    return Draft(
        kind=said["kind"],
        unit_id=units[said["unit"]].pk,
        occurred_on=max(said["on"], about.occurred_on) if about else said["on"],
        person_id=None if said.get("person") is None else people[said["person"]].pk,
        counts_for=said.get("counts_for"),
        quantity=None if quantity is None else Decimal(quantity),
        quantity_unit="" if quantity is None else said["quantity_unit"],
        approximate=quantity is not None and said["approximate"],
        values=said.get("values", {}),
        participations={people[n].pk: state for n, state in said.get("people", {}).items()},
        about_id=about.pk if about else None,
    )


def _facts(tree: UnitTree):
    codes = dict(Person.objects.values_list("pk", "code"))
    for entry in Entry.objects.prefetch_related("participations"):
        yield Fact(
            id=str(entry.pk),
            fact=str(entry.fact),
            kind=entry.kind,
            unit=tree.by_id[entry.unit_id].code,
            occurred_on=entry.occurred_on,
            counts_for=entry.counts_for,
            recorded_at=entry.recorded_at,
            person=codes.get(entry.person_id, ""),
            quantity=entry.quantity,
            quantity_unit=entry.quantity_unit,
            approximate=entry.approximate,
            values=entry.values,
            about=str(entry.about_id or ""),
            participations={codes[p.person_id]: p.state for p in entry.participations.all()},
            superseded_at=entry.superseded_at,
            voids=entry.voids,
        )


def _compare(facts, schemes: History, tree: UnitTree, as_of, *, now) -> None:
    scopes = [
        Scope(),
        Scope(unit="局"),
        Scope(unit="甲科"),
        Scope(person="p1"),
        Scope(unit="甲科", person="p0"),
    ]
    version = schemes.newest
    above = {unit.code: tree.by_id[unit.parent_id].code if unit.parent_id else None for unit in tree.units}
    asks = [Ask(name, s, p) for name in version.scheme.indicators for s in scopes for p in PERIODS]
    found = figures.evaluate(asks, schemes=schemes, tree=tree, now=now, as_of=as_of)
    for ask in asks:
        expected = recount(
            ask.indicator,
            scheme=version,
            facts=facts,
            scope=ask.scope,
            period=ask.period,
            as_of=as_of or now,
            units=above,
        )
        got = found[ask]
        assert (got.value, got.approximate, got.left_out) == (
            expected.value,
            expected.approximate,
            expected.left_out,
        ), (ask, as_of)
