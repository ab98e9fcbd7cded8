"""The run of one period: everybody's sheets, in batches that are each whole or not there at all.

A batch is one transaction: its sheets, the line that signs them. A run that was killed goes on behind the last batch;
what is there is not made again. All sheets of a round look at the ledger as of the same moment, however often it is
interrupted, so that it makes no difference.
"""

import datetime as dt
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from taizhang.appraisals import keeping, moved
from taizhang.appraisals.feeding import Credited, Window, items_of
from taizhang.appraisals.filing import Filing, drafted, keep_shapes, sign_batch
from taizhang.appraisals.models import Batch, Event, Exemption, Run, Sheet
from taizhang.appraisals.subjects import Scored, scored
from taizhang.core.appraisal import sheet as core
from taizhang.core.appraisal.compiled import Compiled, compile_appraisal
from taizhang.core.appraisal.rows import Exemption as Excused
from taizhang.core.appraisal.shapes import Alike, Shapes
from taizhang.core.scheme.history import History
from taizhang.core.values import Period, PeriodKind
from taizhang.journal import chain
from taizhang.journal.actions import Book, open_book
from taizhang.journal.clock import day_of
from taizhang.org.queries import UnitTree

SMALLEST, LARGEST = 500, 4000
"""How many sheets are one transaction: what a power cut can cost is some seconds of work."""
BATCHES = 25
"""In so many transactions a run is made, as far as none of them becomes too small or too large."""
AT_ONCE = 5000
"""For so many people what is handed on to them is read together."""
FEW = 500
"""So many people are looked for by name; for more, everybody's rows are read in order."""
BEFORE_SENT = (Event.Act.PREVIEWED, Event.Act.COMPUTED)
Act = Event.Act
Opened = Callable[[], AbstractContextManager[Book]]


class RunRefused(Exception):  # noqa: N818
    """What was asked does not fit how the run stands; the text says why and what to do, in the user's language."""


@dataclass(frozen=True)
class Progress:
    """How many of all sheets of a round are there."""

    done: int
    total: int

    @property
    def text(self) -> str:
        return f"{self.done:,} / {self.total:,}"


@dataclass(frozen=True)
class Scoring:
    """One appraisal in one period, ready to be scored as the ledger stands at ``window.as_of``."""

    compiled: Compiled
    window: Window
    tree: UnitTree
    excused_until: dt.datetime

    @classmethod
    def of(
        cls,
        appraisal: str,
        period: Period,
        *,
        schemes: History,
        tree: UnitTree,
        now: dt.datetime,
        as_of: dt.datetime | None = None,
        late: bool = True,
    ) -> "Scoring":
        """Return it ``as_of`` a moment; without one, as the period closes, or as it stands ``now`` if that is earlier.

        Raises RunRefused for an appraisal that the scheme does not have, or a period of another length.
        """
        compiled = compiled_for(appraisal, period, schemes)
        window = Window.of(compiled, period, as_of=as_of, late=late)
        if as_of is None and now < window.as_of:
            window = Window.of(compiled, period, as_of=now)
        return cls(compiled, window, tree, now)

    @property
    def period(self) -> Period:
        return self.window.period

    @property
    def by_unit(self) -> bool:
        return self.compiled.appraisal.by == "unit"

    def subjects(self, only: Iterable[int] | None = None) -> list[Scored]:
        """Return everybody who is scored, in order, or those of them who are named."""
        with _collector_resting():
            return list(scored(self.compiled, self.period, self.tree, only=only))

    def sheets(self, subjects: Sequence[Scored]) -> Iterator[tuple[Scored, core.Sheet]]:
        """Yield the whole sheet of each, in order, one at a time."""
        for each, alike in self.alike(subjects):
            yield each, alike.sheet()

    def alike(self, subjects: Sequence[Scored]) -> Iterator[tuple[Scored, Alike]]:
        """Yield the sheet of each, in order: the shape that it shares, and what is its own."""
        with _collector_resting():
            yield from self._alike(subjects)

    def _alike(self, subjects: Sequence[Scored]) -> Iterator[tuple[Scored, Alike]]:
        by_key = {int(each.subject.key): each for each in subjects}
        credited = Credited.to(list(by_key), above=self._above if self.by_unit else None)
        few = len(by_key) <= FEW
        excused = self._excused() if by_key else {}
        handed, posted = self._of_few(list(by_key)) if few else ({}, self._posted_further(list(by_key)))
        shapes = Shapes(self.compiled, self.period)
        items = items_of(
            shapes, self.window, credited, verified_until=self.excused_until, posted_before=posted
        )
        keys = list(by_key)
        for at in range(0, len(keys), AT_ONCE):
            part = keys[at : at + AT_ONCE]
            handed = handed if few else self._handed_on(part)
            for key in part:
                each = by_key[key]
                yield (
                    each,
                    shapes.alike(each.subject, items(key), handed.get(key, core.NEW), excused.get(key, ())),
                )

    def _above(self, unit_id: int) -> int | None:
        unit = self.tree.by_id.get(unit_id)
        return unit.parent_id if unit else None

    @property
    def key(self) -> str:
        """Return the column by which sheets are told apart."""
        return "unit_id" if self.by_unit else "person_id"

    def between(self, keys: Sequence[int]) -> dict[str, int]:
        """Return the condition that a sheet is of somebody between the first and the last of them."""
        return {f"{self.key}__gte": min(keys), f"{self.key}__lte": max(keys)}

    def _last_sheets(self) -> "QuerySet[Sheet]":
        """Return the sheets of the period just before that hold."""
        before = self.period.previous
        return Sheet.objects.filter(
            run__appraisal=self.compiled.id, run__starts=before.start, run__ends=before.end,
            superseded_at=None, voids=False, person__isnull=self.by_unit,
        ).order_by()  # fmt: skip

    def _handed_on(self, keys: Sequence[int]) -> dict[int, core.Carried]:
        """Return what is handed on to everybody between the first and the last of them."""
        sheets = self._last_sheets().filter(**self.between(keys))
        return {
            key: keeping.carried_from_json(carried)
            for key, carried in sheets.values_list(self.key, "carried")
        }

    @property
    def _usual(self) -> dt.datetime:
        """Return the moment up to which sheets of the period before usually looked at the ledger."""
        return Window.of(self.compiled, self.period.previous).as_of

    def _posted_further(self, keys: Sequence[int]) -> moved.Posted:
        """Return the rows in those sheets of the period before that looked further, and those that were moved here."""
        further = self._last_sheets().filter(as_of__gt=self._usual)
        found = {key: frozenset(keeping.rows_in(own)) for key, own in further.values_list(self.key, "keys")}
        return moved.both(found, moved.still_posted(self.compiled, self.window, keys))

    def _of_few(self, keys: Sequence[int]) -> tuple[dict[int, core.Carried], moved.Posted]:
        """Return both of them for some few in one query."""
        sheets = self._last_sheets().filter(**{f"{self.key}__in": keys})
        any_moved = Exists(moved.entries(self.compiled, self.window))
        rows = list(sheets.values_list(self.key, "carried", "keys", "as_of", any_moved))
        usual = self._usual
        posted: moved.Posted = {
            key: frozenset(keeping.rows_in(own))
            for key, _carried, own, as_of, _moved in rows
            if as_of > usual
        }
        if not rows or rows[0][-1]:
            posted = moved.both(posted, moved.still_posted(self.compiled, self.window, keys))
        return {key: keeping.carried_from_json(carried) for key, carried, *_rest in rows}, posted

    def _excused(self) -> dict[int, list[Excused]]:
        """Return the exemptions that were approved: those of the year, since a year's quota may ask for them."""
        year = Period.containing(PeriodKind.YEAR, self.period.start)
        approved = Exemption.objects.filter(
            appraisal=self.compiled.id,
            starts__lte=self.period.end,
            ends__gte=year.start,
            decision__approved=True,
            decision__at__lte=self.excused_until,
        ).select_related("decision")
        found: dict[int, list[Excused]] = {}
        for each in approved.order_by("pk"):
            key = each.unit_id if each.person_id is None else each.person_id
            found.setdefault(key, []).append(
                Excused(
                    Period.parse(each.period),
                    each.ground,
                    each.decision.role,
                    each.quota,
                    each.submit,
                    each.publish,
                    each.note,
                )
            )
        return found


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep Python from looking for circles: what is made here by the million are tuples, and looking costs a quarter.

    It rests as long as sheets are being made, also while they are written.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def compiled_for(appraisal: str, period: Period, schemes: History) -> Compiled:
    """Return an appraisal as the scheme of the period's start has it. Raises RunRefused."""
    loaded = schemes.for_period(period)
    if appraisal not in loaded.scheme.appraisals:
        raise RunRefused(
            _("The scheme of {day} has no appraisal “{id}”. It has: {known}.").format(
                day=period.start, id=appraisal, known="、".join(loaded.scheme.appraisals) or "–"
            )
        )
    compiled = compile_appraisal(loaded, appraisal)
    if period.kind is not compiled.every:
        raise RunRefused(
            _("“{period}” is no period of this appraisal. Name one as long as {example}.").format(
                period=period, example=Period.containing(compiled.every, period.start)
            )
        )
    return compiled


# How a run stands


def stage_of(run: Run) -> Event | None:
    """Return the last thing that happened to a run."""
    return run.events.order_by("-pk").first()


def open_run(appraisal: str, period: Period, *, schemes: History, book: Book) -> Run:
    """Return the run of a period; begin it where there is none. Raises RunRefused."""
    compiled = compiled_for(appraisal, period, schemes)
    run = Run.objects.filter(appraisal=appraisal, starts=period.start, ends=period.end).first()
    if run is None:
        run = Run(
            appraisal=appraisal,
            period=str(period),
            starts=period.start,
            ends=period.end,
            scheme=compiled.loaded.digest,
            at=book.at,
            by=book.actor,
        )
        run.save(force_insert=True)
        book.sign("appraisals.open", run)
        add_event(run, Act.PREVIEWED, book=book)
    return run


def add_event(run: Run, act: Event.Act, *, book: Book, note: str = "") -> Event:
    """Write down that something happened to a run. Who calls has seen that it may."""
    event = Event(run=run, act=act, note=note, at=book.at, by=book.actor)
    event.save(force_insert=True)
    book.sign(f"appraisals.{act}", event, appraisal=run.appraisal, period=run.period)
    return event


# Computing


def compute(
    run: Run,
    *,
    schemes: History,
    tree: UnitTree,
    actor: str,
    clock: Callable[[], dt.datetime],
    book: Book | None = None,
) -> Iterator[Progress]:
    """Make the sheets of a run, batch by batch; yield how far it has come, from the beginning on.

    Go on with a round that was interrupted; begin another where the last one is over and nothing was sent yet. May be
    dropped at any time. With a ``book`` that is open already, all of it is one transaction. Raises RunRefused.
    """

    def opened() -> AbstractContextManager[Book]:
        return nullcontext(book) if book else open_book(now=clock(), actor=actor)

    with _collector_resting():
        yield from _computed(run, schemes=schemes, tree=tree, opened=opened)


def _computed(run: Run, *, schemes: History, tree: UnitTree, opened: Opened) -> Iterator[Progress]:
    round_ = _round(run, schemes=schemes, opened=opened)
    scoring = Scoring.of(run.appraisal, run.span, schemes=schemes, tree=tree, now=round_.at)
    subjects = scoring.subjects()
    computing = _Computing(run, round_, scoring, opened)
    missing = computing.missing(subjects)
    done, total = len(subjects) - len(missing), len(subjects)
    yield Progress(done, total)
    sheets = scoring.alike(missing)
    size = min(max(len(missing) // BATCHES, SMALLEST), LARGEST)
    while batch := list(islice(sheets, size)):
        computing.write(batch)
        done += len(batch)
        yield Progress(done, total)
    computing.finish(subjects)


def _round(run: Run, *, schemes: History, opened: Opened) -> Event:
    with opened() as book:
        last = stage_of(run)
        if last is not None and last.act == Act.STARTED:
            return last
        refuse_unless_computable(run, schemes=schemes, now=book.at)
        return add_event(run, Act.STARTED, book=book)


def refuse_unless_computable(run: Run, *, schemes: History, now: dt.datetime) -> None:
    """Raise RunRefused for a run that was sent, that still takes proofs, or whose period before is not locked."""
    last = stage_of(run)
    if last is not None and last.act not in (*BEFORE_SENT, Act.STARTED):
        raise RunRefused(
            _("The sheets of {period} were sent already; they are not computed again.").format(
                period=run.period
            )
        )
    compiled = compiled_for(run.appraisal, run.span, schemes)
    closed = Window.of(compiled, run.span).closed
    if day_of(now) <= closed:
        raise RunRefused(
            _(
                "Proofs for {period} are taken until {day}. Compute it after that day; until then there is the preview."
            ).format(period=run.period, day=closed)
        )
    before = run.span.previous
    earlier_runs = Run.objects.filter(appraisal=run.appraisal, starts__lt=run.starts)
    if earlier_runs.exists() and not earlier_runs.filter(starts=before.start).exists():
        raise RunRefused(
            _("{before} was not run, and {period} goes on from it. Run {before} first.").format(
                before=before, period=run.period
            )
        )
    unlocked = Run.objects.filter(appraisal=run.appraisal, starts__lt=run.starts).exclude(
        events__act=Act.LOCKED
    )
    for earlier in unlocked.order_by("starts")[:1]:
        raise RunRefused(
            _("{earlier} is not locked yet, and {period} goes on from it. Finish {earlier} first.").format(
                earlier=earlier.period, period=run.period
            )
        )


@dataclass
class _Computing:
    run: Run
    round: Event
    scoring: Scoring
    opened: Opened
    again: bool = field(init=False)
    filing: Filing = field(init=False)

    def __post_init__(self) -> None:
        self.again = self.run.events.filter(act=Act.COMPUTED).exists()
        self.filing = Filing(self.run, self.as_of, self.scoring.by_unit)

    @property
    def as_of(self) -> dt.datetime:
        return self.scoring.window.as_of

    def missing(self, subjects: Sequence[Scored]) -> list[Scored]:
        """Return who has no sheet yet; in another round, everybody: what did not change is left as it is."""
        if self.again:
            return list(subjects)
        there = self.keys(self.run.sheets.filter(superseded_at=None))
        return [each for each in subjects if each.subject.key not in there]

    def keys(self, sheets: "QuerySet[Sheet]") -> set[int]:
        return set(sheets.order_by().values_list(self.scoring.key, flat=True))

    def write(self, batch: Sequence[tuple[Scored, Alike]]) -> None:
        """Write one batch, whole or not at all."""
        with self.opened() as book:
            self._refuse_if_over()
            keys = [int(each.subject.key) for each, _alike in batch]
            held = self._held(keys)
            there = held.keys() if self.again else self._there(keys)
            fresh = [pair for pair in batch if pair[0].subject.key not in there]
            self.filing.add(fresh, round_=self.round, book=book)
            if self.again:
                keep(list(self._changed(batch, held)), run=self.run, round_=self.round, book=book)

    def _changed(self, batch: Sequence[tuple[Scored, Alike]], held: Mapping[int, Sheet]) -> Iterator[Sheet]:
        for each, alike in batch:
            before = held.get(int(each.subject.key))
            if before is not None:
                draft = drafted(self.run, each, alike, as_of=self.as_of, by_unit=self.scoring.by_unit)
                if not is_same(before, draft):
                    yield superseding(before, draft, Sheet.Origin.RECOMPUTED, self._reason())

    def _between(self, keys: Sequence[int]) -> "QuerySet[Sheet]":
        return self.run.sheets.filter(superseded_at=None, **self.scoring.between(keys))

    def _there(self, keys: Sequence[int]) -> set[int]:
        return self.keys(self._between(keys))

    def _held(self, keys: Sequence[int]) -> dict[int, Sheet]:
        if not self.again:
            return {}
        return {getattr(sheet, self.scoring.key): sheet for sheet in self._between(keys).order_by()}

    def _reason(self) -> str:
        return _("computed again before the sheets were sent")

    def _refuse_if_over(self) -> None:
        last = stage_of(self.run)
        if last is None or last.pk != self.round.pk:
            raise RunRefused(_("Somebody else has finished this round."))

    def finish(self, subjects: Sequence[Scored]) -> None:
        """Close the round; take back the sheets of those who are not scored any more."""
        keys = {each.subject.key for each in subjects}
        with self.opened() as book:
            self._refuse_if_over()
            current = self.run.sheets.filter(superseded_at=None, voids=False).select_related("shape")
            gone = (
                [sheet for sheet in current if getattr(sheet, self.scoring.key) not in keys]
                if self.again
                else []
            )
            keep(
                [voiding(sheet, self._reason()) for sheet in gone], run=self.run, round_=self.round, book=book
            )
            add_event(self.run, Act.COMPUTED, book=book)


# Sheets


def is_same(before: Sheet, draft: Sheet) -> bool:
    """Tell whether a sheet says what another says, and hands on the same."""
    return says_the_same(before, draft) and before.carried == draft.carried


def says_the_same(before: Sheet, draft: Sheet) -> bool:
    """Tell whether a sheet says the same of its own period."""
    said = ("points", "outcome", "grade", "shape_id", "keys", "unit_id", "voids")
    return all(getattr(before, name) == getattr(draft, name) for name in said)


def superseding(before: Sheet, draft: Sheet, origin: Sheet.Origin, reason: str) -> Sheet:
    """Return a draft as the sheet that takes the place of another."""
    draft.supersedes, draft.origin, draft.reason = before, origin, reason[:500]
    return draft


def voiding(before: Sheet, reason: str) -> Sheet:
    """Return a sheet that says that there is none."""
    draft = Sheet(
        run_id=before.run_id, person_id=before.person_id, unit_id=before.unit_id, points=before.points,
        outcome=before.outcome, shape=before.shape, keys=before.keys, carried=before.carried, as_of=before.as_of,
        voids=True,
    )  # fmt: skip
    return superseding(before, draft, Sheet.Origin.RECOMPUTED, reason)


def keep(made: Sequence[Sheet], *, run: Run, round_: Event, book: Book) -> Batch | None:
    """Write sheets and the line that signs them; close those that they supersede."""
    if not made:
        return None
    closed = [sheet.supersedes_id for sheet in made if sheet.supersedes_id is not None]
    if closed and Sheet.objects.filter(pk__in=closed, superseded_at=None).update(
        superseded_at=book.at
    ) != len(closed):
        raise RunRefused(
            _("Somebody else changed this sheet first. Look at the newest one and decide again.")
        )
    keep_shapes({digest: text for sheet in made for digest, text in sheet.shared.items()})
    for sheet in made:
        sheet.digest = chain.digest(sheet.payload())
    in_order = sorted(made, key=lambda sheet: sheet.pk)
    detail = {"sheet": str(made[0].pk), "reason": made[0].reason} if closed and len(made) == 1 else {}
    digests = (sheet.digest for sheet in in_order)
    batch = sign_batch(digests, len(made), run=run, round_=round_, book=book, **detail)
    for sheet in made:
        sheet.batch = batch
    Sheet.objects.bulk_create(made, batch_size=FEW)
    return batch


def recounted(
    sheet: Sheet, *, schemes: History, tree: UnitTree, now: dt.datetime, origin: Sheet.Origin, reason: str
) -> Sheet:
    """Return a sheet counted anew from the ledger as it stands ``now``, to supersede the one there is.

    Rows of its period that came after the close are taken too, unless a later sheet has posted them already.
    """
    run = sheet.run
    later = Run.objects.filter(appraisal=run.appraisal, starts__gt=run.starts, sheets__isnull=False).exists()
    scoring = Scoring.of(
        run.appraisal, run.span, schemes=schemes, tree=tree, now=now, as_of=now, late=not later
    )
    scoring = replace(scoring, window=moved.keeping_late(scoring.window, sheet))
    key = sheet.unit_id if sheet.person_id is None else sheet.person_id
    subjects = scoring.subjects([key])
    for each, alike in scoring.alike(subjects):
        draft = drafted(run, each, alike, as_of=now, by_unit=scoring.by_unit)
        return superseding(sheet, draft, origin, reason)
    draft = voiding(sheet, reason)
    draft.origin = origin
    return draft


def previewed(scoring: Scoring, only: Iterable[int] | None = None) -> Mapping[int, core.Sheet]:
    """Return the sheets as they would be now, by subject; nothing is kept."""
    subjects = scoring.subjects(only)
    return {int(each.subject.key): found for each, found in scoring.sheets(subjects)}


def at(scoring: Scoring, moment: dt.datetime) -> Scoring:
    """Return a scoring as of another moment."""
    return replace(scoring, window=Window.of(scoring.compiled, scoring.period, as_of=moment))
