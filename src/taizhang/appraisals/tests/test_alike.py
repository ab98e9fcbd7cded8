"""What is told again for somebody alike is what would have been worked out for them."""

import datetime as dt
import random

import pytest

from taizhang.appraisals.alike import Alike, Told
from taizhang.appraisals.tests.conftest import with_appraisals
from taizhang.core.appraisal import sheet as core
from taizhang.core.appraisal.compiled import compile_appraisal
from taizhang.core.appraisal.rows import Exemption, Item, Profile, Subject, Work
from taizhang.core.appraisal.score import score
from taizhang.core.scheme.load import load_text
from taizhang.core.values import Period

PERIOD = Period.parse("2023-10")


@pytest.fixture(scope="module")
def compiled():
    return compile_appraisal(load_text(with_appraisals(), path="office.yaml"), "monthly")


def _month(chance: random.Random, number: int) -> list[Work]:
    """Return some rows of one person: items, adoptions of them and of an item before, some late, some earlier."""
    rows, made = [], 0

    def id_() -> str:
        nonlocal made
        made += 1
        return f"{number:016x}{chance.randrange(16**12):012x}{made:04x}"

    for _item in range(chance.randrange(4)):
        on = dt.date(2023, chance.choice((9, 10)), chance.randrange(1, 29))
        item = Work(id_(), "information", on, on, dt.date(2023, 10, 20), person=number, values={})
        rows.append(item._replace(earlier=on.month == 9 and chance.random() < 0.5))
        for _outlet in range(chance.randrange(4)):
            level = {"level": chance.choice(("city", "province"))}
            day = dt.date(2023, 10, chance.randrange(1, 29))
            rows.append(
                Work(
                    id_(), "adoption", day, day, day, values=level, about=item.id,
                    item=Item("information", number, 1, {}), earlier=False, verified=chance.random() < 0.9,
                )
            )  # fmt: skip
    chance.shuffle(rows)
    return rows


def test_sheets_told_again_are_those_worked_out(compiled):
    chance, alike, met = random.Random(20231031), Alike(compiled, PERIOD), 0
    profile = Profile(roles=frozenset(["officer"]))
    leave = Exemption(PERIOD, "leave", "deputy")
    before = core.Carried(missed={"two_months": (1, 0), "three_months": (2, 0)})
    for number in range(1, 3000):
        subject, works = Subject(number, f"S{number}", profile), _month(chance, number)
        carried, excused = chance.choice((core.NEW, before)), chance.choice(([], [], [leave]))
        known = len(alike._known)

        def work_out(subject=subject, works=works, carried=carried, excused=excused):
            return score(
                compiled, period=PERIOD, subject=subject, works=works, carried=carried, exemptions=excused
            )

        told = alike.tell(subject, works, carried, excused, work_out)
        met += len(alike._known) == known
        assert told == Told.of(work_out())
    assert alike.usable
    assert met > 500


def test_where_a_rule_looks_at_days_nobody_is_taken_for_alike():
    text = with_appraisals().replace(
        "      missing:",
        "      late: {name: Late, late: {of: {kind: information}, due: {day: 3}, points: -1}}\n      missing:",
    )
    found = Alike(compile_appraisal(load_text(text, path="office.yaml"), "monthly"), PERIOD)
    assert not found.usable
