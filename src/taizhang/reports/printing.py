"""Asking the ledger what stands in every place of a text: all figures at once, as of one moment, for one reader."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import translation

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.outline.chips import CHANGES, ReportRow, chip, list_rows
from taizhang.core.outline.model import FigureChip, Listing
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Kind, Scheme
from taizhang.core.values import Figure, Scope
from taizhang.journal.clock import day_of
from taizhang.ledger import figures, rows
from taizhang.ledger import wording as ledger_wording
from taizhang.ledger.asking import may_ask
from taizhang.ledger.models import Entry
from taizhang.org.access import Access
from taizhang.org.queries import UnitTree
from taizhang.reports.body import Body, Place, asks_of, listings, places

May = Callable[[Ask], bool]


def everything(_ask: Ask) -> bool:
    """Let all figures be seen: for commands, which only who owns the machine can run."""
    return True


@dataclass(frozen=True)
class Ledger:
    """Where figures come from: the rules, the units, the moment it is, and the moment asked for (None: now).

    One such object reads each figure once, so that a text filled and printed with it is of one piece.
    """

    schemes: History
    tree: UnitTree
    now: dt.datetime
    as_of: dt.datetime | None = None
    _known: dict[Ask, Figure] = field(default_factory=dict, init=False, repr=False, compare=False)

    def at(self, as_of: dt.datetime | None) -> "Ledger":
        return replace(self, as_of=as_of)

    def evaluate(self, asks: Iterable[Ask]) -> dict[Ask, Figure]:
        """Return the figure of every ask, in a few grouped statements."""
        wanted = dict.fromkeys(asks)
        if unknown := [ask for ask in wanted if ask not in self._known]:
            self._known.update(
                figures.evaluate(
                    unknown, schemes=self.schemes, tree=self.tree, now=self.now, as_of=self.as_of
                )
            )
        return {ask: self._known[ask] for ask in wanted}

    def seen_by(self, access: Access) -> May:
        """Return who may see what: the figures that ``access`` may ask for, each looked up once."""
        known: dict[tuple[str, Scope, dt.date], bool] = {}

        def may(ask: Ask) -> bool:
            key = (ask.indicator, ask.scope, ask.period.start)
            if key not in known:
                known[key] = may_ask(access, ask, self.schemes)
            return known[key]

        return may


@dataclass(frozen=True)
class Printed:
    """What stands in the places of a text. A place that is missing here is not for this reader."""

    language: str
    day: dt.date
    chips: Mapping[Place, FigureChip]
    listings: Mapping[Listing, Listing]

    @property
    def as_of(self) -> str:
        """The day up to which the ledger was counted, in words."""
        return wording.day(self.day, language=self.language)


def print_body(
    body: Body, *, scheme: Scheme, ledger: Ledger, language: str, may: May = everything
) -> Printed:
    """Return what every place of ``body`` reads; ``scheme`` names the units of measurement."""
    found = ledger.evaluate(ask for ask in asks_of(body) if may(ask))
    return Printed(
        language=language,
        day=day_of(ledger.as_of or ledger.now),
        chips={
            place: printed(place, found, scheme=scheme, language=language)
            for place in dict.fromkeys(places(body))
            if all(ask in found for ask in place.asks)
        },
        listings={
            one: listed(one, ledger=ledger, language=language)
            for one in dict.fromkeys(listings(body))
            if Ask(one.indicator, one.scope, one.period) in found
        },
    )


def printed(place: Place, found: Mapping[Ask, Figure], *, scheme: Scheme, language: str) -> FigureChip:
    """Return what stands in one place."""
    declared = scheme.indicators.get(place.indicator)
    unit = None if declared is None or declared.unit is None else declared.unit.said_in(language)
    now, *before = (found[ask] for ask in place.asks)
    return chip(
        now, place.form, language=language, unit=unit, before=before[0] if place.form in CHANGES else None
    )


def listed(listing: Listing, *, ledger: Ledger, language: str) -> Listing:
    """Return a list of rows with the rows that the ledger has for it."""
    ask = Ask(listing.indicator, listing.scope, listing.period)
    found, total = rows_behind(ask, ledger=ledger, language=language, at_most=listing.at_most)
    return list_rows(listing, found, language=language, total=total)


def rows_behind(ask: Ask, *, ledger: Ledger, language: str, at_most: int) -> tuple[list[ReportRow], int]:
    """Return the first rows behind a figure in words, and how many there are. A figure made of others has none."""
    behind = rows.rows_of(ask, schemes=ledger.schemes, tree=ledger.tree, as_of=ledger.as_of)
    if behind is None:
        return [], 0
    first = list(behind.select_related("unit", "person")[: at_most + 1])
    total = len(first) if len(first) <= at_most else behind.count()
    return _in_words(first[:at_most], ledger, language), total


def _in_words(entries: Sequence[Entry], ledger: Ledger, language: str) -> list[ReportRow]:
    if not entries:
        return []
    kind = ledger.schemes.kinds_ever(entries[0].kind)
    with translation.override(language):
        names = ledger_wording.names_for(entries, kind, ledger.tree) if kind else None
        return [ReportRow(str(entry.pk), _words(entry, kind, names, language)) for entry in entries]


def _words(
    entry: Entry, kind: Kind | None, names: ledger_wording.Names | None, language: str
) -> dict[str, str]:
    words = {
        "title": entry.title,
        "occurred_on": wording.day(entry.occurred_on, language=language),
        "unit": entry.unit.name,
        "person": entry.person.name if entry.person else "",
        "quantity": ledger_wording.quantity(entry),
    }
    if kind is None or names is None:
        return words
    for name, rule in kind.fields.items():
        value = entry.values.get(name)
        if rule.type == "date" and value:
            words[name] = wording.day(dt.date.fromisoformat(value), language=language)
        else:
            words[name] = ledger_wording.field_value(value, rule, names)
    return words
