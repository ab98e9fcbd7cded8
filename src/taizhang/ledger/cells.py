"""Kept counts of what stands now, by month and unit, so that a page need not walk the whole ledger.

Whoever writes an entry drops, in the same transaction, the months that it touches; whoever reads counts the months
that are not kept and keeps them, holding the ledger's lock so that no write slips in between. Nothing here is
believed: emptying both tables changes no figure.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Min, QuerySet

from taizhang.core.indicators.definition import Definitions
from taizhang.core.indicators.plan import Base, Cell, Counting, Grain, Query, base_of
from taizhang.core.scheme.history import History
from taizhang.core.values import Period, PeriodKind
from taizhang.journal.actions import Book, lock
from taizhang.ledger.conditions import SCALE
from taizhang.ledger.counting import Slice, count
from taizhang.ledger.models import Entry, KeptCell, KeptSpan
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.rules.queries import history

FEW_VALUES = ("choice", "choices", "yes_no")
Counted = Mapping[Base, Sequence[Cell]]


def can_keep(query: Query) -> bool:
    """Tell whether ``query`` can be kept by month: not for single days or persons, nor where values are many."""
    few = query.counting is not Counting.VALUES or query.of == "unit" or query.of_type in FEW_VALUES
    return query.grain is Grain.MONTH and not query.by_person and few


def forget(entry: Entry, *, book: Book) -> None:
    """Drop, when the book closes, every kept month that ``entry`` touches: its own, and that of what it is about."""
    _forget(entry.kind, entry.counts_for.replace(day=1), book)
    if entry.about_id is not None:
        versions = Entry.objects.filter(fact=entry.about_id).values_list("kind", "counts_for").distinct()
        for kind, day in versions:
            _forget(kind, day.replace(day=1), book)


def _forget(kind: str, bucket: dt.date, book: Book) -> None:
    book.at_close(("ledger.cells", kind, bucket), partial(_drop, kind, bucket))


def _drop(kind: str, bucket: dt.date) -> None:
    """Drop a month; if it was kept, count it anew once the write is through, so that no reader has to wait."""
    spans = KeptSpan.objects.filter(kind=kind, bucket=bucket)
    if spans.exists() and _delete(spans):
        transaction.on_commit(partial(_renew, kind, bucket))


def _renew(kind: str, bucket: dt.date) -> None:
    month = Period.containing(PeriodKind.MONTH, bucket)
    warm(schemes=history(), tree=unit_tree(), period=month, kind=kind)


def _delete(spans: QuerySet[KeptSpan]) -> int:
    KeptCell.objects.filter(span__in=spans).delete()
    return spans.delete()[0]


def read(queries: Sequence[Query], *, tree: UnitTree) -> list[Counted]:
    """Return what each query counts, from what is kept; count and keep what is not. One statement when all is."""
    if not queries:
        return []
    months = _months(queries)
    found = kept(queries, months, tree)
    if missing := _missing(queries, months, found):
        with transaction.atomic():
            lock()
            _fill(missing, tree)
            found = kept(queries, months, tree)
        if _missing(queries, months, found):
            raise RuntimeError("kept counts are incomplete after they were filled")
    return [
        {
            base: [cell for month in months[query] for cell in found.get((key_of(base), month), ())]
            for base in query.bases
        }
        for query in queries
    ]


def _months(queries: Sequence[Query]) -> dict[Query, list[dt.date]]:
    """Return the months that each query needs; one that looks back ever needs all since the kind's first entry."""
    back = {query.kind for query in queries if query.first is None}
    first = dict(
        Entry.objects.filter(kind__in=back).order_by().values_list("kind").annotate(Min("counts_for"))
        if back
        else ()
    )
    found = {}
    for query in queries:
        start = query.first or first.get(query.kind) or query.last
        found[query] = (
            [month.start for month in Period(start.replace(day=1), query.last).split(PeriodKind.MONTH)]
            if start <= query.last
            else []
        )
    return found


def _missing(
    queries: Sequence[Query],
    months: Mapping[Query, Sequence[dt.date]],
    found: Mapping[tuple[str, dt.date], Sequence[Cell]],
) -> list[tuple[Query, list[dt.date]]]:
    missing = []
    for query in queries:
        keys = [key_of(base) for base in query.bases]
        buckets = [month for month in months[query] if any((key, month) not in found for key in keys)]
        if buckets:
            missing.append((query, buckets))
    return missing


def _fill(missing: Sequence[tuple[Query, Sequence[dt.date]]], tree: UnitTree) -> None:
    """Count months anew and keep them. A month in between that is kept already is counted again with them."""
    counted: dict[tuple[str, dt.date], list[Cell]] = {}
    kinds: dict[tuple[str, dt.date], str] = {}
    for query, buckets in missing:
        last = Period.containing(PeriodKind.MONTH, buckets[-1]).end
        whole = Query(**{**query.__dict__, "first": buckets[0], "last": last, "by_unit": True})
        for base, cells in count_to_keep(whole, tree=tree).items():
            for month in Period(buckets[0], last).split(PeriodKind.MONTH):
                counted[key_of(base), month.start] = []
                kinds[key_of(base), month.start] = query.kind
            for cell in cells:
                counted[key_of(base), cell.bucket].append(cell)
    _keep(counted, kinds, tree)


def count_to_keep(query: Query, *, tree: UnitTree) -> Counted:
    """Count the rows of whole months anew, in the cells that are kept."""
    everything = Slice(unit_ids=None, unit="", by_unit=True, bucket=None)
    counted = count(query, everything, as_of=None, tree=tree, latest=True)
    if query.counting is not Counting.FOLLOWUPS:
        return counted
    return {base: _by_month(cells) for base, cells in counted.items()}


def _by_month(cells: Iterable[Cell]) -> list[Cell]:
    """Put first followers of one month together: what is kept only answers for whole months."""
    merged: dict[tuple[dt.date, str, dt.date | None], Cell] = {}
    for cell in cells:
        mark = cell.mark.replace(day=1) if isinstance(cell.mark, dt.date) else None
        known = merged.get((cell.bucket, cell.unit, mark))
        latest = [at for at in (cell.latest, known.latest if known else None) if at is not None]
        merged[cell.bucket, cell.unit, mark] = cell._replace(
            mark=mark,
            counted=cell.counted + (known.counted if known else 0),
            latest=max(latest, default=None),
        )
    return list(merged.values())


def _keep(
    counted: Mapping[tuple[str, dt.date], Sequence[Cell]],
    kinds: Mapping[tuple[str, dt.date], str],
    tree: UnitTree,
) -> None:
    _delete(KeptSpan.objects.filter(pk__in=list(_ids(counted).values())))
    KeptSpan.objects.bulk_create(
        [KeptSpan(base=base, kind=kinds[base, bucket], bucket=bucket) for base, bucket in counted]
    )
    ids = _ids(counted)
    KeptCell.objects.bulk_create(
        [_kept_cell(ids[span], cell, tree) for span, cells in counted.items() for cell in cells]
    )


def _ids(wanted: Mapping[tuple[str, dt.date], object]) -> dict[tuple[str, dt.date], int]:
    """Return the ids of the spans that are kept of those wanted."""
    bases, buckets = {base for base, _bucket in wanted}, [bucket for _base, bucket in wanted]
    rows = KeptSpan.objects.filter(base__in=bases, bucket__gte=min(buckets), bucket__lte=max(buckets))
    return {
        (base, bucket): pk
        for pk, base, bucket in rows.values_list("pk", "base", "bucket")
        if (base, bucket) in wanted
    }


def _kept_cell(span_id: int, cell: Cell, tree: UnitTree) -> KeptCell:
    return KeptCell(
        span_id=span_id,
        unit_id=tree.by_code[cell.unit].pk,
        mark="" if cell.mark is None else str(cell.mark),
        counted=cell.counted,
        total=int(cell.total * SCALE),
        added=cell.added,
        approximate=cell.approximate,
        latest=cell.latest,
    )


def kept(
    queries: Sequence[Query], months: Mapping[Query, Sequence[dt.date]], tree: UnitTree
) -> dict[tuple[str, dt.date], list[Cell]]:
    """Read spans and their cells in one statement, so that both are of one moment; a span without cells is empty."""
    counting = {key_of(base): query.counting for query in queries for base in query.bases}
    buckets = [bucket for wanted in months.values() for bucket in wanted]
    if not buckets:
        return {}
    columns = ("unit_id", "mark", "counted", "total", "added", "approximate", "latest")
    rows = (
        KeptSpan.objects.filter(base__in=list(counting), bucket__gte=min(buckets), bucket__lte=max(buckets))
        .order_by()
        .values_list("base", "bucket", *(f"cells__{column}" for column in columns))
    )
    found: dict[tuple[str, dt.date], list[Cell]] = {}
    for base, bucket, unit_id, mark, counted, total, added, approximate, latest in rows.iterator(5000):
        cells = found.setdefault((base, bucket), [])
        if unit_id is not None:
            cells.append(
                Cell(
                    bucket=bucket,
                    unit=tree.by_id[unit_id].code,
                    mark=_mark(mark, counting[base]),
                    counted=counted,
                    total=Decimal(total) / SCALE,
                    added=added,
                    approximate=approximate,
                    latest=latest,
                )
            )
    return found


def _mark(mark: str, counting: Counting) -> str | dt.date | None:
    if not mark:
        return None
    return dt.date.fromisoformat(mark) if counting is Counting.FOLLOWUPS else mark


def key_of(base: Base) -> str:
    """Return the name under which a base's cells are kept: a digest of everything that it says."""
    return hashlib.sha256(repr(base).encode()).hexdigest()


def warm(*, schemes: History, tree: UnitTree, period: Period, kind: str = "") -> None:
    """Keep what every indicator (of ``kind``, if given) counts in the months of ``period``.

    The indicators are those in force at its start, or at its end where there were none yet.
    """
    day = period.start if schemes.find(period.start) else period.end
    queries = queries_of(schemes, day, period)
    read([query for query in queries if can_keep(query) and kind in ("", query.kind)], tree=tree)


def queries_of(schemes: History, day: dt.date, period: Period) -> list[Query]:
    """Return what must be counted in the months of ``period`` for the indicators in force on ``day``."""
    definitions = Definitions(schemes)
    version = schemes.find(day)
    groups: dict[tuple[object, ...], list[Base]] = defaultdict(list)
    for indicator in version.scheme.indicators if version else ():
        base = base_of(definitions.on(day, indicator))
        if base is not None:
            of = base.of if base.counting is Counting.VALUES else ""
            groups[base.counting, base.kind, of, base.followers].append(base)
    return [query_of(tuple(dict.fromkeys(bases)), period) for bases in groups.values()]


def query_of(bases: tuple[Base, ...], period: Period) -> Query:
    """Return the query by month and unit that counts ``bases``, which are of one shape."""
    is_values = bases[0].counting is Counting.VALUES
    return Query(
        counting=bases[0].counting,
        kind=bases[0].kind,
        of=bases[0].of if is_values else "",
        of_type=bases[0].of_type if is_values else "",
        followers=bases[0].followers,
        grain=Grain.MONTH,
        by_unit=True,
        by_person=False,
        persons=frozenset(),
        first=period.start,
        last=period.end,
        bases=bases,
    )


def empty() -> None:
    """Forget everything that is kept."""
    _delete(KeptSpan.objects.all())
