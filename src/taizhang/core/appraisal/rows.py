"""What goes into a score sheet: rows of the ledger, the one who is scored, exemptions. Small tuples, made by millions."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from taizhang.core.values import Period

Key = str | int
"""What names a person, a unit or a row: whatever the caller names them by, the same everywhere."""

NOTHING: Mapping[str, Any] = {}


class Item(NamedTuple):
    """The entry that a row is about: the information behind an adoption."""

    kind: str
    person: Key | None = None
    unit: Key | None = None
    values: Mapping[str, Any] = NOTHING


class Work(NamedTuple):
    """One row of the ledger as scoring sees it: the version that holds, of one fact.

    ``on`` is the day that decides its own period (``counts_for``), ``happened`` the day it happened, ``arrived`` the
    day it was recorded. ``about`` is the ``id`` of the entry it is about and ``item`` what is known of that one.
    ``values`` are its own fields as the ledger keeps them; only those in ``Compiled.fields_of(kind)`` are looked at.
    ``earlier``: it was posted in an earlier sheet and is only here because newer rows are about the same item
    (``Compiled.needs_earlier``). ``verified``: a row that nobody verified is listed and counts for nothing.
    ``place`` of ``authors``: whose share it is, set by ``credits``.
    """

    id: Key
    kind: str
    on: dt.date
    happened: dt.date
    arrived: dt.date
    person: Key | None = None
    unit: Key | None = None
    values: Mapping[str, Any] = NOTHING
    about: Key | None = None
    item: Item | None = None
    quantity: Decimal | None = None
    earlier: bool = False
    verified: bool = True
    place: int = 0
    authors: int = 1

    @property
    def group(self) -> Key:
        """Return the item that it belongs to: the one it is about, or itself."""
        return self.id if self.about is None else self.about


class Profile(NamedTuple):
    """What decides which quotas bind somebody. People of one profile are bound alike.

    For a person: the titles of their posts, their roles and groups, the codes of the units they have a post in and of
    all units above those, and the kinds of the units they have a post in. For a unit: its own code and kind.
    Only what holds on the first and on the last day of the period.
    """

    posts: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    unit_kinds: frozenset[str] = frozenset()


class Subject(NamedTuple):
    """A person or a unit that is scored. ``code`` is the staff number or the unit's code, as schemes name them."""

    key: Key
    code: str
    profile: Profile = Profile()


class Exemption(NamedTuple):
    """Somebody is exempt from a quota in a period, wholly or from so many entries.

    ``quota`` is empty for all quotas, ``submit`` and ``publish`` are None for all that is asked. ``reason`` is one of
    the scheme's, ``approved_by`` the role by which it was approved; without either it does not hold.
    """

    period: Period
    reason: str
    approved_by: str
    quota: str = ""
    submit: int | None = None
    publish: int | None = None
    note: str = ""
