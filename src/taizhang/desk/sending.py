"""Between the editor and a text: what the browser sends becomes a ``Content``, and back."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from taizhang.core.desk.content import Content, Picture, Share
from taizhang.core.scheme.desk import Desk
from taizhang.desk import rich_text, uploads
from taizhang.desk.showing import IMAGE
from taizhang.org.fields import as_typed, find_person
from taizhang.org.models import Person

HUNDRED = Decimal(100)


class Unsendable(Exception):  # noqa: N818
    """Something typed beside the text cannot be read; the text says which, and what to write instead."""


def content_of(
    sent: QueryDict, *, desk: Desk, before: Sequence[Content], account_id: int, latest: Content
) -> Content:
    """Return what a form sends. Raises Unsendable. What the form does not name stays as in ``latest``."""
    body = sent.get("html", "")
    named = _named_pictures(body)
    pictures = tuple(uploads.pictures(named, before=before, account_id=account_id))
    known = {picture.sha256 for picture in pictures}
    return replace(
        latest,
        title=" ".join(sent.get("title", "").split()),
        body=_only_known(rich_text.clean(body), known),
        pictures=pictures,
        byline=" ".join(sent.get("byline", "").split())[:200],
        shares=shares_of(sent.getlist("author"), sent.getlist("part")),
        channels=tuple(channel for channel in sent.getlist("channel") if channel in desk.channels),
        attachments=tuple(
            uploads.attachments(sent.getlist("attachment"), before=before, account_id=account_id)
        ),
        embargo=moment_of(sent.get("embargo", "")),
        note=sent.get("note", latest.note).strip(),
    )


class _Pictures(HTMLParser):
    """Collects, of every picture that is sent: its digest, its token, what it shows, whose it is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        named = rich_text.PICTURE.match(told.get("src", "")) if tag == "img" else None
        if named:
            self.found.append(
                (named[1], told.get("data-token", ""), told.get("alt", ""), told.get("data-source", ""))
            )


def _named_pictures(html: str) -> list[tuple[str, str, str, str]]:
    reader = _Pictures()
    reader.feed(html)
    reader.close()
    return reader.found


def _only_known(body: str, known: Iterable[str]) -> str:
    names = set(known)
    return IMAGE.sub(lambda tag: tag[0] if names & set(rich_text.pictures(tag[0])) else "", body)


def shares_of(typed: Sequence[str], parts: Sequence[str]) -> tuple[Share, ...]:
    """Return the authors with their parts of the whole; where no part is written, all have the same. Raises Unsendable."""
    rows = [(name.strip(), part.strip()) for name, part in zip(typed, parts, strict=False) if name.strip()]
    people = [_person(name) for name, _part in rows]
    if not any(part for _name, part in rows):
        return tuple(_evenly(people))
    return tuple(Share(person.pk, _part(part)) for person, (_name, part) in zip(people, rows, strict=True))


def _person(typed: str) -> Person:
    try:
        return find_person(typed)
    except ValidationError as error:
        raise Unsendable(error.messages[0]) from error


def _evenly(people: Sequence[Person]) -> list[Share]:
    """Share equally; what the last digit cannot say goes to the first."""
    if not people:
        return []
    part = (1 / Decimal(len(people))).quantize(Decimal("0.000001"))
    first = 1 - part * (len(people) - 1)
    return [Share(person.pk, part if number else first) for number, person in enumerate(people)]


def _part(text: str) -> Decimal:
    try:
        percent = Decimal(text.rstrip("%％ ").replace("％", ""))
    except InvalidOperation:
        percent = Decimal(-1)
    if not percent.is_finite() or not 0 <= percent <= HUNDRED:
        raise Unsendable(
            _("“{text}” is not an author's share. Write a percentage between 0 and 100.").format(text=text)
        )
    return (percent / HUNDRED).quantize(Decimal("0.000001"))


def percent(part: Decimal) -> str:
    return f"{(part * HUNDRED).normalize():f}"


def moment_of(text: str) -> dt.datetime | None:
    """Return the moment of a datetime-local input in the office's zone. Raises Unsendable."""
    if not text.strip():
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Unsendable(
            _("“{text}” is not a moment. Write it as 2023-12-20T18:00.").format(text=text)
        ) from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def moment_typed(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else ""


def for_editor(content: Content) -> str:
    """Return the body with, in each picture, whose it is: what ``content_of`` reads back."""
    known: Mapping[str, Picture] = {picture.sha256: picture for picture in content.pictures}

    def told(tag: re.Match[str]) -> str:
        sha256 = next(iter(rich_text.pictures(tag[0])), "")
        picture = known.get(sha256)
        if picture is None:
            return tag[0]
        return f'<img src="picture:{sha256}" alt="{_quoted(picture.alt)}" data-source="{_quoted(picture.source)}">'

    return IMAGE.sub(told, content.body)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def authors_typed(content: Content, people: Mapping[int, Person]) -> list[dict[str, Any]]:
    """Return the rows of the authors' fields."""
    return [
        {"name": as_typed(people[share.person]), "part": percent(share.part)}
        for share in content.shares
        if share.person in people
    ]
