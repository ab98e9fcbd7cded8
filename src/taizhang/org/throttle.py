"""Slowing down whoever guesses passwords: so many failures, then a wait. Kept in the database, for every node alike."""

import datetime as dt
from dataclasses import dataclass

from taizhang.org.models import LoginFailure

WINDOW = dt.timedelta(minutes=15)
FAILURES_OF_A_NAME = 10
FAILURES_OF_AN_ADDRESS = 60
"""Higher than for one name: a whole office may come through one address."""


@dataclass(frozen=True)
class Attempt:
    """Somebody at ``address`` says to be ``name``, at ``now``."""

    name: str
    address: str
    now: dt.datetime


def wait(attempt: Attempt) -> dt.timedelta | None:
    """Return how long this one must wait before a password is even looked at; None: not at all."""
    recent = LoginFailure.objects.filter(
        address=attempt.address, at__gt=attempt.now - WINDOW, at__lte=attempt.now
    )
    for failures, allowed in (
        (recent.filter(name=_spelling(attempt.name)), FAILURES_OF_A_NAME),
        (recent, FAILURES_OF_AN_ADDRESS),
    ):
        times = list(failures.order_by("-at").values_list("at", flat=True)[:allowed])
        if len(times) == allowed:
            return times[-1] + WINDOW - attempt.now
    return None


def remember(attempt: Attempt) -> None:
    """Note a failure, and forget those that count no more."""
    LoginFailure.objects.filter(at__lte=attempt.now - WINDOW).delete()
    LoginFailure.objects.create(name=_spelling(attempt.name), address=attempt.address, at=attempt.now)


def forget(attempt: Attempt) -> None:
    """The right password was given: the failures before it were slips."""
    LoginFailure.objects.filter(name=_spelling(attempt.name), address=attempt.address).delete()


def _spelling(name: str) -> str:
    return name.strip().casefold()[:150]
