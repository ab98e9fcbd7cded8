"""The sample year's monthly verification of adoptions: before each month's sheets are computed, by another person than
recorded them. Of the last days of December some wait still, and two were refused."""

import datetime as dt
from collections.abc import Iterator

from taizhang.core.calendar import is_working_day
from taizhang.core.values import DAY
from taizhang.sample import information
from taizhang.sample.acts import OFFICE, Act, Fact, Verified, working_day_after
from taizhang.sample.organisation import ASSESSOR, CLERK

AFTERNOON = 14 * 60 + 30
AFTER_THE_HOLIDAY, BEFORE_CHRISTMAS = dt.date(2023, 10, 11), dt.date(2023, 12, 22)
"""Proofs that the holidays delayed are looked at when they come; December's first ones before the year is out."""
REFUSED = {
    -1: "链接打开的是另一单位的稿件，请核对后更正",
    -4: "没有刊登页面，请补截图",
}
"""Of what is looked at on the last day, by place from its end."""


def acts() -> Iterator[Act]:
    recorded = list(information.adoptions())
    before = dt.date.min
    for day in _days():
        found = [fact for fact in recorded if before <= fact.on < day]
        refused = (
            {found[place].key: reason for place, reason in REFUSED.items()} if day == BEFORE_CHRISTMAS else {}
        )
        for fact in found:
            yield Verified(
                on=day, minute=AFTERNOON, by=_verifier(fact), key=fact.key, reason=refused.get(fact.key, "")
            )
        before = day


def _days() -> list[dt.date]:
    """Return the last working day before the 9th of each month, and two more."""
    ninths = (working_day_after(dt.date(2023, month, 9), 0) for month in range(2, 13))
    return sorted([*map(_working_day_before, ninths), AFTER_THE_HOLIDAY, BEFORE_CHRISTMAS])


def _working_day_before(day: dt.date) -> dt.date:
    day -= DAY
    while not is_working_day(day, OFFICE):
        day -= DAY
    return day


def _verifier(fact: Fact) -> str:
    """Return who looks at an adoption: the clerk, but for what she recorded or wrote herself."""
    item = information.item_of(fact)
    return ASSESSOR if CLERK in (fact.by, item.author) else CLERK
