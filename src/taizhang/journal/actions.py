"""Opening the book: a transaction, the journal's lock, the moment of recording, and the lines that sign it."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _

from taizhang.journal import anchor, chain, guard
from taizhang.journal.models import Line

SMALL_SKEW = dt.timedelta(minutes=2)
LOCK = 7263_2024  # any number, the same on every node


class ClockWentBack(Exception):  # noqa: N818
    """The clock stands before the last line of the journal by more than clocks of one office differ."""


class Signed(Protocol):
    """Whatever the journal signs: a model with an id and a payload."""

    pk: Any

    def payload(self) -> Mapping[str, Any]: ...


@dataclass
class Book:
    """The open journal. ``at`` is the moment under which everything written now is recorded."""

    at: dt.datetime
    actor: str
    seq: int
    head: str
    _pending: list[Line] = field(default_factory=list)
    _at_close: dict[Hashable, Callable[[], None]] = field(default_factory=dict)

    def sign(self, action: str, obj: Signed, *, object_type: str = "", **detail: Any) -> str:
        """Add the line for ``obj``; return the digest of its payload."""
        digest = chain.digest(obj.payload())
        self.add(action, object_type or type(obj)._meta.label_lower, str(obj.pk), digest, detail)  # type: ignore[attr-defined]
        return digest

    def add(
        self, action: str, object_type: str, object_id: str, digest: str, detail: Mapping[str, Any]
    ) -> None:
        """Add a line about an object whose digest is known."""
        self.seq += 1
        fields: dict[str, Any] = {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "digest": digest,
            "detail": dict(detail),
            "previous": self.head,
        }
        self.head = chain.line_hash(**fields)
        self._pending.append(Line(**fields, hash=self.head))

    def at_close(self, key: Hashable, act: Callable[[], None]) -> None:
        """Have ``act`` done once before the book closes, however often it is asked for under ``key``."""
        self._at_close[key] = act

    def flush(self) -> None:
        """Do what was left for the close, and write the lines that were added."""
        for act in self._at_close.values():
            act()
        self._at_close.clear()
        if self._pending:
            Line.objects.bulk_create(self._pending, batch_size=500)
            self._pending.clear()


@contextmanager
def open_book(*, now: dt.datetime, actor: str) -> Iterator[Book]:
    """Open the journal for one transaction; all or nothing of what is written inside is kept.

    Raises ClockWentBack. Books do not nest: pass the open one on.
    """
    with transaction.atomic(durable=False):
        lock()
        head = Line.objects.order_by("-seq").values_list("seq", "hash", "at").first()
        seq, hash_, last = head or (0, chain.GENESIS, now)
        book = Book(at=_moment(now, last), actor=actor, seq=seq, head=hash_)
        with guard.writing():
            yield book
            book.flush()
        if book.seq > seq:
            anchor.intend(seq=book.seq, hash_=book.head, after=hash_)
            anchor.drop_when_committed(seq=book.seq, hash_=book.head)


def lock() -> None:
    """Wait until no other transaction writes the ledger, and keep others waiting until this one ends.

    On SQLite every transaction that may write is alone already (settings: IMMEDIATE).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _moment(now: dt.datetime, last: dt.datetime) -> dt.datetime:
    if now + SMALL_SKEW < last:
        raise ClockWentBack(
            _("The clock shows {now}, but the journal's last line is of {last}. Set the clock right.").format(
                now=now.isoformat(timespec="seconds"), last=last.isoformat(timespec="seconds")
            )
        )
    return max(now, last)
