"""An entry of the ledger as plain data: what rules and recounts look at."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Units = Mapping[str, str | None]
"""The unit tree: every unit's code, and the code of the unit above it (None or empty at the top)."""


@dataclass(frozen=True)
class Fact:
    """One version of one fact.

    ``id`` names the version; ``fact`` stays the same through corrections, and ``about`` is the ``fact`` of another.
    ``counts_for`` is the day that decides the period, ``occurred_on`` the day it happened.
    ``values`` are the kind's own fields as the ledger keeps them: text, int, bool, list of texts; a ``number`` as
    decimal text, a ``date`` as ISO text. ``participations`` gives each person on the roster a state.
    """

    id: str
    fact: str
    kind: str
    unit: str
    occurred_on: dt.date
    counts_for: dt.date
    recorded_at: dt.datetime
    person: str = ""
    quantity: Decimal | None = None
    quantity_unit: str = ""
    approximate: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    participations: Mapping[str, str] = field(default_factory=dict)
    superseded_at: dt.datetime | None = None
    voids: bool = False

    def is_visible(self, as_of: dt.datetime) -> bool:
        """Return whether the ledger held this version at that moment, neither replaced nor withdrawn."""
        if self.recorded_at > as_of or self.voids:
            return False
        return self.superseded_at is None or self.superseded_at > as_of


def upwards(unit: str, units: Units) -> Iterator[str]:
    """Yield ``unit`` and the units above it, lowest first."""
    met: set[str] = set()
    while unit and unit not in met:
        yield unit
        met.add(unit)
        unit = units.get(unit) or ""
