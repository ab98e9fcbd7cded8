"""Punctuation (GB/T 15834-2011)."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_HAN = "\u4e00-\u9fff"
_TO_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_DOTS = re.compile(r"[，、；：][，。、；：]+|。[，、；：]+|(?<!。)。。(?!。)|[？！][，。、；：]+")
_HALF = re.compile(
    rf"(?<=[{_HAN}”’》）])[,;:?!](?=[{_HAN}“‘《（\n]|$)|(?<=[{_HAN}])\((?=[{_HAN}])|(?<=[{_HAN}])\)(?=[{_HAN}，。；、])"
)
_MANY = 5


@rule(
    code="doubled-mark",
    gate=Gate.TEXT,
    severity=Severity.ERROR,
    title=gettext_noop("Two punctuation marks in a row"),
    good="工作扎实推进，取得实效。",
    bad="工作扎实推进，，取得实效。",
    source="GB/T 15834-2011",
)
def doubled_marks(draft: Draft) -> Iterator[Mark]:
    """Mark 。。 ，， 、， and the like; ellipses and stacked ？！ are not meant."""
    adverts = [(p.start, p.end) for p in draft.adverts]
    for found in _DOTS.finditer(draft.norm):
        if any(a <= found.start() < b for a, b in adverts):
            continue
        strongest = next((c for c in "。；：，、" if c in found[0]), found[0][0])
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{marks}”: one mark is enough."), marks=found[0]),
            replacement=found[0][0] if found[0][0] in "？！" else strongest,
        )


@rule(
    code="half-width-mark",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Half-width punctuation in Chinese text"),
    good="加强领导，落实责任。",
    bad="加强领导,落实责任。",
    source="GB/T 15834-2011 5",
)
def half_width(draft: Draft) -> Iterator[Mark]:
    """Mark half-width marks between Chinese characters; a text that uses them throughout gets one hint."""
    found = list(_HALF.finditer(draft.text))
    if len(found) > _MANY:
        yield Mark(
            found[0].start(),
            found[0].end(),
            Message(gettext_noop("Half-width punctuation in {count} places, here first."), count=len(found)),
            suggestion=Message(gettext_noop("Replace half-width marks by full-width ones throughout.")),
            replacement=_TO_FULL[found[0][0]],
            severity=Severity.HINT,
        )
        return
    for match in found:
        yield Mark(
            match.start(),
            match.end(),
            Message(
                gettext_noop("“{mark}” is half width; Chinese text takes “{right}”."),
                mark=match[0],
                right=_TO_FULL[match[0]],
            ),
            replacement=_TO_FULL[match[0]],
        )


@rule(
    code="ellipsis",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("The ellipsis is six dots"),
    good="水、电、气……都已接通。",
    bad="水、电、气。。。都已接通。",
    source="GB/T 15834-2011 4.11",
)
def ellipsis(draft: Draft) -> Iterator[Mark]:
    """Mark 。。。 and ... and a single … beside Chinese."""
    for found in re.finditer(rf"。{{3,}}|(?<=[{_HAN}])\.{{3,}}", draft.text):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("The ellipsis is written “……”.")),
            replacement="……",
        )


@rule(
    code="dash",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("The dash is one line two cells long"),
    good="我们的目标——全面建成。",
    bad="我们的目标--全面建成。",
    source="GB/T 15834-2011 4.10",
)
def dash(draft: Draft) -> Iterator[Mark]:
    """Mark two hyphens or one short line where a dash stands between Chinese words."""
    for found in re.finditer(rf"(?<=[{_HAN}”》）])--+(?=[{_HAN}“《（])", draft.text):
        yield Mark(
            found.start(), found.end(), Message(gettext_noop("The dash is written “——”.")), replacement="——"
        )


@rule(
    code="ordinal-mark",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("The mark behind an ordinal"),
    good="一、总体要求\n（一）主要目标\n1.加强领导",
    bad="一.总体要求\n（一）、主要目标\n1、加强领导",
    source="GB/T 15834-2011 B.3",
)
def ordinal_marks(draft: Draft) -> Iterator[Mark]:
    """Chinese ordinals take 、, Arabic ones a dot, bracketed ones nothing."""
    for found in re.finditer(
        r"^[ \t　]*(?P<mark>[一二三四五六七八九十]{1,3}(?P<wrong>[.．,，])(?=[^\d\s]))",
        draft.text,
        re.MULTILINE,
    ):
        if found["wrong"] in ",，" and len(found["mark"]) == 2 and draft.text[found.start("mark")] == "一":  # noqa: PLR2004
            continue
        yield Mark(
            found.start("wrong"),
            found.end("wrong"),
            Message(gettext_noop("A Chinese ordinal takes “、”.")),
            replacement="、",
        )
    for found in re.finditer(
        r"^[ \t　]*[（(][一二三四五六七八九十\d]{1,3}[）)](?P<wrong>[、.．])", draft.text, re.MULTILINE
    ):
        yield Mark(
            found.start("wrong"),
            found.end("wrong"),
            Message(gettext_noop("A bracketed ordinal takes no mark.")),
            suggestion=Message(gettext_noop("Leave the mark out.")),
            replacement="",
        )
    arabic = list(re.finditer(r"^[ \t　]*\d{1,2}(?P<wrong>、)", draft.text, re.MULTILINE))
    for found in arabic[:1]:
        yield Mark(
            found.start("wrong"),
            found.end("wrong"),
            Message(gettext_noop("An Arabic ordinal takes a dot: “1.” ({count} places)."), count=len(arabic)),
            replacement=".",
            severity=Severity.HINT,
        )
    for found in re.finditer(
        r"(?:^|[。；\n])(?P<word>第[一二三四五六七八九十]|首先|其次|再次|最后)(?P<wrong>、)", draft.text
    ):
        yield Mark(
            found.start("wrong"),
            found.end("wrong"),
            Message(gettext_noop("“{word}” takes a comma."), word=found["word"]),
            replacement="，",
            severity=Severity.HINT,
        )


@rule(
    code="latin-stop",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("A dot ends a Chinese sentence"),
    good="全部工作已经完成。",
    bad="全部工作已经完成.",
    source="GB/T 15834-2011 4.1",
)
def latin_stops(draft: Draft) -> Iterator[Mark]:
    """Mark a baseline dot between Chinese words or at the end of a Chinese line."""
    for found in re.finditer(rf"(?<=[{_HAN}][{_HAN}])[.．](?=[{_HAN}]{{2}}|[ \t]*(?:\n|$))", draft.text):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("The Chinese full stop is “。”.")),
            replacement="。",
        )


@rule(
    code="stacked-marks",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("More than three exclamation or question marks"),
    good="这是多么大的变化！",
    bad="这是多么大的变化！！！！",
    source="GB/T 15834-2011 4.2, 4.3",
)
def stacked(draft: Draft) -> Iterator[Mark]:
    """Mark four or more ！ or ？."""
    for found in re.finditer(r"[！？!?]{4,}", draft.text):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("At most three may be stacked.")),
            replacement=found[0][:3],
        )


@rule(
    code="ellipsis-and-so-on",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("An ellipsis together with 等"),
    good="煤、电、油等保障有力。",
    bad="煤、电、油……等保障有力。",
    source="GB/T 15834-2011 A.11",
)
def ellipsis_and_so_on(draft: Draft) -> Iterator[Mark]:
    """Mark ……等."""
    for found in re.finditer(r"……等(?!级|待|候|于|到)", draft.text):
        yield Mark(
            found.start(), found.end(), Message(gettext_noop("“……” and “等” say the same.")), replacement="等"
        )


@rule(
    code="comma-missing-item",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("A list mark without an item before it"),
    good="充分借助门户网站以及各类主流媒体发布稿件。",
    bad="充分借助、门户网站以及各类主流媒体发布稿件。",
)
def missing_item(draft: Draft) -> Iterator[Mark]:
    """Mark a transitive verb followed by 、: the first item of the list has been lost."""
    for found in re.finditer(
        r"(?:充分|积极|大力|切实|有效|主动|不断|继续|要)(?P<verb>借助|依托|凭借|运用|通过|针对|围绕|聚焦|对照|按照|根据)(?P<mark>、)|(?<=[，。；])(?P<verb2>借助|依托|凭借|针对|按照|根据|由于|为了|关于|对于)(?P<mark2>、)",
        draft.norm,
    ):
        group = "mark" if found["mark"] else "mark2"
        yield Mark(
            found.start("verb" if found["verb"] else "verb2"),
            found.end(group),
            Message(
                gettext_noop("An item is missing between “{verb}” and “、”."),
                verb=found["verb"] or found["verb2"],
            ),
            suggestion=Message(gettext_noop("Add the missing item or leave out the mark.")),
        )


@rule(
    code="mark-before-close",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("A mark in the wrong place beside a bracket"),
    good="（详见附件）全部工作已经完成。",
    bad="（，详见附件）全部工作已经完成。",
    source="GB/T 15834-2011 5.1",
)
def beside_brackets(draft: Draft) -> Iterator[Mark]:
    """Mark a pause right after an opening mark or right before a closing one."""
    for found in re.finditer(
        r"[“（《【](?P<wrong>[，。、；：])(?!\d)|(?P<wrong2>[，、；：])[”）》】]", draft.norm
    ):
        group = "wrong" if found["wrong"] else "wrong2"
        yield Mark(
            found.start(group),
            found.end(group),
            Message(gettext_noop("“{mark}” cannot stand here."), mark=found[group]),
            suggestion=Message(gettext_noop("Leave the mark out, or look for lost words.")),
            severity=Severity.HINT if found["wrong2"] else None,
        )


@rule(
    code="quoted-list",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("No 、 between quoted or titled items"),
    good="推进“放管服”“双随机”改革。",
    bad="推进“放管服”、“双随机”改革。",
    source="GB/T 15834-2011 4.5",
)
def quoted_lists(draft: Draft) -> Iterator[Mark]:
    """Mark 、 between quoted or titled items (a matter of style: older texts differ)."""
    found = list(re.finditer(r"(?<=[”》])、(?=[“《])", draft.norm))
    for match in found[:1]:
        yield Mark(
            match.start(),
            match.end(),
            Message(
                gettext_noop("Quoted items need no “、” between them ({count} places)."), count=len(found)
            ),
            suggestion=Message(gettext_noop("Leave the mark out.")),
            replacement="",
        )


@rule(
    code="nested-quotes",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("The same mark inside itself"),
    good="根据《〈条例〉解读》办理。",
    bad="根据《《条例》解读》办理。",
    source="GB/T 15834-2011 4.8, 4.9, 4.15",
)
def nested(draft: Draft) -> Iterator[Mark]:
    """Mark 《《》》, “““”” and （（））: inside, the other form is used."""
    for found in re.finditer(
        r"《[^》《\n]{0,30}(?P<a>《[^》《\n]{1,40}》)[^《\n]{0,20}》|“[^”“\n]{0,30}(?P<b>“[^”“\n]{1,40}”)[^“\n]{0,20}”|（[^）（\n]{0,30}(?P<c>（[^）（\n]{1,40}）)[^（\n]{0,20}）",
        draft.norm,
    ):
        group = next(g for g in "abc" if found[g])
        yield Mark(
            found.start(group),
            found.end(group),
            Message(gettext_noop("Inside the same mark the other form is used: 〈〉, ‘’, 〔〕.")),
        )
