"""One call that checks a draft."""

from collections.abc import Iterable

from taizhang.proof import registry
from taizhang.proof.draft import Draft, Readable
from taizhang.proof.finding import Finding, Gate, Severity
from taizhang.proof.lexicon import Lexicon

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


def check(
    document: str | Readable,
    *,
    gates: Iterable[Gate | str] = tuple(Gate),
    lexicon: Lexicon | None = None,
    title: str = "",
    spelling: bool = True,
) -> list[Finding]:
    """Return the findings of the chosen gates in the order of their places.

    ``document`` is plain text, or anything with ``text`` and ``title``. Of two findings of one gate at the
    very same place only the weightier is kept. ``spelling=False`` leaves out the language model, which takes fifty
    times the time of all other rules together. Raises ValueError for a gate that does not exist.
    """
    if isinstance(document, str):
        draft = Draft(document, title=title, lexicon=lexicon)
    else:
        draft = Draft(document.text, title=title or document.title, lexicon=lexicon)
    chosen = [Gate(gate) for gate in gates]
    found = [
        finding
        for gate in Gate
        if gate in chosen
        for rule in registry.rules(gate)
        if spelling or not rule.heavy
        for finding in rule.findings(draft)
    ]
    return _unique(found)


def _unique(found: list[Finding]) -> list[Finding]:
    found.sort(key=lambda f: (f.start, _WEIGHT[f.severity], f.end, f.code))
    kept: dict[tuple[Gate, int, int], Finding] = {}
    for finding in found:
        kept.setdefault((finding.gate, finding.start, finding.end), finding)
    return sorted(kept.values(), key=lambda f: (f.start, f.end, _WEIGHT[f.severity], f.code))
