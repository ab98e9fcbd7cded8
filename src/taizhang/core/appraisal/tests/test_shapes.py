"""People whose rows are alike share a sheet, and each has the one he would have had alone."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from taizhang.core.appraisal.compiled import Compiled, compile_appraisal
from taizhang.core.appraisal.replay import on_sheet
from taizhang.core.appraisal.rows import Item, Profile, Subject, Work
from taizhang.core.appraisal.score import Feed, score
from taizhang.core.appraisal.shapes import Shapes
from taizhang.core.appraisal.sheet import NEW, Carried
from taizhang.core.appraisal.tests.test_naive import APPRAISALS, PEOPLE, Ledger, as_work, world
from taizhang.core.values import Period, PeriodKind

PROFILE = Profile(
    roles=frozenset(["officer", "information_officer"]),
    groups=frozenset(["writers"]),
    units=frozenset(["GX", "ZCK"]),
)


def person_appraisals() -> list[tuple[str, str]]:
    return [
        (name, each) for name, each in APPRAISALS if world(name)[0]["appraisals"][each].get("by") != "unit"
    ]


@pytest.mark.parametrize(("name", "appraisal"), person_appraisals())
def test_a_shared_sheet_is_the_one_of_its_own(name: str, appraisal: str) -> None:
    scheme, history = world(name)
    chance = random.Random(f"shapes {name} {appraisal}")
    begin = Period.containing(
        PeriodKind(scheme["appraisals"][appraisal]["every"]), dt.date(scheme["effective"].year, 1, 1)
    )
    end = begin.following.following.following.end
    ledgers = [Ledger(chance, scheme, begin.start, end).rows for _ in range(12)]
    carried: dict[tuple[int, str], Carried] = {}
    period, compiled = begin, compile_appraisal(history.for_period(begin), appraisal)
    while period.end <= end:
        shapes = Shapes(compiled, period)
        for turn, ledger in enumerate(ledgers):
            known = {row["id"]: row for row in ledger}
            works = [as_work(row, known) for row in ledger]
            for person in set(PEOPLE):
                subject, key = Subject(person, person, PROFILE), (turn, person)
                mine = list(on_sheet(compiled, works, subject, lambda key: key, period))
                before = carried.get(key, NEW)
                alone = score(compiled, period=period, subject=subject, works=mine, carried=before)
                shared = shapes.score(Feed(subject, mine, before))
                assert shared.sheet() == alone
                carried[key] = shared.carried
        period = period.following


@pytest.fixture(scope="module")
def bureau() -> Compiled:
    return compile_appraisal(world("random")[1].newest, "monthly")


def feed(person: str, *, day: int, category: str = "party", total: int = 0) -> Feed:
    on = dt.date(2023, 5, day)
    work = Work(
        f"{person}/{day}", "information", on, on, on, person, "GX", {"category": category, "link": person}
    )
    sums = {"year": (dt.date(2023, 1, 1), Decimal(total))} if total else {}
    return Feed(Subject(person, person, PROFILE), [work], Carried(sums=sums))


def test_what_no_rule_looks_at_makes_no_difference(bureau: Compiled) -> None:
    shapes = Shapes(bureau, Period.parse("2023-05"))
    first, second = shapes.score(feed("甲", day=4, total=7)), shapes.score(feed("乙", day=9))

    assert first.shape is second.shape
    assert first.items[0][0] is second.items[0][0]
    assert (first.items[0][1], second.items[0][1]) == (("甲/4",), ("乙/9",))
    assert second.sheet().judged[0].rows == ("乙/9",)
    assert first.carried.sums["year"][1] - second.carried.sums["year"][1] == 7


def test_what_a_rule_looks_at_does(bureau: Compiled) -> None:
    shapes = Shapes(bureau, Period.parse("2023-05"))
    first, second = (
        shapes.score(feed("甲", day=4)), shapes.score(feed("乙", day=4, category="government"))
    )  # fmt: skip

    assert first.items[0][0] is not second.items[0][0]


def month(person: str, *days: int, adopted: int) -> Feed:
    items = [feed(person, day=day).works[0] for day in days]
    on, about = dt.date(2023, 5, 20), f"{person}/{adopted}"
    adoption = Work(
        f"{person}/a", "adoption", on, on, on, about=about, item=Item("information", person, "GX")
    )
    return Feed(Subject(person, person, PROFILE), [*items, adoption])


def test_items_stand_by_their_days_and_share_a_shape_in_any_order(bureau: Compiled) -> None:
    shapes = Shapes(bureau, Period.parse("2023-05"))
    first, second = shapes.score(month("甲", 9, 4, adopted=4)), shapes.score(month("乙", 5, 8, adopted=8))

    assert first.shape is second.shape
    assert [keys for _part, keys in first.items] == [("甲/4", "甲/a"), ("甲/9",)]
    assert [keys for _part, keys in second.items] == [("乙/5",), ("乙/8", "乙/a")]


def test_a_first_sheet_hands_on_its_own_totals_only(bureau: Compiled) -> None:
    shapes = Shapes(bureau, Period.parse("2023-05"))
    shapes.score(feed("甲", day=4, total=7))

    alone = Shapes(bureau, Period.parse("2023-05")).score(feed("乙", day=9))
    assert shapes.score(feed("乙", day=9)).carried == alone.carried
