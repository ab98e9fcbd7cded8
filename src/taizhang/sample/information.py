"""The sample year's information: 350 items submitted, 320 of them adopted by somebody, 120 signed commentaries."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from taizhang.core.calendar import is_working_day
from taizhang.core.values import DAY
from taizhang.sample import files, headlines
from taizhang.sample.acts import (
    OFFICE,
    Act,
    Correction,
    Fact,
    Withdrawal,
    minute,
    working_day_after,
    working_days,
)
from taizhang.sample.organisation import CLERK, UNITS, officer_of, posted

CATEGORIES = ("party_building", "government", "party_committee", "discipline", "civility")

QUOTA = {
    "BGS": (22, 6, 9, 3, 5),
    "RSK": (26, 2, 5, 3, 3),
    "ZCK": (19, 8, 1, 3, 1),
    "ZYK": (19, 9, 1, 1, 1),
    "GXK": (24, 12, 1, 1, 1),
    "NCK": (19, 9, 1, 1, 2),
    "CGK": (23, 11, 1, 1, 1),
    "RCK": (18, 7, 1, 1, 1),
    "QBS": (22, 10, 1, 1, 2),
    "SCL": (18, 10, 1, 1, 1),
}  # fmt: skip
"""Items of the year by unit and category, in the order of CATEGORIES: 210, 84, 22, 16 and 18 in all."""

MONTHLY = {
    "BGS": (4, 3, 4, 4, 4, 4, 3, 3, 4, 4, 4, 4),
    "RSK": (3, 3, 3, 4, 3, 4, 3, 2, 4, 4, 3, 3),
    "ZCK": (2, 3, 3, 3, 3, 3, 2, 2, 3, 3, 3, 2),
    "ZYK": (3, 2, 3, 3, 2, 3, 2, 2, 3, 3, 3, 2),
    "GXK": (3, 3, 3, 4, 4, 3, 3, 3, 3, 4, 3, 3),
    "NCK": (2, 3, 4, 3, 3, 3, 2, 1, 3, 3, 3, 2),
    "CGK": (3, 3, 3, 3, 4, 3, 3, 3, 3, 3, 3, 3),
    "RCK": (2, 1, 3, 3, 2, 3, 2, 2, 3, 3, 3, 1),
    "QBS": (3, 3, 3, 3, 4, 3, 3, 2, 3, 3, 3, 3),
    "SCL": (3, 3, 3, 3, 3, 3, 2, 2, 3, 3, 0, 3),
}  # fmt: skip
"""Items by unit and month. NCK missed August, SCL November; RCK was exempted in February and is short in December."""

SENT_TO = {
    "party_building": "市直机关工委",
    "government": "市政府办公室",
    "party_committee": "市委办公室",
    "discipline": "市纪委监委",
    "civility": "市文明办",
}

UNUSED = 30
LAST_SUBMITTED = dt.date(2023, 12, 26)
LAST_ADOPTED = dt.date(2023, 12, 27)
SITTINGS = (2, 5)
LAST_SITTING = dt.date(2023, 12, 28)
TOO_LATE_TO_BE_ADOPTED = dt.date(2023, 12, 21)
SHORT = {row.code: row.short_name for row in UNITS}


@dataclass(frozen=True)
class Item:
    """One item of information; ``number`` counts them through the year, ``turn`` through the unit's year."""

    number: int
    unit: str
    turn: int
    day: dt.date
    category: str
    title: str
    author: str

    @property
    def key(self) -> str:
        return f"information-{self.number:03}"


def submitted_in(month: int) -> int:
    """Return how many items were submitted in a month of the year."""
    return sum(counts[month - 1] for counts in MONTHLY.values())


def acts() -> Iterator[Act]:
    for item in items():
        yield from _submission(item)
    yield from adoptions()
    yield from _commentaries()
    yield from _mistakes()


# Items


@cache
def items() -> tuple[Item, ...]:
    """Return the year's items in the order of their days."""
    slots = sorted((day, unit, turn) for unit in MONTHLY for turn, day in enumerate(_days(unit)))
    told: dict[str, int] = dict.fromkeys(CATEGORIES, 0)
    found = []
    for number, (day, unit, turn) in enumerate(slots, start=1):
        category = _categories(unit)[turn]
        title = _title(unit, turn, day, category, told[category])
        told[category] += 1
        found.append(Item(number, unit, turn, day, category, title, _author(unit, turn, day)))
    return tuple(found)


def _days(unit: str) -> list[dt.date]:
    """Spread a unit's items of each month over its working days."""
    place = list(MONTHLY).index(unit)
    days = []
    for month, count in enumerate(MONTHLY[unit], start=1):
        open_days = [day for day in working_days(2023, month) if day <= LAST_SUBMITTED]
        for number in range(count):
            at = (2 * number + 1) * len(open_days) // (2 * count) + place % 3 - 1
            days.append(open_days[min(max(at, 0), len(open_days) - 1)])
    return days


@cache
def _categories(unit: str) -> tuple[str, ...]:
    """Mix a unit's categories evenly through its year; what is told once comes at another time in each unit."""
    first = 3 * list(MONTHLY).index(unit)
    spread = []
    for place, (category, count) in enumerate(zip(CATEGORIES, QUOTA[unit], strict=True)):
        once = Fraction((first + 7 * place) % 10, 10)
        times = [once] if count == 1 else [Fraction(2 * n + 1, 2 * count) for n in range(count)]
        spread += [(time, place, category) for time in times]
    return tuple(category for _time, _place, category in sorted(spread))


def _title(unit: str, turn: int, day: dt.date, category: str, told: int) -> str:
    if category == "government":
        return headlines.GOVERNMENT[unit][_categories(unit)[:turn].count("government")]
    if category == "party_committee":
        return headlines.PARTY_COMMITTEE[told]
    if category == "discipline":
        return headlines.DISCIPLINE[told]
    if category == "civility":
        return headlines.CIVILITY[told]
    return _party_building_title(unit, turn, day)


def _party_building_title(unit: str, turn: int, day: dt.date) -> str:
    learned, done = headlines.PARTY_BUILDING[day.month - 1]
    place = list(MONTHLY).index(unit)
    before = sum(MONTHLY[unit][: day.month - 1])
    number = _categories(unit)[before:turn].count("party_building") + place
    topics = [*learned, *done]
    topic = topics[number % len(topics)]
    patterns = headlines.LEARN if topic in learned else headlines.DO
    return patterns[(place + turn) % len(patterns)].format(unit=SHORT[unit], topic=topic)


def _author(unit: str, turn: int, day: dt.date) -> str:
    if turn % 5 < 3:  # noqa: PLR2004 - three in five are the officer's own
        return officer_of(unit, day)
    people = posted(unit, day)
    return people[(turn * 3 + 1) % len(people)]


def _recorded(item: Item) -> dt.date:
    """Most items are recorded at the officer's next sitting, every 29th two weeks later."""
    return _sitting(working_day_after(item.day, 10 if item.number % 29 == 0 and item.day.month < 12 else 1))  # noqa: PLR2004


def _sitting(day: dt.date) -> dt.date:
    """Return the day from ``day`` on when officers keep the ledger: Tuesdays and Fridays."""
    while day.isoweekday() not in SITTINGS or not is_working_day(day, OFFICE):
        if day >= LAST_SITTING:
            return LAST_SITTING
        day += DAY
    return day


def _submission(item: Item) -> Iterator[Act]:
    recorded = _recorded(item)
    yield Fact(
        on=recorded, minute=minute(item.number), by=officer_of(item.unit, recorded), key=item.key,
        kind="information", unit=item.unit, occurred_on=item.day, title=item.title, person=item.author,
        values={"category": item.category, "sent_to": SENT_TO[item.category],
                **({"commissioned": True} if item.number % 37 == 0 else {})},
    )  # fmt: skip


# Adoptions


@cache
def adopted() -> tuple[Item, ...]:
    """Return the items that somebody adopted: all but 30, the last of the year and some in between."""
    late = [item.number for item in items() if item.day >= TOO_LATE_TO_BE_ADOPTED]
    early = [item.number for item in items() if item.day < TOO_LATE_TO_BE_ADOPTED]
    missing = UNUSED - len(late)
    skipped = {*late, *(early[(2 * n + 1) * len(early) // (2 * missing)] for n in range(missing))}
    return tuple(item for item in items() if item.number not in skipped)


def adoptions() -> Iterator[Fact]:
    """Yield the adoptions of the year, by item."""
    number = 0
    for place, item in enumerate(adopted()):
        for turn, level in enumerate(_levels(place)):
            number += 1
            yield _adoption(item, number, turn, level)


def _levels(place: int) -> list[str]:
    """Return at which levels the item was adopted, one for each outlet."""
    first = "county" if place % 9 == 4 else "province" if place % 8 == 3 else "city"  # noqa: PLR2004
    more = (["city"] if place % 7 == 2 else []) + (["nation"] if place % 41 == 5 else [])  # noqa: PLR2004
    return [first, *more]


def _adoption(item: Item, number: int, turn: int, level: str) -> Fact:
    taken = min(working_day_after(item.day, 1 + number % 4 + 2 * turn), LAST_ADOPTED)
    proof = 20 if number % 53 == 0 and item.day.month < 11 else 1 + number % 3  # noqa: PLR2004 - some proofs come late
    recorded = _sitting(max(_recorded(item), working_day_after(taken, proof)))
    outlets = headlines.OUTLETS[level]
    form = "reprint" if turn else "composite" if number % 6 == 1 else "single"
    key = f"adoption-{number:03}"
    return Fact(
        on=recorded, minute=minute(number + 17), by=officer_of(item.unit, recorded), key=key, kind="adoption",
        unit=item.unit, occurred_on=taken, about=item.key,
        title=f"综合采用：{item.title}" if form == "composite" else item.title,
        files=(files.picture(f"{taken:%Y%m%d}刊登截图", number),) if number % 12 == 0 else (),
        values={"outlet": outlets[(number + turn) % len(outlets)], "level": level, "form": form},
    )  # fmt: skip


def item_of(adoption: Fact) -> Item:
    """Return the item that an adoption is about."""
    return items()[int(adoption.about.rpartition("-")[2]) - 1]


# Commentary

CHANNELS = ("wechat", "website", "microblog", "website", "wechat", "press")
SIGNATURE = "景澜市科学技术局"
A_MONTH = 10


def _commentaries() -> Iterator[Act]:
    units = list(MONTHLY)
    for number in range(12 * A_MONTH):
        month, place = number // A_MONTH + 1, number % A_MONTH
        open_days = [day for day in working_days(2023, month) if day <= LAST_SUBMITTED]
        published = open_days[(2 * place + 1) * len(open_days) // (2 * A_MONTH)]
        recorded, unit = _sitting(working_day_after(published, 1)), units[(number * 3 + month) % len(units)]
        topic = headlines.COMMENTARY_TOPICS[number % len(headlines.COMMENTARY_TOPICS)]
        pattern = headlines.COMMENTARY[number // len(headlines.COMMENTARY_TOPICS)]
        yield Fact(
            on=recorded, minute=minute(number + 23), by=officer_of(unit, recorded), key=f"commentary-{number + 1:03}",
            kind="commentary", unit=unit, occurred_on=published, title=pattern.format(topic=topic),
            values={"signed_as": SIGNATURE, "channel": CHANNELS[number % len(CHANNELS)]},
        )  # fmt: skip


# Mistakes, put right


def _mistakes() -> Iterator[Act]:
    """Three items recorded twice and taken back, a headline and a category put right."""
    for number in (48, 133, 271):
        item = items()[number - 1]
        recorded = working_day_after(item.day, 2)
        key = f"{item.key}-twice"
        yield Fact(
            on=recorded, minute=minute(number + 40), by=CLERK, key=key, kind="information", unit=item.unit,
            occurred_on=item.day, title=item.title, person=item.author,
            values={"category": item.category, "sent_to": SENT_TO[item.category]},
        )  # fmt: skip
        yield Withdrawal(
            on=working_day_after(recorded, 5),
            minute=minute(number),
            by=CLERK,
            key=key,
            reason="科室已报，重复登记",
        )
    yield _put_right(90, reason="标题按刊发稿更正", changes={"title": items()[89].title + "取得实效"})
    yield _put_right(200, reason="报送单位登记有误", values={"sent_to": "市委宣传部"})


def _put_right(number: int, *, reason: str, **more: dict[str, str]) -> Correction:
    item = items()[number - 1]
    on = working_day_after(_recorded(item), 3)
    return Correction(
        on=on, minute=minute(number), by=officer_of(item.unit, on), key=item.key, reason=reason, **more
    )
