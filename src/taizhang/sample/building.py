"""Doing the sample year's acts through the same actions as everybody's, each at its own moment."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

import taizhang
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Kind
from taizhang.core.values import Period
from taizhang.duties import actions as duties
from taizhang.duties import queries as duty_queries
from taizhang.duties.queries import Occurrence
from taizhang.journal.actions import Book, open_book
from taizhang.ledger import actions as ledger
from taizhang.ledger import store
from taizhang.ledger.drafts import Attachment, Draft
from taizhang.ledger.models import Entry
from taizhang.org.models import Unit
from taizhang.org.queries import UnitTree, group_roster, roster, unit_tree
from taizhang.rules import actions as rules
from taizhang.rules.queries import history
from taizhang.sample import organisation as table
from taizhang.sample import year
from taizhang.sample.acts import (
    Act,
    Answered,
    Circulated,
    Correction,
    Exemption,
    Fact,
    File,
    LeaveAsked,
    LeaveDecided,
    Objected,
    Reorganisation,
    Review,
    RunStep,
    SchemeAdoption,
    Talked,
    Verified,
    Withdrawal,
)
from taizhang.sample.desk import Desk
from taizhang.sample.manuscripts import DeskAct
from taizhang.sample.scoring import Scores
from taizhang.sample.staffing import Staffing

INSTALLER = "taizhang demo"
SCHEMES = Path(taizhang.__file__).parent / "schemes"

Progress = Callable[[int], object]


def is_wanted() -> bool:
    """Return whether there is no organisation yet, so that a sample may be put in."""
    return not Unit.objects.exists()


def size() -> int:
    """Return how many acts ``build`` will report."""
    return sum(len(sitting) for sitting in year.sittings())


def build(*, progress: Progress = lambda _done: None) -> None:
    """Put the sample year in, whole or not at all; do nothing where there is an organisation already.

    ``progress`` is called with the number of acts done since the last call.
    """
    with transaction.atomic():
        if not is_wanted():
            return
        builder = _Builder()
        for sitting in year.sittings():
            builder.sit(sitting)
            progress(len(sitting))


@dataclass
class _Builder:
    staffing: Staffing = field(default_factory=Staffing)
    entries: dict[str, Entry] = field(default_factory=dict)
    schemes: History = field(default_factory=lambda: History([]))
    tree: UnitTree = field(default_factory=lambda: UnitTree(()))
    scoring: Scores = field(default_factory=Scores)

    def __post_init__(self) -> None:
        self.desk = Desk(self.staffing)

    def sit(self, sitting: Sequence[Act]) -> None:
        """Do what one person recorded at one sitting, in one book."""
        by = sitting[0].by
        with open_book(now=_moment(sitting), actor=table.signature(by) if by else INSTALLER) as book:
            for act in sitting:
                self._do(act, book)

    def _do(self, act: Act, book: Book) -> None:  # noqa: C901 - one case a kind of act
        match act:
            case Fact():
                self._record(act, book)
            case Correction():
                self._correct(act, book)
            case Withdrawal():
                self.entries[act.key] = ledger.withdraw(self.entries[act.key], reason=act.reason, book=book)
            case Review():
                self._review(act, book)
            case Exemption():
                self._exempt(act, book)
            case Reorganisation():
                self._reorganise(act, book)
            case SchemeAdoption():
                self._adopt(act, book)
            case DeskAct():
                self.desk.do(act, book)
            case (
                RunStep() | LeaveAsked() | LeaveDecided() | Objected() | Answered() | Talked() | Circulated()
            ):
                self.scoring.do(act, book, schemes=self.schemes, tree=self.tree, staffing=self.staffing)
            case Verified():
                entry = self.entries[act.key]
                self.scoring.verify(act, entry, book, schemes=self.schemes, staffing=self.staffing)
            case _:
                raise TypeError(act)

    # Entries

    def _record(self, fact: Fact, book: Book) -> None:
        kind = self.schemes.in_force(fact.occurred_on).scheme.kinds[fact.kind]
        draft = Draft(
            id=_id(book.at, len(self.entries)),
            kind=fact.kind,
            unit_id=self.staffing.units[fact.unit].pk,
            occurred_on=fact.occurred_on,
            title=fact.title,
            person_id=self.staffing.people[fact.person].pk if fact.person else None,
            counts_for=fact.counts_for,
            quantity=Decimal(fact.quantity) if fact.quantity is not None else None,
            quantity_unit=fact.quantity_unit,
            approximate=fact.approximate,
            values={name: self._value(kind, name, value) for name, value in fact.values.items()},
            about_id=self.entries[fact.about].fact if fact.about else None,
            participations=self._attendance(kind, fact),
            evidence=tuple(_kept(file) for file in fact.files),
        )
        self.entries[fact.key] = ledger.post(draft, book=book, schemes=self.schemes)

    def _value(self, kind: Kind, name: str, value: Any) -> Any:
        return self.staffing.people[value].pk if kind.fields[name].type == "person" else value

    def _attendance(self, kind: Kind, fact: Fact) -> dict[int, str]:
        if kind.attendance is None:
            return {}
        if kind.attendance.group is not None:
            due = group_roster(group=kind.attendance.group, day=fact.occurred_on)
        else:
            due = roster(unit_ids=[self.staffing.units[fact.unit].pk], day=fact.occurred_on)
        return {person.pk: fact.states.get(person.code, "present") for person in due}

    def _correct(self, correction: Correction, book: Book) -> None:
        entry = self.entries[correction.key]
        draft = ledger.draft_of(entry)
        states = {self.staffing.people[code].pk: state for code, state in correction.states.items()}
        changed = replace(
            draft,
            **correction.changes,
            values={**draft.values, **correction.values},
            participations={**draft.participations, **states},
        )
        self.entries[correction.key] = ledger.correct(
            entry, changed, reason=correction.reason, book=book, schemes=self.schemes
        )

    # Duties

    def _review(self, review: Review, book: Book) -> None:
        for occurrence in self._occurrences(review.span, review.unit_kinds, book.at):
            if occurrence.standing.to_verify:
                duties.verify(occurrence, book=book, schemes=self.schemes, tree=self.tree)

    def _exempt(self, exemption: Exemption, book: Book) -> None:
        kind = self.staffing.units[exemption.unit].kind
        for occurrence in self._occurrences(Period.parse(exemption.period), (kind,), book.at):
            owed = occurrence.owed
            if (owed.id, owed.unit.code) == (exemption.duty, exemption.unit):
                duties.exempt(occurrence, reason=exemption.reason, book=book)

    def _occurrences(self, span: Period, unit_kinds: tuple[str, ...], now: dt.datetime) -> list[Occurrence]:
        ids = frozenset(unit.pk for unit in self.tree.units if unit.kind in unit_kinds)
        owed = duty_queries.owed_in(span, schemes=self.schemes, tree=self.tree, unit_ids=ids)
        return duty_queries.occurrences(owed, schemes=self.schemes, tree=self.tree, now=now, as_of=now)

    # Organisation and rules

    def _reorganise(self, act: Reorganisation, book: Book) -> None:
        scheme = self.schemes.newest.scheme
        by = self.staffing.people.get(act.by)
        if not self.staffing.units:
            self.staffing.open(scheme=scheme, book=book)
        self.staffing.write_down(act.after, act.until, by=by, scheme=scheme, book=book)
        if by is None:
            recorders = sorted({sitting[0].by for sitting in year.sittings() if sitting[0].by})
            self.staffing.open_accounts(recorders, book)
        self.tree = unit_tree()

    def _adopt(self, act: SchemeAdoption, book: Book) -> None:
        text = (SCHEMES / act.path).read_text(encoding="utf-8")
        rules.adopt(text, path=act.path, book=book, today=act.on, founding=act.founding)
        self.schemes = history()


def _moment(sitting: Sequence[Act]) -> dt.datetime:
    """Return the moment of the first act on the office's own clock, wherever the office is."""
    hour, minute = divmod(min(act.minute for act in sitting), 60)
    return timezone.make_aware(dt.datetime.combine(sitting[0].on, dt.time(hour, minute)))


def _id(at: dt.datetime, number: int) -> uuid.UUID:
    """Return a UUIDv7 of the moment with the number of entries before it in place of chance, so that two builds agree."""
    milliseconds = int(at.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number)


def _kept(file: File) -> Attachment:
    return Attachment(stored=store.keep([file.content]), name=file.name, content_type=file.content_type)
