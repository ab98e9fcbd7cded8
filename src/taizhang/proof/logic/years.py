"""The period a title names against the period the text reports on."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_TITLE = re.compile(
    r"(?P<year>20\d\d)(?:年度?|—20\d\d学年)?[^，。；\n]{0,40}?(?:总结|报告|通报|汇报|情况|小结|述职|综述|简报|公报|计划|要点|方案|通知|安排|打算)"
)
_KINDS = re.compile(r"总结|报告|通报|汇报|小结|述职|情况|公报")
_FUTURE = re.compile(r"计划|打算|要点|安排|思路|方案|展望|部署|规划|通知")
_PART = re.compile(r"第?[一二三四1-4]季度|[上下]半年|\d{1,2}月份?|前三季度|第[一二]学期")
_NOW = re.compile(r"现将(?P<period>[^，。；\n]{0,40}?)[^，。；\n]{0,24}?(?:如下|汇报|报告|通报|总结)")
_YEAR = re.compile(r"(20\d\d)年")
_LONGEST_TITLE, _LONGEST_HEADING = 60, 30
_OPENING = 400
_SUBJECT_YEAR = re.compile(
    r"(?:^|\n|。)\s*(?:20\d\d)年(?:度|以来|来)?[，,]|(?:^|\n|。)\s*(20\d\d)年[，,一是]"
)


@rule(
    code="year",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("The title and the text speak of different periods"),
    good="区审计局2023年工作总结\n2023年，区审计局较好完成任务。现将2023年工作情况总结如下：",
    bad="区审计局2023年工作总结\n2022年，区审计局较好完成任务。现将2022年工作情况总结如下：",
)
def years(draft: Draft) -> Iterator[Mark]:
    """Hold the year, quarter or half-year of the title against 现将…… and against the opening."""
    title = _title(draft)
    if title is None:
        return
    start, end = title
    head = draft.norm[start:end]
    found = _TITLE.search(head)
    if found is None:
        return
    titled = {int(y) for y in re.findall(r"20\d\d", head)}
    body = end
    opening = draft.norm[body : body + _OPENING]
    wrong = list(_wrong_in_now(draft, body, titled, head))
    wrong += _wrong_at_start(opening, body, titled) if not wrong else []
    if wrong:
        first, *rest = wrong
        yield Mark(
            *first,
            Message(
                gettext_noop("The title says {title}, the text {text}."),
                title=_said(head),
                text=_said(draft.norm[first[0] : first[1]]),
            ),
            suggestion=Message(gettext_noop("Check which period the draft reports on.")),
            evidence=((start, end), *rest),
        )


def _said(text: str) -> str:
    year = _YEAR.search(text)
    part = _PART.search(text)
    return "".join(m[0] for m in (year, part) if m) or text[:12]


def _title(draft: Draft) -> tuple[int, int] | None:
    for paragraph in draft.paragraphs[:6]:
        line = draft.norm[paragraph.start : paragraph.end]
        if (
            len(line) <= _LONGEST_TITLE
            and not line.endswith(("。", "：", "；"))
            and _KINDS.search(line)
            and _YEAR.search(line + "年")
        ):
            return paragraph.start, paragraph.end
    return None


def _wrong_in_now(draft: Draft, body: int, titled: set[int], head: str) -> Iterator[tuple[int, int]]:
    parts = set(_PART.findall(head))
    for found in _NOW.finditer(draft.norm, body, body + 3 * _OPENING):
        words = found[0]
        if "《" in words:
            continue
        told = {int(y) for y in _YEAR.findall(words)}
        if (told and titled and not told & titled) or (
            parts and (said := set(_PART.findall(words))) and not _same_part(parts, said)
        ):
            yield found.span()


def _same_part(titled: set[str], said: set[str]) -> bool:
    plain = [{p.replace("第", "").replace("份", "") for p in group} for group in (titled, said)]
    return bool(plain[0] & plain[1]) or any(len(p) > 4 for p in plain[0] | plain[1])  # noqa: PLR2004


def _wrong_at_start(opening: str, offset: int, titled: set[int]) -> list[tuple[int, int]]:
    """The text opens with 20xx年， of another year, and the title's year never follows."""
    told = [
        (m, int(m[1])) for m in re.finditer(r"(?:^|[\n。，])\s*(20\d\d)年(?=[，,\u4e00-\u9fff])", opening)
    ]
    first = next(iter(told), None)
    if first is None or first[1] in titled or first[0].start() > 120:  # noqa: PLR2004
        return []
    if any(str(year) in opening for year in titled) or not re.search(
        r"(20\d\d)年(?:以来|来|度|\d{1,2}月)?[，,]",
        first[0][0] + opening[first[0].end() : first[0].end() + 4],
    ):
        return []
    return [(offset + first[0].start(1), offset + first[0].end())]


@rule(
    code="period-drift",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A section or closing names another year than the title"),
    good="2024年工作总结\n2024年，成绩较好。\n一、2024年主要工作\n二、2025年工作打算",
    bad="2024年工作总结\n一年来，成绩较好。\n一、2023年主要工作\n二、2025年工作打算",
)
def sections(draft: Draft) -> Iterator[Mark]:
    """Mark a heading that reports on another year than the title does."""
    title = _title(draft)
    if title is None:
        return
    titled = {int(y) for y in re.findall(r"20\d\d", draft.norm[title[0] : title[1]])}
    if len(titled) != 1:
        return
    year = titled.pop()
    planned = _FUTURE.search(draft.norm[title[0] : title[1]])
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        if (
            paragraph.start <= title[1]
            or len(line) > _LONGEST_HEADING
            or not re.match(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）", line)
        ):
            continue
        found = _YEAR.search(line)
        if found is None or planned or "十" in line[found.start() - 2 : found.start()]:
            continue
        past = re.search(r"总结|回顾|工作开展|主要工作|工作情况|成效|完成情况|基本情况|主要做法", line)
        if past and int(found[1]) != year and not _FUTURE.search(line):
            yield Mark(
                paragraph.start + found.start(),
                paragraph.start + found.end(),
                Message(
                    gettext_noop("The title says {title}, the text {text}."), title=f"{year}年", text=found[0]
                ),
                evidence=(title,),
            )
