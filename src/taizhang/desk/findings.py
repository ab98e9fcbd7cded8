"""What the machine found, as cards in a margin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from taizhang.core.desk.track import RANKS
from taizhang.desk import checking
from taizhang.desk.checking import Found
from taizhang.desk.models import Finding, FindingDecision, Station
from taizhang.desk.showing import Mark

GATES = {
    "text": gettext_lazy("text gate"),
    "number": gettext_lazy("number gate"),
    "logic": gettext_lazy("logic gate"),
}
SEVERITIES = {
    "error": gettext_lazy("error"),
    "warning": gettext_lazy("warning"),
    "hint": gettext_lazy("hint"),
}
_BY_RANK = {rank: severity for severity, rank in RANKS.items()}
_LONGEST_QUOTE = 60


Row = Finding | Found


@dataclass(frozen=True)
class Card:
    """A finding as a page shows it. ``must``: the station waits for a decision on it."""

    key: str
    gate: str
    severity: str
    code: str
    start: int
    end: int
    quote: str
    message: str
    advice: str
    replacement: str | None
    evidence: tuple[str, ...]
    decision: FindingDecision | None = None
    earlier: FindingDecision | None = None
    must: bool = False

    @property
    def gate_name(self) -> str:
        return str(GATES[self.gate])

    @property
    def severity_name(self) -> str:
        return str(SEVERITIES[self.severity])

    @property
    def is_kept(self) -> bool:
        return self.decision is not None and self.decision.choice == FindingDecision.Choice.KEEP

    @property
    def is_open(self) -> bool:
        return self.decision is None

    @property
    def short_quote(self) -> str:
        return short(self.quote)


def short(quote: str) -> str:
    """Return a quotation that fits on a card: its beginning and its end."""
    flat = " ".join(quote.split())
    return flat if len(flat) <= _LONGEST_QUOTE else f"{flat[: _LONGEST_QUOTE - 16]}……{flat[-14:]}"


def cards(
    rows: Iterable[Row],
    *,
    decided: Mapping[str, FindingDecision] | None = None,
    earlier: Mapping[str, FindingDecision] | None = None,
    station: Station | None = None,
) -> list[Card]:
    """Return the findings of a text in its order; with a station, which of them it waits for."""
    found = [_card(row, decided or {}, earlier or {}, station) for row in rows]
    return sorted(found, key=lambda card: (card.start, card.end, RANKS[card.severity]))


def _card(
    row: Row,
    decided: Mapping[str, FindingDecision],
    earlier: Mapping[str, FindingDecision],
    station: Station | None,
) -> Card:
    said = row.said
    replacement = said.get("replacement")
    decision = decided.get(row.key)
    return Card(
        key=row.key,
        gate=row.gate,
        severity=_BY_RANK[row.rank],
        code=row.code,
        start=row.start,
        end=row.end,
        quote=row.quote,
        message=checking.message(said["message"]).render(_),
        advice=_advice(said, replacement),
        replacement=replacement,
        evidence=tuple(quote for _start, _end, quote in said.get("evidence", ())),
        decision=decision,
        earlier=None if decision else earlier.get(row.key),
        must=station is not None and row.rank <= getattr(station, f"gate_{row.gate}"),
    )


def _advice(said: Mapping[str, Any], replacement: str | None) -> str:
    if replacement:
        return _("Write “{word}”.").format(word=replacement)
    if replacement is not None:
        return _("Leave it out.")
    return checking.message(said["suggestion"]).render(_) if said.get("suggestion") else ""


def marks(found: Iterable[Card]) -> list[Mark]:
    """Return where the findings stand in the text."""
    return [
        Mark(card.start, max(card.end, card.start + 1), f"f-{card.key}", _look(card), card.message)
        for card in found
    ]


def _look(card: Card) -> str:
    return "kept" if card.is_kept else card.severity


def waited_for(found: Iterable[Card]) -> int:
    """Return how many findings hold the station up: those it waits for that may not stay."""
    return sum(card.must and not card.is_kept for card in found)
