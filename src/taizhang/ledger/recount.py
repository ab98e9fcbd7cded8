"""Whether the counts that are kept are those of the rows: figures are read from them, so they are verified too."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from taizhang.core.indicators.plan import Base, Cell, Counting, Query
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.history import History
from taizhang.core.values import Period, PeriodKind
from taizhang.journal.actions import lock
from taizhang.journal.verify import Break, Progress
from taizhang.ledger import cells
from taizhang.ledger.models import KeptSpan
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.rules.queries import history


@dataclass(frozen=True, order=True)
class Wrong:
    """A kept month of a kind that its rows do not bear out."""

    kind: str
    month: Period


def kept_counts(_progress: Progress) -> Iterator[Break]:
    """Yield the months whose kept counts are not those of the rows."""
    try:
        schemes = history()
    except SchemeErrors:  # altered: the walk over what is signed has named it
        return
    tree, found = unit_tree(), set[Wrong]()
    for query in _queries(schemes):
        if _wrong(query, tree):
            with transaction.atomic():  # again while nobody writes: what differed may have been on its way
                lock()
                found |= _wrong(query, tree)
    yield from (_break(one) for one in sorted(found))


def _break(wrong: Wrong) -> Break:
    return Break(
        Message(
            gettext_noop(
                "The kept counts of “{kind}” in {month} are not those of the entries: they were altered. "
                "“taizhang init” counts them anew."
            ),
            kind=wrong.kind,
            month=str(wrong.month),
        ),
        object=f"{wrong.kind} {wrong.month}",
    )


def _queries(schemes: History) -> list[Query]:
    """Return everything that is kept by month: what the indicators of every version count, and rows by kind."""
    any_month = Period.containing(PeriodKind.MONTH, dt.date(2000, 1, 1))
    found = [
        query
        for version in schemes.versions
        for query in (
            *cells.queries_of(schemes, version.effective, any_month),
            *(cells.query_of((Base(Counting.ROWS, kind),), any_month) for kind in version.scheme.kinds),
        )
    ]
    return [query for query in dict.fromkeys(found) if cells.can_keep(query)]


def _wrong(query: Query, tree: UnitTree) -> set[Wrong]:
    keys = {cells.key_of(base): base for base in query.bases}
    spans = KeptSpan.objects.filter(base__in=keys).order_by("bucket")
    months = list(dict.fromkeys(spans.values_list("bucket", flat=True)))
    if not months:
        return set()
    last = Period.containing(PeriodKind.MONTH, months[-1]).end
    whole = replace(query, first=months[0], last=last)
    right = cells.count_to_keep(whole, tree=tree)
    found = {
        month
        for (key, month), held in cells.kept([whole], {whole: months}, tree).items()
        if _told(held) != _told([cell for cell in right[keys[key]] if cell.bucket == month])
    }
    return {Wrong(query.kind, Period.containing(PeriodKind.MONTH, month)) for month in found}


def _told(held: Iterable[Cell]) -> set[Cell]:
    """Return cells as they are kept: what an entry's mark is, in words."""
    return {cell._replace(mark=str(cell.mark) if cell.mark else None) for cell in held}


CHECKS = (kept_counts,)
