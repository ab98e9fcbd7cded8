"""Rows of the ledger for score sheets: each as scoring sees it, credited to whom it names.

A period's rows are read in two statements, whatever the number of people: those whose own day lies in it, and those of
earlier days that arrived after their own period had closed. They are sorted by whom they are credited to, in memory for
an office, in files on the disk for a province: what is held at once does not grow with the number of people.
"""

import datetime as dt
import json
import marshal
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import IO, Any, Self

from django.db import connection
from django.utils import timezone

from taizhang.appraisals import verifying
from taizhang.core.appraisal import credit
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.posting import closing_day
from taizhang.core.appraisal.rows import Item, Work
from taizhang.core.values import Period

FETCH = 2000
IN_ONE_FILE = 5_000
ASKED_AT_ONCE = 400

Raw = tuple[Any, ...]
_NONE: frozenset[str] = frozenset()

# Everything is asked for as words and numbers, as either database tells it without being read by Django: a province has
# half a million rows. A version that was put right later still arrived when its fact did.
_ROWS = """
SELECT {fact}, e.kind, CAST(e.counts_for AS TEXT), CAST(e.occurred_on AS TEXT),
       CAST(CASE WHEN e.supersedes_id IS NULL THEN e.recorded_at
            ELSE (SELECT o.recorded_at FROM ledger_entry o WHERE o.id = e.fact) END AS TEXT), e.person_id, e.unit_id, CAST(e."values" AS TEXT),
       CAST(e.quantity AS TEXT), {about}, i.kind, i.person_id, i.unit_id, CAST(i."values" AS TEXT){verified}
FROM ledger_entry e
LEFT JOIN ledger_entry i ON i.fact = e.about_id AND i.recorded_at <= %(as_of)s AND NOT i.voids
     AND (i.superseded_at IS NULL OR i.superseded_at > %(as_of)s)
WHERE e.recorded_at <= %(as_of)s AND (e.superseded_at IS NULL OR e.superseded_at > %(as_of)s) AND NOT e.voids
"""


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


def works_of(
    compiled: Compiled,
    window: Window,
    subjects: "Credited",
    *,
    verified_until: dt.datetime,
    posted_before: Mapping[int, frozenset[str]] | None = None,
) -> Iterator[tuple[Sequence[int], dict[int, list[Work]]]]:
    """Yield, some thousand at a time, subjects in order and the rows credited to each of them.

    ``posted_before`` are the rows in the last sheets of those whose sheets looked at the ledger later than others, after
    an objection: what they posted is not posted again. ``verified_until``: verified later, a row is not verified.
    """
    reader = _Reader(compiled, window, subjects, verified_until)
    with _Sorted(subjects) as rows:
        for raw in reader.posted():
            rows.add(raw, reader.names(raw))
        for part, found in rows.parts():
            works = [reader.work(raw) for raw in found]
            credited = _credit(compiled, works, subjects, frozenset(part))
            for key, ids in (posted_before or {}).items():
                credited[key] = [
                    w._replace(earlier=True) if w.id in ids else w for w in credited.get(key, ())
                ]
            _add_earlier(reader, works, credited, subjects, frozenset(part))
            yield part, credited


@dataclass(frozen=True)
class Credited:
    """Whose rows are looked for: everybody scored, in order; for units, the nearest one above that is scored."""

    keys: Sequence[int]
    above: Callable[[int], int | None] | None = None
    _known: frozenset[int] = frozenset()

    @classmethod
    def to(cls, keys: Sequence[int], *, above: Callable[[int], int | None] | None = None) -> "Credited":
        return cls(keys, above, frozenset(keys))

    def __call__(self, named: Any) -> int | None:
        while named is not None and named not in self._known:
            if self.above is None:
                return None
            named = self.above(named)
        return None if named is None else int(named)


def _credit(
    compiled: Compiled, works: Iterable[Work], subjects: Credited, part: frozenset[int]
) -> dict[int, list[Work]]:
    by, shares = compiled.appraisal.by, compiled.appraisal.shares
    found: dict[int, list[Work]] = defaultdict(list)
    for work in works:
        for key, credited in credit.credits(work, by=by, shares=shares, subjects=subjects):
            if key in part:
                found[int(key)].append(credited)
    return found


def _add_earlier(
    reader: "_Reader",
    works: Sequence[Work],
    credited: dict[int, list[Work]],
    subjects: Credited,
    part: frozenset[int],
) -> None:
    """Add the rows that earlier sheets posted and that newer rows are about, and commissions that fall due."""
    known = {work.id for work in works}
    items = {work.about for work in works if work.about is not None and work.about not in known}
    found = {raw[0]: raw for raw in reader.earlier(items)}
    found |= {raw[0]: raw for raw in reader.falling_due()}
    earlier = [reader.work(raw)._replace(earlier=True) for id_, raw in found.items() if id_ not in known]
    for key, more in _credit(reader.compiled, earlier, subjects, part).items():
        credited[key] = [*more, *credited.get(key, ())]


@dataclass
class _Reader:
    compiled: Compiled
    window: Window
    subjects: Credited
    verified_until: dt.datetime
    _days: dict[str, dt.date] = field(default_factory=dict)
    _due: list[Raw] | None = None
    _of_items: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        adapt = connection.ops.adapt_datetimefield_value
        window = self.window
        return {
            "as_of": adapt(window.as_of),
            "after": adapt(end_of(window.closed_before)),
            "start": str(window.period.start),
            "end": str(window.period.end),
            **verifying.values(self.compiled, self.verified_until),
        }

    def posted(self) -> Iterator[Raw]:
        """Yield the rows that the period posts."""
        window, kinds = self.window, _list(self.compiled.kinds)
        in_period = "e.counts_for >= %(start)s AND e.counts_for <= %(end)s"
        late = "e.counts_for < %(start)s AND e.recorded_at > %(after)s"
        both = self._rows(f"AND e.kind IN ({kinds}) AND {in_period}", f"AND e.kind IN ({kinds}) AND {late}")
        for raw in both:
            arrived = self._moment(raw[4])
            if self._day(raw[2]) >= window.period.start:
                if arrived <= window.taken:
                    yield raw
            elif window.closed_before < arrived <= window.closed:
                yield raw

    def earlier(self, items: Iterable[Any]) -> Iterator[Raw]:
        """Yield the rows posted before the period that are, or are about, one of ``items``."""
        wanted = sorted(items)
        kinds = self.compiled.needs_earlier
        if not kinds:
            return
        for at in range(0, len(wanted), ASKED_AT_ONCE):
            ids = _list(_as_kept(id_) for id_ in wanted[at : at + ASKED_AT_ONCE])
            columns = ("fact", "about_id")
            found = self._rows(
                *(f"AND e.kind IN ({_list(kinds)}) AND e.{column} IN ({ids})" for column in columns),
                earlier=True,
            )
            yield from (raw for raw in found if self._was_posted(raw))

    def falling_due(self) -> Iterator[Raw]:
        """Yield the commissions whose last day lies in the period, and what answered them, posted before it."""
        if not self.compiled.deadlines:
            return
        if self._due is None:
            self._due = list(self._falling_due())
        yield from self._due

    def _falling_due(self) -> Iterator[Raw]:
        commissions = []
        for kind, deadline in self.compiled.deadlines.items():
            for raw in self._rows(
                f"AND e.kind IN ({_list([kind])}) AND e.counts_for <= %(end)s", earlier=True
            ):
                day = json.loads(raw[7]).get(deadline)
                if (
                    day
                    and self.window.period.start <= dt.date.fromisoformat(str(day)) <= self.window.period.end
                ):
                    commissions.append(raw)
        yield from (raw for raw in commissions if self._was_posted(raw))
        yield from self.earlier({raw[0] for raw in commissions})

    def _was_posted(self, raw: Raw) -> bool:
        """Tell whether an earlier period posted a row."""
        on, arrived = self._day(raw[2]), self._moment(raw[4])
        return on < self.window.period.start and arrived <= self.window.closed_before

    def _rows(self, *conditions: str, earlier: bool = False) -> Iterator[Raw]:
        """Yield the rows that fulfil one of the conditions. One query."""
        verified = verifying.column(self.compiled, earlier=earlier)
        rows = _ROWS.format(fact=_hex("e.fact"), about=_hex("e.about_id"), verified=verified) + self._only
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(rows + condition for condition in conditions), self.values)
            while found := cursor.fetchmany(FETCH):
                yield from found

    @cached_property
    def _only(self) -> str:
        """Return the condition that a row names one of few people; it is left away where there are many, or co-authors."""
        shares = self.compiled.appraisal.shares
        keys = self.subjects.keys
        if (
            self.compiled.appraisal.by == "unit"
            or len(keys) > ASKED_AT_ONCE
            or (shares and set(shares.fields) != {"person"})
        ):
            return ""
        ids = ", ".join(map(str, keys)) or "NULL"
        return f" AND COALESCE(e.person_id, i.person_id) IN ({ids}) "

    def names(self, raw: Raw) -> list[Any]:
        """Return everybody whom a row may be credited to."""
        if self.compiled.appraisal.by == "unit":
            named = [raw[12] if raw[12] is not None else raw[6], raw[6]]
        else:
            named = [raw[5] if raw[5] is not None else raw[11]]
        for name in self._further_authors:
            for text in (raw[7], raw[13]):
                if text and name in text:  # most name nobody: those need not be read
                    value = json.loads(text).get(name)
                    if value is not None:
                        named.append(value)
        return named

    @cached_property
    def _further_authors(self) -> Sequence[str]:
        return [name for name in self._authors if name not in ("person", "unit")]

    def work(self, raw: Raw) -> Work:
        (
            fact, kind, on, happened, arrived, person, unit, values, quantity, about,
            of_kind, of_person, of_unit, of_values,
        ) = raw[:14]  # fmt: skip
        item = None
        if of_kind is not None:
            item = Item(of_kind, of_person, of_unit, _looked_at(of_values, self._fields_of_item(of_kind)))
        return Work(  # positional: one for every row of a province
            fact,
            kind,
            self._day(on),
            self._day(happened),
            self._moment(arrived),
            person,
            unit,
            _looked_at(values, self._fields_of(kind)),
            about,
            item,
            None if quantity is None else Decimal(quantity),
            False,
            len(raw) == 14 or raw[14] == 1,  # noqa: PLR2004 - the column is there only where the scheme asks
        )

    def _fields_of(self, kind: str) -> frozenset[str]:
        return self.compiled.fields.get(kind, _NONE)

    def _fields_of_item(self, kind: str) -> frozenset[str]:
        found = self._of_items.get(kind)
        if found is None:
            found = self._of_items[kind] = self._fields_of(kind) | self._authors
        return found

    @cached_property
    def _authors(self) -> frozenset[str]:
        shares = self.compiled.appraisal.shares
        return frozenset(shares.fields) if shares else frozenset()

    def _day(self, value: str) -> dt.date:
        day = self._days.get(value)
        if day is None:
            day = self._days[value] = dt.date.fromisoformat(value)
        return day

    def _moment(self, value: str) -> dt.date:
        """Return the office's day of a moment as the database tells it, in UTC."""
        hour = value[:13]
        day = self._days.get(hour)
        if day is None:
            moment = dt.datetime.fromisoformat(hour + ":00:00").replace(tzinfo=dt.UTC)
            day = self._days[hour] = timezone.localtime(moment).date()
        return day


@lru_cache(maxsize=4096)
def _looked_at(text: str, fields: frozenset[str]) -> dict[str, Any]:
    """Return of an entry's own fields what rules look at."""
    values = json.loads(text)
    return {name: values[name] for name in fields if name in values}


def _hex(column: str) -> str:
    """Return an id as 32 hexadecimal digits."""
    return column if connection.vendor == "sqlite" else f"REPLACE(CAST({column} AS TEXT), '-', '')"


def _as_kept(id_: str) -> str:
    return id_ if connection.vendor == "sqlite" else str(uuid.UUID(id_))


def _list(texts: Iterable[str]) -> str:
    """Return words of our own (ids of kinds, ids of entries) as a list in SQL."""
    return ", ".join("'{}'".format(text.replace("'", "''").replace("%", "%%")) for text in sorted(texts))


@dataclass
class _Sorted:
    """Rows sorted by whom they may be credited to: part by part, in order, with the rows of each part."""

    subjects: Credited
    _rows: list[list[Raw]] = field(default_factory=list)
    _files: list[IO[bytes]] = field(default_factory=list)
    _place: dict[int, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        keys = self.subjects.keys
        if len(keys) > IN_ONE_FILE:
            self._place = {key: place // IN_ONE_FILE for place, key in enumerate(keys)}
            # closed by __exit__
            self._files = [tempfile.TemporaryFile() for _ in range(0, len(keys), IN_ONE_FILE)]  # noqa: SIM115
        else:
            self._place = dict.fromkeys(keys, 0)
            self._rows = [[]]
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def add(self, raw: Raw, names: Iterable[Any]) -> None:
        places = {self._place[key] for name in names if (key := self.subjects(name)) is not None}
        for place in places:
            if self._files:
                marshal.dump(raw, self._files[place])
            else:
                self._rows[place].append(raw)

    def parts(self) -> Iterator[tuple[Sequence[int], Iterator[Raw]]]:
        if not self._files:
            yield self.subjects.keys, iter(self._rows[0])
            return
        for place, file in enumerate(self._files):
            file.seek(0)
            yield self.subjects.keys[place * IN_ONE_FILE : (place + 1) * IN_ONE_FILE], _loaded(file)


def _loaded(file: IO[bytes]) -> Iterator[Raw]:
    while True:
        try:
            yield marshal.load(file)  # noqa: S302 - our own file, written a moment ago and deleted already
        except EOFError:
            return
