"""What people do about score sheets: send, object, answer, confirm, lock, correct, exempt, talk. The caller opened the
book and checked the permission; what one may not do because of who one is, is refused here."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from taizhang.appraisals import keeping, running
from taizhang.appraisals.models import (
    Answer,
    Closing,
    CounterSign,
    Decision,
    Event,
    Exemption,
    Held,
    Objection,
    Run,
    Sheet,
    Talk,
)
from taizhang.appraisals.running import RunRefused, add_event, stage_of
from taizhang.appraisals.subjects import leader_for, role_holders
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.sheet import Call
from taizhang.core.calendar import nearest_working_day
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import DAY, Period
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.org.models import Account, Person, RoleAssignment, Unit
from taizhang.org.queries import UnitTree

Act = Event.Act
TALK_WITHIN = 5
"""Working days after the confirmation by which a talk is to be held."""
JUDGING = frozenset({"appraise", "confirm", "answer"})


class Refused(Exception):  # noqa: N818
    """What was asked does not fit; the text says why and what to do, in the user's language."""


def need(text: str, what: str) -> str:
    """Return what was written. Raises Refused where nothing was."""
    written = text.strip()
    if not written:
        raise Refused(_("Write something under “{what}”; it stays with the record.").format(what=what))
    return written


# The run


def send(run: Run, *, book: Book) -> Event:
    """Show the sheets to those whom they are about; from now on they can object. Raises RunRefused."""
    _need_stage(run, Act.COMPUTED, _("Compute the sheets first; then they can be sent."))
    return add_event(run, Act.SENT, book=book)


def confirm(run: Run, *, schemes: History, tree: UnitTree, book: Book) -> Event:
    """Confirm the sheets that were sent: talks that they call for are opened, those that they end are closed.

    Somebody else than whoever computed them; when the days for objections are over, every objection is answered, and
    the sheets of those who judge others are counter-signed. Raises RunRefused.
    """
    _need_stage(run, Act.SENT, _("Send the sheets first; then they can be confirmed."))
    if was_computed_by(run, book.actor):
        raise RunRefused(_("You computed these sheets. Somebody else must confirm them."))
    compiled = running.compiled_for(run.appraisal, run.span, schemes)
    last = last_day_to_object(run, compiled)
    if last is not None and day_of(book.at) <= last:
        raise RunRefused(
            _("The sheets can be objected to until {day}. Confirm them after that day.").format(day=last)
        )
    if open_ := Objection.objects.filter(sheet__run=run, answer=None).count():
        raise RunRefused(_("Objections without an answer: {n}. Have them answered first.").format(n=open_))
    if waiting := list(to_counter_sign(run, scheme=compiled.scheme, day=day_of(book.at))[:5]):
        names = "、".join(str(sheet.person or sheet.unit) for sheet in waiting)
        raise RunRefused(_("These sheets still need a counter-signature: {names}.").format(names=names))
    event = add_event(run, Act.CONFIRMED, book=book)
    _close_talks(run, book)
    _open_talks(run, compiled, tree, book)
    return event


def lock(run: Run, *, book: Book) -> Event:
    """Lock the period: nothing in it is computed any more, not even by the program. Raises RunRefused."""
    _need_stage(run, Act.CONFIRMED, _("Confirm the sheets first; then the period can be locked."))
    return add_event(run, Act.LOCKED, book=book)


def _need_stage(run: Run, act: Event.Act, otherwise: str) -> None:
    last = stage_of(run)
    if last is None or last.act != act:
        order = list(Act.values)
        done = last is not None and order.index(last.act) > order.index(act)
        raise RunRefused(
            _("That was done already: {state}.").format(state=last.get_act_display())
            if last and done
            else otherwise
        )


def was_computed_by(run: Run, actor: str) -> bool:
    """Tell whether somebody computed sheets of the run."""
    return run.events.filter(act__in=(Act.STARTED, Act.COMPUTED), by=actor).exists()


def sent_on(run: Run) -> dt.date | None:
    """Return the day on which the sheets were sent; None while they were not."""
    event = run.events.filter(act=Act.SENT).first()
    return day_of(event.at) if event else None


def last_day_to_object(run: Run, compiled: Compiled) -> dt.date | None:
    """Return the last day on which a sheet can be objected to; None while none was sent."""
    return days_to_object(sent_on(run), compiled)


def days_to_object(sent: dt.date | None, compiled: Compiled) -> dt.date | None:
    """Return the last day on which sheets that were sent on a day can be objected to."""
    return sent + DAY * compiled.appraisal.objection_days if sent else None


def current_sheets(run: Run) -> "QuerySet[Sheet]":
    """Return the sheets of a run that hold."""
    return Sheet.objects.filter(run=run, superseded_at=None, voids=False).select_related(
        "person", "unit", "shape"
    )


# Counter-signing


def judges(scheme: Scheme, *, day: dt.date) -> set[int]:
    """Return the people who compute, confirm or answer for others."""
    return set(_judging(scheme, day))


def _judging(scheme: Scheme, day: dt.date) -> "QuerySet[RoleAssignment, Any]":
    roles = [name for name, role in scheme.roles.items() if JUDGING & set(role.may)]
    held = RoleAssignment.objects.filter(RoleAssignment.holds_on(day), role__in=roles)
    return held.values_list("person_id", flat=True)


def to_counter_sign(run: Run, *, scheme: Scheme, day: dt.date) -> "QuerySet[Sheet]":
    """Return the sheets of those who judge others that nobody else has signed yet."""
    return current_sheets(run).filter(person__in=_judging(scheme, day), counter_sign=None).order_by("pk")


def counter_sign(sheet: Sheet, *, account: Account, book: Book) -> CounterSign:
    """Stand by the sheet of somebody who judges others. Raises Refused for one's own, or one that one computed."""
    if sheet.person_id is not None and sheet.person_id == account.person_id:
        raise Refused(_("This is your own sheet. Somebody else must sign it."))
    if was_computed_by(sheet.run, book.actor):
        raise Refused(_("You computed this sheet. Somebody else must sign it."))
    if not sheet.is_current:
        raise Refused(_("This sheet was superseded. Look at the newest one."))
    if hasattr(sheet, "counter_sign"):
        raise Refused(_("It is signed already."))
    signed = CounterSign(sheet=sheet, at=book.at, by=book.actor)
    signed.save(force_insert=True)
    book.sign("appraisals.counter_sign", signed)
    return signed


# Objections


def object_to(sheet: Sheet, *, text: str, compiled: Compiled, book: Book) -> Objection:
    """Say why a sheet is not right. Raises Refused before it is sent, after the last day, or twice at a time."""
    last = last_day_to_object(sheet.run, compiled)
    if last is None:
        raise Refused(_("The sheet has not been sent yet."))
    if day_of(book.at) > last or stage_of(sheet.run).act != Act.SENT:  # type: ignore[union-attr]
        raise Refused(
            _(
                "The sheet could be objected to until {day}. Ask whoever confirmed it for a correction."
            ).format(day=last)
        )
    if not sheet.is_current:
        raise Refused(_("This sheet was superseded. Look at the newest one."))
    if sheet.objections.filter(answer=None).exists():
        raise Refused(_("An objection to this sheet waits for its answer already."))
    objection = Objection(sheet=sheet, text=need(text, _("What is not right")), at=book.at, by=book.actor)
    objection.save(force_insert=True)
    book.sign("appraisals.object", objection)
    return objection


def refuse_to_answer(objection: Objection, account: Account) -> None:
    """Raise Refused for whoever computed the sheet, whom it is about, or who objected."""
    sheet = objection.sheet
    if was_computed_by(sheet.run, account.signature) or sheet.batch.by == account.signature:
        raise Refused(_("You computed this sheet. Somebody else must answer."))
    if (
        sheet.person_id is not None and sheet.person_id == account.person_id
    ) or objection.by == account.signature:
        raise Refused(_("This is about your own sheet. Somebody else must answer."))


def answer(
    objection: Objection,
    *,
    upheld: bool,
    text: str,
    account: Account,
    schemes: History,
    tree: UnitTree,
    book: Book,
) -> Answer:
    """Answer an objection; where it is upheld, the sheet is counted anew from the ledger as it stands now.

    Raises Refused, RunRefused.
    """
    refuse_to_answer(objection, account)
    if hasattr(objection, "answer"):
        raise Refused(_("The objection is answered already."))
    written, anew = need(text, _("Answer")), None
    if upheld:
        anew = running.recounted(
            _newest(objection.sheet), schemes=schemes, tree=tree, now=book.at, origin=Sheet.Origin.ANSWERED,
            reason=written,
        )  # fmt: skip
        keep_one(anew, book)
    given = Answer(objection=objection, upheld=upheld, text=written, sheet=anew, at=book.at, by=book.actor)
    given.save(force_insert=True)
    book.sign("appraisals.answer", given, upheld=upheld)
    return given


def correct(sheet: Sheet, *, reason: str, schemes: History, tree: UnitTree, book: Book) -> Sheet:
    """Supersede a sheet of a locked period by one that is counted anew, and say why. Raises Refused, RunRefused."""
    last = stage_of(sheet.run)
    if last is None or last.act != Act.LOCKED:
        raise Refused(
            _(
                "The period is not locked. Objections, or computing again before the sheets are sent, put it right."
            )
        )
    if not sheet.is_current:
        raise Refused(_("This sheet was superseded. Look at the newest one."))
    anew = running.recounted(
        sheet, schemes=schemes, tree=tree, now=book.at, origin=Sheet.Origin.CORRECTED,
        reason=need(reason, _("Reason")),
    )  # fmt: skip
    if running.is_same(sheet, anew):
        raise Refused(
            _("Counted anew it comes out the same. Put the entries right first, then correct the sheet.")
        )
    keep_one(anew, book)
    return anew


def _newest(sheet: Sheet) -> Sheet:
    while sheet.superseded_at is not None:
        sheet = sheet.superseded_by
    return sheet


def keep_one(anew: Sheet, book: Book) -> None:
    """Keep a sheet that supersedes another, in the last round of its run. Raises RunRefused."""
    round_ = anew.run.events.filter(act=Act.STARTED).order_by("-pk").first()
    if round_ is None:
        raise RunRefused(_("The run was never computed."))
    running.keep([anew], run=anew.run, round_=round_, book=book)


# Exemptions


def ask_exemption(
    *,
    appraisal: str,
    person: Person | None,
    unit: Unit,
    period: Period,
    quota: str,
    submit: int | None,
    publish: int | None,
    ground: str,
    note: str,
    schemes: History,
    book: Book,
) -> Exemption:
    """Ask that somebody be exempt. Raises Refused for grounds that the scheme does not have."""
    rule = running.compiled_for(appraisal, period, schemes).appraisal.exemptions if period else None
    if rule is None:
        raise Refused(_("The scheme knows no exemptions for this appraisal."))
    if ground not in rule.reasons:
        raise Refused(_("The scheme does not know this reason."))
    locked = Run.objects.filter(
        appraisal=appraisal, starts=period.start, ends=period.end, events__act=Act.SENT
    )
    if locked.exists():
        raise Refused(
            _("The sheets of {period} were sent already. Object to the sheet instead.").format(period=period)
        )
    asked = Exemption(
        appraisal=appraisal, person=person, unit=unit, period=str(period), starts=period.start, ends=period.end,
        quota=quota, submit=submit, publish=publish, ground=ground, note=note.strip(), at=book.at, by=book.actor,
    )  # fmt: skip
    asked.save(force_insert=True)
    book.sign("appraisals.ask_exemption", asked)
    return asked


def decide_exemption(
    exemption: Exemption, *, approved: bool, role: str, reason: str, account: Account, book: Book
) -> Decision:
    """Approve or refuse what somebody else asked for somebody else. Raises Refused."""
    if exemption.by == book.actor:
        raise Refused(_("You asked for this exemption. Somebody else must decide it."))
    if exemption.person_id is not None and exemption.person_id == account.person_id:
        raise Refused(_("This exemption is about yourself. Somebody else must decide it."))
    if hasattr(exemption, "decision"):
        raise Refused(_("It is decided already."))
    if not approved:
        reason = need(reason, _("Reason"))
    decided = Decision(
        exemption=exemption, approved=approved, role=role, reason=reason.strip(), at=book.at, by=book.actor
    )
    decided.save(force_insert=True)
    book.sign("appraisals.decide_exemption", decided, approved=approved)
    return decided


# Talks


def _open_talks(run: Run, compiled: Compiled, tree: UnitTree, book: Book) -> None:
    opener = TalkOpener(compiled, tree, book)
    for sheet in current_sheets(run).filter(called=True).iterator(500):
        for call in keeping.calls_of(sheet):
            opener.open(sheet, call)


@dataclass
class TalkOpener:
    """Opens talks: each for the nearest leader above who has the role that the rule names."""

    compiled: Compiled
    tree: UnitTree
    book: Book
    _holders: dict[str, dict[int, list[int]]] = field(default_factory=dict)

    @cached_property
    def due(self) -> dt.date:
        """Return the day by which a talk that is opened now is to be held."""
        due = day_of(self.book.at)
        for _day in range(TALK_WITHIN):
            due = nearest_working_day(due + DAY, DAY, self.compiled.scheme.working_days).day
        return due

    def open(self, sheet: Sheet, call: Call) -> Talk:
        if call.role not in self._holders:
            self._holders[call.role] = role_holders(call.role, day=day_of(self.book.at))
        leader = leader_for(sheet.unit_id, self._holders[call.role], self.tree, but=sheet.person_id)
        talk = Talk(
            sheet=sheet, escalation=call.escalation, role=call.role, missed=call.missed, person=sheet.person,
            unit=sheet.unit, leader_id=leader, due=self.due, at=self.book.at, by=self.book.actor,
        )  # fmt: skip
        talk.save(force_insert=True)
        self.book.sign("appraisals.open_talk", talk)
        return talk


def _close_talks(run: Run, book: Book) -> None:
    """Close the talks of everybody who fulfilled the quotas of the run's period."""
    earlier = Talk.objects.filter(
        closing=None, sheet__run__appraisal=run.appraisal, sheet__run__starts__lt=run.starts
    )
    for talk in earlier.select_related("person", "unit"):
        whose = Q(person=talk.person_id) if talk.person_id else Q(person=None, unit=talk.unit_id)
        for sheet in current_sheets(run).filter(whose, fulfilled=True):
            closing = Closing(talk=talk, sheet=sheet, at=book.at, by=book.actor)
            closing.save(force_insert=True)
            book.sign("appraisals.close_talk", closing)


def hold_talk(
    talk: Talk,
    *,
    held_at: dt.datetime,
    place: str,
    given: str,
    measures: str,
    follow_up: str,
    account: Account,
    book: Book,
) -> Held:
    """Keep the record of a talk. Raises Refused for one's own, one in the future, or one that was held."""
    if talk.person_id is not None and talk.person_id == account.person_id:
        raise Refused(_("This talk is with yourself. Another leader must hold it."))
    if hasattr(talk, "held"):
        raise Refused(_("The record of this talk is there already."))
    if held_at > book.at:
        raise Refused(_("This is in the future. Write the record after the talk."))
    held = Held(
        talk=talk,
        held_at=held_at,
        place=need(place, _("Place")),
        given=need(given, _("Reason given")),
        measures=need(measures, _("Measures")),
        follow_up=need(follow_up, _("Follow-up")),
        leader_id=account.person_id,
        at=book.at,
        by=book.actor,
    )
    held.save(force_insert=True)
    book.sign("appraisals.hold_talk", held)
    return held


def talks_to_hold() -> "Iterator[Talk]":
    """Yield the talks that are still to be held."""
    yield from Talk.objects.filter(held=None, closing=None).select_related(
        "person", "unit", "leader", "sheet__run"
    )
