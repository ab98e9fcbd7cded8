"""A plan told as done, and work done told as a plan."""

import re
from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_HEADING = re.compile(r"^[一二三四五六七八九十]+、(?P<words>[^。\n]{2,40})")
_PLAN = re.compile(r"下一?步|打算|计划|安排|今后|明年|努力方向|下阶段|下半年工作")
_DONE = re.compile(
    r"(?:已经?|业已)(?:全部|全面|基本|圆满|顺利)?(?:完成|建成|竣工|投入使用|办结|整改到位)(?!的|情况|任务的基础)"
)


@rule(
    code="tense",
    gate=Gate.LOGIC,
    severity=Severity.HINT,
    title=gettext_noop("A plan is told as done"),
    good="三、下一步打算\n（一）推进二期工程建设。",
    bad="三、下一步打算\n（一）二期工程已全部完成。",
)
def plans_told_as_done(draft: Draft) -> Iterator[Mark]:
    """Mark 已完成 in a section of plans."""
    planning = False
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        heading = _HEADING.match(line)
        if heading is not None:
            planning = bool(_PLAN.search(heading["words"])) and not re.search(
                r"完成|回顾|总结", heading["words"]
            )
        elif planning and len(line) < 400:  # noqa: PLR2004 - a section of plans is short
            for found in _DONE.finditer(line):
                yield Mark(
                    paragraph.start + found.start(),
                    paragraph.start + found.end(),
                    Message(gettext_noop("In a section of plans this is told as done.")),
                )
