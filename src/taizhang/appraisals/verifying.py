"""Which rows count, where the scheme asks that somebody else verifies them (``verification`` of an appraisal).

A row of such a kind counts if the version of it that the sheet looks at was accepted, and not refused since, by the
moment at which the round of sheets began. docs/adr/0017-verified-in-time.md has why it is not posted later.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from taizhang.appraisals.feeding import ASKED_AT_ONCE, FETCH, Window, end_of
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.rows import Work
from taizhang.core.values import Period

Part = tuple[Sequence[int], dict[int, list[Work]]]

_HOLDS = (
    "e.recorded_at <= %(as_of)s AND (e.superseded_at IS NULL OR e.superseded_at > %(as_of)s) AND NOT e.voids"
)
_DECIDED = "v.at <= %(until)s AND (v.superseded_at IS NULL OR v.superseded_at > %(until)s)"
_ACCEPTED = (
    "EXISTS (SELECT 1 FROM appraisals_verification v WHERE v.entry_id = e.id AND v.accepted AND "
    + _DECIDED
    + ")"
)
_IN_ANY_VERSION = (
    "EXISTS (SELECT 1 FROM ledger_entry o JOIN appraisals_verification v ON v.entry_id = o.id"
    " WHERE o.fact = e.fact AND {which} AND " + _DECIDED + ")"
)
_ROWS = "SELECT {fact} FROM ledger_entry e WHERE e.kind IN ({kinds}) AND " + _HOLDS + " AND NOT " + _ACCEPTED
_OF_PERIOD = " AND e.counts_for >= %(start)s AND e.counts_for <= %(end)s"
_LATE = " AND e.counts_for < %(start)s AND e.recorded_at > %(after)s"
_TOLD = (
    "SELECT {fact}, " + _ACCEPTED + ", " + _IN_ANY_VERSION.format(which="v.accepted") + ", "
    + _IN_ANY_VERSION.format(which="NOT v.accepted") + " FROM ledger_entry e WHERE e.fact IN ({facts}) AND " + _HOLDS
)  # fmt: skip


def kinds_of(compiled: Compiled) -> frozenset[str]:
    """Return the kinds of entries that count only once they are verified; none where the scheme does not ask."""
    verification = compiled.appraisal.verification
    return frozenset(verification.kinds) if verification else frozenset()


def unverified(compiled: Compiled, window: Window, *, until: dt.datetime) -> frozenset[str]:
    """Return the facts, in 32 hexadecimal digits, of the period's rows that nobody had accepted by ``until``.

    Rows of the period and late ones, in the version that holds at ``window.as_of``. One query; none where the scheme
    asks for nothing.
    """
    kinds = kinds_of(compiled)
    if not kinds:
        return frozenset()
    rows = _ROWS.format(fact=_hex("e.fact"), kinds=_list(kinds))
    values = {
        "start": str(window.period.start),
        "end": str(window.period.end),
        "after": _moment(end_of(window.closed_before)),
    }
    sql = rows + _OF_PERIOD + " UNION ALL " + rows + _LATE
    return frozenset(fact for (fact,) in _asked(sql, window.as_of, until, values))


def checked(
    compiled: Compiled, window: Window, parts: Iterable[Part], *, until: dt.datetime
) -> Iterator[Part]:
    """Yield the parts of ``feeding.works_of`` with ``verified`` as it is. Nothing is read where the scheme does not ask."""
    kinds = kinds_of(compiled)
    if not kinds:
        yield from parts
        return
    check = _Check(compiled, window, until, kinds)
    for part, works in parts:
        yield part, check.of(works)


@dataclass
class _Check:
    compiled: Compiled
    window: Window
    until: dt.datetime
    kinds: frozenset[str]
    _whole: frozenset[str] | None = None
    _starts: dict[dt.date, dt.date] = field(default_factory=dict)

    def of(self, works: Mapping[int, list[Work]]) -> dict[int, list[Work]]:
        met = {work.id: work for rows in works.values() for work in rows if work.kind in self.kinds}
        waiting = self._waiting(met)
        if not waiting:
            return dict(works)
        return {
            key: [work._replace(verified=False) if work.id in waiting else work for work in rows]
            for key, rows in works.items()
        }

    def _waiting(self, met: Mapping[Any, Work]) -> frozenset[Any]:
        """Return which of these rows do not count: one query for few of them, one for the whole period for many."""
        now = [id_ for id_, work in met.items() if not work.earlier]
        before = [id_ for id_, work in met.items() if work.earlier]
        if len(now) <= ASKED_AT_ONCE and self._whole is None:
            return frozenset(self._told(met, [*now, *before]))
        if self._whole is None:
            self._whole = unverified(self.compiled, self.window, until=self.until)
        return self._whole.intersection(now).union(self._told(met, before))

    def _told(self, met: Mapping[Any, Work], ids: Sequence[Any]) -> Iterator[Any]:
        """Yield which of these rows do not count.

        What an earlier sheet posted is looked at by fact: put right since, it is what was counted then all the same.
        Where that sheet's scheme was an older one, and nobody decided, it counted: then it may not have been asked for.
        """
        for at in range(0, len(ids), ASKED_AT_ONCE):
            facts = _list(_as_kept(str(id_)) for id_ in ids[at : at + ASKED_AT_ONCE])
            sql = _TOLD.format(fact=_hex("e.fact"), facts=facts)
            for fact, this, any_, no in _asked(sql, self.window.as_of, self.until, {}):
                counts = this
                if met[fact].earlier:
                    counts = any_ or not (no or self._was_asked(met[fact].on))
                if not counts:
                    yield fact

    def _was_asked(self, on: dt.date) -> bool:
        """Tell whether the period of a day was judged by this version of the scheme."""
        if on not in self._starts:
            self._starts[on] = Period.containing(self.compiled.every, on).start
        return self._starts[on] >= self.compiled.scheme.effective


def _asked(
    sql: str, as_of: dt.datetime, until: dt.datetime, values: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"as_of": _moment(as_of), "until": _moment(until), **values})
        while found := cursor.fetchmany(FETCH):
            yield from found


def _moment(value: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _hex(column: str) -> str:
    """Return an id as 32 hexadecimal digits."""
    return column if connection.vendor == "sqlite" else f"REPLACE(CAST({column} AS TEXT), '-', '')"


def _as_kept(id_: str) -> str:
    return id_ if connection.vendor == "sqlite" else str(uuid.UUID(id_))


def _list(texts: Iterable[str]) -> str:
    """Return words of our own (ids of kinds, ids of entries) as a list in SQL."""
    return ", ".join("'{}'".format(text.replace("'", "''").replace("%", "%%")) for text in sorted(texts))
