"""A correction of a locked period made whole: the sheets that went on from it, and the talks that hung on them, follow.

The sheets of the same one are counted anew in order, each on what the one before hands on; those that come out different
supersede the old ones, with the same reason and what it follows from. Nothing is done silently: ``planned`` works all of
it out and takes it back, so that it can be looked at first.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from taizhang.appraisals import actions, keeping, running
from taizhang.appraisals.actions import Refused
from taizhang.appraisals.models import Closing, Event, Sheet, Talk
from taizhang.core.appraisal.sheet import Call
from taizhang.core.scheme.history import History
from taizhang.journal import chain
from taizhang.journal.actions import Book, open_book
from taizhang.org.queries import UnitTree

OVER = (Event.Act.CONFIRMED, Event.Act.LOCKED)
"""Stages of a run in which its talks are open."""
ROOM = 400
"""How much of a reason is repeated with the sheets that follow."""


@dataclass(frozen=True)
class Turned:
    """What became of a talk: ``opened``, ``dropped`` (no longer due), ``closed`` (fulfilled now), ``again`` (due again)."""

    what: str
    talk: Talk


@dataclass
class Change:
    """One sheet before and after; ``after`` is ``before`` itself where only talks changed."""

    before: Sheet
    after: Sheet
    old: keeping.Content
    new: keeping.Content
    talks: list[Turned] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return self.before.pk != self.after.pk

    @property
    def only_hands_on(self) -> bool:
        """Tell whether a sheet says the same of its own period, and only hands on other sums or chains."""
        return self.is_changed and running.says_the_same(self.before, self.after)

    @property
    def added(self) -> list[str]:
        """Return the rows that only the new sheet posts."""
        return self._only(self.new, self.old)

    @property
    def removed(self) -> list[str]:
        """Return the rows that only the old sheet posts."""
        return self._only(self.old, self.new)

    @staticmethod
    def _only(one: keeping.Content, other: keeping.Content) -> list[str]:
        there = set(keeping.rows_named(other))
        return [row for row in dict.fromkeys(keeping.rows_named(one)) if row not in there]

    @property
    def missed(self) -> tuple[int, int]:
        """Return the longest chain of missed periods before and after."""
        return max(self.old.missed.values(), default=0), max(self.new.missed.values(), default=0)


class _TakenBack(Exception):  # noqa: N818
    """Ends the transaction of a plan."""


def seal(changes: Sequence[Change]) -> str:
    """Return what a plan comes to, so that nothing else is kept than what was looked at."""
    said = [
        [str(each.before.pk), str(each.after.points), each.after.outcome, each.after.shape_id, each.after.keys,
         each.after.carried, [[turned.what, turned.talk.escalation] for turned in each.talks]]
        for each in changes
    ]  # fmt: skip
    return chain.digest({"changes": said})


def planned(
    sheet: Sheet, *, reason: str, schemes: History, tree: UnitTree, now: dt.datetime, actor: str
) -> list[Change]:
    """Return what a correction would change, in order; nothing of it is kept. Raises Refused, RunRefused."""
    found: list[Change] = []
    try:
        with open_book(now=now, actor=actor) as book:
            found = correct(sheet, reason=reason, schemes=schemes, tree=tree, book=book)
            raise _TakenBack  # noqa: TRY301 - through the book, which then keeps nothing
    except _TakenBack:
        return found


def correct(
    sheet: Sheet, *, reason: str, schemes: History, tree: UnitTree, book: Book, seen: str | None = None
) -> list[Change]:
    """Correct a sheet of a locked period and all that follows from it, in order. Raises Refused, RunRefused.

    ``seen`` is the ``seal`` of the plan that was looked at: where it would come out otherwise now, it is refused.
    """
    following = list(_later(sheet))
    anew = actions.correct(sheet, reason=reason, schemes=schemes, tree=tree, book=book)
    work = _Work(sheet, schemes, tree, book)
    why = _("{reason} (follows from the correction of {period})").format(
        reason=reason.strip()[:ROOM], period=sheet.run.period
    )
    changes = [work.changed(sheet, anew)]  # in order: each goes on from the one before
    changes += (work.changed(later, work.followed(later, why)) for later in following)
    found = [change for change in changes if change.is_changed or change.talks]
    if seen is not None and seal(found) != seen:
        raise Refused(_("Something changed since you looked at it. Look at it again."))
    return found


def _later(sheet: Sheet) -> "QuerySet[Sheet]":
    """Return the sheets of the same one that hold in later periods, oldest first."""
    whose = Q(person=sheet.person_id) if sheet.person_id else Q(person=None, unit=sheet.unit_id)
    sheets = Sheet.objects.filter(
        whose, run__appraisal=sheet.run.appraisal, run__starts__gt=sheet.run.starts, superseded_at=None,
        voids=False,
    )  # fmt: skip
    return sheets.select_related("run", "shape", "person", "unit").order_by("run__starts")


@dataclass
class _Work:
    sheet: Sheet
    schemes: History
    tree: UnitTree
    book: Book

    def followed(self, before: Sheet, why: str) -> Sheet:
        """Return a later sheet counted anew; the one there is where nothing in it differs."""
        last = running.stage_of(before.run)
        is_sent = last is not None and last.act in (Event.Act.SENT, *OVER)
        origin = Sheet.Origin.CORRECTED if is_sent else Sheet.Origin.RECOMPUTED
        anew = running.recounted(
            before, schemes=self.schemes, tree=self.tree, now=self.book.at, origin=origin, reason=why
        )
        if running.is_same(before, anew):
            return before
        actions.keep_one(anew, self.book)
        return anew

    def changed(self, before: Sheet, after: Sheet) -> Change:
        old, new = keeping.content_of(before), keeping.content_of(after)
        change = Change(before, after, old, new)
        last = running.stage_of(before.run)
        if last is not None and last.act in OVER:
            change.talks = list(self._turned(change))
        return change

    # Talks

    def _turned(self, change: Change) -> Iterator[Turned]:
        if change.is_changed:
            calls = () if change.after.voids else change.new.calls
            yield from self._dropped(change, {call.escalation for call in calls})
            yield from self._opened(change, calls)
            if change.before.fulfilled and not (change.after.fulfilled and not change.after.voids):
                yield from self._due_again(change)
        if change.after.fulfilled and not change.after.voids:
            yield from self._fulfilled(change.after)

    def _own(self, sheet: Sheet) -> "QuerySet[Talk]":
        """Return the talks that a sheet, or one before it of the same period, made due."""
        return Talk.objects.filter(self._whose(), sheet__run=sheet.run_id).select_related("person", "unit")

    def _whose(self) -> Q:
        sheet = self.sheet
        return Q(person=sheet.person_id) if sheet.person_id else Q(person=None, unit=sheet.unit_id)

    def _dropped(self, change: Change, due: set[str]) -> Iterator[Turned]:
        """Close the talks that are not due any more; who held one keeps the record of it."""
        for talk in self._own(change.before).filter(closing=None).exclude(escalation__in=due):
            self._close(talk, change.after)
            yield Turned("dropped", talk)

    def _opened(self, change: Change, calls: Sequence[Call]) -> Iterator[Turned]:
        there = {
            talk.escalation
            for talk in self._own(change.before).select_related("closing__sheet")
            if not is_dropped(talk)
        }
        for call in calls:
            if call.escalation not in there:
                yield Turned("opened", self._open(change.after, call))

    def _due_again(self, change: Change) -> Iterator[Turned]:
        """Open the talks again that were closed because of a period that is not fulfilled any more."""
        ended = Talk.objects.filter(
            self._whose(),
            closing__sheet__run=change.before.run_id,
            sheet__run__starts__lt=change.before.run.starts,
        )
        open_ = set(
            Talk.objects.filter(self._whose(), closing=None, sheet__run__appraisal=change.before.run.appraisal)
            .values_list("escalation", flat=True)
        )  # fmt: skip
        for talk in ended.order_by("pk"):
            if talk.escalation not in open_:
                open_.add(talk.escalation)
                call = Call(talk.escalation, talk.role, talk.missed)
                yield Turned("again", self._open(change.after, call))

    def _fulfilled(self, sheet: Sheet) -> Iterator[Turned]:
        """Close the talks of earlier periods that are open still, or were opened just now."""
        earlier = Talk.objects.filter(
            self._whose(), closing=None, sheet__run__appraisal=sheet.run.appraisal,
            sheet__run__starts__lt=sheet.run.starts,
        )  # fmt: skip
        for talk in earlier.select_related("person", "unit"):
            self._close(talk, sheet)
            yield Turned("closed", talk)

    def _open(self, sheet: Sheet, call: Call) -> Talk:
        compiled = running.compiled_for(sheet.run.appraisal, sheet.run.span, self.schemes)
        return actions.TalkOpener(compiled, self.tree, self.book).open(sheet, call)

    def _close(self, talk: Talk, sheet: Sheet) -> None:
        closing = Closing(talk=talk, sheet=sheet, at=self.book.at, by=self.book.actor)
        closing.save(force_insert=True)
        self.book.sign("appraisals.close_talk", closing)


def is_dropped(talk: Talk) -> bool:
    """Tell whether a talk was closed because a correction of its own period made it no longer due."""
    closing = getattr(talk, "closing", None)
    return closing is not None and closing.sheet.run_id == talk.sheet.run_id
