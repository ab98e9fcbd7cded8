"""Figures, counted from the ledger: many indicators, units and periods in a few grouped statements."""

import datetime as dt
from collections.abc import Iterable, Mapping

from taizhang.core.indicators.compose import compose
from taizhang.core.indicators.plan import Ask, plan
from taizhang.core.scheme.history import History
from taizhang.core.values import Figure, Period, Scope
from taizhang.ledger import cells
from taizhang.ledger.counting import asks_by_query, count, count_together, slice_of
from taizhang.org.queries import UnitTree


def evaluate(
    asks: Iterable[Ask],
    *,
    schemes: History,
    tree: UnitTree,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
    latest: bool = False,
) -> dict[Ask, Figure]:
    """Return the figure of every ask, as the ledger stood at ``as_of`` (None: as it stands ``now``).

    One statement, however many asks there are, with one part for each kind and way of counting; what stands now is
    kept by month (see ``cells``). ``latest``, when the newest row that counts was recorded, takes a statement a part.
    """
    planned = plan(asks, history=schemes)
    kept = [query for query in planned.queries if as_of is None and cells.can_keep(query)]
    from_kept = dict(zip(kept, cells.read(kept, tree=tree), strict=True))
    others = [
        (query, slice_of(query, answered, tree))
        for query, answered in zip(planned.queries, asks_by_query(planned), strict=True)
        if query not in from_kept
    ]
    if latest or len(others) == 1:
        found = [count(query, slice_, as_of=as_of, tree=tree, latest=latest) for query, slice_ in others]
    else:
        found = count_together(others, as_of=as_of, tree=tree)
    from_ledger = dict(zip((query for query, _slice in others), found, strict=True))
    counted = [from_kept[query] if query in from_kept else from_ledger[query] for query in planned.queries]
    units = {unit.code: tree.by_id[unit.parent_id].code if unit.parent_id else None for unit in tree.units}
    return compose(planned, counted, units=units, as_of=as_of or now)


def figure(
    indicator: str,
    *,
    period: Period,
    scope: Scope,
    schemes: History,
    tree: UnitTree,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
) -> Figure:
    """Return one figure."""
    ask = Ask(indicator, scope, period)
    return evaluate([ask], schemes=schemes, tree=tree, now=now, as_of=as_of, latest=True)[ask]


def by_name(figures: Mapping[Ask, Figure], *, scope: Scope, period: Period) -> dict[str, Figure]:
    """Return the figures of one scope and period by indicator."""
    return {ask.indicator: f for ask, f in figures.items() if ask.scope == scope and ask.period == period}
