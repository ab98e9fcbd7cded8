"""The one place where the time is read. Everything else is told the time."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.values import FIRST_YEAR, LAST_YEAR, BadPeriod


def now() -> dt.datetime:
    """Return the moment it is for this ledger: the real one, or the sample year's (settings.CLOCK_OFFSET)."""
    moment: dt.datetime = timezone.now() + settings.CLOCK_OFFSET
    return moment


def day_of(moment: dt.datetime) -> dt.date:
    """Return the office's calendar day at ``moment``."""
    return timezone.localtime(moment).date()


def moment(text: str) -> dt.datetime | None:
    """Read a moment that somebody wrote; a day alone means its end, nothing means now (None). Raises BadPeriod."""
    written = text.strip().replace(" ", "T")
    if not written:
        return None
    found = _end_of_day(written) or _instant(written)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadPeriod(
            Message(
                gettext_noop("“{text}” is not a moment. Write 2023-12-20 or 2023-12-20T18:00."), text=text
            )
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _end_of_day(written: str) -> dt.datetime | None:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(written), dt.time.max)
    except ValueError:
        return None


def _instant(written: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:  # a “+” that became a blank in an address
        before, _sign, offset = written.rpartition("T")
    try:
        return dt.datetime.fromisoformat(f"{before}+{offset}")
    except ValueError:
        return None
