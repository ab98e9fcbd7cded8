"""Doing what the sample bureau did about scores through the same actions as everybody's."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import override

from taizhang.appraisals import actions, circulars, running, verifications
from taizhang.appraisals.models import Exemption, Objection, Run, Sheet, Talk
from taizhang.core.scheme.history import History
from taizhang.core.values import Period
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.ledger.models import Entry
from taizhang.org.access import access_of
from taizhang.org.models import Account
from taizhang.org.queries import UnitTree
from taizhang.sample.acts import (
    Act,
    Answered,
    Circulated,
    LeaveAsked,
    LeaveDecided,
    Objected,
    RunStep,
    Talked,
    Verified,
)
from taizhang.sample.staffing import Staffing

APPRAISAL, LANGUAGE = "monthly", "zh-hans"


@dataclass
class Scores:
    """What was asked for so far, by key."""

    asked: dict[str, Exemption] = field(default_factory=dict)

    def do(self, act: Act, book: Book, *, schemes: History, tree: UnitTree, staffing: Staffing) -> None:
        """Do one act of somebody who has opened the book."""
        with override(LANGUAGE):
            match act:
                case RunStep():
                    _step(act, book, schemes, tree)
                case LeaveAsked():
                    self.asked[act.key] = _ask(act, book, schemes, staffing)
                case LeaveDecided():
                    account = _account(act.by, staffing)
                    actions.decide_exemption(
                        self.asked[act.key],
                        approved=True,
                        role=act.role,
                        reason="",
                        account=account,
                        book=book,
                    )
                case Objected():
                    run = _run(act.period)
                    compiled = running.compiled_for(APPRAISAL, run.span, schemes)
                    actions.object_to(_sheet(run, act.by), text=act.text, compiled=compiled, book=book)
                case Answered():
                    _answer(act, book, schemes, tree, staffing)
                case Talked():
                    _talk(act, book, staffing)
                case Circulated():
                    _circulate(act, book, schemes, tree)

    @staticmethod
    def verify(act: Verified, entry: Entry, book: Book, *, schemes: History, staffing: Staffing) -> None:
        """Decide about an entry as somebody who has opened the book."""
        account = _account(act.by, staffing)
        access = access_of(account, day=day_of(book.at), schemes=schemes)
        if access is None:
            raise ValueError(act)
        scheme = schemes.in_force(entry.occurred_on).scheme
        rows = verifications.Rows([entry], scheme, scheme.appraisals[APPRAISAL], access)
        with override(LANGUAGE):
            verifications.decide(
                rows.row(entry), accepted=not act.reason, reason=act.reason, account=account, book=book
            )


def _step(act: RunStep, book: Book, schemes: History, tree: UnitTree) -> None:
    period = Period.parse(act.period)
    match act.step:
        case "compute":
            run = running.open_run(APPRAISAL, period, schemes=schemes, book=book)
            computing = running.compute(
                run, schemes=schemes, tree=tree, actor=book.actor, clock=lambda: book.at, book=book
            )
            for _progress in computing:
                pass
        case "send":
            actions.send(_run(act.period), book=book)
        case "confirm":
            actions.confirm(_run(act.period), schemes=schemes, tree=tree, book=book)
        case "lock":
            actions.lock(_run(act.period), book=book)
        case _:
            raise ValueError(act.step)


def _ask(act: LeaveAsked, book: Book, schemes: History, staffing: Staffing) -> Exemption:
    return actions.ask_exemption(
        appraisal=APPRAISAL, person=staffing.people[act.person], unit=staffing.units[act.unit],
        period=Period.parse(act.period), quota="", submit=None, publish=None, ground=act.ground, note=act.note,
        schemes=schemes, book=book,
    )  # fmt: skip


def _answer(act: Answered, book: Book, schemes: History, tree: UnitTree, staffing: Staffing) -> None:
    objection = Objection.objects.get(
        sheet__person__code=act.person, sheet__run__period=act.period, answer=None
    )
    actions.answer(
        objection, upheld=act.upheld, text=act.text, account=_account(act.by, staffing), schemes=schemes, tree=tree,
        book=book,
    )  # fmt: skip


def _talk(act: Talked, book: Book, staffing: Staffing) -> None:
    talk = Talk.objects.get(person__code=act.person, escalation=act.escalation, held=None, closing=None)
    held_at = timezone.localtime(book.at).replace(minute=0, second=0)
    actions.hold_talk(
        talk, held_at=held_at, place=act.place, given=act.given, measures=act.measures, follow_up=act.follow_up,
        account=_account(act.by, staffing), book=book,
    )  # fmt: skip


def _circulate(act: Circulated, book: Book, schemes: History, tree: UnitTree) -> None:
    run = _run(act.period)
    compiled = running.compiled_for(APPRAISAL, run.span, schemes)
    filler = circulars.Filler.of(run, compiled, tree=tree, language=LANGUAGE, day=day_of(book.at))
    circulars.issue(run, filler.words(), filler=filler, reason="", book=book)


def _run(period: str) -> Run:
    return Run.objects.get(appraisal=APPRAISAL, period=period)


def _sheet(run: Run, person: str) -> Sheet:
    return Sheet.objects.get(run=run, person__code=person, superseded_at=None)


def _account(person: str, staffing: Staffing) -> Account:
    return Account.objects.select_related("person").get(person=staffing.people[person])
