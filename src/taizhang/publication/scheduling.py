"""Looking for what is due: from a thread of ``taizhang serve``, or from cron by ``taizhang release``. ADR 0010.

There is no queue and no lease: the row that waits is the job, and one transaction releases the text and settles the
row. Whoever dies on the way leaves it waiting; whoever comes second finds it settled.
"""

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.utils.translation import gettext as _

from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.journal import clock
from taizhang.journal.actions import ClockWentBack
from taizhang.publication import actions
from taizhang.publication.models import Schedule

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settled:
    """What became of one schedule."""

    schedule: Schedule
    state: Schedule.State


def due(now: dt.datetime) -> list[Schedule]:
    """Return what waits and is due, the longest due first."""
    found = Schedule.objects.filter(state=Schedule.State.WAITING, due_at__lte=now)
    return list(
        found.select_related("manuscript__unit", "version", "account__person").order_by("due_at", "pk")
    )


def run(*, now: dt.datetime | None = None) -> Iterator[Settled]:
    """Release everything that is due, each in a transaction of its own."""
    for schedule in due(now or clock.now()):
        state = actions.release_due(schedule, now=now or clock.now())
        if state is not None:
            yield Settled(schedule, state)


class Scheduler(threading.Thread):
    """Runs beside the server and looks every few seconds. ``stop`` ends it after the release it is at."""

    def __init__(self, *, every: float | None = None) -> None:
        super().__init__(name="taizhang-release", daemon=True)
        self._every = settings.RELEASE_EVERY if every is None else every
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(self._every):
            self.look()

    def look(self) -> None:
        """Release what is due. What the database or the clock refuses is tried again at the next look."""
        close_old_connections()
        try:
            for settled in run():
                logger.warning("%s: %s", settled.schedule, settled.state)
        except (DatabaseError, ClockWentBack, NoSchemeInForce, OSError):
            logger.exception("what is due was not released; it is tried again in %s s", self._every)
        finally:
            connections.close_all()

    def stop(self) -> None:
        self._stopped.set()


class words:  # noqa: N801 - a few sentences of the command, kept with the translations
    """Sentences that the command prints."""

    @staticmethod
    def settled(one: Settled) -> str:
        text = _("{number} “{title}” on {channel}: {state}").format(
            number=one.schedule.manuscript.number,
            title=one.schedule.version.title,
            channel=one.schedule.channel,
            state=one.state.label,
        )
        one.schedule.refresh_from_db()
        return "\n".join([text, *(f"  {reason.render(_)}" for reason in one.schedule.messages)])

    @staticmethod
    def nothing() -> str:
        return _("Nothing is due.")
