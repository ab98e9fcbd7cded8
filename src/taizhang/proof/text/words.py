"""Confused words and set phrases, and the organisation's own lexicon."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.lexicon import Term
from taizhang.proof.registry import Mark, rule
from taizhang.proof.text.confusions import CONFUSIONS, SET_PHRASES, TITLES

_CONFUSED = re.compile("|".join(sorted(map(re.escape, CONFUSIONS), key=len, reverse=True)))
_PHRASES = tuple((re.compile(pattern), right) for pattern, right in SET_PHRASES)
_TITLES = tuple((re.compile(pattern), right) for pattern, right in TITLES)


@rule(
    code="confused-word",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("A word written with the wrong character"),
    good="让干部职工产生归属感，避免畸重畸轻。",
    bad="让干部职工产生归宿感，存在倚重倚轻的问题。",
)
def confused(draft: Draft) -> Iterator[Mark]:
    """Mark words that are always wrong as written; the list holds no word that is right in any context."""
    for found in _CONFUSED.finditer(draft.norm):
        right = CONFUSIONS[found[0]]
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{wrong}” is written “{right}”."), wrong=found[0], right=right),
            replacement=right,
        )


@rule(
    code="set-phrase",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("A set phrase is misquoted"),
    good="增强“四个意识”、坚定“四个自信”、做到“两个维护”。",
    bad="增强“四个自信”、坚定“四个意识”、做到“两个维护”。",
)
def set_phrases(draft: Draft) -> Iterator[Mark]:
    """Mark set phrases whose verb or number is wrong."""
    for pattern, right in _PHRASES:
        for found in pattern.finditer(draft.norm):
            yield Mark(
                found.start(),
                found.end(),
                Message(gettext_noop("The set phrase is “{right}”."), right=right),
                replacement=right,
            )


@rule(
    code="title",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("The name of a body or the title of a post is wrong"),
    good="市人大常委会主任和市人力资源和社会保障局局长出席。",
    bad="市人大主任和市人力资源与社会保障局局长出席。",
)
def titles(draft: Draft) -> Iterator[Mark]:
    """Mark names of state bodies and posts that differ from what the law or their establishment calls them."""
    for pattern, right in _TITLES:
        for found in pattern.finditer(draft.norm):
            yield Mark(
                found.start(),
                found.end(),
                Message(gettext_noop("The right name is “{right}”."), right=right),
                replacement=right,
            )


@rule(
    code="lexicon",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("The organisation's lexicon prefers another form"),
    good="这条规则只在给出词库时起作用。",
    bad="",
)
def lexicon(draft: Draft) -> Iterator[Mark]:
    """Mark the wrong forms of the lexicon handed in; what it accepts inside a longer word is passed over."""
    if draft.lexicon is None:
        return
    for start, end, term in draft.lexicon.find(draft.text):
        yield Mark(
            start,
            end,
            _said(term, draft.text[start:end]),
            suggestion=None
            if term.preferred
            else Message(gettext_noop("Leave it out, or say it otherwise.")),
            replacement=term.preferred or None,
            severity=Severity(term.severity),
        )


def _said(term: Term, wrong: str) -> Message:
    """What the lexicon has against a form, with its note and source."""
    reasons = "；".join(filter(None, (term.note, term.source)))
    note = f"（{reasons}）" if reasons else ""
    if term.preferred:
        message = gettext_noop("The lexicon prefers “{preferred}”{note}.")
        return Message(message, preferred=term.preferred, note=note)
    return Message(gettext_noop("The lexicon says not to use “{wrong}”{note}."), wrong=wrong, note=note)
