"""Rows that an earlier sheet still contains, though they count for a later period now: they are not posted twice.

An entry that was posted and then moved to a later month stays in the sheet that posted it until that sheet is corrected.
Until then no later sheet of the same one posts it again.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from taizhang.appraisals import keeping
from taizhang.appraisals.feeding import Window, end_of
from taizhang.appraisals.models import Sheet
from taizhang.core.appraisal.compiled import Compiled
from taizhang.journal.clock import day_of
from taizhang.ledger.conditions import seen_at
from taizhang.ledger.models import Entry

AT_ONCE = 2000
Posted = Mapping[int, frozenset[str]]


def still_posted(compiled: Compiled, window: Window, keys: Sequence[int]) -> Posted:
    """Return the rows of a period that earlier sheets of these subjects still contain, by subject.

    One query where nothing was moved to a later period, four where something was.
    """
    moved = {entry.fact.hex: entry for entry in entries(compiled, window)}
    if not moved:
        return {}
    by_unit = compiled.appraisal.by == "unit"
    named = keys if by_unit else sorted(set(keys) & set(_owners(moved.values(), compiled)))
    found: dict[int, set[str]] = {}
    sheets = _earlier_sheets(compiled, window, named, by_unit=by_unit)
    for sheet, content in zip(sheets, keeping.contents_of(sheets), strict=True):
        rows = moved.keys() & set(keeping.rows_named(content))
        key = sheet.unit_id if sheet.person_id is None else sheet.person_id
        found.setdefault(key, set()).update(rows)
    return {key: frozenset(rows) for key, rows in found.items() if rows}


def keeping_late(window: Window, sheet: Sheet) -> Window:
    """Return a window that takes the period's own rows as far as the sheet that is to be superseded took them.

    After an objection a sheet may have looked beyond the closing day, and the next one left out what it took.
    """
    own = [uuid.UUID(row) for row in set(keeping.rows_named(keeping.content_of(sheet)))]
    first = Entry.objects.filter(
        pk__in=own, counts_for__gte=window.period.start, recorded_at__gt=end_of(window.closed)
    )
    last = first.aggregate(last=Max("recorded_at"))["last"]
    return window if last is None else replace(window, taken=max(window.taken, day_of(last)))


def both(one: Posted, other: Posted) -> Posted:
    """Return the rows that stand in either."""
    return {key: one.get(key, frozenset()) | other.get(key, frozenset()) for key in one.keys() | other.keys()}


def entries(compiled: Compiled, window: Window) -> "QuerySet[Entry]":
    """Return the entries of the period that counted for an earlier one before they were corrected."""
    period = window.period
    before = Entry.objects.filter(fact=OuterRef("fact"), counts_for__lt=period.start)
    rows = Entry.objects.filter(
        seen_at(window.as_of), Exists(before), kind__in=compiled.kinds, supersedes__isnull=False,
        counts_for__gte=period.start, counts_for__lte=period.end,
    )  # fmt: skip
    return rows.order_by().only("fact", "person_id", "about_id", "values")


def _owners(entries: Iterable[Entry], compiled: Compiled) -> Iterator[int]:
    """Yield everybody whom a version of the entries, or of what they are about, may be credited to."""
    shares = compiled.appraisal.shares
    fields = [name for name in (shares.fields if shares else ()) if name not in ("person", "unit")]
    facts = {fact for entry in entries for fact in (entry.fact, entry.about_id) if fact is not None}
    wanted = sorted(facts)
    for at in range(0, len(wanted), AT_ONCE):
        rows = Entry.objects.filter(fact__in=wanted[at : at + AT_ONCE]).order_by()
        for person, values in rows.values_list("person_id", "values"):
            yield from _ids([person, *(values.get(name) for name in fields)])


def _ids(named: Iterable[Any]) -> Iterator[int]:
    yield from (int(each) for each in named if each not in (None, ""))


def _earlier_sheets(compiled: Compiled, window: Window, keys: Sequence[int], *, by_unit: bool) -> list[Sheet]:
    column = "unit_id" if by_unit else "person_id"
    sheets = Sheet.objects.filter(
        run__appraisal=compiled.id, run__starts__lt=window.period.start, superseded_at=None, voids=False,
        person__isnull=by_unit,
    )  # fmt: skip
    return [
        sheet
        for at in range(0, len(keys), AT_ONCE)
        for sheet in sheets.filter(**{f"{column}__in": keys[at : at + AT_ONCE]})
        .order_by()
        .select_related("shape")
    ]
