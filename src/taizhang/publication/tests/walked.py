"""A text of the small office, released on all its channels and scheduled on none: for walks over every address."""

import datetime as dt
from decimal import Decimal
from typing import Any

from taizhang.conftest import Bureau
from taizhang.core.desk.content import Attachment, Content, Picture, Share
from taizhang.desk import actions
from taizhang.desk.models import Manuscript
from taizhang.documents.tests.test_pictures import png
from taizhang.journal.actions import open_book
from taizhang.ledger import store
from taizhang.publication import actions as publication
from taizhang.publication.models import Schedule

SITTERS = ("section_head", "clerk", "deputy")


def make(bureau: Bureau, *, at: dt.datetime) -> dict[str, Any]:
    """Return an argument for every kind of address of publication."""
    officer, moment = bureau.account("officer"), at + dt.timedelta(seconds=5)
    picture, attached = store.keep([png()]), store.keep([b"%PDF-1.7"])
    content = Content(
        title="科普周启动",
        body=f'<p>科普周在科技馆启动。</p><p><img src="picture:{picture.sha256}"></p>',
        shares=(Share(officer.person_id, Decimal(1)),),  # type: ignore[arg-type]
        channels=("site", "paper"),
        pictures=(Picture(picture.sha256, "会场", "本局", "image/png"),),
        attachments=(Attachment(attached.sha256, "日程.pdf", "application/pdf", attached.size),),
    )
    with open_book(now=moment, actor=officer.signature) as book:
        manuscript = actions.start(
            unit=bureau.units["office"], type_="news", content=content, by=officer, book=book
        )
        version = actions.submit(manuscript, on=1, by=officer, book=book)
    for name, station in zip(SITTERS, version.round.stations.all(), strict=True):
        account = bureau.account(name)
        with open_book(now=moment, actor=account.signature) as book:
            actions.approve(manuscript, station, seen=version.digest, by=account, book=book)
    clerk = bureau.account("clerk")
    with open_book(now=moment, actor=clerk.signature) as book:
        released = actions.release(manuscript, "site", seen=version.digest, by=clerk, book=book)
        (waiting,) = publication.schedule(
            manuscript,
            channels={"paper": ""},
            seen=version.digest,
            due_at=moment + dt.timedelta(days=1),
            by=clerk,
            book=book,
        )
    return {"manuscript": manuscript, "release": released, "schedule": waiting, "sha256": picture.sha256}


def argument(name: str, made: dict[str, Any]) -> dict[str, object]:
    """Return the arguments of an address of publication."""
    manuscript: Manuscript = made["manuscript"]
    waiting: Schedule = made["schedule"]
    of_manuscript = {"release", "public", "withdraw", "file"}
    known = {
        "id": manuscript.pk
        if name in of_manuscript
        else waiting.pk
        if name == "cancel"
        else made["release"].pk,
        "sha256": made["sha256"],
    }
    needs = {"index": set(), "file": {"id", "sha256"}, "released_file": {"id", "sha256"}}.get(name, {"id"})
    return {key: known[key] for key in needs}
