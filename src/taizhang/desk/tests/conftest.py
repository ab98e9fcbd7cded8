"""A desk with six stations and a sign-off, everybody who sits at one, and texts on their way."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from taizhang.conftest import FOUNDED, NOW, SCHEME, Bureau
from taizhang.core.desk.content import Content, Share
from taizhang.desk import actions, drafts, queries
from taizhang.desk.models import Manuscript, Release, Version
from taizhang.desk.queries import Way
from taizhang.journal.actions import Book, open_book
from taizhang.org import accounts
from taizhang.org.models import Account, Person, Post, RoleAssignment
from taizhang.org.queries import unit_tree

ROLES = """\
  proofreader: {name: 校对员, may: [read], reach: all}
  head: {name: 主要领导, may: [read], reach: all}
  editor: {name: 编辑, may: [read, write], reach: unit}
  publisher: {name: 发布员, may: [read, release], reach: all}
"""
DESK = """\
desk:
  types:
    news:
      name: {zh: 政务信息, en: News}
      posts: {kind: information, by_channel: {site: {outlet: site}, paper: {outlet: paper}}}
    notice: {name: 通知}
  channels:
    site: {name: 门户网站, how: site}
    wechat: {name: 微信公众号, how: package}
    paper: {name: 报纸, how: outside}
    board: {name: 公告栏, how: outside}
  lines:
    board:
      name: 公告栏
      channels: board
      stations:
        look: {name: 看稿, does: review, level: 1, seats: {role: section_head, reach: all}}
    short:
      name: 更正
      types: notice
      stations:
        review: {name: 审核, does: review, level: 1, seats: {role: section_head, reach: all}}
        sign: {name: 签发, does: sign_off, seats: {role: head, reach: all}}
    standard:
      name: {zh: 三审三校, en: Three reviews and proofs}
      corrects_at_most: 20
      stations:
        review1: {name: 一审, does: review, level: 1, seats: {role: section_head, reach: all}, working_days: 1}
        proof1:
          name: 一校
          does: proof
          seats: {role: proofreader}
          gates: {text: error, number: error, logic: error}
          reopens: station
        review2: {name: 二审, does: review, level: 2, seats: {role: deputy}, hours: 48}
        proof2: {name: 二校, does: proof, seats: {role: proofreader}, reopens: last_review}
        review3: {name: 三审, does: review, level: 3, seats: [{role: head}, {role: deputy}]}
        proof3: {name: 三校, does: proof, seats: {role: proofreader}, reads_aloud: true, reopens: all, apart_from: proof1}
        sign: {name: 签发, does: sign_off, seats: [{role: head}, {group: study_group}], opinion: required}
  corrections: short
"""
STATIONS = ("review1", "proof1", "review2", "proof2", "review3", "proof3", "sign")
SITTERS = {
    "review1": "section_head",
    "proof1": "proofreader",
    "review2": "deputy",
    "proof2": "proofreader",
    "review3": "head",
    "proof3": "proofreader2",
    "sign": "head",
}
MORE = {
    "proofreader": ("proofreader", "bureau"),
    "proofreader2": ("proofreader", "bureau"),
    "head": ("head", "bureau"),
    "deputy2": ("deputy", "bureau"),
    "editor": ("editor", "office"),
    "editor2": ("editor", "office"),
    "publisher": ("publisher", "bureau"),
}


@pytest.fixture
def scheme_text() -> str:
    head, _desk, _rest = SCHEME.partition("desk:\n")
    return head.replace("attendance:\n", f"{ROLES}attendance:\n", 1) + DESK


@dataclass(frozen=True)
class Office:
    """Everybody by name, and everything they do, each in a book of its own."""

    bureau: Bureau
    now: Callable[..., dt.datetime]

    def account(self, name: str) -> Account:
        return self.bureau.account(name)

    def person(self, name: str) -> Person:
        return Person.objects.get(account__username=name)

    def book(self, by: str) -> Any:
        return open_book(now=self.now(), actor=self.account(by).signature)

    def content(self, *authors: str, **more: Any) -> Content:
        authors = authors or ("editor",)
        part = (Decimal(1) / len(authors)).quantize(Decimal("0.000001"))
        parts = [part] * (len(authors) - 1) + [1 - part * (len(authors) - 1)]
        return Content(
            **{
                "title": "全市科普活动周启动",
                "body": "<p>全市科普活动周在科技馆启动，各县区同步开展活动。</p>",
                "shares": tuple(Share(self.person(a).pk, p) for a, p in zip(authors, parts, strict=True)),
                "channels": ("site",),
                **more,
            }
        )

    def start(
        self, *, by: str = "editor", type_: str = "news", unit: str = "office", **more: Any
    ) -> Manuscript:
        content = more.pop("content", None) or self.content(by, **more)
        with self.book(by) as book:
            return actions.start(
                unit=self.bureau.units[unit], type_=type_, content=content, by=self.account(by), book=book
            )

    def save(
        self, manuscript: Manuscript, content: Content, *, by: str = "editor", on: int | None = None
    ) -> Any:
        manuscript.draft.refresh_from_db()
        return drafts.save(
            manuscript,
            content,
            on=manuscript.draft.revision if on is None else on,
            by=self.account(by).signature,
            person=self.person(by),
            now=self.now(),
        )

    def seen(self, manuscript: Manuscript) -> str:
        version = manuscript.versions.order_by("-number").first()
        return version.digest if version else ""

    def submit(self, manuscript: Manuscript, *, by: str = "editor", **more: Any) -> Version:
        manuscript.draft.refresh_from_db()
        more.setdefault("on", manuscript.draft.revision)
        more.setdefault("seen", self.seen(manuscript) if self.way(manuscript).version else "")
        with self.book(by) as book:
            return actions.submit(manuscript, by=self.account(by), book=book, **more)

    def way(self, manuscript: Manuscript) -> Way:
        return queries.way_of(
            Manuscript.objects.select_related("unit").get(pk=manuscript.pk), tree=unit_tree()
        )

    def station(self, manuscript: Manuscript, code: str) -> Any:
        return next(station for station in self.way(manuscript).stations if station.code == code)

    def approve(self, manuscript: Manuscript, code: str, *, by: str | None = None, **more: Any) -> Any:
        by = by or SITTERS[code]
        more.setdefault("seen", self.seen(manuscript))
        more.setdefault("opinion", "同意")
        more.setdefault("read_aloud", True)
        with self.book(by) as book:
            return actions.approve(
                manuscript, self.station(manuscript, code), by=self.account(by), book=book, **more
            )

    def approve_all(self, manuscript: Manuscript, *, until: str = "sign") -> None:
        for code in STATIONS[: STATIONS.index(until) + 1]:
            self.approve(manuscript, code)

    def send_back(
        self, manuscript: Manuscript, code: str, *, by: str | None = None, opinion: str = "请核实数字"
    ) -> Any:
        by = by or SITTERS[code]
        with self.book(by) as book:
            return actions.send_back(
                manuscript,
                self.station(manuscript, code),
                seen=self.seen(manuscript),
                opinion=opinion,
                by=self.account(by),
                book=book,
            )

    def correct(self, manuscript: Manuscript, code: str, body: str, *, by: str | None = None) -> Version:
        by = by or SITTERS[code]
        text = self.way(manuscript).version.text
        with self.book(by) as book:
            return actions.correct(
                manuscript,
                self.station(manuscript, code),
                Content(title=text.title, body=body),
                seen=self.seen(manuscript),
                reason="改字",
                by=self.account(by),
                book=book,
            )

    def release(
        self, manuscript: Manuscript, *, channel: str = "site", by: str = "publisher", **more: Any
    ) -> Release:
        more.setdefault("seen", self.seen(manuscript))
        with self.book(by) as book:
            return actions.release(manuscript, channel, by=self.account(by), book=book, **more)

    def passed(self, **more: Any) -> Manuscript:
        manuscript = self.start(**more)
        self.submit(manuscript)
        self.approve_all(manuscript)
        return manuscript


@pytest.fixture
def office(bureau: Bureau, now: Callable[..., dt.datetime]) -> Office:
    with open_book(now=NOW - dt.timedelta(days=200), actor="founder") as book:
        for order, (name, (role, unit)) in enumerate(MORE.items()):
            _join(name, role, bureau.units[unit], order, book)
    # the deputy of the small office stands above the sections here
    with open_book(now=NOW - dt.timedelta(days=199), actor="founder") as book:
        deputy = RoleAssignment.objects.create(
            person=bureau.people["deputy"], role="deputy", unit=bureau.units["bureau"], since=FOUNDED
        )
        book.sign("org.assign_role", deputy)
    return Office(bureau, now)


def _join(name: str, role: str, unit: Any, order: int, book: Book) -> None:
    person = Person.objects.create(code=f"D{order:03}", name=name.title())
    post = Post.objects.create(person=person, unit=unit, title=role, order=order, since=FOUNDED)
    assignment = RoleAssignment.objects.create(person=person, role=role, unit=unit, since=FOUNDED)
    account = Account.objects.create_user(name, password=name, person=person)
    accounts.sign("org.open_account", account, book)
    for signed in (person, post, assignment):
        book.sign(f"org.add_{type(signed)._meta.model_name}", signed)
