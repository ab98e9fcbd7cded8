"""Many new sheets on their way into the database: a line each, and what is alike worked out once.

A sheet's digest is that of ``chain.canonical(sheet.payload())``, as for every other row. Of people who share a shape
that text is the same but for six values, so it is spelled once for the shape and the six are put in. Nothing here makes
a model instance, or asks the database, for one sheet.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Model

from taizhang.appraisals import keeping
from taizhang.appraisals.models import Batch, Event, Run, Shape, Sheet
from taizhang.appraisals.subjects import Scored
from taizhang.core.appraisal.shapes import Alike, Part
from taizhang.core.appraisal.shapes import Shape as Shared
from taizhang.core.appraisal.sheet import Carried
from taizhang.journal import chain
from taizhang.journal.actions import Book
from taizhang.ledger.models import new_id

AT_ONCE = 500
SPELLED = 20_000
"""How much of what is handed on is kept spelled; what comes after is spelled each time."""
OWN = ("carried", "id", "keys", "person", "unit")
"""What of a sheet's payload is its own, in the order of the canonical spelling."""
SHARED = ("called", "fulfilled", "grade", "outcome", "points", "shape")
"""What of it is its shape's; the rest is the same for all first sheets of a run."""
GAP = json.dumps("\0")
COLUMNS = (
    "id", "person_id", "unit_id", "keys", "carried", "digest", "batch_id",
    "called", "fulfilled", "grade", "outcome", "points", "shape_id",
)  # fmt: skip

Pair = tuple[Scored, Alike]


class _Spelled(NamedTuple):
    """A shape's part of its sheets: the text around what is their own, and the columns that they share."""

    around: tuple[str, ...]
    columns: tuple[Any, ...]


class _Line(NamedTuple):
    digest: str
    own: tuple[Any, ...]
    shared: tuple[Any, ...]


@dataclass(eq=False)
class Filing:
    """Files the first sheets of a run, batch by batch. The caller opened the book of each."""

    run: Run
    as_of: dt.datetime
    by_unit: bool
    _spelled: WeakKeyDictionary[Shared, _Spelled] = field(default_factory=WeakKeyDictionary)
    _parts: WeakKeyDictionary[Part, str] = field(default_factory=WeakKeyDictionary)
    _kept: set[str] = field(default_factory=set)
    _points: dict[Decimal, tuple[str, Any]] = field(default_factory=dict)
    _carried: dict[Any, tuple[str, str]] = field(default_factory=dict)

    def add(self, pairs: Sequence[Pair], *, round_: Event, book: Book) -> Batch | None:
        """Write sheets of people who have none yet, and the line that signs them."""
        if not pairs:
            return None
        self._keep_shapes(pairs)
        lines = list(self._lines(pairs))
        batch = sign_batch(
            (line.digest for line in lines), len(lines), run=self.run, round_=round_, book=book
        )
        columns = [*COLUMNS, *(each.column for each in self._same_fields)]
        _put(Sheet, columns, [(*line.own, line.digest, batch.pk, *line.shared) for line in lines])
        return batch

    def _keep_shapes(self, pairs: Iterable[Pair]) -> None:
        """Keep what is shared and was not kept yet, and note the digests under which it lies."""
        new: dict[str, str] = {}
        for _each, alike in pairs:
            if alike.shape not in self._spelled:
                digest, new[digest] = keeping.shape_to_text(alike.shape.sheet)
                self._spelled[alike.shape] = self._spell(alike.shape, digest)
            for part, _keys in alike.items:
                if part not in self._parts:
                    self._parts[part], text = keeping.part_to_text(part.addition)
                    new[self._parts[part]] = text
        keep_shapes({digest: text for digest, text in new.items() if digest not in self._kept})
        self._kept |= new.keys()

    def _lines(self, pairs: Sequence[Pair]) -> Iterator[_Line]:
        sha256, by_unit, parts = hashlib.sha256, self.by_unit, self._parts
        for id_, (each, (_subject, shared, items, carried)) in zip(_ids(len(pairs)), pairs, strict=True):
            spelled = self._spelled[shared]
            person = None if by_unit else each.subject.key
            rows = keeping.keys_to_text([(parts[part], keys) for part, keys in items])
            kept, quoted = self._handed(carried)
            a, b, c, d, e, f = spelled.around
            told = (
                f'{a}{quoted}{b}"{id_[:8]}-{id_[8:12]}-{id_[12:16]}-{id_[16:20]}-{id_[20:]}"'
                f'{c}"{rows}"{d}{"null" if person is None else person}{e}{each.unit_id}{f}'
            )
            yield _Line(
                sha256(told.encode()).hexdigest(), (id_, person, each.unit_id, rows, kept), spelled.columns
            )

    def _handed(self, carried: Carried) -> tuple[str, str]:
        """Return what is handed on as it is kept, and as it stands in the canonical spelling."""
        key = (tuple(carried.missed.items()), tuple(carried.sums.items()))
        found = self._carried.get(key)
        if found is None:
            text = keeping.carried_to_json(carried)
            found = text, json.dumps(text, ensure_ascii=False)
            if len(self._carried) < SPELLED:
                self._carried[key] = found
        return found

    def _spell(self, shared: Shared, digest: str) -> _Spelled:
        sheet = shared.sheet
        points, kept = self._told_points(sheet.points)
        grade, outcome = str(sheet.grade), sheet.outcome.value
        called, fulfilled = bool(sheet.calls), sheet.fulfilled
        told = {
            "called": "true" if called else "false",
            "fulfilled": "true" if fulfilled else "false",
            "grade": json.dumps(grade, ensure_ascii=False),
            "outcome": f'"{outcome}"',
            "points": points,
            "shape": f'"{digest}"',
        }
        around = tuple(["".join([told.get(piece, piece) for piece in gap]) for gap in self._template])
        return _Spelled(around, (called, fulfilled, grade, outcome, kept, digest, *self._same))

    def _told_points(self, points: Decimal) -> tuple[str, Any]:
        """Return points as they stand in the canonical spelling, and as the database keeps them."""
        found = self._points.get(points)
        if found is None:
            spelled = chain.canonical({"": points}).decode()[4:-1]
            kept = Sheet._meta.get_field("points").get_db_prep_save(points, connection)
            found = self._points[points] = spelled, kept
        return found

    @cached_property
    def _template(self) -> Sequence[Sequence[str]]:
        """Return the canonical spelling of a first sheet, cut at what is its own, and there at what is its shape's.

        In the place of what is its shape's stands the name of it.
        """
        marks = {name: f"\0{name}" for name in SHARED} | dict.fromkeys(OWN, "\0")
        text = chain.canonical({**self._draft.payload(), **marks}).decode()
        cut = re.compile(f"({'|'.join(re.escape(_mark(name)) for name in SHARED)})")
        names = {_mark(name): name for name in SHARED}
        return [
            [names.get(piece, piece) for piece in cut.split(around) if piece] for around in text.split(GAP)
        ]

    @cached_property
    def _draft(self) -> Sheet:
        return Sheet(run=self.run, as_of=self.as_of, origin=Sheet.Origin.COMPUTED)

    @cached_property
    def _same(self) -> tuple[Any, ...]:
        fields = self._same_fields
        return tuple(each.get_db_prep_save(getattr(self._draft, each.attname), connection) for each in fields)

    @cached_property
    def _same_fields(self) -> Sequence[Any]:
        return [each for each in Sheet._meta.concrete_fields if each.column not in COLUMNS]


def _mark(name: str) -> str:
    return json.dumps(f"\0{name}")


def _put(
    model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]], otherwise: str = ""
) -> None:
    """Insert rows: on SQLite one after the other; PostgreSQL, to which the way is longer, takes them in one stream, or
    many at once where ``otherwise`` says what to do with those that are there already."""
    named = f"{model._meta.db_table} ({', '.join(map(connection.ops.quote_name, columns))})"
    if connection.vendor != "sqlite" and not otherwise:
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {named} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    into = f"INSERT INTO {named} VALUES"
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"{into} {marks} {otherwise}", rows)
            return
        for at in range(0, len(rows), AT_ONCE):
            some = rows[at : at + AT_ONCE]
            values = ", ".join([marks] * len(some))
            cursor.execute(f"{into} {values} {otherwise}", [value for row in some for value in row])


def drafted(run: Run, each: Scored, alike: Alike, *, as_of: dt.datetime, by_unit: bool) -> Sheet:
    """Return a sheet of the core as one that can be kept, with its shape beside it, which may have to be kept yet."""
    sheet = alike.shape.sheet
    digest, content = keeping.shape_to_text(sheet)
    parts = [keeping.part_to_text(part.addition) for part, _keys in alike.items]
    draft = Sheet(
        run=run,
        person_id=None if by_unit else int(each.subject.key),
        unit_id=each.unit_id,
        points=sheet.points,
        outcome=sheet.outcome.value,
        grade=sheet.grade,
        called=bool(sheet.calls),
        fulfilled=sheet.fulfilled,
        shape=Shape(digest=digest, content=content),
        keys=keeping.keys_to_text(
            (part, keys) for (part, _text), (_part, keys) in zip(parts, alike.items, strict=True)
        ),
        carried=keeping.carried_to_json(alike.carried),
        as_of=as_of,
        origin=Sheet.Origin.COMPUTED,
    )
    draft.shared = {digest: content, **dict(parts)}
    return draft


def keep_shapes(texts: Mapping[str, str]) -> None:
    """Keep what sheets share, by its digest, as far as it is not there yet. Inside a book."""
    _put(Shape, ("digest", "content"), list(texts.items()), "ON CONFLICT (digest) DO NOTHING")


def sign_batch(
    digests: Iterable[str], size: int, *, run: Run, round_: Event, book: Book, **detail: Any
) -> Batch:
    """Write the line that signs sheets, whose digests are in the order of their ids."""
    batch = Batch(
        run=run, round=round_, size=size, sheets=keeping.digest_over(digests), at=book.at, by=book.actor
    )
    batch.save(force_insert=True)
    book.sign("appraisals.sheets", batch, **detail)
    return batch


def _ids(count: int) -> Iterator[str]:
    """Yield UUIDv7s of this moment that follow each other, in 32 hexadecimal digits."""
    first = new_id().int
    return (f"{first + n:032x}" for n in range(count))
