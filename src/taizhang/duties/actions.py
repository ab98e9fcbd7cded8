"""Ruling on one duty of one unit in one period. The caller opened the book and checked the permission."""

from django.utils.translation import gettext as _

from taizhang.core.duties import DutyState
from taizhang.core.scheme.history import History
from taizhang.duties.models import Ruling
from taizhang.duties.queries import Occurrence, Owed, said_plainly
from taizhang.journal.actions import Book
from taizhang.ledger import rows
from taizhang.org.queries import UnitTree


class RulingRefused(Exception):  # noqa: N818
    """The ruling does not fit how the duty stands; the text says why, in the user's language."""


def exempt(occurrence: Occurrence, *, reason: str, book: Book) -> Ruling:
    """Record that the duty is not owed this once, and why. The approver is who signs."""
    if not reason.strip():
        raise RulingRefused(_("Say why; the reason stays with the record."))
    if occurrence.exemption is not None:
        raise RulingRefused(_("It is exempted already."))
    return _rule(Ruling.Act.EXEMPT, occurrence.owed, book, reason=reason)


def lift(occurrence: Occurrence, *, reason: str, book: Book) -> Ruling:
    """Take an exemption back, and say why."""
    if not reason.strip():
        raise RulingRefused(_("Say why; the reason stays with the record."))
    if occurrence.exemption is None:
        raise RulingRefused(_("There is no exemption to lift."))
    return _rule(Ruling.Act.LIFT, occurrence.owed, book, reason=reason)


def verify(occurrence: Occurrence, *, book: Book, schemes: History, tree: UnitTree, note: str = "") -> Ruling:
    """Confirm that the duty was done, as somebody other than those who recorded it."""
    if occurrence.state is not DutyState.DONE:
        raise RulingRefused(_("Only what is done and not yet verified can be verified."))
    recorded = rows.rows_below(occurrence.owed.ask, schemes=schemes, tree=tree)
    if any(found.filter(recorded_by=book.actor).exists() for found in recorded):
        raise RulingRefused(_("You recorded part of this yourself; somebody else must verify it."))
    return _rule(Ruling.Act.VERIFY, occurrence.owed, book, reason=note, value=said_plainly(occurrence.figure))


def reopen(occurrence: Occurrence, *, reason: str, book: Book) -> Ruling:
    """Take a verification back, and say why."""
    if not reason.strip():
        raise RulingRefused(_("Say why; the reason stays with the record."))
    if occurrence.verification is None:
        raise RulingRefused(_("There is no verification to take back."))
    return _rule(Ruling.Act.REOPEN, occurrence.owed, book, reason=reason)


def _rule(act: Ruling.Act, owed: Owed, book: Book, *, reason: str = "", value: str = "") -> Ruling:
    ruling = Ruling(
        act=act,
        duty=owed.id,
        unit=owed.unit,
        period=str(owed.period),
        starts=owed.period.start,
        reason=reason.strip(),
        value=value,
        at=book.at,
        by=book.actor,
    )
    ruling.save(force_insert=True)
    book.sign(f"duties.{act}", ruling)
    return ruling
