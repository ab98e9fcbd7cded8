"""The findings of a draft as cards beside the text, and the text with their places marked."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from taizhang.desk import findings
from taizhang.desk.findings import SEVERITIES, short
from taizhang.documents.reading import Reading
from taizhang.proof import Evidence, Finding, Severity
from taizhang.web import ledger_claims, wording
from taizhang.web.ledger_claims import Held

LEDGER = "ledger"
GATES = {**findings.GATES, LEDGER: gettext_lazy("against the ledger")}
MOST_SHOWN = 1000  # cards on one page; what weighs least is left out first
_WEIGHTS = {severity: weight for weight, severity in enumerate(SEVERITIES)}
_AROUND = 6
_MOST_AT_ONE_PLACE = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the page shows it. ``key`` stays the same while the words around the place do."""

    number: int
    key: str
    gate: str
    severity: str
    code: str
    start: int
    end: int
    quote: str
    message: str
    advice: str
    place: str
    replacement: str | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    why: str = ""

    @property
    def gate_name(self) -> str:
        return str(GATES[self.gate])

    @property
    def severity_name(self) -> str:
        return str(SEVERITIES[self.severity])

    @property
    def short_quote(self) -> str:
        return short(self.quote)

    @property
    def short_evidence(self) -> list[tuple[int, str]]:
        return [(index, short(each.quote)) for index, each in enumerate(self.evidence)]


def place(reading: Reading, offset: int) -> str:
    paragraph, character = reading.place_of(offset)
    return _("paragraph {paragraph}, character {character}").format(paragraph=paragraph, character=character)


def cards(
    findings: Iterable[Finding], held: Iterable[Held], reading: Reading, reasons: Mapping[str, str]
) -> list[Card]:
    """Return every finding as a card, in the order of the text; ``reasons`` are why some are ignored, by key."""
    drawn = [
        *(_of_finding(each, reading) for each in findings),
        *(_of_held(h, reading) for h in held if not h.agrees),
    ]
    drawn.sort(key=lambda card: (card.start, card.end, _WEIGHTS[card.severity]))
    seen: Counter[str] = Counter()
    numbered = []
    for number, card in enumerate(drawn, start=1):
        key = _key(card, reading.text)
        seen[key] += 1
        key = key if seen[key] == 1 else f"{key}-{seen[key]}"
        numbered.append(_with(card, number, key, reasons.get(key, "")))
    return numbered


def _with(card: Card, number: int, key: str, reason: str) -> Card:
    return Card(
        number, key, card.gate, card.severity, card.code, card.start, card.end, card.quote, card.message,
        card.advice, card.place, card.replacement, card.evidence, reason, card.why,
    )  # fmt: skip


def _of_finding(finding: Finding, reading: Reading) -> Card:
    start, end, replacement = finding.start, finding.end, finding.replacement
    if start == end:  # a place between two characters is shown at the one after it
        end = min(start + 1, len(reading.text))
        replacement = None if replacement is None else replacement + reading.text[start:end]
    return Card(
        number=0,
        key="",
        gate=finding.gate.value,
        severity=finding.severity.value,
        code=finding.code,
        start=start,
        end=end,
        quote=reading.text[start:end],
        message=finding.message.render(_),
        advice=_advice(finding),
        place=place(reading, start),
        replacement=replacement,
        evidence=finding.evidence,
    )


def _advice(finding: Finding) -> str:
    if finding.replacement:
        return _("Write “{word}”.").format(word=short(finding.replacement))
    if finding.replacement is not None:
        return _("Leave it out.")
    return finding.suggestion.render(_) if finding.suggestion else ""


def _of_held(held: Held, reading: Reading) -> Card:
    found = ledger_claims.finding(held)
    return Card(
        number=0,
        key="",
        gate=LEDGER,
        severity=found.severity.value,
        code=held.figure.indicator,
        start=held.start,
        end=held.end,
        quote=held.quote,
        message=found.message.render(_),
        advice=_advice(found),
        place=place(reading, held.start),
        why=wording.why_url(held.figure),
    )


def _key(card: Card, text: str) -> str:
    told = "\0".join(
        (
            card.code,
            card.quote,
            text[max(0, card.start - _AROUND) : card.start],
            text[card.end : card.end + _AROUND],
            *(each.quote for each in card.evidence),
        )
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def shown(found: Sequence[Card]) -> list[Card]:
    """Return the cards that a page shows, in the order of the text: of too many, those that weigh most."""
    if len(found) <= MOST_SHOWN:
        return list(found)
    heaviest = sorted(found, key=lambda card: (_WEIGHTS[card.severity], card.number))[:MOST_SHOWN]
    return sorted(heaviest, key=lambda card: card.number)


def accepted(text: str, found: Iterable[Card], keys: frozenset[str]) -> str:
    """Return the text with the replacements of the chosen cards; of two that overlap the first is taken."""
    pieces, at = [], 0
    for card in found:
        if card.key in keys and card.replacement is not None and card.start >= at:
            pieces += [text[at : card.start], card.replacement]
            at = card.end
    return "".join([*pieces, text[at:]])


# The text


def marked(text: str, found: Sequence[Card]) -> SafeString:
    """Return the text as lines of HTML, every place of a finding and of its evidence marked; all of it escaped.

    The text content of the result is the text itself, character for character.
    """
    ends = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n"), len(text)]
    lines = [(start, end) for start, end in pairwise(ends) if start < end]
    by_line = _by_line(found, [start for start, _end in lines])
    started: set[str] = set()
    pieces = []
    for index, (start, end) in enumerate(lines):
        places = by_line.get(index)
        inside = "".join(_segments(text, start, end, places, started)) if places else escape(text[start:end])
        pieces.append(f'<div class="draft-line">{inside}</div>')
    return mark_safe("".join(pieces))  # noqa: S308 - every text in it is escaped above and below


@dataclass(frozen=True, slots=True)
class _Place:
    """Characters of the text that a card marks: its own, or the evidence of that index."""

    start: int
    end: int
    card: Card
    evidence: int = -1

    @property
    def anchor(self) -> str:
        return f"m-{self.card.number}" if self.evidence < 0 else f"e-{self.card.number}-{self.evidence}"


def _by_line(found: Sequence[Card], starts: Sequence[int]) -> dict[int, list[_Place]]:
    by_line: dict[int, list[_Place]] = {}
    for each in _places(found):
        line = max(0, bisect_right(starts, each.start) - 1)
        while line < len(starts) and starts[line] < each.end:
            by_line.setdefault(line, []).append(each)
            line += 1
    return by_line


def _places(found: Sequence[Card]) -> Iterator[_Place]:
    for card in found:
        yield _Place(card.start, card.end, card)
        for index, evidence in enumerate(card.evidence):
            yield _Place(evidence.start, evidence.end, card, index)


def _segments(text: str, start: int, end: int, places: list[_Place], started: set[str]) -> Iterator[str]:
    """Yield a line cut where places begin and end; each piece names the cards it belongs to."""
    cuts = sorted({start, end, *(p for each in places for p in (each.start, each.end) if start < p < end)})
    waiting = sorted(places, key=lambda each: each.start, reverse=True)
    here: list[_Place] = []
    for first, last in pairwise(cuts):
        here = [each for each in here if each.end > first]
        while waiting and waiting[-1].start <= first:
            if (opened := waiting.pop()).end > first:
                here.append(opened)
        words = escape(text[first:last])
        yield _piece(words, here[:_MOST_AT_ONE_PLACE], started) if here else words


def _piece(words: str, here: Sequence[_Place], started: set[str]) -> str:
    own = [each for each in here if each.evidence < 0]
    anchors = [each.anchor for each in here if each.anchor not in started]
    started.update(anchors)
    for anchor in anchors[1:]:  # one element has one id; the other places that begin here get empty ones
        words = f'<span id="{anchor}"></span>{words}'
    name = f' id="{anchors[0]}"' if anchors else ""
    evidence = " ".join(str(each.card.number) for each in here if each.evidence >= 0)
    rests = f' data-evidence="{evidence}"' if evidence else ""
    if not own:
        return f'<span class="rests"{name}{rests}>{words}</span>'
    numbers = " ".join(str(each.card.number) for each in own)
    kinds = " ".join(dict.fromkeys(_kind(each.card) for each in own))
    title = escape(own[0].card.message)
    return (
        f'<a class="place {kinds}" href="#c-{own[0].card.number}" title="{title}"{name}'
        f' data-marks="{numbers}"{rests}>{words}</a>'
    )


def _kind(card: Card) -> str:
    return f"place-{card.gate}-{card.severity}" if not card.reason else "ignored"


# Counts


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings there are of a gate or a severity; ``id`` names its filter."""

    id: str
    name: str
    count: int
    on: bool


def tallies(found: Iterable[Card]) -> tuple[list[Tally], list[Tally]]:
    """Count the findings that are not ignored: by gate, and by severity. Hints are off until asked for."""
    open_cards = [card for card in found if not card.reason]
    by_gate = Counter(card.gate for card in open_cards)
    by_severity = Counter(card.severity for card in open_cards)
    gates = [Tally(gate, str(name), by_gate[gate], True) for gate, name in GATES.items()]
    severities = [
        Tally(severity, str(name), by_severity[severity], severity != Severity.HINT)
        for severity, name in SEVERITIES.items()
    ]
    return gates, severities
