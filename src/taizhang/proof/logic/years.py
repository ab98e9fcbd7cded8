"""The period a title names against the period the text reports on."""

import re
from collections.abc import Iterator
from itertools import pairwise

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_TITLE = re.compile(
    r"(?P<year>20\d\d)(?:年度?|—20\d\d学年)?[^，。；\n]{0,40}?(?:总结|公示|公开|年报|专报|报告|通报|汇报|情况|小结|述职|综述|简报|公报|计划|要点|方案|通知|安排|打算)"
)
_KINDS = re.compile(r"公示|公开|年报|简报|专报|总结|报告|通报|汇报|小结|述职|情况|公报")
_FUTURE = re.compile(r"计划|打算|要点|安排|思路|方案|展望|部署|规划|通知")
_PART = re.compile(r"第?[一二三四1-4]季度|[上下]半年|\d{1,2}月份?|前三季度|第[一二]学期")
_NOW = re.compile(r"现将(?P<period>[^，。；\n]{0,40}?)[^，。；\n]{0,24}?(?:如下|汇报|报告|通报|总结)")
_YEAR = re.compile(r"(20\d\d)年")
_NUMBER = re.compile(r"[一-龥]{2,14}[〔\[（【]((?:19|20)\d\d)[〕\]）】]\s?第?\d{1,4}号")
_SIGNED = re.compile(r"(20\d\d)年(\d{1,2})月\d{1,2}日")
_REPORT = re.compile(r"总结|报告|汇报|情况|通报|小结|述职")
_HEAD_LINES, _LAST_LINES, _ISSUE_LINES = 5, 4, 6
_ISSUE = re.compile(
    r"^[^\d。，]{0,12}[（(]?((?:19|20)\d\d)年?[（(]?[，,]?第\s?\d{1,3}\s?期|^第\d{1,3}期[^\d]{0,4}(20\d\d)"
)
_DATED = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月\d{1,2}日")
_NAMED_YEAR = re.compile(r"《[^》\d]{0,10}(?P<year>20\d\d)(?P<rest>年[^》]{4,60})》")
_EVENT = re.compile(r"关于[^，。；\n]{0,12}?(?P<year>20\d\d)年(?P<noun>[一-龥]{4})")
_INTENDS = re.compile(r"(20\d\d)年(?:度)?，[^。]{0,30}?(?:将|拟|计划|力争|要|继续)")
_SCHOOL_YEAR = re.compile(r"(20\d\d)[—\-～~至](20\d\d)学年")
_PLAN_YEAR = re.compile(r"(20\d\d)年[^，。；\n\d]{0,12}?(?:计划|打算|安排|思路|要点)")
_QUARTER = re.compile(r"第?([一二三四])季度")
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
    yield from _other_half(draft, body, head, title)
    opening = draft.norm[body : body + _OPENING]
    wrong = list(_wrong_in_now(draft, body, titled, head))
    wrong += _wrong_at_start(opening, body, titled) if not wrong else []
    wrong += _wrong_quarter(opening, body, head) if not wrong else []
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


def _wrong_quarter(opening: str, offset: int, head: str) -> list[tuple[int, int]]:
    """A report on one quarter whose text opens with another and never names its own."""
    own = _QUARTER.search(head)
    told = _QUARTER.search(opening)
    if own is None or told is None or own[1] == told[1] or _FUTURE.search(head):
        return []
    opens = re.search(r"(?:^|[。\n])[^，。\n]{0,8}$", opening[: told.start()])
    named = {m[1] for m in _QUARTER.finditer(opening)}
    return [(offset + told.start(), offset + told.end())] if opens and own[1] not in named else []


def _other_half(draft: Draft, body: int, head: str, title: tuple[int, int]) -> Iterator[Mark]:
    """A report on 上半年 that opens with 今年下半年以来."""
    own = re.search(r"[上下]半年", head)
    told = re.search(r"(?:今年|20\d\d年)?([上下]半年)(?:以来)?，", draft.norm[body : body + _OPENING // 2])
    named = own is not None and own[0] in draft.norm[body : body + _OPENING // 2]
    if own and told and own[0] != told[1] and not named:
        yield Mark(
            body + told.start(),
            body + told.end(1),
            Message(gettext_noop("The title says {title}, the text {text}."), title=own[0], text=told[1]),
            suggestion=Message(gettext_noop("Check which period the draft reports on.")),
            evidence=(title,),
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
            and re.search(r"20\d\d", line)
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
        school, own = _SCHOOL_YEAR.search(words), _SCHOOL_YEAR.search(head)
        if (
            (school and own and school.groups() != own.groups())
            or (told and titled and not told & titled)
            or (parts and (said := set(_PART.findall(words))) and not _same_part(parts, said))
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
    code="document-year",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("The year of the document number or title does not fit the date of issue"),
    good="清府发〔2024〕18号\n关于调整领导小组成员的通知\n因人事变动，决定予以调整。\n2024年6月3日",
    bad="清府发〔2023〕18号\n关于调整领导小组成员的通知\n因人事变动，决定予以调整。\n2024年6月3日",
)
def document_year(draft: Draft) -> Iterator[Mark]:
    """Hold the year in 〔〕 at the head, and the year a report is about, against the date at the end."""
    yield from _issue_year(draft)
    yield from _named_again(draft)
    signed = _signed(draft)
    if signed is None:
        return
    start, end, year, month = signed
    for paragraph in draft.paragraphs[:_HEAD_LINES]:
        line = draft.norm[paragraph.start : paragraph.end]
        found = _NUMBER.fullmatch(line)
        if found is not None and int(found[1]) != year and not (month == 1 and year - int(found[1]) == 1):
            yield _year_mark(start, end, found[1], f"{year}", (paragraph.start, paragraph.end))
            return
    title = _title(draft)
    told = [int(y) for y in re.findall(r"20\d\d", draft.norm[title[0] : title[1]])] if title else []
    if title and told and min(told) > year and _REPORT.search(draft.norm[title[0] : title[1]]):
        yield _year_mark(start, end, f"{min(told)}", f"{year}", title)


def _issue_year(draft: Draft) -> Iterator[Mark]:
    """2023年第4期 on one of the first lines, and a date of another year on its own line below it."""
    issue: tuple[int, int, int] | None = None
    for paragraph in draft.paragraphs[:_ISSUE_LINES]:
        line = draft.norm[paragraph.start : paragraph.end]
        found, dated = _ISSUE.search(line), _DATED.search(line)
        if found is not None and len(line) < _LONGEST_HEADING:
            issue = paragraph.start, paragraph.end, int(found[1])
        elif issue is not None and dated is not None and len(line) < _LONGEST_HEADING:
            if int(dated[1]) != issue[2] and int(dated[2]) > 1:
                at = paragraph.start + dated.start(), paragraph.start + dated.end()
                yield _year_mark(*at, f"{issue[2]}", dated[1], issue[:2])
            return


def _named_again(draft: Draft) -> Iterator[Mark]:
    """《2026年……方案》 in the title and 《2025年……方案》 in the text."""
    first = next(iter(draft.paragraphs), None)
    if first is None:
        return
    titled = {m["rest"]: m for m in _NAMED_YEAR.finditer(draft.norm, first.start, first.end)}
    for found in _NAMED_YEAR.finditer(draft.norm, first.end) if titled else ():
        own = titled.get(found["rest"])
        if own is not None and own["year"] != found["year"]:
            yield _year_mark(found.start("year"), found.end("year"), own["year"], found["year"], own.span())
            return
    event = _EVENT.search(draft.norm, first.start, first.end)
    if event is None or first.end - first.start > _LONGEST_TITLE or draft.norm[first.end - 1] == "。":
        return
    told = list(re.finditer(rf"(20\d\d)年{event['noun']}", draft.norm[first.end :]))
    if told and all(m[1] != event["year"] for m in told):
        at = first.end + told[0].start()
        yield _year_mark(at, at + len(told[0][0]), event["year"], told[0][1], event.span())


_EDITION = re.compile(
    r"第(?P<number>[一二三四五六七八九十百\d]{1,4})(?P<kind>届|期|轮|批|次)(?P<noun>[一-龥]{3,5})"
)


@rule(
    code="edition",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("The title and the text number the same event differently"),
    good="关于举办第十二届茶文化节的通知\n定于4月举办第十二届茶文化节，有关事项通知如下。",
    bad="关于举办第十二届茶文化节的通知\n定于4月举办第十三届茶文化节，有关事项通知如下。",
)
def editions(draft: Draft) -> Iterator[Mark]:
    """Mark 第十三届 in a text whose title speaks of 第十二届 and that never says so itself."""
    first = next(iter(draft.paragraphs), None)
    titled = (
        _EDITION.search(draft.norm, first.start, first.end)
        if first and first.end - first.start <= _LONGEST_TITLE
        else None
    )
    if first is None or titled is None:
        return
    told = [
        m
        for m in _EDITION.finditer(draft.norm, first.end)
        if (m["kind"], m["noun"][:3]) == (titled["kind"], titled["noun"][:3])
    ]
    if told and all(m["number"] != titled["number"] for m in told):
        yield _year_mark(told[0].start(), told[0].start("noun"), titled[0], told[0][0], titled.span())


def _year_mark(start: int, end: int, titled: str, signed: str, evidence: tuple[int, int]) -> Mark:
    return Mark(
        start,
        end,
        Message(gettext_noop("The title says {title}, the text {text}."), title=titled, text=signed),
        suggestion=Message(gettext_noop("Check both years.")),
        evidence=(evidence,),
    )


def _signed(draft: Draft) -> tuple[int, int, int, int] | None:
    """The place, year and month of a date that stands alone on one of the last lines."""
    for paragraph in draft.paragraphs[: -_LAST_LINES - 1 : -1]:
        found = _SIGNED.fullmatch(draft.norm[paragraph.start : paragraph.end])
        if found is not None:
            return paragraph.start, paragraph.end, int(found[1]), int(found[2])
    return None


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
    head = draft.norm[title[0] : title[1]]
    titled = {int(y) for y in re.findall(r"20\d\d", head)}
    yield from _plans(draft, title, head)
    yield from _under_plans(draft)
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


def _under_plans(draft: Draft) -> Iterator[Mark]:
    """A heading of plans for 2025, and below it 2024年，我们将……."""
    for above, below in pairwise(draft.paragraphs):
        named = _PLAN_YEAR.search(draft.norm, above.start, above.end)
        told = _INTENDS.match(draft.norm, below.start, below.end)
        heading = above.end - above.start <= _LONGEST_HEADING and above.start > 0
        if heading and named and told and int(told[1]) < int(named[1]):
            yield _year_mark(*told.span(1), f"{named[1]}年", f"{told[1]}年", named.span())


def _plans(draft: Draft, title: tuple[int, int], head: str) -> Iterator[Mark]:
    """A title that names the year of its plans, and a heading of plans for another year."""
    named = _PLAN_YEAR.search(head)
    if named is None:
        return
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        found = (
            _PLAN_YEAR.search(line) if len(line) <= _LONGEST_HEADING and paragraph.start > title[1] else None
        )
        if found is not None and re.match(r"[一二三四五六七八九十]+、", line) and found[1] != named[1]:
            yield Mark(
                paragraph.start + found.start(),
                paragraph.start + found.end(),
                Message(
                    gettext_noop("The title says {title}, the text {text}."), title=named[0], text=found[0]
                ),
                evidence=(title,),
            )
