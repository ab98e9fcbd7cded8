"""Breaking a long title into lines as GB/T 9704-2012, 7.3.1 asks: whole words, lines of about one length."""

import re
from functools import cache

from taizhang.documents.ordinals import width

# A title has no dictionary at hand; these are the words that titles of official papers are made of.
_WORDS = re.compile(
    r"[0-9A-Za-z.%]+[年月日次个条项家届]?|第?[〇一二三四五六七八九十]+[届次年]?|年度|关于|印发|转发|开展|进一步|"
    r"工作|总结|报告|通知|通报|意见|方案|办法|细则|规定|制度|计划|要点|情况|函|纪要|请示|批复|决定|"
    r"意识形态|宣传思想|宣传|思想|精神文明|理论学习|中心组|责任制|责任|领导小组|领导|信息公开|政府|政务|信息|"
    r"督导|检查|考核|整改|问题|落实|管理|建设|学习|教育|主题|党建|党组|纪检|监察|审计|人民|全市|全区|全县"
)
_NEVER_FIRST = "的地得了、，。；：？！）〕】》〉”’％%"
_NEVER_LAST = "（〔【《〈“‘"
_GOOD_AFTER = "的、和与及》”）"

_INSIDE_WORD = 40
_INSIDE_BRACKETS = 15
_ELSEWHERE = 4
_FORBIDDEN = 10_000


def lines(title: str, *, per_line: int) -> tuple[str, ...]:
    """Break ``title`` into as few lines of at most ``per_line`` full-width characters as hold it.

    Line feeds in ``title`` are the author's own breaks and are kept as they are.
    """
    return tuple(line for part in title.split("\n") for line in _balanced(part.strip(), per_line * 2))


def _balanced(text: str, limit: int) -> tuple[str, ...]:
    count = -(-width(text) // limit)
    if count <= 1:
        return (text,)
    costs = _break_costs(text)
    target = width(text) // count

    @cache
    def best(start: int, left: int) -> tuple[int, tuple[str, ...]]:
        if left == 1:
            rest = text[start:]
            return (width(rest) - target) ** 2 + (_FORBIDDEN if width(rest) > limit else 0), (rest,)
        choices = []
        for end in range(start + 1, len(text)):
            line = text[start:end]
            if width(line) > limit:
                break
            tail_cost, tail = best(end, left - 1)
            choices.append(((width(line) - target) ** 2 + costs[end] + tail_cost, (line, *tail)))
        return min(choices, default=(_FORBIDDEN, (text[start:],)))

    return best(0, count)[1]


def _break_costs(text: str) -> list[int]:
    """Return what a break before each character costs."""
    costs = [0 if before in _GOOD_AFTER else _ELSEWHERE for before in " " + text[:-1]]
    depth = 0
    for place, character in enumerate(text):
        if depth:
            costs[place] += _INSIDE_BRACKETS
        depth += (character in _NEVER_LAST) - (character in "）〕】》〉”’")
        if character in _NEVER_FIRST or (place and text[place - 1] in _NEVER_LAST):
            costs[place] += _FORBIDDEN
    for word in _WORDS.finditer(text):
        for place in range(word.start() + 1, word.end()):
            costs[place] += _INSIDE_WORD
    return costs
