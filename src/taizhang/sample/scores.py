"""The sample year's scores: eleven months run, leave, objections, talks, circulars. December is still to be run.

November's sheets were sent late, on the 26th: on the opening day they can still be objected to.
"""

import datetime as dt
from collections.abc import Iterator

from taizhang.sample.acts import (
    Act,
    Answered,
    Circulated,
    LeaveAsked,
    LeaveDecided,
    Objected,
    RunStep,
    Talked,
    working_day_after,
)
from taizhang.sample.organisation import ASSESSOR, CLERK, DEPUTY, HEAD

MONTHS = range(1, 12)
LAST = 11
NINE, TEN, ELEVEN = 9 * 60 + 5, 10 * 60 + 10, 11 * 60 + 20
AFTERNOON = 15 * 60


def acts() -> Iterator[Act]:
    for month in MONTHS:
        yield from _run(month)
    yield from _leave()
    yield from _objections()
    yield from _talks()


def _day(month: int, number: int) -> dt.date:
    """Return the working day on which something about a month is done: the 9th of the next one and so many after."""
    return working_day_after(dt.date(2023, month + 1, 9), number)


def _run(month: int) -> Iterator[Act]:
    period = f"2023-{month:02}"
    computed = dt.date(2023, 12, 26) if month == LAST else _day(month, 0)
    yield RunStep(on=computed, minute=NINE, by=CLERK, period=period, step="compute")
    yield RunStep(on=computed, minute=NINE, by=CLERK, period=period, step="send")
    if month == LAST:
        return
    yield RunStep(on=_day(month, 6), minute=TEN, by=DEPUTY, period=period, step="confirm")
    yield Circulated(on=_day(month, 7), minute=AFTERNOON, by=CLERK, period=period)
    yield RunStep(on=_day(month, 7), minute=ELEVEN, by=HEAD, period=period, step="lock")


def _leave() -> Iterator[Act]:
    """The head of CGK asks for an officer on leave, the deputy decides."""
    yield LeaveAsked(
        on=dt.date(2023, 8, 29), minute=NINE, by="KJ033", key="leave-1", person="KJ034", unit="CGK", period="2023-08",
        ground="leave", note="产假期满前补休年休假，8月不在岗",
    )  # fmt: skip
    yield LeaveDecided(on=dt.date(2023, 8, 30), minute=TEN, by=DEPUTY, key="leave-1", role="deputy")
    yield LeaveAsked(
        on=dt.date(2023, 12, 28), minute=NINE, by="KJ049", key="leave-2", person="KJ050", unit="SCL", period="2023-12",
        ground="secondment", note="12月抽调参加市里重点项目核查专班",
    )  # fmt: skip


def _objections() -> Iterator[Act]:
    """A proof that the holidays delayed is taken in; an item that nobody adopted stays unadopted."""
    yield Objected(
        on=_day(9, 2), minute=NINE, by="KJ025", period="2023-09",
        text="9月政务信息已被市政府办采用，国庆假期无人登记，佐证10月9日才补录，请计入9月。",
    )  # fmt: skip
    yield Answered(
        on=_day(9, 3), minute=TEN, by=ASSESSOR, person="KJ025", period="2023-09", upheld=True,
        text="经核对刊登页面，采用日期在9月，佐证已登记，按台账重新计算。",
    )  # fmt: skip
    yield Objected(
        on=_day(2, 1), minute=NINE, by="KJ050", period="2023-02",
        text="2月的党建信息在中心公众号发了，应当算采用。",
    )  # fmt: skip
    yield Answered(
        on=_day(2, 2), minute=TEN, by=ASSESSOR, person="KJ050", period="2023-02", upheld=False,
        text="公众号由本中心自办，方案只计报送上级后被采用的；台账中2月没有中心报送的党建信息。",
    )  # fmt: skip
    yield Objected(
        on=dt.date(2023, 12, 27), minute=NINE, by="KJ050", period="2023-11",
        text="11月报送的一条党建信息登记在同事名下，请核对作者。",
    )  # fmt: skip


def _talks() -> Iterator[Act]:
    """Two months missed, talked about and mended, six times; the head's talk with QBS is still to be held."""
    for month, by, person, given, measures in _HELD:
        yield Talked(
            on=_day(month, 9), minute=AFTERNOON, by=by, person=person, escalation="two_months", place="局小会议室",
            given=given, measures=measures, follow_up="下月中旬由办公室看完成情况，报分管领导。",
        )  # fmt: skip


_HELD = (
    (
        2,
        DEPUTY,
        "KJ017",
        "两条党建信息都投了内刊，没有外投。",
        "办公室帮助对接市直机关工委信息平台，每月上旬先报一条。",
    ),
    (
        3,
        DEPUTY,
        "KJ015",
        "新接手信息工作，对各家采用口径不熟。",
        "由宣传经验较多的同志带一个季度，稿件先给办公室看。",
    ),
    (4, DEPUTY, "KJ010", "集中办理会务，报送靠后，错过采用时点。", "会务期间由副主任代报，信息不过旬。"),
    (7, DEPUTY, "KJ010", "防汛值守期间未安排供稿。", "值守表与报送计划一并排，提前存两条备用稿。"),
    (7, DEPUTY, "KJ017", "集中清理规范性文件，人手紧。", "科长分担文件清理，每周留半天写信息。"),
    (
        9,
        "KJ004",
        "KJ042",
        "文献平台上线期间信息交给实习员，质量不够没有被采用。",
        "所里另指定一人供稿，夏冰清改稿把关。",
    ),
)
