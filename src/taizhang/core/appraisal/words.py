"""The arithmetic of a step in words."""

from collections.abc import Mapping
from decimal import Decimal

from taizhang.core.appraisal.sheet import Outcome, Step
from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.phrases import number

SAID: Mapping[str, str] = {
    "sum": _("All lines added up."),
    "weighted": _("{a} × {b}"),
    "fixed": _("{a} in every period"),
    "met": _("The quota is met."),
    "met_beyond": _("The quota is met: {a}; and {b} beyond it × {c}"),
    "met_late": _("The quota is met, but not by its due day."),
    "met_exempt": _("Exempt."),
    "met_partly": _("The quota is met in part: {a} × {b} ÷ {c}, and {d}"),
    "not_met": _("The quota is not met."),
    "short": _("{a} submissions missing × {b}, {c} publications missing × {d}"),
    "multiplied": _("{a} × {b}, because quotas were missed again and again"),
    "reached": _("Missed {a} times."),
    "total": _("{a} in all, {b} of them from earlier sheets"),
    "total_none": _("{a} in all, {b} of them from earlier sheets; that earns nothing."),
    "rate": _("{a} of {b}"),
    "rate_none": _("{a} of {b}; that changes nothing."),
    "rate_of_nothing": _("A share of nothing: no points either way."),
    "answer_done": _("Answered in time."),
    "answer_late": _("Answered after the deadline."),
    "answer_missed": _("Not answered by the deadline."),
    "late": _("{a} days late"),
    "held": _("Held to a limit: {a}, with {b} before, leaves {c}"),
    "veto": _("Decides the whole: no more than {a}"),
    "beyond_most": _("Not among the best {a} items of the period."),
    "item_sum": _("Its rows added up."),
    "item_less_paid": _("Its rows added up, less {a} that earlier sheets gave for it"),
    "row": _("{a}"),
    "row_factor": _("{a} × {b}"),
    "row_kept": _("{a} × {b}; {c} of it count beside the others of this item"),
    "row_shared": _("{a} × {b}; {c} of it count; of these {d}/{e} for author {f} of {g}"),
    "row_dropped": _("{a} × {b}; others of this item count instead"),
}
"""What a step says by its ``how``; its numbers are a, b, c … in their order."""

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.MET: _("fulfilled"),
    Outcome.MISSED: _("missed"),
    Outcome.EXEMPT: _("exempt"),
    Outcome.NOT_DUE: _("nothing due"),
}


def arithmetic(step: Step) -> Message:
    """Return how the points of a step come about."""
    how = _row(step) if step.how == "row" else step.how
    named = {name: _plain(each) for name, each in zip(_NAMES, step.numbers, strict=False)}
    return Message(SAID[how], **named)


_NAMES = "abcdefg"


def _plain(value: Decimal | int | str) -> str:
    return value if isinstance(value, str) else number(value)


def _row(step: Step) -> str:
    """Return the shortest sentence that says all of a row's arithmetic."""
    base, factor, kept, part, parts, *_place = step.numbers
    if not kept and base:
        return "row_dropped"
    if (part, parts) != (1, 1):
        return "row_shared"
    if Decimal(kept) != Decimal(base) * Decimal(factor):
        return "row_kept"
    return "row" if factor == 1 else "row_factor"
