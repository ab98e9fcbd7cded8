"""Reminder texts, ready to copy into whatever the office talks with."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.appraisals.models import Sheet, Talk
from taizhang.appraisals.showing import Whose, judged_html, quota_name, said, why_link
from taizhang.appraisals.standing import Task
from taizhang.core.appraisal.sheet import Judged, Outcome
from taizhang.core.indicators import wording
from taizhang.core.scheme.schema import Scheme


def short_of(task: Task, *, name: str, scheme: Scheme, whose: Whose) -> SafeString:
    """Return the text that asks somebody for what is still missing in the running period; its numbers say why."""
    text = (
        _(
            "{name}: “{quota}” ({period}): {missing} still missing; it was due on {due}. Please hand it in and record it."
        )
        if task.days_left < 0
        else _(
            "{name}: “{quota}” ({period}): {missing} still missing; due on {due}, {days} days left. Please hand it in and record it."
        )
    )
    return format_html(
        text,
        name=name,
        quota=quota_name(task.id, scheme),
        period=wording.period(task.period, language=_language()),
        missing=_missing(task, whose),
        due=task.due,
        days=task.days_left,
    )


def missed(sheet: Sheet, judged: tuple[Judged, ...], *, scheme: Scheme) -> SafeString:
    """Return the text that tells somebody what was missed in a period that is over; its numbers say why."""
    whose, period = Whose.of(sheet), sheet.run.span
    lines = [judged_html(each, scheme, whose, period) for each in judged if each.outcome is Outcome.MISSED]
    return format_html(
        _("{name}: {period} came out short. {lines}. If a proof is missing in the ledger, record it now."),
        name=sheet.person or sheet.unit,
        period=wording.period(period, language=_language()),
        lines=format_html_join(_("; "), "{}", ((line,) for line in lines)),
    )


def to_talk(talk: Talk, *, scheme: Scheme) -> SafeString:
    """Return the text that reminds a leader of a talk; its number says why."""
    role = scheme.roles.get(talk.role)
    return format_html(
        _(
            "{leader}: a talk with {name} ({unit}) is due by {due}: quotas missed {n} times. Please hold it and write the record."
        ),
        leader=talk.leader or (said(role.name) if role else talk.role),
        name=talk.person or talk.unit,
        unit=talk.unit,
        due=talk.due,
        n=why_link(talk.missed, chain_address(talk)),
    )


def chain_address(talk: Talk) -> str:
    """Return the address that explains how many periods were missed one after the other."""
    return Whose.of(talk.sheet).why("chain", talk.sheet.run.span)


def _missing(task: Task, whose: Whose) -> SafeString:
    parts = []
    for figure, side, text in (
        ("submitted", task.submit, _("{n} submissions")),
        ("published", task.publish, _("{n} adoptions")),
    ):
        if side.missing:
            link = why_link(side.missing, whose.why(figure, task.period, task.id, missing=True))
            parts.append(format_html(text, n=link))
    return format_html_join(_(", "), "{}", ((part,) for part in parts))


def _language() -> str:
    return get_language() or "zh-hans"
