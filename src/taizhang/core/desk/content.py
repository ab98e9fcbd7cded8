"""Everything of a text that will be public, and the digest that approvals are given for."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Share:
    """An author by the id of a person, and the part of the work that is theirs; shares of a text add up to 1."""

    person: int
    part: Decimal


@dataclass(frozen=True)
class Attachment:
    """A file that is published with the text; its bytes are known by their SHA-256."""

    sha256: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Picture:
    """A picture that the body shows as ``picture:<sha256>``: what it shows, in words, and whose it is."""

    sha256: str
    alt: str
    source: str
    content_type: str = ""


@dataclass(frozen=True)
class Content:
    """A text as it would be published. ``body`` is sanitised HTML; ``embargo``: not before this moment.

    ``note`` is what readers are told beside a correction or in place of a text that was withdrawn.
    """

    title: str
    body: str
    byline: str = ""
    shares: tuple[Share, ...] = ()
    channels: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Picture, ...] = ()
    embargo: dt.datetime | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the content as JSON objects; ``from_json`` reads it back."""
        return {
            "title": self.title,
            "body": self.body,
            "byline": self.byline,
            "shares": [[share.person, f"{share.part.normalize():f}"] for share in self.shares],
            "channels": list(self.channels),
            "attachments": [[a.sha256, a.name, a.content_type, a.size] for a in self.attachments],
            "pictures": [[p.sha256, p.alt, p.source, p.content_type] for p in self.pictures],
            "embargo": self.embargo.astimezone(dt.UTC).isoformat() if self.embargo else None,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Content":
        """Return the content that ``as_json`` told."""
        embargo = told.get("embargo")
        return cls(
            title=told["title"],
            body=told["body"],
            byline=told.get("byline", ""),
            shares=tuple(Share(person, Decimal(part)) for person, part in told.get("shares", ())),
            channels=tuple(told.get("channels", ())),
            attachments=tuple(Attachment(*each) for each in told.get("attachments", ())),
            pictures=tuple(Picture(*each) for each in told.get("pictures", ())),
            embargo=dt.datetime.fromisoformat(embargo) if embargo else None,
            note=told.get("note", ""),
        )


def digest(content: Content, *, manuscript: str, type_: str, unit: str) -> str:
    """Return the SHA-256 of everything that is published, in hex: what an approval is given for.

    ``manuscript`` is its id, ``type_`` its type of text, ``unit`` the code of the unit that publishes: the same words
    under another name are another text. docs/algorithms/desk.md has the spelling that is hashed.
    """
    told = {"manuscript": manuscript, "type": type_, "unit": unit, **content.as_json()}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
