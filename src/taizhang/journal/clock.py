"""The one place where the time is read. Everything else is told the time."""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """Return the moment it is for this ledger: the real one, or the sample year's (settings.CLOCK_OFFSET)."""
    moment: dt.datetime = timezone.now() + settings.CLOCK_OFFSET
    return moment


def day_of(moment: dt.datetime) -> dt.date:
    """Return the office's calendar day at ``moment``."""
    return timezone.localtime(moment).date()
