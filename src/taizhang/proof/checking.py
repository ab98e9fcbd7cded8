"""One call that checks a draft."""

from collections.abc import Iterable

from taizhang.proof import registry
from taizhang.proof.draft import Draft, Readable
from taizhang.proof.finding import Finding, Gate, Severity
from taizhang.proof.lexicon import Lexicon
from taizhang.proof.spelling import Model

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


def check(
    document: str | Readable,
    *,
    gates: Iterable[Gate | str] = tuple(Gate),
    lexicon: Lexicon | None = None,
    title: str = "",
    spelling: bool | Model = True,
) -> list[Finding]:
    """Return the findings of the chosen gates in the order of their places.

    ``document`` is plain text, or anything with ``text`` and ``title``. Of two findings of one gate at the
    very same place only the weightier is kept. ``spelling`` may be another model than the shipped one (see
    :func:`taizhang.proof.own.model`); False leaves the model out, which takes many times the time of all other rules
    together. Raises ValueError for a gate that does not exist.
    """
    model = spelling if isinstance(spelling, Model) else None
    if isinstance(document, str):
        draft = Draft(document, title=title, lexicon=lexicon, model=model)
    else:
        draft = Draft(document.text, title=title or document.title, lexicon=lexicon, model=model)
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
