"""Reminder texts, ready to copy into whatever the office talks with."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.appraisals.models import Sheet, Talk
from taizhang.appraisals.showing import judged_line, quota_name, said
from taizhang.appraisals.standing import Side, Task
from taizhang.core.appraisal.sheet import Judged, Outcome
from taizhang.core.indicators import wording
from taizhang.core.scheme.schema import Scheme


def short_of(task: Task, *, name: str, scheme: Scheme) -> str:
    """Return the text that asks somebody for what is still missing in the running period."""
    text = (
        _(
            "{name}: “{quota}” ({period}): {missing} still missing; it was due on {due}. Please hand it in and record it."
        )
        if task.days_left < 0
        else _(
            "{name}: “{quota}” ({period}): {missing} still missing; due on {due}, {days} days left. Please hand it in and record it."
        )
    )
    return text.format(
        name=name,
        quota=quota_name(task.id, scheme),
        period=wording.period(task.period, language=_language()),
        missing=_missing(task.submit, task.publish),
        due=task.due,
        days=task.days_left,
    )


def missed(sheet: Sheet, judged: tuple[Judged, ...], *, scheme: Scheme) -> str:
    """Return the text that tells somebody what was missed in a period that is over."""
    lines = [judged_line(each, scheme) for each in judged if each.outcome is Outcome.MISSED]
    return _(
        "{name}: {period} came out short. {lines}. If a proof is missing in the ledger, record it now."
    ).format(
        name=sheet.person or sheet.unit,
        period=wording.period(sheet.run.span, language=_language()),
        lines=_("; ").join(lines),
    )


def to_talk(talk: Talk, *, scheme: Scheme) -> str:
    """Return the text that reminds a leader of a talk."""
    role = scheme.roles.get(talk.role)
    return _(
        "{leader}: a talk with {name} ({unit}) is due by {due}: quotas missed {n} times. Please hold it and write the record."
    ).format(
        leader=talk.leader or (said(role.name) if role else talk.role),
        name=talk.person or talk.unit,
        unit=talk.unit,
        due=talk.due,
        n=talk.missed,
    )


def _missing(submit: Side, publish: Side) -> str:
    parts = []
    if submit.missing:
        parts.append(_("{n} submissions").format(n=submit.missing))
    if publish.missing:
        parts.append(_("{n} adoptions").format(n=publish.missing))
    return _(", ").join(parts)


def _language() -> str:
    return get_language() or "zh-hans"
