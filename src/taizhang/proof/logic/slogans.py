"""Slogans that count their own parts: “五送”, “三查三看”, “四个一批”, “1+3”."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.numerals import han_value
from taizhang.proof.registry import Mark, rule

_JOINT = r"”?[^，。；：“”（）\n]{0,10}?(?:（|[，：—]{1,2}(?:即|就是|也就是|分别是|分别为)?[：]?|即[：]?|就是)(?P<list>[^。）\n]{2,120})"
_SHOUT = re.compile(
    rf"“(?P<slogan>(?:[两二三四五六七八九十](?:平台|中心|个[有不无零必]|[一-龥])){{1,3}}){_JOINT}"
)
_SUM = re.compile(rf"“(?P<slogan>\d{{1,2}}(?:\+\d{{1,2}}){{1,3}}(?:\+[NnXx])?){_JOINT}")
_WORD = re.compile(rf"“(?P<count>[两二三四五六七八九十])个?(?P<word>[一-龥]{{2}}){_JOINT}")
_PART = re.compile(r"(?P<count>[两二三四五六七八九十])(?:个(?=[有不无零必]))?(?P<word>平台|中心|[一-龥])")
_MEASURED = re.compile(
    r"(?:^|[、，；+和及])(?P<count>\d{1,2}|[一二两三四五六七八九十])(?:个|项|支|张|套|类|大|条|名|本|批|种|家|级|所|座|份)"
)
_DIGIT = re.compile(r"\d")
_PLUS = re.compile(r"(?<=“)\d(?:\+\d){1,3}")
_MEANS = re.compile(r"“(?P<count>\d)”(?:即|就是|是指|指的是|指|为)(?P<list>[^“”，。；\n]{4,80})(?=[，。；])")
_COUNTS = re.compile(r"[\d两三四五六七八九十][个项类张套条种大]")
_LEAST = 2
_NOT_A_VERB = frozenset("个项大种条类级位次届年月日期会中全号名区")


@rule(
    code="slogan-count",
    gate=Gate.LOGIC,
    severity=Severity.ERROR,
    title=gettext_noop("A slogan counts more or fewer parts than follow"),
    good="开展“三送”活动，即送政策、送技术、送服务。",
    bad="开展“三送”活动，即送政策、送技术。",
)
def slogans(draft: Draft) -> Iterator[Mark]:
    """Count the items behind “五送” that begin with 送, and the numbers behind “1+3”."""
    for found in _SHOUT.finditer(draft.norm):
        yield from _shouted(found)
    for found in _WORD.finditer(draft.norm):
        yield from _worded(found)
    for found in _SUM.finditer(draft.norm):
        yield from _summed(found)
    yield from _explained(draft)


def _explained(draft: Draft) -> Iterator[Mark]:
    """“1+3”制度，……，“3”即A和B: a number of the sum is explained by a list of its own."""
    if "+" not in draft.norm:
        return
    sums = {number for found in _PLUS.finditer(draft.norm) for number in found[0].split("+")}
    for found in _MEANS.finditer(draft.norm):
        listed = re.sub(r"《[^》]*》|（[^）]*）", "某", found["list"])
        marks, joined = listed.count("、"), len(re.findall(r"以及|和|及|与", listed))
        told = int(found["count"])
        if found["count"] not in sums or told < _LEAST or not marks + joined or _COUNTS.search(listed):
            continue
        if "等" not in listed and not marks + 1 <= told <= marks + joined + 1:
            yield _mark(*found.span("count"), found.span("list"), told, marks + joined + 1)


def _shouted(found: re.Match[str]) -> Iterator[Mark]:
    items = _split(found["list"].rstrip("等"))
    first, _, rest = found["list"].partition("，")
    if "、" in first and rest and not _all_told(items, found["slogan"]):
        words = tuple(part["word"] for part in _PART.finditer(found["slogan"]))
        items = [] if rest.startswith(words) else _split(first)
    if not items:
        return
    if "等" in found["list"] or _DIGIT.search(found["list"]) or not _all_told(items, found["slogan"]):
        return
    for part in _PART.finditer(found["slogan"]):
        word = part["word"]
        told = 2 if part["count"] == "两" else int(han_value(part["count"]))
        own = [item for item in items if item.lstrip("“").startswith(word) or item.rstrip("”").endswith(word)]
        if (
            word in _NOT_A_VERB
            or len(own) < _LEAST
            or len(own) == told
            or (len(own) > told and len(items) > len(own))
        ):
            continue
        at = found.start("slogan")
        yield _mark(at + part.start(), at + part.end(), found.span("list"), told, len(own))


def _split(listed: str) -> list[str]:
    return re.split(r"[、，；]|[和及与](?=[一-龥]{2,6}[、，；]|[一-龥]{2,6}$)", listed)


def _all_told(items: list[str], slogan: str) -> bool:
    """Every item opens or ends with a word of the slogan: else what follows is no list of its parts."""
    words = tuple(part["word"] for part in _PART.finditer(slogan))
    bare = [item.lstrip("“").rstrip("”") for item in items]
    return all(item.startswith(words) or item.endswith(words) for item in bare)


def _worded(found: re.Match[str]) -> Iterator[Mark]:
    """“三公开”即……公开、……公开、……公开: every item holds the word."""
    items = re.split(r"[、，；]", found["list"])
    word = found["word"]
    own = [item for item in items if word in item]
    told = 2 if found["count"] == "两" else int(han_value(found["count"]))
    if len(own) == len(items) > 1 and len(own) != told and "等" not in found["list"]:
        yield _mark(found.start("count"), found.end("word"), found.span("list"), told, len(own))


def _summed(found: re.Match[str]) -> Iterator[Mark]:
    told = [int(n) for n in found["slogan"].split("+") if n.isdigit()]
    listed = [m["count"] for m in _MEASURED.finditer(found["list"])]
    own = [int(n) if n.isdigit() else int(han_value(n)) for n in listed][: len(told)]
    if len(own) != len(told) or own == told or own[0] != told[0]:
        return
    first = next(i for i in range(len(told)) if told[i] != own[i])
    yield _mark(*found.span("slogan"), found.span("list"), told[first], own[first])


def _mark(start: int, end: int, listed: tuple[int, int], told: int, count: int) -> Mark:
    return Mark(
        start,
        end,
        Message(gettext_noop("{count} items are announced, {listed} follow."), count=told, listed=count),
        suggestion=Message(gettext_noop("Correct the number, or complete the list.")),
        evidence=(listed,),
    )
