"""How a manuscript stands, in the words and shapes of the pages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from taizhang.core.scheme.schema import WorkingDays
from taizhang.desk.models import Act, Place, Station
from taizhang.desk.queries import Way

HOUR = dt.timedelta(hours=1)
_SOON = dt.timedelta(hours=8)


def named(name: Any) -> str:
    """Return a name that a round keeps, in the reader's language: words, or words by language."""
    if not isinstance(name, Mapping):
        return str(name)
    language = (get_language() or "zh").partition("-")[0]
    return str(name.get(language) or name.get("") or name.get("zh") or next(iter(name.values()), ""))


def enumerated(names: Iterable[str]) -> str:
    """Write names one after the other: 甲、乙 or A, B."""
    return _(", ").join(names)


@dataclass(frozen=True)
class Left:
    """The time that is left, or by how much it is overdue. ``tone``: empty, ``soon`` or ``late``."""

    words: str
    tone: str
    due: dt.datetime

    @property
    def is_late(self) -> bool:
        return self.tone == "late"


def left(due: dt.datetime | None, now: dt.datetime) -> Left | None:
    """Return what is left until ``due``; None where no time is set."""
    if due is None:
        return None
    span = duration(abs(due - now))
    if due < now:
        return Left(_("overdue by {span}").format(span=span), "late", due)
    return Left(_("{span} left").format(span=span), "soon" if due - now <= _SOON else "", due)


def duration(span: dt.timedelta) -> str:
    """Return a span in its largest unit: days from two days on, else hours, else minutes."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        n = minutes // (24 * 60)
        return ngettext("{n} day", "{n} days", n).format(n=n)
    if minutes >= 60:  # noqa: PLR2004 - of an hour
        n = minutes // 60
        return ngettext("{n} hour", "{n} hours", n).format(n=n)
    return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)


@dataclass(frozen=True)
class Stop:
    """A station as the track shows it. ``state``: passed, here, voided, returned, or empty for one to come."""

    order: int
    name: str
    does: str
    state: str
    who: str = ""
    at: dt.datetime | None = None
    left: Left | None = None
    why: str = ""

    @property
    def css(self) -> str:
        return f"{self.state} late" if self.left and self.left.is_late else self.state


def stops(way: Way, *, now: dt.datetime, calendar: WorkingDays) -> list[Stop]:
    """Return the stations of the newest round as they stand."""
    return [_stop(way, station, now, calendar) for station in way.stations]


def _stop(way: Way, station: Station, now: dt.datetime, calendar: WorkingDays) -> Stop:
    told: dict[str, Any] = {"order": station.order, "name": named(station.name), "does": station.does}
    approval = way.approval(station)
    if approval is not None:
        return Stop(**told, state="passed", who=str(approval.person), at=approval.at)
    if way.station is not None and way.station.pk == station.pk:
        return Stop(**told, state="here", left=left(way.due(calendar), now), why=_voided(way, station))
    returned = _returned_from(way)
    if returned is not None and returned.station_id == station.pk:
        return Stop(**told, state="returned", who=str(returned.person), at=returned.at)
    if why := _voided(way, station):
        act = _last_approval(way, station)
        return Stop(
            **told, state="voided", who=str(act.person) if act else "", at=act.at if act else None, why=why
        )
    return Stop(**told, state="")


def _voided(way: Way, station: Station) -> str:
    """Return why the last approval of a station stands no more; empty if there was none."""
    if way.standing is None:
        return ""
    whys = [one.why for one in way.standing.voided if one.act.stop == station.order]
    return whys[-1].render(_) if whys else ""


def _last_approval(way: Way, station: Station) -> Act | None:
    acts = [act for act in way.acts if act.station_id == station.pk and act.what == Act.What.APPROVE]
    return acts[-1] if acts else None


def _returned_from(way: Way) -> Act | None:
    last = last_act(way)
    return last if last is not None and last.what == Act.What.RETURN else None


def last_act(way: Way) -> Act | None:
    mine = [act for act in way.acts if way.round is not None and act.round_id == way.round.pk]
    return mine[-1] if mine else None


@dataclass(frozen=True)
class State:
    """Where a manuscript is, in a word: its name in filters, the words, the tone of its tag."""

    id: str
    words: str
    tone: str


_TONES = {
    Place.State.WRITING: "line",
    Place.State.RETURNED: "bad",
    Place.State.ON_THE_WAY: "info",
    Place.State.PASSED: "info",
    Place.State.RELEASED: "ok",
    Place.State.WITHDRAWN: "quiet",
}


def state(id_: str, station: Station | None) -> State:
    """Return a state for people; on its way a text is said to be at its station."""
    known = Place.State(id_)
    return State(id_, named(station.name) if station else str(known.label), _TONES[known])


@dataclass(frozen=True)
class Event:
    """Something done, for the history: see components/timeline.html."""

    when: str
    text: str
    who: str
    note: str
    tone: str
    url: str = ""
