"""The rows behind a figure, and their digest: what the why-panel lists and a frozen report keeps."""

import datetime as dt
import hashlib

from django.db.models import OuterRef, QuerySet, Subquery

from taizhang.core.indicators.definition import Definition, Definitions, parts_of
from taizhang.core.indicators.plan import Ask, Base, Counting, base_of, window
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import CountsAs, Coverage, Followed, Open, Participations
from taizhang.ledger.conditions import matching, seen_at
from taizhang.ledger.models import Entry
from taizhang.org.queries import UnitTree


def rows_of(
    ask: Ask, *, schemes: History, tree: UnitTree, as_of: dt.datetime | None = None
) -> QuerySet[Entry] | None:
    """Return the entries that make up a figure; None if it is worked out from others or cannot be asked for."""
    definition = Definitions(schemes).on(ask.period.start, ask.indicator)
    base = base_of(definition)
    if base is None or (ask.scope.unit and ask.scope.unit not in tree.by_code):
        return None
    rows = _in_window(ask, definition, base, tree, as_of)
    match definition.measure:
        case Participations() | Coverage() as measure:
            return _attended(rows, ask, definition, measure)
        case Open() | Followed() as measure:
            return _followed(rows, ask, base, want_followed=isinstance(measure, Followed), as_of=as_of)
        case _:
            return _of_person(rows, ask)


def _in_window(
    ask: Ask, definition: Definition, base: Base, tree: UnitTree, as_of: dt.datetime | None
) -> QuerySet[Entry]:
    first, last = window(ask, definition)
    rows = Entry.objects.filter(seen_at(as_of), matching(base.where), kind=base.kind, counts_for__lte=last)
    if first is not None:
        rows = rows.filter(counts_for__gte=first)
    if ask.scope.unit:
        rows = rows.filter(unit_id__in=tree.below(tree.by_code[ask.scope.unit].pk))
    if base.of == "quantity" and base.counting is Counting.ROWS:
        rows = rows.filter(quantity__isnull=False, quantity_unit=base.unit)
    return rows.order_by("counts_for", "occurred_on", "pk")


def _of_person(rows: QuerySet[Entry], ask: Ask) -> QuerySet[Entry]:
    return rows.filter(person__code=ask.scope.person) if ask.scope.person else rows


def _attended(
    rows: QuerySet[Entry], ask: Ask, definition: Definition, measure: Participations | Coverage
) -> QuerySet[Entry]:
    """Sessions: for a count those where somebody took part, for a share all where somebody was due."""
    conditions: dict[str, object] = {"participations__isnull": False}
    if isinstance(measure, Participations):
        conditions["participations__state__in"] = _states(definition, measure.counted)
    if ask.scope.person:
        conditions["participations__person__code"] = ask.scope.person
    return rows.filter(**conditions).distinct()


def _states(definition: Definition, counted: tuple[CountsAs, ...]) -> list[str]:
    declared = definition.scheme.attendance if definition.scheme else {}
    return [name for name, state in declared.items() if state.counts_as in counted]


def _followed(
    rows: QuerySet[Entry], ask: Ask, base: Base, *, want_followed: bool, as_of: dt.datetime | None
) -> QuerySet[Entry]:
    follower = Entry.objects.filter(
        seen_at(as_of), about_id=OuterRef("fact"), kind__in=base.followers, counts_for__lte=ask.period.end
    ).values("pk")[:1]
    return _of_person(rows, ask).alias(follower=Subquery(follower)).filter(follower__isnull=not want_followed)


def rows_below(
    ask: Ask, *, schemes: History, tree: UnitTree, as_of: dt.datetime | None = None
) -> list[QuerySet[Entry]]:
    """Return the rows of a figure, or of every figure that it is worked out from, in the order of the definition."""
    rows = rows_of(ask, schemes=schemes, tree=tree, as_of=as_of)
    if rows is not None:
        return [rows]
    definition = Definitions(schemes).on(ask.period.start, ask.indicator)
    parts = () if definition.problem is not None else parts_of(definition.measure)
    return [
        found
        for part in parts
        for found in rows_below(Ask(part, ask.scope, ask.period), schemes=schemes, tree=tree, as_of=as_of)
    ]


def digest_of(ask: Ask, *, schemes: History, tree: UnitTree, as_of: dt.datetime) -> str:
    """Return the digest of a figure's rows: SHA-256 over the rows' own digests in the order of their ids.

    A figure worked out from others has the digest over theirs, one after the other.
    """
    hasher = hashlib.sha256()
    for rows in rows_below(ask, schemes=schemes, tree=tree, as_of=as_of):
        for digest in rows.order_by("pk").values_list("digest", flat=True).iterator(5000):
            hasher.update(digest.encode())
        hasher.update(b"\n")
    return hasher.hexdigest()
