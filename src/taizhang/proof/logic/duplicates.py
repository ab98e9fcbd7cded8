"""Sentences and paragraphs that stand in the draft twice."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_LEAD = re.compile(
    r"^[\s　]*(?:（[一二三四五六七八九十\d]+）|[一二三四五六七八九十]+[、是]|\d+[.、）]|第[一二三四五六七八九十]+[，、])?"
)
_LEAST = 12
_CLAUSE = re.compile(r"[^，。；！？\n]+")


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
        words = draft.norm[sentence.start : sentence.end]
        lead = _LEAD.match(words)
        start = sentence.start + (lead.end() if lead else 0)
        key = re.sub(r"[\s，。；、：！？“”]", "", draft.norm[start : sentence.end])
        if len(key) < _LEAST:
            continue
        if key in seen:
            yield Mark(
                start,
                sentence.end,
                Message(gettext_noop("The same sentence stands in the draft before.")),
                suggestion=Message(gettext_noop("Leave out one of the two.")),
                evidence=(seen[key],),
                severity=Severity.HINT if draft.statutory else None,
            )
        else:
            seen[key] = (start, sentence.end)


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
    for found in re.finditer(r"(?P<item>[一-龥]{4,12})(?P=item)", draft.norm):
        yield Mark(
            found.start(),
            found.end(),
            Message(gettext_noop("“{item}” stands twice."), item=found["item"]),
            replacement=draft.text[found.start() : found.start() + len(found["item"])],
        )
