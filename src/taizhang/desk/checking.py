"""What the machine finds in a text, with keys that stay the same from version to version."""

import hashlib
import logging
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from taizhang import proof
from taizhang.core.desk.content import Content
from taizhang.core.desk.track import RANKS
from taizhang.core.messages import Message
from taizhang.desk.rich_text import plain
from taizhang.proof import own
from taizhang.proof.spelling import Model, UnreadableModelError, shipped

log = logging.getLogger(__name__)

CONTEXT = 6


@dataclass(frozen=True)
class Found:
    """A finding of the three gates; ``start`` and ``end`` count in the plain text of the body."""

    key: str
    gate: str
    code: str
    rank: int
    start: int
    end: int
    quote: str
    said: Mapping[str, Any]


@lru_cache(maxsize=256)
def _findings(title: str, body: str, home: Path, _as_of: Hashable) -> tuple[Found, ...]:
    text = plain(body).text
    seen: Counter[str] = Counter()
    found = []
    for one in proof.check(text, title=title, lexicon=_lexicon(home), spelling=_model(home)):
        context = text[max(0, one.start - CONTEXT) : one.end + CONTEXT]
        told = f"{one.gate}\0{one.code}\0{one.quote}\0{context}"
        seen[told] += 1
        key = hashlib.sha256(f"{told}\0{seen[told]}".encode()).hexdigest()[:32]
        found.append(
            Found(
                key, str(one.gate), one.code, RANKS[one.severity], one.start, one.end, one.quote, _said(one)
            )
        )
    return tuple(found)


def findings(content: Content) -> tuple[Found, ...]:
    """Return what the three gates find in a text, by the organisation's own lexicon and spelling where it has them.

    Kept in memory by text: ask before the book is opened.
    """
    return _findings(content.title, content.body, settings.HOME, own.files(settings.HOME))


def _lexicon(home: Path) -> proof.Lexicon | None:
    """Return the organisation's lexicon. A faulty one is left out, as on the page that checks a draft, which says so."""
    try:
        return own.lexicon(home)
    except proof.InvalidLexicon:
        log.warning("checked without the lexicon, which is faulty", exc_info=True)
        return None


def _model(home: Path) -> Model:
    try:
        return own.model(home)
    except UnreadableModelError:
        log.warning("checked with the installed spelling model, for the own one is damaged", exc_info=True)
        return shipped()


def _said(finding: proof.Finding) -> dict[str, Any]:
    return {
        "message": as_json(finding.message),
        "suggestion": as_json(finding.suggestion) if finding.suggestion else None,
        "replacement": finding.replacement,
        "evidence": [[each.start, each.end, each.quote] for each in finding.evidence],
    }


def as_json(message: Message) -> list[Any]:
    """Return a message as JSON; ``message`` reads it back."""
    return [
        message.msgid,
        {
            name: as_json(value) if isinstance(value, Message) else str(value)
            for name, value in message.values.items()
        },
    ]


def message(told: list[Any]) -> Message:
    """Return the message that ``as_json`` told."""
    msgid, values = told
    return Message(msgid, **{name: message(v) if isinstance(v, list) else v for name, v in values.items()})
