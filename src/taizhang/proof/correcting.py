"""Taking suggestions into the text."""

from collections.abc import Iterable, Iterator

from taizhang.proof.finding import Finding


def accepted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings whose suggestion can stand in the text; of two that overlap only the first.

    >>> from taizhang.proof import check
    >>> [finding.replacement for finding in accepted(check("干部职工产生归宿感。", spelling=False))]
    ['归属感']
    """
    end = 0
    for finding in sorted(findings, key=lambda each: (each.start, each.end)):
        if finding.replacement is not None and finding.start >= end:
            end = finding.end
            yield finding


def corrected(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with the suggestions of ``findings`` in it.

    >>> from taizhang.proof import check
    >>> corrected(text := "干部职工产生归宿感。", check(text, spelling=False))
    '干部职工产生归属感。'
    """
    pieces, at = [], 0
    for finding in accepted(findings):
        pieces += [text[at : finding.start], finding.replacement or ""]
        at = finding.end
    return "".join([*pieces, text[at:]])
