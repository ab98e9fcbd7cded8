"""What a scraper or a template left behind."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_TEMPLATE = re.compile(
    r"[xX×＊*]{2,}(?=[年月日市县区镇乡局村单位公司人次元个名]|同志|有限)|(?<=[一-龥])[×＊]{1,}(?=[年月日])|_{4,}|\{\{[^}\n]{1,30}\}\}|TODO|此处填写|待补充|待核实"
)
_ASIDE = re.compile(r"[（(](?:材料|文章|本文|资料)?来源[：:][^）)\n]{1,40}[）)]|##paid(?:begin|end)##")


@rule(
    code="advertising",
    gate=Gate.TEXT,
    severity=Severity.WARNING,
    title=gettext_noop("Advertising or a paywall mark left in the text"),
    good="维护稳定大局。",
    bad="维护稳定大局。（材料来源：公众号：素材君）",
)
def advertising(draft: Draft) -> Iterator[Mark]:
    """Mark lines of advertising (their figures are no claims) and source notes inside a paragraph."""
    lines = draft.adverts
    for span in lines:
        yield Mark(
            span.start,
            span.end,
            Message(gettext_noop("This line is advertising or a paywall mark, not part of the draft.")),
            replacement="",
        )
    for found in _ASIDE.finditer(draft.norm):
        if not any(s.start <= found.start() < s.end for s in lines) and (
            "公众号" in found[0] or found[0].startswith("##")
        ):
            yield Mark(
                found.start(),
                found.end(),
                Message(gettext_noop("This note was left by the source the text was copied from.")),
                replacement="",
            )


@rule(
    code="placeholder",
    gate=Gate.TEXT,
    severity=Severity.HINT,
    title=gettext_noop("A placeholder was not filled in"),
    good="2024年共培训120人。",
    bad="XX年共培训××人次，____待核实。",
)
def placeholders(draft: Draft) -> Iterator[Mark]:
    """Mark XX年, ××局, ____ and the like."""
    for found in _TEMPLATE.finditer(draft.norm):
        yield Mark(found.start(), found.end(), Message(gettext_noop("A placeholder was not filled in.")))
