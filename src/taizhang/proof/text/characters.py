"""Characters: doubled, of mixed width, blanks inside words."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_HAN = "\u4e00-\u9fff"
_DOUBLED = re.compile(
    r"(?<!目)的的(?!确)|了了(?!解|不|结|之)|是是(?!非)|(?<!实)在在(?=[一-龥])|和和(?!气|平|美|睦)|与与|及及(?!时|格)|为为(?!了|何|人|民|期|政)|对对(?!子|口|象)|把把|被被|将将|并并|由由|从从|而而|(?<!可)(?<!足)(?<!难)(?<!予)(?<!加)以以(?!及|前|后|上|下|内|外|来|往|为|便)|等等等|我我|们们|局局(?!长)|进进(?!出)|已已|们的的"
)
_WORD_TWICE = re.compile(
    r"(?P<word>进行|开展|推进|加强|提高|实现|完成|通过|坚持|落实|建设|工作|发展|管理|服务|问题|活动|情况|我们|全面|积极|切实|扎实|深入|进一步|以及|并且|由于|因为|所以|但是)(?P=word)(?!$)"
)


@rule(
    code="doubled-character",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("A character is doubled"),
    good="扎实的工作取得了实效。",
    bad="扎实的的工作取得了了实效。",
)
def doubled_characters(draft: Draft) -> Iterator[Mark]:
    """Mark 的的, 了了 and other small words that never stand twice."""
    for found in _DOUBLED.finditer(draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{word}” stands twice."), word=found[0][0]),
            replacement=found[0][: len(found[0]) // 2],
        )


@rule(
    code="doubled-word",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("A word is doubled"),
    good="扎实推进各项工作。",
    bad="扎实推进推进各项工作。",
)
def doubled_words(draft: Draft) -> Iterator[Mark]:
    """Mark a verb or connective that stands twice running, and X我X (乡我乡)."""
    for found in _WORD_TWICE.finditer(draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{word}” stands twice."), word=found["word"]),
            replacement=found["word"],
        )
    for found in re.finditer(r"(?P<x>[乡镇县区市局院校厂])我(?P=x)(?=[一-龥])", draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{word}” stands twice."), word=found["x"]),
            replacement="我" + found["x"],
        )


@rule(
    code="blank-inside",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Blanks between Chinese characters"),
    good="加强组织领导。",
    bad="加强 组织领导。",
)
def blanks(draft: Draft) -> Iterator[Mark]:
    """Mark blanks inside a Chinese sentence once, with their number; titles, tables and names are spaced on purpose."""
    found = [
        m
        for m in re.finditer(rf"(?<=[{_HAN}]{{2}}) +(?=[{_HAN}]{{2}})", draft.text)
        if re.search(r"[，。；]", draft.text[m.end() : m.end() + 40].split("\n")[0])
    ]
    for match in found[:1]:
        yield Mark(
            match.start() - 1,
            match.end() + 1,
            Message(gettext_noop("A blank stands inside the sentence ({count} places)."), count=len(found)),
            suggestion=Message(gettext_noop("Leave the blank out.")),
        )


@rule(
    code="mixed-width",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Full-width digits or letters among half-width ones"),
    good="2024年完成120件。",
    bad="2024年完成１２０件。",
)
def mixed_width(draft: Draft) -> Iterator[Mark]:
    """Mark full-width digits and letters in a text that mostly uses half-width ones."""
    wide = list(re.finditer(r"[０-９Ａ-Ｚａ-ｚ]+(?:[．，][０-９]+)*", draft.text))
    if not wide or len(wide) > len(re.findall(r"\d+", draft.norm)) / 2:
        return
    for found in wide[:20]:
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("These digits or letters are full width.")),
            replacement=draft.norm[found.start() : found.end()],
        )


@rule(
    code="invisible",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Characters that cannot be seen or read"),
    good="会议纪要",
    bad="会议\u200b纪要�",
)
def invisible(draft: Draft) -> Iterator[Mark]:
    """Mark zero-width characters, private-use characters and replacement characters."""
    found = list(re.finditer("[\u200b-\u200f\u2060\ufeff\ue000-\uf8ff\ufffd]+", draft.text))
    for match in found[:10]:
        yield Mark(
            match.start(),
            match.end(),
            Message(gettext_noop("This character is invisible or could not be read.")),
            replacement="",
        )
