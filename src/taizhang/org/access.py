"""Who may do what, and how far. Every view, command and API call asks here and nowhere else.

A right comes from a role of the scheme in force, held today by the account's person for a unit. A role that the
scheme does not know gives nothing. There is no way round: a superuser has the administrator's pages and no more.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from taizhang.core.scheme.history import History, NoSchemeInForce
from taizhang.core.scheme.schema import Permission, Role
from taizhang.org.models import Account, Dated, Person, RoleAssignment
from taizhang.org.queries import UnitTree, unit_tree


@dataclass(frozen=True)
class Grant:
    """One role held: what it allows (``role.may``), on which units (None: all), on own rows only or not."""

    id: str
    role: Role
    unit_ids: frozenset[int] | None
    own_only: bool


@dataclass(frozen=True)
class Access:
    """What an account may do today. ``assignments`` are the roles as they are held."""

    account: Account
    day: dt.date
    tree: UnitTree
    grants: tuple[Grant, ...]
    home_unit_ids: tuple[int, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()

    @property
    def person(self) -> Person | None:
        return self.account.person

    @cached_property
    def role_ids(self) -> frozenset[str]:
        return frozenset(grant.id for grant in self.grants)

    @cached_property
    def wants_matrix(self) -> bool:
        return any(grant.role.home == "matrix" for grant in self.grants)

    def may(
        self,
        permission: Permission,
        *,
        unit_id: int | None = None,
        kind: str | None = None,
        person_id: int | None = None,
    ) -> bool:
        """Tell whether some role allows it: at all, or on this unit, kind and person's rows."""
        return any(
            _covers(grant, unit_id=unit_id, kind=kind)
            and (not grant.own_only or person_id is None or person_id == self.account.person_id)
            for grant in self.grants
            if permission in grant.role.may
        )

    def require(
        self,
        permission: Permission,
        *,
        unit_id: int | None = None,
        kind: str | None = None,
        person_id: int | None = None,
    ) -> None:
        """Raise PermissionDenied unless ``may`` says yes."""
        if not self.may(permission, unit_id=unit_id, kind=kind, person_id=person_id):
            raise PermissionDenied(_("Your roles do not allow this."))

    def unit_ids(self, permission: Permission, *, kind: str | None = None) -> frozenset[int] | None:
        """Return the units on which it is allowed (not only on own rows); None means all of them."""
        found: set[int] = set()
        for grant in self.grants:
            if (
                permission in grant.role.may
                and not grant.own_only
                and _covers(grant, unit_id=None, kind=kind)
            ):
                if grant.unit_ids is None:
                    return None
                found |= grant.unit_ids
        return frozenset(found)

    def own_rows(self, permission: Permission, *, kind: str | None = None) -> bool:
        """Tell whether it is allowed on the person's own rows."""
        return any(
            permission in grant.role.may and _covers(grant, unit_id=None, kind=kind) for grant in self.grants
        )


def _covers(grant: Grant, *, unit_id: int | None, kind: str | None) -> bool:
    if kind is not None and grant.role.kinds is not None and kind not in grant.role.kinds:
        return False
    return unit_id is None or grant.unit_ids is None or unit_id in grant.unit_ids


def access_of(account: Account | AnonymousUser, *, day: dt.date, schemes: History) -> Access | None:
    """Work out what ``account`` may do on ``day``. Two queries; None for somebody who is not logged in."""
    if not isinstance(account, Account) or not account.is_active:
        return None
    tree = unit_tree()
    try:
        roles = schemes.in_force(day).scheme.roles
    except NoSchemeInForce:
        roles = {}
    held = RoleAssignment.objects.filter(Dated.holds_on(day), person_id=account.person_id or 0)
    assignments = list(held)
    grants = tuple(
        Grant(
            id=assignment.role,
            role=role,
            unit_ids=None if role.reach == "all" else tree.below(assignment.unit_id),
            own_only=role.reach == "own",
        )
        for assignment in assignments
        if (role := roles.get(assignment.role)) is not None
    )
    return Access(
        account=account,
        day=day,
        tree=tree,
        grants=grants,
        home_unit_ids=tuple(dict.fromkeys(assignment.unit_id for assignment in assignments)),
        assignments=tuple(assignments),
    )
