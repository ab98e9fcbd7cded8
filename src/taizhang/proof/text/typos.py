"""Typing errors, through the language model of ``taizhang.proof.spelling`` (read when the rule first runs)."""

from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof import spelling
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule


@rule(
    code="typo",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("A character typed for another of like sound or shape"),
    good="公民的合法权益受法律保护。",
    bad="公民的合法权益受法律保户。",
    heavy=True,
)
def typos(draft: Draft) -> Iterator[Mark]:
    """Pass the suspects of the model on: what is sure as an error, the rest as hints; accepted terms are left alone."""
    accepted = draft.lexicon.accepted if draft.lexicon is not None else ()
    adverts = draft.adverts
    for suspect in spelling.find(draft.text, accepted=accepted, model=draft.model):
        if any(span.start <= suspect.start < span.end for span in adverts):
            continue
        yield Mark(
            suspect.start,
            suspect.end,
            Message(
                gettext_noop("“{wrong}” is probably “{right}”."),
                wrong=suspect.wrong,
                right=suspect.right,
            ),
            replacement=suspect.right,
            severity=Severity.ERROR if suspect.tier == "must" else Severity.HINT,
        )
