"""Numbers that somebody typed into prose where the ledger could have been asked.

A modest finder: Arabic numbers (full width too), and Chinese numerals before a measure word. Not numbers in this
sense: dates, years and times, the numbers of documents and headings, ordinals, set phrases (三审三校, 两个确立),
titles in 《》, and what is part of a code (A4, 12345-6).
"""

import re
import unicodedata
from typing import NamedTuple


class TypedNumber(NamedTuple):
    """A number as typed, with its 万, 余 and % but without its measure word."""

    start: int
    end: int
    text: str


_HAN = "〇零一二两三四五六七八九十百千"
_SMALL = "(?:\\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = f"(?:{_SMALL}[日号])"
_MONTH = f"{_SMALL}月(?:份|底|初)?{_DAY}?"
_YEAR = f"(?:\\d{{2,4}}|[〇零一二三四五六七八九]{{2,4}})年(?:度|代|初|底|末)?(?!来|内|期)(?:{_MONTH})?"
_MEASURES = (
    "人次 场次 批次 篇次 件次 个百分点 百分点 课时 学时 小时 分钟 平方米 公里 个 次 场 期 篇 条 件 项 起 人 名 位 "
    "户 家 处 份 册 张 批 台 辆 座 所 套 支 例 门 种 类 组 队 班 堂 节 讲 轮 天 周 元 亩 吨 岁 倍"
).replace(" ", "|")

_DATES = (
    _YEAR,
    _MONTH,
    r"\d{1,2}[日号](?=[上下]午|前|至|起|，|。)",
    r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}",
    r"\d{1,2}:\d\d|\d{1,2}时(?:\d{1,2}分|整)?",
    rf"(?<![\d.,])(?:19|20)\d\d(?![\d%余多万亿]|[.,]\d|{_MEASURES})",  # a year by itself
)
_REFERENCES = (
    r"《[^》\n]*》",
    r"[〔\[（(]\d{4}[〕\]）)]第?\d+号",
    rf"第(?:[\d.]+|[{_HAN}]+)",
    r"\d{1,2}(?:st|nd|rd|th)\b",
    r"(?m:^[ \t　]*\d+(?:\.\d+)*[.、．)）](?!\d))",
    r"(?m:^[ \t　]*[一二三四五六七八九十]+、)",
    rf"[（(]{_SMALL}[)）]",
    r"[一二三四五六七八九十]{1,2}是",
    r"[A-Za-z][A-Za-z/_.-]*\d[\w.-]*|\d+[A-Za-z][\w-]*",
    rf"\d+(?:-\d+)+(?!\d|{_MEASURES})",
)
_PHRASES = (
    "“[^”\\d\\n]{1,12}”",
    "十[一二三四五六]五(?=规划|时期|期间|末|以来|”)",
    "(?:十[五六七八九]|二十)(?:大|届[一二三四五六七]中)",
    "一(?:把手|岗双责|带一路|系列|[体定些直律致线般切个种项批类起同]|方面|[人事户企案]一)",
    "(?:不|统|同|唯|进|每|某|这|另)一",
    "两(?:个(?:确立|维护|责任|结合|毫不动摇)|学一做|[新手会癌])",
    "三(?:审三校|会一课|重一大|抓三促|严三实|公经费|务公开|[农级])",
    "四(?:个(?:意识|自信|全面|服务|伟大)|风|史|下基层)",
    "五(?:位一体|个一)|八项规定|举一反三|千方百计|百[花姓年]|千万(?=要|不|别|注意)",
)
_NOT_TYPED = re.compile("|".join((*_DATES, *_REFERENCES, f"(?<![{_HAN}])(?:{'|'.join(_PHRASES)})")))
_TYPED = re.compile(
    rf"百分之[{_HAN}]+(?:点[{_HAN}]+)?"
    r"|(?:(?<!\d)-)?\d+(?:,\d{3})*(?:\.\d+)?(?:[百千]?[万亿])?[余多]?[%‰]?"
    rf"|[{_HAN}]+(?:[万亿][{_HAN}]*)?[余多]?(?=[万亿]?(?:{_MEASURES}))"
)


def typed_numbers(text: str) -> list[TypedNumber]:
    """Return the numbers typed into ``text``, in order; places count characters of ``text``."""
    plain = _NOT_TYPED.sub(lambda match: "\0" * len(match.group()), _narrow(text))
    return [
        TypedNumber(match.start(), match.end(), text[match.start() : match.end()])
        for match in _TYPED.finditer(plain)
    ]


def _narrow(text: str) -> str:
    """Return ``text`` with full-width digits, letters and signs narrow, character for character."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if "０" <= sign <= "ｚ" or sign in "％，．" else sign
        for sign in text
    )
