"""Which figures an entry is part of: the other way round of “why?”."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taizhang.core.indicators.definition import define, parts_of
from taizhang.core.indicators.facts import Fact
from taizhang.core.indicators.recount import rows
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Indicator
from taizhang.core.values import Period, Scope
from taizhang.ledger.models import Entry
from taizhang.org.queries import UnitTree


@dataclass(frozen=True)
class Counting:
    """An indicator that an entry is a row of, in the year that the entry counts for and its unit."""

    id: str
    indicator: Indicator
    period: Period
    unit: str


def fact_of(entry: Entry, tree: UnitTree) -> Fact:
    """Return an entry as rules see it; people by their database id. The entry's participations are read."""
    return Fact(
        id=str(entry.pk),
        fact=str(entry.fact),
        kind=entry.kind,
        unit=tree.by_id[entry.unit_id].code,
        occurred_on=entry.occurred_on,
        counts_for=entry.counts_for,
        recorded_at=entry.recorded_at,
        person=str(entry.person_id or ""),
        quantity=entry.quantity,
        quantity_unit=entry.quantity_unit,
        approximate=entry.approximate,
        values=entry.values,
        about=str(entry.about_id or ""),
        participations={str(p.person_id): p.state for p in entry.participations.all()},
        superseded_at=entry.superseded_at,
        voids=entry.voids,
    )


def counting(entry: Entry, followers: Sequence[Entry], *, schemes: History, tree: UnitTree) -> list[Counting]:
    """Return the indicators that count the entry in its year, in the scheme's order, worked-out ones after theirs.

    ``followers`` are the current entries about it. No query where participations are read already.
    """
    year = Period.year(entry.counts_for.year)
    version = schemes.find(year.start) or schemes.find(entry.counts_for)
    if version is None or not entry.is_current:
        return []
    code = tree.by_id[entry.unit_id].code
    direct = set(_direct(entry, followers, version, year, tree))
    return [
        Counting(name, indicator, year, code)
        for name, indicator in version.scheme.indicators.items()
        if name in direct or _is_made_of(name, version, direct)
    ]


def _direct(
    entry: Entry, followers: Sequence[Entry], version: LoadedScheme, year: Period, tree: UnitTree
) -> Iterator[str]:
    facts = [fact_of(each, tree) for each in (entry, *followers)]
    newest = max(fact.recorded_at for fact in facts)
    for name, indicator in version.scheme.indicators.items():
        if getattr(indicator.measure, "kind", None) != entry.kind:
            continue
        found = rows(name, scheme=version, facts=facts, scope=Scope(), period=year, as_of=newest, units={})
        if facts[0] in found:
            yield name


def _is_made_of(name: str, version: LoadedScheme, direct: set[str]) -> bool:
    """Tell whether a worked-out indicator is made of one that counts the entry, however deep."""
    waiting, met = [name], set[str]()
    while waiting:
        definition = define(waiting.pop(), version)
        if definition.problem is not None:
            continue
        for part in parts_of(definition.measure):
            if part in direct:
                return True
            if part not in met:
                met.add(part)
                waiting.append(part)
    return False
