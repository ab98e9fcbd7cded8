"""Brackets and quotation marks that lack their partner."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_CLOSERS = {
    "”": "“",
    "’": "‘",
    "）": "（",
    "》": "《",
    "〉": "〈",
    "】": "【",
    "〕": "〔",
    "」": "「",
    "』": "『",
    "］": "［",
}
_OPENERS = {v: k for k, v in _CLOSERS.items()}
_MARK = re.compile("[" + re.escape("".join({**_CLOSERS, **_OPENERS})) + "]")
_NUMBER = re.compile(r"(?:^|[\s。；：，、！？\n（(]|[一-龥])(?:\d{1,2}|[a-zA-Z一二三四五六七八九十])$")
_BEHIND = re.compile(r"[^，。；、！？\n]{0,6}")
_BEFORE = re.compile(r"[^，。；、！？\n]{0,6}$")
_NEXT_OPENS = re.compile(r"\s*\n\s*“")
_DEEPEST, _AHEAD = 40, 2000
_SAME_NEST = frozenset("“《")
_REACH, _LONG_REACH = 1500, 8000


@rule(
    code="bracket",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A quotation mark or bracket lacks its partner"),
    good="开展“护苗行动”、“清源行动”等专项整治。",
    bad="开展“护苗行动、“清源行动”等专项整治。",
    source="GB/T 15834-2011 4.8, 4.9, 4.15",
)
def brackets(draft: Draft) -> Iterator[Mark]:
    """Pair the marks of every paragraph; a quotation may run on over paragraphs that each open anew."""
    lone: list[tuple[str, int, Mark]] = []
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        if ("|" in line and "（" not in line) or line.startswith("》》") or line == "（":
            continue
        for mark, place in _unpaired(line):
            if mark == "“" and _opens_anew(draft, paragraph.end):
                continue
            lone.append((mark, paragraph.start + place, _lonely(paragraph.start + place, mark, line, place)))
    yield from _across(draft, lone)


def _opens_anew(draft: Draft, end: int) -> bool:
    """A quotation of several paragraphs opens anew at each of them and is closed in the last only."""
    return _NEXT_OPENS.match(draft.norm, end) is not None


def _unpaired(line: str) -> Iterator[tuple[str, int]]:
    stack: list[tuple[str, int]] = []
    for found in _MARK.finditer(line):
        mark, at = found[0], found.start()
        if mark in _OPENERS:
            if (
                mark in _SAME_NEST
                and any(m == mark for m, _ in stack)
                and _never_closed(line, stack, mark, at)
            ):
                opener = next(i for i in range(len(stack) - 1, -1, -1) if stack[i][0] == mark)
                yield stack.pop(opener)
            stack.append((mark, at))
            if len(stack) > _DEEPEST:
                yield stack.pop(0)
            continue
        partner = _CLOSERS[mark]
        if any(m == partner for m, _ in stack):
            while stack[-1][0] != partner:
                yield stack.pop()
            stack.pop()
        elif not (mark == "）" and _NUMBER.search(line[max(0, at - 8) : at])) and not (
            mark == "’" and at and line[at - 1].isascii()
        ):
            yield mark, at
    yield from stack


def _across(draft: Draft, lone: list[tuple[str, int, Mark]]) -> Iterator[Mark]:
    """Let marks pair over paragraphs: a bracket around lines, a quotation whose paragraphs each open anew."""
    paired: set[int] = set()
    waiting: dict[str, list[int]] = {}
    for index, (mark, place, _) in enumerate(lone):
        if mark in _OPENERS:
            waiting.setdefault(mark, []).append(index)
            del waiting[mark][:-_DEEPEST]
            continue
        open_marks = [
            i
            for i in waiting.get(_CLOSERS[mark], [])
            if place - lone[i][1] < (_LONG_REACH if _opens_line(draft, lone[i][1]) else _REACH)
        ]
        if open_marks and _on_other_line(draft, lone[open_marks[-1]][1], place):
            paired.update({index, *open_marks} if mark == "”" else {index, open_marks[-1]})
            waiting[_CLOSERS[mark]] = [] if mark == "”" else waiting[_CLOSERS[mark]][:-1]
    yield from (mark for index, (_, _, mark) in enumerate(lone) if index not in paired)


def _opens_line(draft: Draft, place: int) -> bool:
    return not draft.norm[draft.norm.rfind("\n", 0, place) + 1 : place].strip()


def _on_other_line(draft: Draft, first: int, second: int) -> bool:
    return "\n" in draft.norm[first:second]


def _never_closed(line: str, stack: list[tuple[str, int]], mark: str, at: int) -> bool:
    """The open one is closed at last if the closing marks after ``at`` outnumber the openers from there on."""
    rest = line[at : at + _AHEAD]
    closers = rest.count(_OPENERS[mark])
    openers = rest.count(mark)
    return closers - openers < sum(1 for m, _ in stack if m == mark)


def _length(found: re.Match[str] | None) -> int:
    return len(found[0]) if found else 0


def _lonely(place: int, mark: str, line: str, at: int) -> Mark:
    if mark in _OPENERS:
        start, end = place, place + 1 + _length(_BEHIND.match(line, at + 1))
    else:
        start, end = place - _length(_BEFORE.search(line[max(0, at - 6) : at])), place + 1
    return Mark(
        start,
        end,
        Message(gettext_noop("“{mark}” lacks its partner."), mark=mark),
        suggestion=Message(gettext_noop("Add the missing mark, or take this one away.")),
    )
