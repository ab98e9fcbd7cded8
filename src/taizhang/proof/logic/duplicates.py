"""Sentences and paragraphs that stand in the draft twice."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_LEAD = re.compile(
    r"[\s　]*(?:（[一二三四五六七八九十\d]+）|[一二三四五六七八九十]+[、是]|\d+[.、）]|第[一二三四五六七八九十]+[，、])?"
)
_LEAST, _LEAST_ITEM, _NEAR = 12, 6, 300
_ITEM = re.compile(r"[^；：。！？\n]+")
_BLANK = re.compile(r"＿|__|签字|盖章|签名|年\s+月|公章")
_LISTED = re.compile(r"(?<![一-龥“”《》])[一-龥“”《》]+(?:、[一-龥“”《》]+){2,}")
_LEAST_LISTED = 3


@rule(
    code="duplicate",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A sentence stands in the draft twice"),
    good="深化诉讼服务中心建设，推行网上立案、跨域立案。\n加强队伍建设，选派干警锻炼。",
    bad="深化诉讼服务中心建设，推行网上立案、跨域立案。\n加强队伍建设，选派干警锻炼。\n深化诉讼服务中心建设，推行网上立案、跨域立案。",
)
def duplicates(draft: Draft) -> Iterator[Mark]:
    """Mark the second of two sentences with the same words (their numbers and marks apart)."""
    seen: dict[str, tuple[int, int]] = {}
    for start, end in _pieces(draft):
        key = re.sub(r"[\s，。；、：！？“”]", "", draft.norm[start:end])
        if _BLANK.search(draft.norm, start, end):
            continue
        if len(key) < _LEAST_ITEM or (len(key) < _LEAST and not _beside(seen.get(key), start, draft)):
            seen.setdefault(key, (start, end))
            continue
        if key not in seen:
            seen[key] = (start, end)
        elif seen[key][1] <= start:
            yield Mark(
                start,
                end,
                Message(gettext_noop("The same sentence stands in the draft before.")),
                suggestion=Message(gettext_noop("Leave out one of the two.")),
                evidence=(seen[key],),
                severity=Severity.HINT if draft.statutory else None,
            )


def _beside(first: tuple[int, int] | None, start: int, draft: Draft) -> bool:
    """Say whether a short piece is an item of the same list as the first: nothing but items lies between."""
    return (
        first is not None
        and start - first[1] < _NEAR
        and not re.search(r"[。\n]", draft.norm[first[1] : start])
    )


def _pieces(draft: Draft) -> Iterator[tuple[int, int]]:
    """Sentences without their numbers, and the items of those that are divided by ；."""
    adverts = {p.start for p in draft.adverts}
    skip = [
        (p.start, p.end) for p in draft.paragraphs if p.start in adverts or "|" in draft.norm[p.start : p.end]
    ]
    at = 0
    for sentence in draft.sentences:
        while at < len(skip) and skip[at][1] <= sentence.start:
            at += 1
        if at < len(skip) and skip[at][0] <= sentence.start:
            continue
        yield _without_number(draft, sentence.start), sentence.end
        if draft.norm.find("；", sentence.start, sentence.end) >= 0:
            for item in _ITEM.finditer(draft.norm, sentence.start, sentence.end):
                yield _without_number(draft, item.start()), item.end()


def _without_number(draft: Draft, start: int) -> int:
    lead = _LEAD.match(draft.norm, start)
    return lead.end() if lead else start


@rule(
    code="listed-twice",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A list names one thing twice"),
    good="首批试点学校：城东小学、城西小学、育红中学、实验中学。",
    bad="首批试点学校：城东小学、城西小学、育红中学、城东小学。",
)
def listed_twice(draft: Draft) -> Iterator[Mark]:
    """Mark an item that stands twice in one list divided by 、."""
    for found in _LISTED.finditer(draft.norm):
        seen: dict[str, int] = {}
        at = found.start()
        for item in found[0].split("、"):
            first = seen.setdefault(item, at)
            if len(item) >= _LEAST_LISTED and at - first > len(item) + 1:
                yield Mark(
                    at,
                    at + len(item),
                    Message(gettext_noop("“{item}” stands twice."), item=item),
                    suggestion=Message(gettext_noop("Leave out one of the two.")),
                    evidence=((first, first + len(item)),),
                    severity=Severity.HINT if draft.statutory else None,
                )
            at += len(item) + 1


@rule(
    code="doubled-phrase",
    gate=Gate.LOGIC,
    severity=Severity.WARNING,
    title=gettext_noop("A phrase is doubled"),
    good="对宣传思想和意识形态工作进行研判。",
    bad="对宣传思想和意识形态、意识形态工作进行研判。",
)
def doubled(draft: Draft) -> Iterator[Mark]:
    """Mark X、X and a clause that is said twice running."""
    for found in re.finditer(
        r"(?P<item>[一-龥]{3,12})、(?P=item)(?P<after>[、，。；]|等|工作|[一-龥])", draft.norm
    ):
        if found["item"][0] == "的" or len(set(found["item"])) == 1:
            continue
        whole = len(found["after"]) > 1 or found["after"] in "、，。；等"
        yield Mark(
            found.start(),
            found.end() - len(found["after"]),
            Message(gettext_noop("“{item}” stands twice."), item=found["item"]),
            severity=None if whole and not draft.statutory else Severity.HINT,
            suggestion=Message(gettext_noop("Leave out one of the two.")),
        )
    for found in re.finditer(r"(?<![一-龥])(?P<item>[一-龥]{8,40})[，；](?P=item)(?=[，。；])", draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{item}” stands twice."), item=found["item"]),
            suggestion=Message(gettext_noop("Leave out one of the two.")),
        )
    for found in re.finditer(r"(?P<item>[一-龥]{3,12})(?P=item)", draft.norm):
        if len(set(found["item"])) == 1:
            continue
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{item}” stands twice."), item=found["item"]),
            replacement=draft.text[found.start() : found.start() + len(found["item"])],
        )
