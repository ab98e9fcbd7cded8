"""Reminder texts, ready to copy into whatever the office talks with."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.duties import DutyState
from taizhang.core.indicators import wording
from taizhang.duties.queries import Occurrence


def reminder(occurrence: Occurrence) -> str:
    """Return the text that asks the unit to do what is owed."""
    owed, standing = occurrence.owed, occurrence.standing
    language = get_language() or "zh-hans"
    text = _text(occurrence)
    return text.format(
        unit=owed.unit.name,
        duty=owed.duty.name.said_in(language),
        period=wording.period(owed.period, language=language),
        due=standing.due,
        days=abs(standing.days_left),
    )


def _text(occurrence: Occurrence) -> str:
    if occurrence.state is DutyState.OVERDUE:
        return _(
            "{unit}: “{duty}” ({period}) was due on {due} and is overdue by {days} days. "
            "Please see to it and record it."
        )
    if occurrence.standing.days_left == 0:
        return _("{unit}: “{duty}” ({period}) is due today, {due}. Please see to it and record it.")
    return _("{unit}: “{duty}” ({period}) is due on {due}, in {days} days. Please see to it and record it.")
