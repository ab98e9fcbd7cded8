"""``taizhang check --accept``: a copy of the draft with suggestions taken in; a Word file stays the user's own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import click

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.reading import Reading
from taizhang.documents.reading_word import Change, Uncorrectable, correct
from taizhang.proof import Finding, Severity, rules
from taizhang.proof.correcting import accepted, corrected

WORD = frozenset({"docx", "docm"})


@dataclass(frozen=True, slots=True)
class Copy:
    """A corrected draft: its bytes and ending, how many suggestions are in it, how many could not be taken in."""

    content: bytes
    ending: str
    taken: int
    left: int


def wanted(text: str, translate: Callable[[str], str]) -> Callable[[Finding], bool]:
    """Read ``--accept``: severities (that weight and heavier) and codes of rules, divided by commas."""
    names = {name.strip() for name in text.replace("，", ",").split(",") if name.strip()}
    weights = list(Severity)
    unknown = names - set(weights) - {rule.code for rule in rules()}
    if unknown or not names:
        message = Message(
            gettext_noop(
                "--accept: “{name}” is neither error, warning or hint nor the code of a rule. The codes stand in [ ] behind each finding."
            ),
            name=", ".join(sorted(unknown)) or text,
        )
        raise click.UsageError(message.render(translate))
    lightest = max((weights.index(Severity(name)) for name in names & set(weights)), default=-1)
    return lambda finding: finding.code in names or weights.index(finding.severity) <= lightest


def copy(reading: Reading, content: bytes, findings: Iterable[Finding]) -> Copy:
    """Return the corrected copy: the Word file itself, or the text in UTF-8. Raises Unreadable."""
    chosen = list(accepted(findings))
    if reading.format not in WORD:
        return Copy(corrected(reading.text, chosen).encode("utf-8", "replace"), "txt", len(chosen), 0)
    changes = [Change(each.start, each.end, each.replacement or "") for each in chosen]
    fitting, changed = _fitting(content, changes)
    return Copy(changed, reading.format, len(fitting), len(changes) - len(fitting))


def _fitting(content: bytes, changes: Sequence[Change]) -> tuple[list[Change], bytes]:
    """Return the changes that stay within words, and the Word file with them."""
    fitting = list(changes)
    while True:
        try:
            return fitting, correct(content, fitting)
        except Uncorrectable as error:
            fitting.remove(error.change)
