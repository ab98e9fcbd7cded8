"""Texts that passed every station, ready to become public."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from taizhang.conftest import SCHEME
from taizhang.core.desk.content import Attachment, Content, Picture
from taizhang.desk import actions
from taizhang.desk.models import Manuscript, Purpose
from taizhang.desk.tests.conftest import DESK, ROLES, Office, office
from taizhang.documents.tests.test_pictures import png
from taizhang.ledger import store

__all__ = ["Office", "office"]

ADOPTION = """\
  adoption:
    name: {zh: 采用, en: Adoption}
    title: {name: {zh: 标题, en: Headline}}
    about: {kinds: information, name: {zh: 所采用的信息, en: What was adopted}, required: true}
    fields:
      outlet: {name: {zh: 媒体, en: Outlet}, required: true}
      level: {name: {zh: 级别, en: Level}, type: choice, choices: {city: {zh: 市级, en: City}, province: {zh: 省级, en: Province}}}
      link: {name: {zh: 链接, en: Address}, type: link}
"""


SHORT = ("review", "sign")
SITTERS = {"review": "section_head", "sign": "head"}


@pytest.fixture
def scheme_text() -> str:
    head, _desk, _rest = SCHEME.partition("desk:\n")
    head = head.replace("attendance:\n", f"{ROLES}attendance:\n", 1).replace(
        "  finding:\n", f"{ADOPTION}  finding:\n", 1
    )
    return head + DESK


@pytest.fixture(autouse=True)
def _evidence(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path


@pytest.fixture
def reader() -> Client:
    """Somebody from outside, without an account."""
    return Client()


def with_picture(**more: Any) -> dict[str, Any]:
    """Return the parts of a text that has a picture and an attachment, their bytes stored."""
    shown, attached = store.keep([png()]), store.keep([b"%PDF-1.7 minutes"])
    return {
        "body": f'<p>科普周在科技馆启动。</p><p><img src="picture:{shown.sha256}"></p>',
        "pictures": (Picture(shown.sha256, "启动现场", "本局供图", "image/png"),),
        "attachments": (Attachment(attached.sha256, "日程安排.pdf", "application/pdf", attached.size),),
        **more,
    }


@pytest.fixture
def publish(office: Office) -> Callable[..., Manuscript]:
    """Return what takes a text through all stations and releases it on a channel."""

    def do(*, channel: str = "site", **more: Any) -> Manuscript:
        manuscript = office.passed(channels=(channel,), **more)
        office.release(manuscript, channel=channel, address="https://www.example.cn/x")
        return manuscript

    return do


@pytest.fixture
def change(office: Office) -> Callable[..., Any]:
    """Return what takes a correction or withdrawal of a released text through its short line, up to its end."""

    def do(manuscript: Manuscript, purpose: Purpose, **more: Any) -> None:
        with office.book("editor") as book:
            actions.reopen(manuscript, purpose=purpose, reason="有误", by=office.account("editor"), book=book)
        text = office.way(manuscript).versions[-1].text
        office.save(manuscript, Content(**{**text.__dict__, **more}))
        office.submit(manuscript)
        for code in SHORT:
            office.approve(manuscript, code, by=SITTERS[code])

    return do


@pytest.fixture
def correct(office: Office, change: Callable[..., Any]) -> Callable[..., None]:
    """Return what corrects a released text before its readers."""

    def do(manuscript: Manuscript, **more: Any) -> None:
        change(manuscript, Purpose.CORRECT, **more)
        office.release(manuscript)

    return do


@pytest.fixture
def withdraw(office: Office, change: Callable[..., Any]) -> Callable[..., None]:
    """Return what takes a released text away from its readers."""

    def do(manuscript: Manuscript, note: str, **more: Any) -> None:
        change(manuscript, Purpose.WITHDRAW, note=note, **more)
        with office.book("publisher") as book:
            actions.withdraw(
                manuscript, "site", seen=office.seen(manuscript), by=office.account("publisher"), book=book
            )

    return do
