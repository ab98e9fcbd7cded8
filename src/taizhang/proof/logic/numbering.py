"""Heading and list numbers: one after the other, none left out, none twice."""

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft, Span
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_HAN = "一二三四五六七八九十百"
_CIRCLED = {c: n for n, c in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", 1)}
_WORDS = {"首先": 1, "其次": 2, "再次": 3}
_LINE = re.compile(
    rf"(?P<chapter>第(?P<n0>[{_HAN}零〇]+|\d+)(?P<kind>[编章节条](?!至|和|、|第|规定|款|的)))"
    rf"|(?P<han>(?P<n1>[{_HAN}]+)(?:、|[．.](?!\d)))"
    rf"|(?P<bracket>（\s{{0,3}}(?P<n2>[{_HAN}]+)\s{{0,3}}）)"
    r"|(?P<dotted>(?P<n3>\d{1,2})[.．、](?![\d]))"
    r"|(?P<round>（(?P<n4>\d{1,2})）)"
    r"|(?P<half>(?P<n5>\d{1,2})[）)])"
    r"|(?P<circle>(?P<n6>[①-⑳]))"
)
_GROUPS = {
    "chapter": "n0",
    "han": "n1",
    "bracket": "n2",
    "dotted": "n3",
    "round": "n4",
    "half": "n5",
    "circle": "n6",
}
_AFTER_MARK = re.compile(r"[。；：，、！？）\s“]")
_AFTER_STOP = re.compile(r"[。；\n]")
_AFTER_MARK_OR_HAN = re.compile(r"[。；：，！？）\s\u4e00-\u9fff]")
_INLINE: tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str]], ...] = (
    (
        "是",
        _AFTER_MARK,
        re.compile(rf"(?P<n>[{_HAN}]{{1,2}})(?:是(?!否|不是)|(?:要|则|抓|看|查)(?!否|不|致|定|律|切|到))"),
    ),
    (
        "第",
        _AFTER_MARK,
        re.compile(
            rf"(?:第(?=[{_HAN}])|(?=[首其再][先次]))(?P<n>[{_HAN}]{{1,2}}|首先|其次(?!之)|再次)(?:[，、,：:]|是(?!否)|要(?!求|素|闻|点|件)|(?:个?[步阶段方面点类种层环节项件次批部分大]{{1,3}})(?:[，、是：:（]|为(?!止))|条(?:[，：:]|是)|[项个次][一-龥]{{1,4}}[，：]|[步批](?=[一-龥]))"
        ),
    ),
    ("其", _AFTER_MARK, re.compile(rf"其(?P<n>[{_HAN}])[，、是：:]")),
    ("（一）", None, re.compile(rf"（(?P<n>[{_HAN}]{{1,2}})）(?!项|款|条|目|号|期|届|至|、（)")),
    ("1.", _AFTER_MARK_OR_HAN, re.compile(r"(?P<n>\d{1,2})[.．、](?=[^\d\s.])")),
    ("（1）", None, re.compile(r"（(?P<n>\d{1,2})）")),
    ("1）", _AFTER_MARK, re.compile(r"(?P<n>\d{1,2})[）)]")),
    ("A.", _AFTER_MARK_OR_HAN, re.compile(r"(?P<n>[A-F])[.．、](?=[ \u4e00-\u9fff])")),
    (
        "词一",
        _AFTER_MARK,
        re.compile(
            rf"(?:议题|任务|措施|步骤|阶段|案例|专题|问题|建议|方案|模块|环节|情形|经验|亮点|议程)(?P<n>[{_HAN}]|\d{{1,2}})(?=[，、：:.（ ])"
        ),
    ),
    (
        "一、",
        _AFTER_STOP,
        re.compile(rf"(?P<n>[{_HAN}]{{1,2}})、(?=[\u4e00-\u9fff]{{3}})(?![^，。；]{{0,4}}产业)"),
    ),
    ("a）", _AFTER_MARK, re.compile(r"(?P<n>[a-h])[）)](?=[ \u4e00-\u9fff])")),
    ("①", None, re.compile(r"(?P<n>[①-⑳])")),
)
_LABELLED = re.compile(
    rf"^[ \t]*(?P<label>[一-龥]{{1,4}}|[A-Za-z]{{3,8}}) ?(?P<n>\d{{1,2}}|[{_HAN}]{{1,2}})(?=[：:.、． 　\t])",
    re.MULTILINE,
)
_DECIMAL = re.compile(
    r"^[ \t]*(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?=[ \t]*[\u4e00-\u9fff“（《])(?! *[万亿]?[元吨亩米个倍年%])",
    re.MULTILINE,
)
_GAP, _BESIDE = 3, 60
_MOST = 99
_SECOND = 2
_ABOVE_ARTICLES = frozenset({"chapter编", "chapter章", "chapter节", "han"})
_BROKEN = 8  # a heading may be broken over lines inside its brackets


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A number that opens a heading or a list item."""

    start: int
    end: int
    style: str
    number: int


def value(text: str) -> int:
    """Return the number of an ordinal in any of its dresses."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _CIRCLED:
        return _CIRCLED[text]
    if text.isascii() and text.isalpha():
        return ord(text.lower()) - ord("a") + 1
    return int(text) if text.isdigit() else int(han_value(text))


def line_ordinals(draft: Draft) -> Iterator[Ordinal]:
    """Yield the ordinals that open a line."""
    for paragraph in draft.paragraphs:
        found = _LINE.match(draft.norm, paragraph.start, paragraph.end + _BROKEN)
        if found is None:
            continue
        group = next(name for name in _GROUPS if found[name])
        style = group + (found["kind"] or "")
        yield Ordinal(found.start(), found.end(), style, value(found[_GROUPS[group]]))


@rule(
    code="numbering",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The numbering has a gap or a repetition"),
    good="一、总体要求\n（一）指导思想\n（二）主要目标\n二、重点任务\n（一）夯实基础",
    bad="一、总体要求\n（一）指导思想\n（三）主要目标\n二、重点任务\n（一）夯实基础",
)
def numbering(draft: Draft) -> Iterator[Mark]:
    """Follow the numbers of headings level by level (a restart at 1 is legal), then those inside paragraphs."""
    opened = {}
    for mark, ordinal in _levels(draft):
        opened[ordinal.start] = True
        if mark is not None:
            yield mark
    yield from _inline(draft, set(opened))
    yield from _outline(draft)
    yield from _labels(draft)


def _outline(draft: Draft) -> Iterator[Mark]:
    """2.1, 2.2, 2.4: decimal numbers that open lines, followed within their chapter."""
    last: Ordinal | None = None
    chapter: tuple[str, ...] = ()
    for found in _DECIMAL.finditer(draft.norm):
        parts = tuple(found["number"].split("."))
        now = Ordinal(found.start("number"), found.end("number"), "outline", int(parts[-1]))
        if last is not None and parts[:-1] == chapter and last.number + 1 < now.number <= last.number + _GAP:
            yield _mark(last, now)
        if last is None or parts[:-1] == chapter or len(parts) <= len(chapter) + 1:
            last, chapter = now, parts[:-1]


def _labels(draft: Draft) -> Iterator[Mark]:
    """附件1, 附件2, 附件4: labels that open lines, each followed on its own."""
    last: dict[str, Ordinal] = {}
    for found in _LABELLED.finditer(draft.norm):
        now = Ordinal(found.start("label"), found.end(), found["label"], value(found["n"]))
        before = last.get(now.style)
        skipped = before is not None and before.number + 1 < now.number <= before.number + _GAP
        again = before is not None and now.number == before.number > 1 and now.start - before.end < _BESIDE
        if before is not None and (skipped or again):
            yield _mark(before, now)
        last[now.style] = now


def _levels(draft: Draft) -> Iterator[tuple[Mark | None, Ordinal]]:
    stack: list[Ordinal] = []
    outside: dict[str, Ordinal] = {}
    table = {p.start for p in draft.paragraphs if "|" in draft.norm[p.start : p.end]}
    follows = {p.start: q.start for p, q in itertools.pairwise(draft.paragraphs)}
    ordinals = [o for o in line_ordinals(draft) if o.start not in table]
    for place, ordinal in enumerate(ordinals):
        mark = None
        if ordinal.style == "chapter条":
            last = next((o for o in stack if o.style == "chapter条"), None)
            mark = _step(draft, last, ordinal)
            stack = [o for o in stack if o.style in _ABOVE_ARTICLES] + [ordinal]
        elif any(o.style == ordinal.style for o in stack):
            if ordinal.style == "han":
                articles = [o for o in stack if o.style == "chapter条"]
                stack = [o for o in stack if o.style != "chapter条"]
                stack = [*articles, *stack]
            while stack[-1].style != ordinal.style:
                stack.pop()
            last = stack.pop()
            if ordinal.number == 1:
                outside[ordinal.style] = last
            mark = _step(draft, last, ordinal) or _twice(
                last, ordinal, ordinals[place + 1 : place + 2], follows
            )
            if mark is not None and _resumes(draft, outside.get(ordinal.style), ordinal):
                mark = None
            stack.append(ordinal)
        else:
            if ordinal.number != 1 and stack and not outer(ordinal.style, stack[-1].style):
                mark = _first(ordinal, stack[-1])
            stack.append(ordinal)
        yield mark, ordinal


_LEVELS = (
    "chapter编",
    "chapter章",
    "chapter节",
    "chapter条",
    "han",
    "bracket",
    "dotted",
    "round",
    "half",
    "circle",
)


def outer(style: str, inner: str) -> bool:
    """Say whether headings of ``style`` stand above those of ``inner``."""
    return style in _LEVELS and inner in _LEVELS and _LEVELS.index(style) < _LEVELS.index(inner)


def _resumes(draft: Draft, before: Ordinal | None, now: Ordinal) -> bool:
    """2. goes on after “1. …… 13. ……”: the quoted list between has numbers of its own."""
    if before is None or now.number != before.number + 1:
        return False
    return draft.norm[max(0, now.start - _BROKEN) : now.start].rstrip().endswith("”")


def _step(draft: Draft, last: Ordinal | None, now: Ordinal) -> Mark | None:
    if last is None or now.number in {1, last.number + 1} or now.number > _MOST * 12:
        return None
    if now.style == "chapter条" and draft.norm.startswith("之", now.end):
        return None
    if now.style in {"dotted", "half"} and now.number > last.number + 10:
        return None
    return _mark(last, now)


def _twice(last: Ordinal, now: Ordinal, behind: list[Ordinal], follows: dict[int, int]) -> Mark | None:
    """（一）引才, （一）育才, （二）用才 line by line: the second 1 is no restart, for 2 goes on right behind it."""
    again = last.number == now.number == 1 and follows.get(last.start) == now.start
    goes_on = again and behind and behind[0].style == now.style and behind[0].number == _SECOND
    return _mark(last, now) if goes_on and follows.get(now.start) == behind[0].start else None


def _first(now: Ordinal, parent: Ordinal) -> Mark | None:
    if (now.style in {"dotted", "half", "circle"} and now.number > 3) or parent.style.startswith("chapter"):  # noqa: PLR2004
        return None
    return Mark(
        now.start,
        now.end,
        Message(gettext_noop("The numbering begins at {number}."), number=now.number),
        suggestion=Message(gettext_noop("Check whether an item is missing, or begin at 1.")),
        evidence=((parent.start, parent.end),),
        severity=Severity.WARNING,
    )


def _mark(last: Ordinal, now: Ordinal) -> Mark:
    if now.number == last.number:
        message = Message(gettext_noop("Number {number} is used twice."), number=now.number)
    else:
        message = Message(
            gettext_noop("Number {last} is followed by {number}, not by {expected}."),
            last=last.number,
            number=now.number,
            expected=last.number + 1,
        )
    return Mark(
        now.start,
        now.end,
        message,
        suggestion=Message(gettext_noop("Check whether an item is missing, or number anew.")),
        evidence=((last.start, last.end),),
    )


def inline_runs(draft: Draft, paragraph: Span) -> list[list[Ordinal]]:
    """Return the runs of one style inside a paragraph; a run starts anew at every 1."""
    return draft.once(_runs).get(paragraph.start, [])


def _runs(draft: Draft) -> dict[int, list[list[Ordinal]]]:
    """The runs of every paragraph that has any, by the place where it begins."""
    starts = [paragraph.start for paragraph in draft.paragraphs]
    runs: dict[int, list[list[Ordinal]]] = defaultdict(list)
    for ordinals in _inline_ordinals(draft):
        last: int | None = None
        for ordinal in ordinals:
            place = starts[bisect.bisect_right(starts, ordinal.start) - 1]
            if place != last or ordinal.number == 1:
                runs[place].append([])
            runs[place][-1].append(ordinal)
            last = place
    return dict(runs)


def _inline_ordinals(draft: Draft) -> Iterator[list[Ordinal]]:
    """Yield every ordinal of the whole draft, style by style."""
    norm = draft.norm
    for style, before, pattern in _INLINE:
        yield [
            Ordinal(found.start(), found.end(), style, value(found["n"]))
            for found in pattern.finditer(norm)
            if found.start() == 0 or before is None or before.match(norm, found.start() - 1)
        ]


def _inside(spans: list[tuple[int, int]], place: int) -> bool:
    at = bisect.bisect_right(spans, (place, 1 << 60)) - 1
    return at >= 0 and place < spans[at][1]


def _inline(draft: Draft, opened: set[int]) -> Iterator[Mark]:
    quotes = [(m.start(), m.end()) for m in re.finditer(r"“[^”\n]{0,300}”|《[^》\n]{0,80}》", draft.norm)]
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        if "|" in line or "\t" in line:
            continue
        for run in inline_runs(draft, paragraph):
            if len(run) < 2:  # noqa: PLR2004 - nothing to follow
                continue
            own = [o for o in run if not _inside(quotes, o.start)]
            if len(own) < 2 or own[0].number != 1:  # noqa: PLR2004
                continue
            if sum(o.start in opened for o in own) > 1:
                continue
            for last, now in itertools.pairwise(own):
                if now.number not in {1, last.number + 1} and _plausible(last, now, draft):
                    yield _mark(last, now)


def _plausible(last: Ordinal, now: Ordinal, draft: Draft) -> bool:
    if now.style == "第" and now.number == last.number and draft.norm.startswith("其次", now.start):
        return False
    if now.style in {"1.", "1）", "（1）"} and not last.number <= now.number <= last.number + 3:
        return False
    if now.style == "（一）" and draft.norm[now.end : now.end + 1] in "、，。；）至和项款条的所规":
        return False
    return now.number <= last.number + 4
