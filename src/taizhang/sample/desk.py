"""Doing what was done at the sample bureau's desk, through the same actions as everybody's."""

import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils import timezone

from taizhang.core.desk.content import Content, Picture, Share
from taizhang.desk import actions, drafts
from taizhang.desk.models import Comment, Draft, Manuscript, Purpose, Round, Station, Version
from taizhang.journal.actions import Book
from taizhang.ledger import store
from taizhang.org.models import Account, Person
from taizhang.sample import files
from taizhang.sample import manuscripts as told
from taizhang.sample import organisation as table
from taizhang.sample.manuscripts import DeskAct
from taizhang.sample.staffing import Staffing


@dataclass
class Desk:
    """The manuscripts so far, by key."""

    staffing: Staffing
    texts: dict[str, Manuscript] = field(default_factory=dict)

    def do(self, act: DeskAct, book: Book) -> None:
        """Do one act."""
        account = Account.objects.select_related("person").get(username=table.login_of(act.by))
        match act:
            case told.Start():
                self._start(act, account, book)
            case told.Submit():
                self._submit(act, account, book)
            case told.Approve() | told.SendBack() | told.CorrectProof():
                self._sit(act, account, book)
            case told.Remark():
                self._remark(act, account, book)
            case told.Settle():
                comment = Comment.objects.get(version__manuscript=self.texts[act.key], quote=act.quote)
                actions.resolve(comment, answer=act.answer, by=account, book=book)
            case told.Publish():
                text = self.texts[act.key]
                actions.release(text, act.channel, seen=self._seen(text), by=account, book=book)
            case told.Reopen():
                self._reopen(act, account, book)
            case _:
                raise TypeError(act)

    def _start(self, act: told.Start, account: Account, book: Book) -> None:
        people = [self.staffing.people[code].pk for code in act.authors]
        part = Decimal(1) / len(people)
        content = Content(
            title=act.title,
            body=act.body,
            byline=act.byline,
            shares=tuple(Share(person, part) for person in people),
            channels=act.channels,
            embargo=timezone.make_aware(act.embargo) if act.embargo else None,
        )
        if act.has_picture:
            content = _with_picture(content)
        self.texts[act.key] = actions.start(
            unit=self.staffing.units[act.unit], type_=act.type, content=content, by=account, book=book
        )

    def _submit(self, act: told.Submit, account: Account, book: Book) -> None:
        text = self.texts[act.key]
        if act.replacing:
            self._save(text, act.replacing, account, book)
        newest = _newest(text)
        is_new = newest is None or newest.round_id != _round(text)
        actions.submit(
            text,
            on=Draft.objects.get(pk=text.pk).revision,
            seen="" if newest is None or is_new else newest.digest,
            reason=act.reason,
            by=account,
            book=book,
        )

    def _save(
        self,
        text: Manuscript,
        replacing: tuple[tuple[str, str], ...],
        account: Account,
        book: Book,
        note: str = "",
    ) -> None:
        draft = Draft.objects.get(pk=text.pk)
        content = replace(
            draft.text, body=_replaced(draft.text.body, replacing), note=note or draft.text.note
        )
        drafts.save(text, content, on=draft.revision, by=book.actor, person=_person(account), now=book.at)

    def _sit(
        self, act: told.Approve | told.SendBack | told.CorrectProof, account: Account, book: Book
    ) -> None:
        text = self.texts[act.key]
        station = Station.objects.get(round=_round(text), code=act.station)
        seen = self._seen(text)
        match act:
            case told.Approve():
                actions.approve(
                    text,
                    station,
                    seen=seen,
                    opinion=act.opinion,
                    read_aloud=station.reads_aloud,
                    by=account,
                    book=book,
                )
            case told.SendBack():
                actions.send_back(text, station, seen=seen, opinion=act.opinion, by=account, book=book)
            case told.CorrectProof():
                newest = _newest(text)
                assert newest is not None
                corrected = replace(newest.text, body=_replaced(newest.body, act.replacing))
                actions.correct(text, station, corrected, seen=seen, reason=act.reason, by=account, book=book)

    def _remark(self, act: told.Remark, account: Account, book: Book) -> None:
        text = self.texts[act.key]
        actions.comment(
            text, seen=self._seen(text), text=act.text, quote=act.quote, start=0, by=account, book=book
        )

    def _reopen(self, act: told.Reopen, account: Account, book: Book) -> None:
        text = self.texts[act.key]
        actions.reopen(text, purpose=Purpose.CORRECT, reason=act.reason, by=account, book=book)
        self._save(text, act.replacing, account, book, note=act.note)

    def _seen(self, text: Manuscript) -> str:
        newest = _newest(text)
        return newest.digest if newest else ""


def _newest(text: Manuscript) -> Version | None:
    return Version.objects.filter(manuscript=text).order_by("-number").first()


def _round(text: Manuscript) -> uuid.UUID | None:
    newest = Round.objects.filter(manuscript=text).order_by("-number").first()
    return newest.pk if newest else None


def _person(account: Account) -> Person:
    assert account.person is not None
    return account.person


def _replaced(body: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        if old not in body:
            raise ValueError(old)
        body = body.replace(old, new)
    return body


def _with_picture(content: Content) -> Content:
    stored = store.keep([picture()])
    shown = Picture(
        stored.sha256, "大棚里，滴灌带沿草莓垄铺开（示意图）", "市科技局农村与社会发展科技科", "image/png"
    )
    first, rest = content.body.split("</p>", 1)
    return replace(
        content, body=f'{first}</p><img src="picture:{stored.sha256}" alt="">{rest}', pictures=(shown,)
    )


def picture(width: int = 480, height: int = 270) -> bytes:
    """Draw rows of a field under a sky as a PNG: no camera, no licence."""
    lines = [b"".join(_dot(x, y, width, height) for x in range(width)) for y in range(height)]
    return files.png(width, height, lines)


def _dot(x: int, y: int, width: int, height: int) -> bytes:
    horizon = height * 2 // 5
    if y < horizon:
        light = 200 + 45 * y // horizon
        return bytes((light - 40, light - 12, 250))
    depth = (y - horizon) / (height - horizon) + 0.08
    row = int((x - width / 2) / depth / 26)
    shade = int(60 * depth)
    if row % 2:
        return bytes((96 + shade // 2, 74 + shade // 3, 48))
    is_berry = (x * 7 + y * 13) % 97 < 3 and depth > 0.3  # noqa: PLR2004 - near enough to be seen
    return bytes((196, 44, 52)) if is_berry else bytes((52 + shade, 124 + shade, 58))
