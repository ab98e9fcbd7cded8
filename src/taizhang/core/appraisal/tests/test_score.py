"""A month's sheet, in the cases that a bureau argues about."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from taizhang.core.appraisal.compiled import Compiled, compile_appraisal
from taizhang.core.appraisal.rows import Exemption, Item, Profile, Subject, Work
from taizhang.core.appraisal.score import score
from taizhang.core.appraisal.sheet import NEW, Carried, Outcome, Sheet, Step
from taizhang.core.appraisal.words import arithmetic
from taizhang.core.scheme.load import load_file
from taizhang.core.values import Period

OFFICER = Subject("Yu", "Yu", Profile(roles=frozenset(["officer"])))


@pytest.fixture(scope="module")
def bureau() -> Compiled:
    return compile_appraisal(load_file(Path(__file__).parent / "bureau.yaml"), "monthly")


def submitted(name: str, day: str, category: str = "party", **more) -> Work:
    on = dt.date.fromisoformat(day)
    return Work(name, "information", on, on, on, "Yu", "GX", {"category": category}, **more)


def adopted(name: str, day: str, about: str, level: str = "city", form: str = "single", **more) -> Work:
    on = dt.date.fromisoformat(day)
    item = Item("information", "Yu", "GX", {"category": "party", **more.pop("item", {})})
    values = {"level": level, "form": form}
    return Work(name, "adoption", on, on, more.pop("arrived", on), None, "GX", values, about, item, **more)


def sheet(bureau: Compiled, period: str, *works: Work, carried: Carried = NEW, exempt=()) -> Sheet:
    return score(
        bureau,
        period=Period.parse(period),
        subject=OFFICER,
        works=works,
        carried=carried,
        exemptions=exempt,
    )


def rows(step: Step) -> dict[str, Decimal]:
    found = {str(step.name): step.points} if step.part == "row" else {}
    for each in step.steps:
        found |= rows(each)
    return found


def test_a_month_that_is_fulfilled(bureau: Compiled) -> None:
    got = sheet(
        bureau,
        "2023-01",
        submitted("a", "2023-01-04"),
        submitted("b", "2023-01-05"),
        adopted("c", "2023-01-09", "a"),
    )

    assert (got.points, got.outcome, got.fulfilled) == (Decimal(22), Outcome.MET, True)
    assert rows(got.tree) == {"c": Decimal(20)}


def test_three_missed_months_call_two_leaders_and_double_the_third(bureau: Compiled) -> None:
    carried, points, calls = NEW, [], []
    for period in ("2023-11", "2023-12", "2024-01", "2024-02"):
        got = sheet(bureau, period, carried=carried)
        carried = got.carried
        points.append(got.points)
        calls.append([call.role for call in got.calls])

    # 2 submissions × -1 + 1 publication × -2 = -4; in December three of the quarter's -3 as well; then doubled.
    assert points == [Decimal(-4), Decimal(-7), Decimal(-8), Decimal(-8)]
    assert calls == [[], ["deputy"], ["head"], []]


def test_an_exempt_month_neither_counts_nor_breaks(bureau: Compiled) -> None:
    first = sheet(bureau, "2023-01")
    leave = Exemption(Period.parse("2023-02"), "leave", "deputy")
    second = sheet(bureau, "2023-02", carried=first.carried, exempt=[leave])
    third = sheet(bureau, "2023-04", carried=second.carried)

    assert (second.outcome, second.points, second.calls) == (Outcome.EXEMPT, Decimal(0), ())
    assert [call.role for call in third.calls] == ["deputy"]


def test_an_exemption_without_reason_does_not_hold_and_says_so(bureau: Compiled) -> None:
    got = sheet(bureau, "2023-02", exempt=[Exemption(Period.parse("2023-02"), "whim", "deputy")])

    assert got.outcome is Outcome.MISSED
    assert [str(each) for each in got.problems] == [
        "The exemption “whim” is not one of the scheme's; it does not hold."
    ]


def test_the_two_highest_levels_count_one_for_each(bureau: Compiled) -> None:
    got = sheet(
        bureau,
        "2023-01",
        adopted("city", "2023-01-09", "a"),
        adopted("city again", "2023-01-10", "a"),
        adopted("county", "2023-01-10", "a", "county"),
        adopted("province", "2023-01-20", "a", "province"),
    )

    assert rows(got.tree) == {"city": 20, "city again": 0, "county": 0, "province": 30}


def test_what_earlier_sheets_gave_for_an_item_is_taken_off(bureau: Compiled) -> None:
    got = sheet(
        bureau,
        "2023-02",
        adopted("county", "2023-01-09", "a", "county", earlier=True),
        adopted("city", "2023-01-10", "a", "city", earlier=True),
        adopted("province", "2023-02-20", "a", "province"),
    )
    line = next(step for step in got.tree.steps if step.name == "adopted")

    assert line.points == Decimal(25)  # 30 + 20 now, less the 20 + 5 of January
    assert str(arithmetic(line.steps[0])) == "Its rows added up, less 25 that earlier sheets gave for it"


def test_two_authors_share_three_to_two_and_a_composite_is_whole(bureau: Compiled) -> None:
    got = sheet(
        bureau,
        "2023-01",
        adopted("first", "2023-01-09", "a", place=0, authors=2),
        adopted("second", "2023-01-09", "b", place=1, authors=2),
        adopted("composite", "2023-01-09", "c", form="composite", place=1, authors=2),
    )

    assert rows(got.tree) == {"first": 12, "second": 8, "composite": 3}


def test_a_year_is_held_to_its_limit(bureau: Compiled) -> None:
    earlier = Carried(sums={"appraisals.monthly.rules.adopted.limits[0]": (dt.date(2023, 1, 1), Decimal(90))})
    works = [adopted("x", "2023-05-09", "a")]

    assert [step.points for step in sheet(bureau, "2023-05", *works, carried=earlier).tree.steps] == [
        0,
        -2,
        10,
    ]
    assert (
        sheet(bureau, "2024-05", adopted("x", "2024-05-09", "a"), carried=earlier).tree.steps[2].points == 20
    )


def test_a_late_proof_shows_its_own_month(bureau: Compiled) -> None:
    got = sheet(bureau, "2023-03", adopted("x", "2023-01-09", "a", arrived=dt.date(2023, 3, 7)))
    line = next(step for step in got.tree.steps if step.name == "adopted")

    assert (line.points, line.steps[0].own) == (20, "2023-01")
