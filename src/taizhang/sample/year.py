"""The sample year in the order in which it was recorded, from 28 December 2022 to 28 December 2023."""

import datetime as dt
from collections.abc import Iterator
from functools import cache

from taizhang.core.values import Period
from taizhang.sample import (
    information,
    manuscripts,
    office,
    outreach,
    scores,
    study,
    supervision,
    verification,
)
from taizhang.sample.acts import (
    Act,
    Exemption,
    Reorganisation,
    Review,
    SchemeAdoption,
    minute,
    working_day_after,
)
from taizhang.sample.manuscripts import DeskAct
from taizhang.sample.organisation import ASSESSOR, DEPUTY, HEAD, SECURITY_ADMINISTRATOR

BEFORE = dt.date(2022, 12, 28)
CHANGES = ((3, 20), (6, 30), (7, 3), (8, 14), (9, 11), (10, 31))
"""The days on which changes in the organisation were written down."""


@cache
def sittings() -> tuple[tuple[Act, ...], ...]:
    """Return what each person recorded on each day, at one sitting, in the order in which they sat down."""
    together: dict[tuple[dt.date, str, int], list[Act]] = {}
    for act in _told():
        # what is done at the desk waits for what others did there: each act has a sitting of its own
        together.setdefault((act.on, act.by, act.minute if isinstance(act, DeskAct) else 0), []).append(act)
    return tuple(tuple(acts) for acts in sorted(together.values(), key=_sat_down))


def _sat_down(acts: list[Act]) -> tuple[dt.date, int]:
    return acts[0].on, min(act.minute for act in acts)


def _told() -> Iterator[Act]:
    """Yield every act of the year; what builds on another comes after it."""
    yield from _founding()
    yield from _changes()
    yield from study.acts()
    yield from office.acts()
    yield from outreach.acts()
    yield from information.acts()
    yield from supervision.acts()
    yield from manuscripts.acts()
    yield from _exemptions()
    yield from _reviews()
    yield from verification.acts()
    yield from scores.acts()


def _founding() -> Iterator[Act]:
    yield SchemeAdoption(on=BEFORE, minute=9 * 60, by=ASSESSOR, path="bureau/2023-01-01.yaml", founding=True)
    yield Reorganisation(on=BEFORE, minute=10 * 60, by="", after=dt.date.min, until=BEFORE)
    yield SchemeAdoption(on=dt.date(2023, 12, 25), minute=9 * 60, by=ASSESSOR, path="bureau/2024-01-01.yaml")


def _changes() -> Iterator[Act]:
    before = BEFORE
    for month, day in CHANGES:
        on = dt.date(2023, month, day)
        yield Reorganisation(on=on, minute=8 * 60 + 30, by=SECURITY_ADMINISTRATOR, after=before, until=on)
        before = on


def _exemptions() -> Iterator[Act]:
    yield Exemption(
        on=dt.date(2023, 2, 27), minute=10 * 60, by=DEPUTY, duty="monthly_information", unit="RCK", period="2023-02",
        reason="全科参加省厅外国专家系统集中轮训，当月未安排信息任务",
    )  # fmt: skip
    yield Exemption(
        on=dt.date(2023, 8, 28), minute=11 * 60, by=HEAD, duty="monthly_branch_study", unit="ZB4", period="2023-08",
        reason="支部党员参加防汛一线值守，集中学习并入9月开展",
    )  # fmt: skip


def _reviews() -> Iterator[Act]:
    """In the middle of each month what was done until the end of the last is verified; December is still open."""
    for month in range(2, 13):
        on = working_day_after(dt.date(2023, month, 14), 0)
        span = Period(dt.date(2023, 1, 1), dt.date(2023, month, 1) - dt.timedelta(days=1))
        yield Review(
            on=on, minute=minute(month * 3), by=HEAD, span=span, unit_kinds=("bureau", "general_branch")
        )
        yield Review(
            on=on,
            minute=minute(month * 5),
            by=DEPUTY,
            span=span,
            unit_kinds=("branch", "section", "institute"),
        )
    span = Period(dt.date(2023, 1, 1), dt.date(2023, 11, 30))
    yield Review(
        on=dt.date(2023, 12, 22), minute=17 * 60, by=HEAD, span=span, unit_kinds=("bureau", "branch")
    )
