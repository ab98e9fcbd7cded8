"""Rows of the ledger for score sheets: put together to items, and each item credited to whom it names.

A period's rows are read in one statement, whatever the number of people: those whose own day lies in it, and those of
earlier days that arrived after their own period had closed. Nothing is made of a row but a few numbers and its id: what
rules see in it is looked up by its text, and what its item adds (``shapes.Part``) by the numbers of its rows.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from taizhang.appraisals import verifying
from taizhang.appraisals.sql import listed
from taizhang.core.appraisal import credit
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.hanging import trees
from taizhang.core.appraisal.posting import closing_day
from taizhang.core.appraisal.rows import Work
from taizhang.core.appraisal.shapes import EARLIER, VERIFIED, Filling, Part, Shapes
from taizhang.core.values import Period

FETCH = 5000
ASKED_AT_ONCE = 400
MANY_IDS = 5000

Raw = tuple[str, str, str, int | None, int, str | None, int]
Names = tuple[Any, ...]

# Everything is asked for as words, as either database tells them without being read by Django: a province has half a
# million rows. What is looked up together comes as one word: the days of a row (its own, the one on which it happened,
# the hour at which its fact arrived, whatever was put right later), and what is seen of it.
_COLUMNS = """
SELECT {fact}, {on} || ' ' || {happened} || ' ' || SUBSTR(CASE WHEN e.supersedes_id IS NULL THEN {recorded}
           ELSE (SELECT {first_recorded} FROM ledger_entry o WHERE o.id = e.fact) END, 1, 13),
       e.kind || ' ' || COALESCE({quantity}, '') || ' ' || {values}, e.person_id, e.unit_id, {about}{verified}
FROM ledger_entry e
"""
_HOLDS = """{row}.recorded_at <= %(as_of)s AND ({row}.superseded_at IS NULL OR {row}.superseded_at > %(as_of)s)
     AND NOT {row}.voids"""


@dataclass(frozen=True)
class Window:
    """Which rows a period posts, as the ledger stood at ``as_of``.

    Rows of the period itself that arrived up to ``taken``, and rows of earlier days that arrived after
    ``closed_before``, when their own period was closed already, and up to ``closed``, the last day on which this one
    takes proofs.
    """

    period: Period
    closed_before: dt.date
    closed: dt.date
    taken: dt.date
    as_of: dt.datetime

    @classmethod
    def of(
        cls, compiled: Compiled, period: Period, *, as_of: dt.datetime | None = None, late: bool = True
    ) -> "Window":
        """Return the window of a period as it closes, or as it stands ``as_of`` another moment.

        After the close, ``late`` says whether rows of the period that came since are taken too.
        """
        calendar, closes = compiled.scheme.working_days, compiled.appraisal.closes
        closed = closing_day(closes, period, calendar)
        moment = as_of or end_of(closed)
        taken = timezone.localtime(moment).date() if late else closed
        return cls(period, closing_day(closes, period.previous, calendar), closed, taken, moment)


def end_of(day: dt.date) -> dt.datetime:
    """Return the last moment of a day of the office."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


_NONE: frozenset[str] = frozenset()


class _Row(NamedTuple):
    """A row as far as it matters: when it happened, its fact, what rules see (``Shapes.code``), whom it names itself, and
    what it is about; ``inherits``: whoever the entry that it is about names is credited in their place."""

    happened: str
    fact: str
    code: int
    names: Names
    inherits: bool
    about: str | None


class _Item(NamedTuple):
    """An entry that rows are about: what rules see of it, and whom it names."""

    told: int
    names: Names


@dataclass
class _Rows:
    """The rows of a period: those that begin an item by their fact, the others by what they are about.

    ``outside`` are the entries that rows are about and that are not among them; None where nothing is known of one.
    """

    first: dict[str, _Row] = field(default_factory=dict)
    below: dict[str, list[_Row]] = field(default_factory=dict)
    outside: dict[str, _Item | None] = field(default_factory=dict)

    def lower(self) -> set[str]:
        """Return the facts of those that are about another."""
        return {row.fact for several in self.below.values() for row in several}

    def missing(self) -> set[str]:
        """Return what rows are about that is not among them."""
        missing = self.below.keys() - self.first.keys()
        return missing - self.lower() if missing else missing

    def add(self, row: _Row) -> None:
        if row.about is None:
            self.first[row.fact] = row
        else:
            self.below.setdefault(row.about, []).append(row)


Found = tuple[str, str, Part, tuple[str, ...]]
"""An item credited to somebody: when it began and the fact with which it did, what it adds, its keys."""


def items_of(
    shapes: Shapes,
    window: Window,
    subjects: "Credited",
    *,
    verified_until: dt.datetime,
    posted_before: Mapping[int, frozenset[str]] | None = None,
) -> Callable[[int], list[Filling]]:
    """Return from whom to what: the items credited to a subject, in the order in which they began; to each once.

    ``posted_before`` are the rows in the last sheets of those whose sheets looked at the ledger later than others, after
    an objection: what they posted is not posted again. ``verified_until``: verified later, a row is not verified.
    """
    rows = _Reading(shapes, window, subjects, verified_until).rows()
    return _Crediting(shapes, subjects, posted_before or {}, rows).credited()


@dataclass
class _Crediting:
    """Puts rows together to items and gives each to those whom it names.

    An item whose rows all name the same people adds the same to each of them but for their place. One that does not, or
    of which somebody's earlier sheet has posted a part, is put together for everybody anew.
    """

    shapes: Shapes
    subjects: "Credited"
    posted_before: Mapping[int, frozenset[str]]
    rows: _Rows
    found: dict[int, list[Found]] = field(default_factory=lambda: defaultdict(list))
    apart: dict[int, list[Work]] = field(default_factory=lambda: defaultdict(list))

    def credited(self) -> Callable[[int], list[Filling]]:
        below = self.rows.below
        for several in below.values():
            if len(several) > 1:
                several.sort()
        while self.rows.first:
            row = self.rows.first.popitem()[1]
            self._credit(row, below.get(row.fact, ()))
        for about in self.rows.outside:
            self._apart(below.get(about, ()))
        below.clear()
        for key, works in self.apart.items():
            self.found[key].extend(self._put_together(works))
        return self._of

    def _of(self, key: int) -> list[Filling]:
        found = self.found.pop(key, [])
        found.sort(key=_began)
        return [(part, keys) for _happened, _fact, part, keys in found]

    def _credit(self, row: _Row, followers: Sequence[_Row]) -> None:
        """Credit an item that begins with a row."""
        for each in followers:
            if (not each.inherits and each.names != row.names) or each.fact in self.rows.below:
                self._apart([row])
                return
        codes = (row.code, *[each.code for each in followers])
        keys = (row.fact, *[each.fact for each in followers])
        authors, places = self.subjects.places(row.names)
        for place, key in places:
            if key in self.posted_before:
                self._add_apart(key, place, authors, row, None)
                for each in followers:
                    self._add_apart(key, place, authors, each, row)
                continue
            signature: Any = codes if authors == 1 else (None, place, authors, *codes)
            part = self.shapes.parts.get(signature)
            if part is None:
                works = [self._work(row, place, authors, None)]
                works += [self._work(each, place, authors, row) for each in followers]
                part = self.shapes.part(signature, works, keys)
            self.found[key].append((row.happened, row.fact, part, keys))

    def _apart(self, rows: Iterable[_Row], above: _Row | None = None) -> None:
        """Credit rows one by one, and what is about them."""
        for row in rows:
            authors, places = self.subjects.places(self._named(row, above))
            for place, key in places:
                self._add_apart(key, place, authors, row, above)
            self._apart(self.rows.below.get(row.fact, ()), row)

    def _named(self, row: _Row, above: _Row | None) -> Names:
        if not row.inherits or row.about is None:
            return row.names
        item = above or self.rows.outside[row.about]
        return row.names if item is None else item.names

    def _add_apart(self, key: int, place: int, authors: int, row: _Row, above: _Row | None) -> None:
        work = self._work(row, place, authors, above)
        posted = row.fact in self.posted_before.get(key, _NONE)
        self.apart[key].append(work._replace(earlier=True) if posted else work)

    def _work(self, row: _Row, place: int, authors: int, above: _Row | None) -> Work:
        """Return a row as scoring sees it on the sheet of one of its authors; ``above`` is what it is about."""
        told = None
        if above is not None:
            told = self.shapes.told_of(above.code)
        elif row.about is not None:
            item = self.rows.outside[row.about]
            told = item.told if item else None
        happened = dt.date.fromisoformat(row.happened)
        work = self.shapes.row(row.code, happened, told, place, authors)
        return work._replace(id=row.fact, about=row.about)

    def _put_together(self, works: Iterable[Work]) -> Iterator[Found]:
        for tree in trees(works):
            part, keys = self.shapes.filling(tree)
            happened, first = tree.since
            yield happened.isoformat(), first, part, tuple(map(str, keys))


Places = tuple[int, Sequence[tuple[int, int]]]
"""How many are named, and who of them is scored, each with his place among them."""


def _began(found: Found) -> tuple[str, str]:
    return found[0], found[1]


@dataclass(frozen=True)
class Credited:
    """Whose rows are looked for: everybody scored, in order; for units, the nearest one above that is scored."""

    keys: Sequence[int]
    above: Callable[[int], int | None] | None = None
    _known: frozenset[int] = frozenset()

    @classmethod
    def to(cls, keys: Sequence[int], *, above: Callable[[int], int | None] | None = None) -> "Credited":
        return cls(keys, above, frozenset(keys))

    def places(self, names: Names) -> Places:
        """Return the places of those named (``credit.places``)."""
        if len(names) == 1 and names[0] in self._known:  # nearly all
            return 1, ((0, names[0]),)
        authors, scored = credit.places(names, self)
        return authors, [(place, int(key)) for place, key in scored]

    def __call__(self, named: Any) -> int | None:
        """Return who is scored for one whom a row names."""
        while named is not None and named not in self._known:
            if self.above is None:
                return None
            named = self.above(named)
        return None if named is None else int(named)


@dataclass
class _Reading:
    """Reads the rows of a period."""

    shapes: Shapes
    window: Window
    subjects: Credited
    verified_until: dt.datetime

    @property
    def compiled(self) -> Compiled:
        return self.shapes.compiled

    def rows(self) -> _Rows:
        """Return the rows that the period posts, with those earlier ones that they need."""
        rows = _Rows()
        for row in self._seen(self._posted(), self._days_posted()):
            rows.add(row)
        if self.compiled.needs_earlier or self.compiled.deadlines:
            self._add_earlier(rows)
        rows.outside.update(dict.fromkeys(rows.missing()))
        if rows.outside:
            self._look_outside(rows)
        return rows

    def _add_earlier(self, rows: _Rows) -> None:
        found = chain(self._earlier(rows.missing()), self._falling_due())
        earlier = {row.fact: row for row in self._seen(found, self._days_earlier(), earlier=True)}
        if earlier:
            there = rows.first.keys() | rows.lower()
            for row in earlier.values():
                if row.fact not in there:
                    rows.add(row)

    def _seen(self, found: Iterable[Raw], days: "_Days", *, earlier: bool = False) -> Iterator[_Row]:
        """Yield what is posted of rows as the database tells them."""
        told, named, by_unit = self._told, self._named, self._by_unit
        code = self.shapes.code
        standing = (EARLIER, EARLIER | VERIFIED) if earlier else (0, VERIFIED)
        for fact, when, seen, person, unit, about, verified in found:
            happened, number = days[when]
            if number is None:
                continue
            number_told, further = told(seen)
            if further is not None or by_unit:
                names = named(person, unit, further)
            else:
                names = _NOBODY if person is None else (person,)
            inherits = about is not None and (by_unit or person is None)
            yield _Row(happened, fact, code(number_told, number, standing[verified]), names, inherits, about)

    def _named(self, person: int | None, unit: int, further: Names | None) -> Names:
        """Return whom a row names itself, in the order of the scheme."""
        own: dict[str, Any] = {"person": person, "unit": unit}
        found = [own.get(name, further[at] if further else None) for at, name in enumerate(self._authors)]
        return tuple([name for name in found if name not in (None, "")])

    @cached_property
    def _by_unit(self) -> bool:
        return self.compiled.appraisal.by == "unit"

    @cached_property
    def _authors(self) -> Sequence[str]:
        shares = self.compiled.appraisal.shares
        return shares.fields if shares else (self.compiled.appraisal.by,)

    @cached_property
    def _told(self) -> Callable[[str], tuple[int, Names | None]]:
        """Return from what is seen of a row to what rules see of it, and whom else it names, by the scheme's order."""
        further = [None if name in ("person", "unit") else name for name in self._authors]

        @lru_cache(maxsize=REMEMBERED)
        def told(seen: str) -> tuple[int, Names | None]:
            kind, quantity, values = _fields(seen)
            names = tuple([None if name is None else values.get(name) for name in further])
            return self.shapes.told(kind, values, quantity), names if any(names) else None

        return told

    # Days

    def _days_posted(self) -> "_Days":
        window = self.window

        def is_posted(on: dt.date, arrived: dt.date) -> bool:
            if on >= window.period.start:
                return arrived <= window.taken
            return window.closed_before < arrived <= window.closed

        return _Days(self.shapes, is_posted)

    def _days_earlier(self) -> "_Days":
        """Return the days of rows that an earlier period posted."""
        window = self.window
        return _Days(
            self.shapes,
            lambda on, arrived: on < window.period.start and arrived <= window.closed_before,
        )

    # Statements

    @property
    def _values(self) -> dict[str, Any]:
        adapt = connection.ops.adapt_datetimefield_value
        window = self.window
        return {
            "as_of": adapt(window.as_of),
            "after": adapt(end_of(window.closed_before)),
            "start": str(window.period.start),
            "end": str(window.period.end),
            **verifying.values(self.compiled, self.verified_until),
        }

    def _posted(self) -> Iterator[Raw]:
        """Yield the rows that the period may post."""
        kinds = f"e.kind IN ({listed(self.compiled.kinds)})"
        in_period = "e.counts_for >= %(start)s AND e.counts_for <= %(end)s"
        late = "e.counts_for < %(start)s AND e.recorded_at > %(after)s"
        return self._read(f"{kinds} AND {in_period}", f"{kinds} AND {late}")

    def _earlier(self, items: Iterable[str]) -> Iterator[Raw]:
        """Yield rows that are, or are about, one of ``items``."""
        kinds = self.compiled.needs_earlier
        if not kinds:
            return
        for ids in _some(items):
            yield from self._read(
                *(
                    f"e.kind IN ({listed(kinds)}) AND e.{column} IN ({ids})"
                    for column in ("fact", "about_id")
                ),
                earlier=True,
            )

    def _falling_due(self) -> Iterator[Raw]:
        """Yield the commissions whose last day lies in the period, and what answered them."""
        commissions = []
        period = self.window.period
        for kind, deadline in self.compiled.deadlines.items():
            due = f"e.kind IN ({listed([kind])}) AND e.counts_for <= %(end)s"
            for raw in self._read(due, earlier=True):
                day = _fields(raw[2])[2].get(deadline)
                if day and period.start <= dt.date.fromisoformat(str(day)) <= period.end:
                    commissions.append(raw)
        yield from commissions
        yield from self._earlier({raw[0] for raw in commissions})

    def _look_outside(self, rows: _Rows) -> None:
        """Note what is known of the entries that rows are about, and that are not among them."""
        for ids in _some(rows.outside):
            for fact, _when, seen, person, unit, *_rest in self._read(f"e.fact IN ({ids})"):
                told, further = self._told(seen)
                rows.outside[fact] = _Item(told, self._named(person, unit, further))

    def _read(self, *conditions: str, earlier: bool = False) -> Iterator[Raw]:
        """Yield the rows that hold and fulfil one of the conditions. One query."""
        verified = verifying.column(self.compiled, earlier=earlier) or ", 1"
        rows = f"{_columns(verified)} {self._of_few} WHERE {_HOLDS.format(row='e')}"
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(f"{rows} AND {condition} {self._only}" for condition in conditions),
                self._values,
            )
            while found := cursor.fetchmany(FETCH):
                yield from found

    @cached_property
    def _few(self) -> bool:
        """Tell whether rows are looked for by whom they name: few people, and nobody named in a field of the scheme."""
        return (
            not self._by_unit
            and len(self.subjects.keys) <= ASKED_AT_ONCE
            and set(self._authors) == {"person"}
        )

    @property
    def _of_few(self) -> str:
        if not self._few:
            return ""
        return f"LEFT JOIN ledger_entry i ON i.fact = e.about_id AND {_HOLDS.format(row='i')}"

    @property
    def _only(self) -> str:
        if not self._few:
            return ""
        ids = ", ".join(map(str, self.subjects.keys)) or "NULL"
        return f"AND COALESCE(e.person_id, i.person_id) IN ({ids})"


REMEMBERED = 20_000
"""How many texts of fields are remembered with what rules see in them."""
_NOBODY: Names = ()


def _fields(seen: str) -> tuple[str, Decimal | None, dict[str, Any]]:
    """Return kind, quantity and own fields of a row from what is seen of it."""
    kind, quantity, values = seen.split(" ", 2)
    return kind, Decimal(quantity) if quantity else None, json.loads(values)


class _Days(dict[str, tuple[str, int | None]]):
    """From the days of a row as the database tells them to the day it happened, and what rules see in all of them.

    None for those of rows that are not posted.
    """

    def __init__(self, shapes: Shapes, is_posted: Callable[[dt.date, dt.date], bool]) -> None:
        super().__init__()
        self._shapes = shapes
        self._is_posted = is_posted

    def __missing__(self, when: str) -> tuple[str, int | None]:
        on, happened, hour = when.split(" ", 2)
        day = dt.date.fromisoformat(on)
        moment = dt.datetime.fromisoformat(hour + ":00:00").replace(tzinfo=dt.UTC)
        arrived = timezone.localtime(moment).date()
        number = None
        if self._is_posted(day, arrived):
            number = self._shapes.days(day, dt.date.fromisoformat(happened), arrived)
        self[when] = happened, number
        return self[when]


def _columns(verified: str) -> str:
    """Return what is asked for, as text that costs the driver nothing to read, and ``verified`` as 1 or 0."""
    sqlite = connection.vendor == "sqlite"

    def text(column: str) -> str:
        return f"CAST({column} AS TEXT)"

    def id_(column: str) -> str:
        return column if sqlite else f"REPLACE(CAST({column} AS TEXT), '-', '')"

    return _COLUMNS.format(
        fact=id_("e.fact"),
        about=id_("e.about_id"),
        verified=verified,
        on=text("e.counts_for"),
        happened=text("e.occurred_on"),
        recorded=text("e.recorded_at"),
        first_recorded=text("o.recorded_at"),
        values=text('e."values"'),
        quantity=text("e.quantity"),
    )


def _some(ids: Iterable[str]) -> Iterator[str]:
    """Yield ids as lists in SQL, some thousand at a time."""
    wanted = [id_ if connection.vendor == "sqlite" else str(uuid.UUID(id_)) for id_ in sorted(ids)]
    for at in range(0, len(wanted), MANY_IDS):
        yield listed(wanted[at : at + MANY_IDS])
