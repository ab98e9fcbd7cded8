"""Rules: one function each, registered with a code, a gate, a severity, and a good and a bad example.

The examples are the rule's test (``tests/test_examples.py`` walks the registry) and its page in the guide
(``python -m taizhang.proof.guide``).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from taizhang.core.messages import Message
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Evidence, Finding, Gate, Severity

MODULES = (
    "taizhang.proof.numbers.totals",
    "taizhang.proof.numbers.parts",
    "taizhang.proof.numbers.balances",
    "taizhang.proof.numbers.rates",
    "taizhang.proof.numbers.changes",
    "taizhang.proof.numbers.averages",
    "taizhang.proof.numbers.restated",
    "taizhang.proof.numbers.references",
    "taizhang.proof.numbers.units",
    "taizhang.proof.numbers.ranking",
    "taizhang.proof.numbers.products",
    "taizhang.proof.numbers.tables",
    "taizhang.proof.numbers.words",
    "taizhang.proof.numbers.votes",
    "taizhang.proof.numbers.orderings",
    "taizhang.proof.logic.dates",
    "taizhang.proof.logic.spans",
    "taizhang.proof.logic.years",
    "taizhang.proof.logic.order",
    "taizhang.proof.logic.moments",
    "taizhang.proof.logic.numbering",
    "taizhang.proof.logic.counts",
    "taizhang.proof.logic.slogans",
    "taizhang.proof.logic.duplicates",
    "taizhang.proof.logic.pairs",
    "taizhang.proof.logic.names",
    "taizhang.proof.logic.places",
    "taizhang.proof.logic.tense",
    "taizhang.proof.text.punctuation",
    "taizhang.proof.text.figures",
    "taizhang.proof.text.characters",
    "taizhang.proof.text.words",
    "taizhang.proof.text.residue",
    "taizhang.proof.text.typos",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rule yields: a place, a message, and what speaks for it (places of the evidence)."""

    start: int
    end: int
    message: Message
    suggestion: Message | None = None
    replacement: str | None = None
    evidence: tuple[tuple[int, int], ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its name, its weight and its examples."""

    code: str
    gate: Gate
    severity: Severity
    title: str
    good: str
    bad: str
    marks: Callable[[Draft], Iterable[Mark]]
    source: str = ""
    heavy: bool = False

    def findings(self, draft: Draft) -> Iterator[Finding]:
        """Run the rule and quote the places it marks."""
        text = draft.text
        for mark in self.marks(draft):
            yield Finding(
                gate=self.gate,
                code=self.code,
                severity=mark.severity or self.severity,
                start=mark.start,
                end=mark.end,
                quote=text[mark.start : mark.end],
                message=mark.message,
                suggestion=mark.suggestion,
                replacement=mark.replacement,
                evidence=tuple(Evidence(start, end, text[start:end]) for start, end in mark.evidence),
            )


def rule(
    *,
    code: str,
    gate: Gate,
    severity: Severity,
    title: str,
    good: str,
    bad: str,
    source: str = "",
    heavy: bool = False,
) -> Callable[[Callable[[Draft], Iterable[Mark]]], Rule]:
    """Register a function as a rule.

    ``title`` is an English msgid; ``good`` and ``bad`` are drafts the rule must pass over and must mark;
    ``source`` names the clause of a standard; ``heavy`` rules load only when their gate is asked for by name.
    """

    def register(marks: Callable[[Draft], Iterable[Mark]]) -> Rule:
        return Rule(
            code=code,
            gate=gate,
            severity=severity,
            title=title,
            good=good,
            bad=bad,
            marks=marks,
            source=source,
            heavy=heavy,
        )

    return register


@cache
def rules(gate: Gate | None = None) -> tuple[Rule, ...]:
    """Return every registered rule, or those of one gate; only that gate's modules are imported."""
    folder = {None: "", Gate.TEXT: ".text.", Gate.NUMBER: ".numbers.", Gate.LOGIC: ".logic."}[gate]
    return tuple(
        value
        for name in MODULES
        if folder in name
        for value in vars(import_module(name)).values()
        if isinstance(value, Rule)
    )
