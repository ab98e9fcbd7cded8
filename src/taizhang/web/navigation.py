"""The side navigation: every place of the program, by the name of its address."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from taizhang.core.scheme.schema import Permission


@dataclass(frozen=True)
class Place:
    """A place one can go to. ``may``: some role must allow it. ``keys``: its shortcut."""

    name: str
    label: object
    icon: str
    keys: str
    may: Permission | None = None
    foundation: bool = False


PLACES = (
    Place("home", _("Home"), "home", "g h"),
    Place("duties:matrix", _("Duty matrix"), "table-cells", "g d", may="read"),
    Place("duties:gaps", _("Gap list"), "bell-alert", "g q", may="read"),
    Place("ledger:index", _("Ledger"), "book-open", "g l", may="read"),
    Place("desk:index", _("Manuscripts"), "newspaper", "g m"),
    Place("appraisals:mine", _("My tasks"), "clipboard-document-check", "g t"),
    Place("appraisals:index", _("Scores"), "calculator", "g p", may="scores"),
    Place("reports:index", _("Reports"), "document-text", "g r", may="read"),
    Place("publication:index", _("Releases"), "megaphone", "g f"),
    Place("check:index", _("Check a draft"), "document-magnifying-glass", "g c"),
    Place("rules:index", _("Scheme"), "scale", "g s", foundation=True),
    Place("org:index", _("Organisation"), "building-library", "g o", foundation=True),
    Place("journal:index", _("Journal"), "shield-check", "g j", may="journal", foundation=True),
)


@dataclass(frozen=True)
class Entry:
    """A place as it stands in the navigation of one page."""

    place: Place
    url: str
    here: bool


def entries(*, path: str, may: Callable[[Permission], bool]) -> tuple[Entry, ...]:
    """Return the places that exist here and are open to the visitor; the one that ``path`` lies in is ``here``."""
    open_to = [
        (place, url) for place in PLACES if (url := _address(place)) and (place.may is None or may(place.may))
    ]
    around = [url for _place, url in open_to if path == url or (url != "/" and path.startswith(url))]
    nearest = max(around, key=len, default="")
    return tuple(Entry(place=place, url=url, here=url == nearest) for place, url in open_to)


def _address(place: Place) -> str:
    try:
        return reverse(place.name)
    except NoReverseMatch:
        return ""
