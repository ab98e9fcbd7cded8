"""The office of ``conftest`` with an outline, somebody who freezes, and a few entries to report on."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from taizhang.conftest import NOW, SCHEME
from taizhang.core.values import Period
from taizhang.journal.actions import open_book
from taizhang.ledger.models import Entry
from taizhang.org.queries import unit_tree
from taizhang.reports import actions
from taizhang.reports.filling import Order
from taizhang.reports.models import FrozenReport, Report
from taizhang.reports.printing import Ledger
from taizhang.rules.queries import history

LATER = dt.timedelta(hours=1)
OUTLINE = """\
outlines:
  annual:
    name: {zh: 年度总结, en: Annual summary}
    every: year
    for: {unit_kinds: bureau}
    title: "{year}年工作总结"
    body:
      - {heading: 学习, level: 1}
      - text: "{unit}{period}集体学习{studies}，研讨{seminars}，受众{audience}，截至{as_of}。"
      - text: "尚有{open_findings}未销号："
        when: {of: open_findings, more_than: 0}
      - rows: {of: open_findings, item: "{title}（{unit}）", each_line: true, empty: 没有未销号的问题。}
      - list: [继续学习。]
      - table: {caption: 与上年比较, rows: [studies, seminars], compare: last_year}
  sheet:
    name: {zh: 月表, en: Monthly sheet}
    every: month
    title: "Sheet of {period}"
    body:
      - text: "{unit} held {studies} in {period}, {studies:last_year} a year before; open: {rows:open_findings}."
"""


@pytest.fixture
def scheme_text() -> str:
    changed = SCHEME.replace("exempt, report], reach: all", "exempt, report, freeze], reach: all")
    changed = changed.replace(
        "    unit_kinds: [section]\n    evidence: required\n", "    unit_kinds: [section]\n"
    )
    writer = "may: [read, record, correct, report], reach: unit"
    return changed.replace("may: [read, record, correct], reach: unit", writer) + OUTLINE


@pytest.fixture
def ledger(bureau: Any, now: Callable[..., dt.datetime]) -> Callable[[], Ledger]:
    return lambda: Ledger(history(), unit_tree(), now())


@pytest.fixture
def year(post_entry: Callable[..., Entry], now: Callable[..., dt.datetime]) -> list[Entry]:
    """Two studies, one a seminar, an outreach and an open finding; the clock then stands an hour later."""
    made = [
        post_entry("study", title="第一次", occurred_on="2023-03-01"),
        post_entry("study", title="研讨", occurred_on="2023-04-01", values={"form": "seminar"}),
        post_entry("outreach", occurred_on="2023-05-01"),
        post_entry("finding", title="台账不全", unit="publicity", occurred_on="2023-06-01"),
    ]
    now(NOW + LATER)
    return made


@pytest.fixture
def draft(year: list[Entry], bureau: Any, ledger: Callable[[], Ledger]) -> Report:
    order = Order("annual", bureau.units["bureau"], Period.year(2023), "zh-hans")
    return actions.create(order, ledger=ledger(), by="deputy Deputy")


@pytest.fixture
def freeze(ledger: Callable[[], Ledger], now: Callable[..., dt.datetime]) -> Callable[[Report], FrozenReport]:
    def act(report: Report) -> FrozenReport:
        report.refresh_from_db()
        with open_book(now=now(), actor="deputy Deputy") as book:
            return actions.freeze(report, book=book, ledger=ledger(), on=report.version)

    return act
