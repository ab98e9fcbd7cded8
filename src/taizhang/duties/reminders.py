"""Reminder texts, ready to copy into whatever the office talks with."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.duties import DutyState
from taizhang.duties.queries import Occurrence


def reminder(occurrence: Occurrence) -> str:
    """Return the text that asks the unit to do what is owed."""
    owed, standing = occurrence.owed, occurrence.standing
    language = get_language() or "zh-hans"
    text = (
        _(
            "{unit}: “{duty}” ({period}) was due on {due} and is overdue by {days} days. Please see to it and record it."
        )
        if occurrence.state is DutyState.OVERDUE
        else _("{unit}: “{duty}” ({period}) is due on {due}, in {days} days. Please see to it and record it.")
    )
    return text.format(
        unit=owed.unit.name,
        duty=owed.duty.name.said_in(language),
        period=owed.period,
        due=standing.due,
        days=abs(standing.days_left),
    )
