"""How figures and dates are written (GB/T 15835-2011)."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_MONEY = "元人个件条户亩吨家篇份台辆公里"


@rule(
    code="lunar-date",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Lunar dates take Chinese numerals"),
    good="腊月二十三举行慰问。",
    bad="腊月23日举行慰问。",
    source="GB/T 15835-2011 4.2.1",
)
def lunar(draft: Draft) -> Iterator[Mark]:
    """Mark 腊月23, 正月15 and 农历8月15."""
    for found in re.finditer(
        r"(?:腊月|正月|冬月|农历[一二三四五六七八九十]{1,2}月)初?\d{1,2}日?|农历\d{1,2}月\d{0,2}日?",
        draft.norm,
    ):
        yield Mark(
            found.start(), found.end(), Message(gettext_noop("Lunar dates are written in Chinese numerals."))
        )


@rule(
    code="approximate-digits",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Approximate numbers take Chinese numerals without a mark"),
    good="走访七八个村、几十户人家。",
    bad="走访7、8个村、几10户人家。",
    source="GB/T 15835-2011 4.2.2",
)
def approximate(draft: Draft) -> Iterator[Mark]:
    """Mark 7、8个, 三、四天 and 几10人."""
    for found in re.finditer(
        rf"(?<![\d.、第])(?P<one>[1-9])、(?P<two>[1-9])(?=[个名户家天次年人件条](?!月))|(?:几|数)10(?=[{_MONEY}多余])",
        draft.norm,
    ):
        if found["one"] and int(found["two"]) != int(found["one"]) + 1:
            continue
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("An approximate number is written in Chinese numerals: 七八个.")),
        )
    pairs = "|".join(f"{a}、{b}" for a, b in zip("一二三四五六七八", "二三四五六七八九", strict=True))
    for found in re.finditer(
        rf"(?<![第、一二三四五六七八九十])(?:{pairs})(?=[个名户天次年件条](?!月|级))(?!年级)", draft.norm
    ):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("Between neighbouring digits of an approximate number stands no mark.")),
            replacement=found[0].replace("、", ""),
        )


@rule(
    code="short-year",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Years have four digits"),
    good="2019年以来投入不断加大。",
    bad="19年以来投入不断加大。",
    source="GB/T 15835-2011 5.1",
)
def short_year(draft: Draft) -> Iterator[Mark]:
    """Mark 98年底, 19年以来 and the like."""
    for found in re.finditer(
        r"(?<![\d.,第了续近前后过达共计满约每超长逾历时·])(?:0\d|1\d|2\d|9\d)年(?=以来|底|初|度|末|\d{1,2}月)",
        draft.norm,
    ):
        yield Mark(found.start(), found.end(), Message(gettext_noop("A year is written with four digits.")))


@rule(
    code="mixed-date",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("One date in two kinds of numerals"),
    good="2024年5月1日印发。",
    bad="2024年五月1日印发。",
    source="GB/T 15835-2011 4.3",
)
def mixed_date(draft: Draft) -> Iterator[Mark]:
    """Mark 2024年五月, 五月1日 and 二〇二四年5月."""
    han = "一二三四五六七八九十"
    for found in re.finditer(
        rf"\d{{4}}年[{han}]{{1,2}}月|[{han}]{{1,2}}月\d{{1,2}}日|(?<!\d)\d{{1,2}}月[{han}]{{1,3}}日|[二一][〇零○九][〇零○一二三四五六七八九]{{2}}年\d{{1,2}}月",
        draft.norm,
    ):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("Year, month and day take one kind of numerals.")),
        )


@rule(
    code="zero-in-year",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("The zero of a year in Chinese numerals is 〇"),
    good="二〇二四年五月",
    bad="二零二四年五月",
    source="GB/T 15835-2011 5.2",
)
def zero_in_year(draft: Draft) -> Iterator[Mark]:
    """Mark 二零二四年 and 二O二四年."""
    for found in re.finditer(
        r"[一二][零○OoＯ0О九][零○〇OoＯ0О一二三四五六七八九][零○〇OoＯ0О一二三四五六七八九](?=年)", draft.text
    ):
        if re.search(r"[零OoＯ0О]", found[0]):
            yield Mark(
                found.start(),
                found.end(),
                Message(gettext_noop("The zero of a year in Chinese numerals is “〇”.")),
                replacement=re.sub(r"[零○OoＯ0О]", "〇", found[0]),
                severity=Severity.HINT if "零" in found[0] and draft.text.count(found[0]) > 1 else None,
            )


@rule(
    code="decimal-point",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("A decimal below one needs its zero"),
    good="火灾受害率控制在0.3‰以内。",
    bad="火灾受害率控制在.3‰以内。",
    source="GB/T 15835-2011 5.1.3",
)
def decimal_point(draft: Draft) -> Iterator[Mark]:
    """Mark .46 behind a Chinese character."""
    for found in re.finditer(r"(?<=[\u4e00-\u9fff])\.\d+(?=[%‰万亿元个吨公里])", draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("A decimal below one is written with its zero.")),
            replacement="0" + found[0],
        )


@rule(
    code="digit-groups",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Digits are grouped by threes with a half-width comma"),
    good="投入资金1,234,567元。",
    bad="投入资金1234,567元，其中12，345元为自筹。",
    source="GB/T 15835-2011 5.1.1",
)
def digit_groups(draft: Draft) -> Iterator[Mark]:
    """Mark 1234,567 and 12，345元."""
    for found in re.finditer(
        rf"(?<![\d.,、])(?:\d{{4,}},\d{{3}}(?!\d)|\d{{1,3}},\d{{2}}(?![\d,])(?=[万亿]?[{_MONEY}])|\d{{1,3}}，\d{{3}}(?!\d)(?=[万亿]?[{_MONEY}]))",
        draft.text,
    ):
        if "，" in found[0] and not re.search(r"[一-龥]$", draft.text[found.start() - 1 : found.start()]):
            continue
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("Digits are grouped by threes with a half-width comma: 1,234,567.")),
        )


@rule(
    code="range-unit",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Both ends of a range keep % and 万"),
    good="降幅为15%～30%。",
    bad="降幅为15～30%。",
    source="GB/T 15835-2011 5.1.4",
)
def range_unit(draft: Draft) -> Iterator[Mark]:
    """Mark 15～30% and 13～17万元."""
    for found in re.finditer(
        r"(?<![\d.%万亿年月—\-～~])\d+(?:\.\d+)?[—～~\-－]\d+(?:\.\d+)?(?:%|‰|万|亿)", draft.norm
    ):
        yield Mark(
            found.start(), found.end(), Message(gettext_noop("Both ends of the range keep their % or 万."))
        )


@rule(
    code="mixed-number",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Arabic and Chinese numerals mix at 万 and 亿 only"),
    good="培训5300人。",
    bad="培训5千3百人。",
    source="GB/T 15835-2011 5.4",
)
def mixed_number(draft: Draft) -> Iterator[Mark]:
    """Mark 5千3百 and 3百人."""
    for found in re.finditer(
        rf"(?<![\d.])\d{{1,3}}[千百](?:\d{{1,3}}[百十]?|零?[一二三四五六七八九])?(?=[余多]?[{_MONEY}])(?!米|瓦|克)",
        draft.norm,
    ):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("A number mixes digits and characters at 万 and 亿 only.")),
        )


@rule(
    code="clock",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Times of day are written 14:05"),
    good="定于下午14:05开会。",
    bad="定于下午14：5开会。",
    source="GB/T 15835-2011 5.1",
)
def clock(draft: Draft) -> Iterator[Mark]:
    """Mark 14：5 and minutes of one digit."""
    for found in re.finditer(r"(?:上午|下午|晚上?|早上?|日)\s?(?P<time>\d{1,2}[:：]\d)(?!\d)", draft.text):
        yield Mark(found.start("time"), found.end("time"), Message(gettext_noop("Minutes have two digits.")))


@rule(
    code="fragment-date",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("A date that lost its 年 or 月"),
    good="2021年12月28日召开会议。",
    bad="20211228日召开会议。",
)
def fragments(draft: Draft) -> Iterator[Mark]:
    """Mark 20211228日 and 2021915日."""
    for found in re.finditer(r"(?<!\d)20[0-3]\d[01]?\d[0-3]?\d日", draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("The date lost its 年 and 月: {date}."), date=found[0]),
            suggestion=Message(gettext_noop("Write year, month and day.")),
        )


@rule(
    code="document-number",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Document numbers take six-cornered brackets, no 第 and no leading zero"),
    good="国办发〔2024〕5号",
    bad="国办发[2024]05号",
    source="GB/T 9704-2012 7.2.5",
)
def document_number(draft: Draft) -> Iterator[Mark]:
    """Mark 国办发[2024]5号, （2024）第5号 behind a document code, and 〔2024〕05号."""
    for found in re.finditer(
        r"(?<=[\u4e00-\u9fff])(?:[\[［【（(](?P<year>20\d\d|19\d\d)[\]］】）)](?P<no1>第?)(?P<n>\d{1,4})号|〔(?P<year2>\d{4})〕(?P<no2>第(?P<n2>\d{1,4})|0(?P<n3>\d{1,3}))号)",
        draft.text,
    ):
        lead = draft.text[max(0, found.start() - 6) : found.start()]
        if found["year"] and not re.search(r"(?:发|函|字|办|令|通|呈|批|文|政|委|报|电|复|规)$", lead):
            continue
        year, number = found["year"] or found["year2"], (found["n"] or found["n2"] or found["n3"]).lstrip("0")
        if lead.endswith("字") and found["no1"]:
            continue
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("Document numbers are written like 国办发〔2024〕5号.")),
            replacement=f"〔{year}〕{number}号",
        )


@rule(
    code="padded-date",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("Month and day are not padded with zeros"),
    good="2024年5月1日",
    bad="2024年05月01日",
    source="GB/T 9704-2012 7.3.5.4",
)
def padded(draft: Draft) -> Iterator[Mark]:
    """Mark 05月 and 01日 in dates."""
    for found in re.finditer(r"20\d\d年(?:0\d月\d{1,2}日|\d{1,2}月0\d日)", draft.norm):
        right = re.sub(r"(?<=年)0|(?<=月)0", "", found[0])
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("Month and day are written without zeros.")),
            replacement=right,
        )
