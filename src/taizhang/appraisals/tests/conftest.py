"""The small office with quotas: officers of two sections submit, items are adopted, sheets are computed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from taizhang.appraisals import actions, running, verifications
from taizhang.appraisals.models import Run, Sheet, Verification
from taizhang.conftest import SCHEME, Bureau
from taizhang.core.values import Period
from taizhang.journal.actions import open_book
from taizhang.ledger.models import Entry
from taizhang.org.access import access_of
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

APPRAISALS = """\
quotas:
  monthly_items:
    name: {zh: 信息任务, en: Information task}
    every: month
    for: {roles: [officer, section_head]}
    submit: {kind: information, at_least: 2}
    publish: {kind: adoption, at_least: 1}
appraisals:
  monthly:
    name: {zh: 信息考核, en: Information scores}
    every: month
    for: {roles: [officer, section_head]}
    closes: {day: 5, of: next}
    objection_days: 5
    rules:
      base: {name: {zh: 基础分, en: Base}, fixed: {points: 10}}
      each_item: {name: {zh: 报送, en: Submitted}, each: {kind: information, points: 1}, limits: {at_most: 4}}
      adopted:
        name: {zh: 采用, en: Adopted}
        each:
          kind: adoption
          scale:
            - {where: {level: province}, points: 5}
            - {points: 3}
          several: {best: 2}
      missing: {name: {zh: 缺报扣分, en: Shortfall}, short: {submit: -1, publish: -2}}
    escalation:
      two_months: {name: {zh: 连续两月, en: Two months}, after: 2, talk: deputy}
      three_months: {name: {zh: 连续三月, en: Three months}, after: 3, talk: deputy, multiply: 2}
    exemptions:
      reasons: {leave: {zh: 休假, en: Leave}, secondment: {zh: 借调, en: Secondment}}
      approved_by: [deputy]
"""
KIND = """\
  adoption:
    name: {zh: 采用, en: Adoption}
    title: {name: {zh: 标题, en: Headline}, required: false}
    about: {kinds: [information]}
    counts_for: month
    fields:
      level: {name: {zh: 级别, en: Level}, type: choice, choices: {city: {zh: 市级, en: City}, province: {zh: 省级, en: Province}}}
      page: {name: {zh: 链接, en: Link}, type: link}
indicators:
"""
MAY = {
    "clerk": "appraise, scores",
    "section_head": "scores",
    "deputy": "confirm, answer, talk, scores",
    "auditor": "scores",
}


def with_appraisals(scheme: str = SCHEME) -> str:
    """Return the office's scheme with quotas, scores and who may do what about them."""
    for role, more in MAY.items():
        line = next(line for line in scheme.splitlines() if line.startswith(f"  {role}: "))
        end = line.index("]", line.index("may: ["))
        scheme = scheme.replace(line, f"{line[:end]}, {more}{line[end:]}")
    return scheme.replace("indicators:\n", KIND, 1) + APPRAISALS


@pytest.fixture
def scheme_text() -> str:
    return with_appraisals()


@pytest.fixture
def submit(post_entry: Callable[..., Entry]) -> Callable[..., Entry]:
    """Record an item of the officer's (or another's): ``submit("2023-10-09", adopted="province")``."""

    def record(
        day: str, *, by: str = "officer", adopted: str = "", adopted_on: str = "", **more: Any
    ) -> Entry:
        item = post_entry("information", by="clerk", person=by, occurred_on=day, **more)
        if adopted:
            post_entry(
                "adoption", by="clerk", about=item, occurred_on=adopted_on or day,
                values={"level": adopted, "page": "https://news.example/1"},
            )  # fmt: skip
        return item

    return record


@pytest.fixture
def at(now: Callable[..., dt.datetime]) -> Callable[[str], dt.datetime]:
    """Set the clock to a day and hour of the office: ``at("2023-11-06 09:00")``."""

    def set_(text: str) -> dt.datetime:
        day, _, hour = text.partition(" ")
        return now(dt.datetime.fromisoformat(f"{day}T{hour or '10:00'}:00+08:00"))

    return set_


@pytest.fixture
def computed(bureau: Bureau, now: Callable[..., dt.datetime]) -> Callable[..., Run]:
    """Run a month as the clerk: ``computed("2023-10")``."""

    def run(period: str, *, by: str = "clerk") -> Run:
        actor = bureau.account(by).signature
        with open_book(now=now(), actor=actor) as book:
            found = running.open_run("monthly", Period.parse(period), schemes=history(), book=book)
        list(running.compute(found, schemes=history(), tree=unit_tree(), actor=actor, clock=now))
        return found

    return run


@pytest.fixture
def through(
    computed: Callable[..., Run], bureau: Bureau, at: Callable[[str], dt.datetime]
) -> Callable[..., Run]:
    """Take a month all the way: computed on the 6th, sent, confirmed on the 14th by the deputy, locked."""

    def run(period: str) -> Run:
        following = Period.parse(period).following.start
        at(f"{following.replace(day=6)}")
        found = computed(period)
        with open_book(
            now=at(f"{following.replace(day=6)} 11:00"), actor=bureau.account("clerk").signature
        ) as book:
            actions.send(found, book=book)
        deputy = bureau.account("deputy")
        with open_book(now=at(f"{following.replace(day=14)}"), actor=deputy.signature) as book:
            actions.confirm(found, schemes=history(), tree=unit_tree(), book=book)
            actions.lock(found, book=book)
        return found

    return run


def sheet_of(run: Run, role: str, bureau: Bureau) -> Sheet:
    return Sheet.objects.get(run=run, person=bureau.people[role], superseded_at=None)


ASKED = "    verification: {kinds: [adoption], by: [clerk, section_head, deputy]}\n"


def with_verification(scheme: str) -> str:
    """Return the office's scheme with adoptions that count only once somebody else has verified them."""
    return scheme.replace(
        "    exemptions:\n      reasons: {leave", f"{ASKED}    exemptions:\n      reasons: {{leave", 1
    )


@pytest.fixture
def decide(bureau: Bureau, now: Callable[..., dt.datetime]) -> Callable[..., Verification]:
    """Verify an entry as the deputy (or another): ``decide(entry)``, ``decide(entry, refused="no such page")``."""

    def verify(entry: Entry, *, by: str = "deputy", refused: str = "", reason: str = "") -> Verification:
        account = bureau.account(by)
        scheme = history().newest.scheme
        access = access_of(account, day=now().date(), schemes=history())
        assert access is not None
        rows = verifications.Rows([entry], scheme, scheme.appraisals["monthly"], access)
        with open_book(now=now(), actor=account.signature) as book:
            return verifications.decide(
                rows.row(entry), accepted=not refused, reason=refused or reason, account=account, book=book
            )

    return verify
