"""Putting the sample bureau's units, people, posts, groups, roles and accounts in place, and changing them later."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from taizhang.core.scheme.schema import Scheme
from taizhang.journal.actions import Book
from taizhang.org import accounts, actions
from taizhang.org.models import Account, Membership, Person, Post, RoleAssignment, Unit
from taizhang.sample import organisation as table


@dataclass
class Staffing:
    """The bureau as it was put in place so far, by code."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[table.PostRow, Post] = field(default_factory=dict)
    members: dict[table.MemberRow, Membership] = field(default_factory=dict)
    roles: dict[table.RoleRow, RoleAssignment] = field(default_factory=dict)

    def open(self, *, scheme: Scheme, book: Book) -> None:
        """Open the units."""
        for order, row in enumerate(table.UNITS):
            self.units[row.code] = actions.open_unit(
                code=row.code, name=row.name, short_name=row.short_name, kind=row.kind, order=order,
                parent=self.units[row.parent] if row.parent else None, since=table.FOUNDED, scheme=scheme, book=book,
            )  # fmt: skip

    def write_down(
        self, after: dt.date, until: dt.date, *, by: Person | None, scheme: Scheme, book: Book
    ) -> None:
        """Write down what ended and what began after one day and up to another."""
        self._end(after, until, by=by, scheme=scheme, book=book)
        self._appoint(after, until, book)
        for place, member in enumerate(table.MEMBERS):
            if after < member.span.since <= until:
                self.members[member] = actions.join_group(
                    group=member.group, unit=self.units[table.BUREAU], person=self._person(member.person, book),
                    standing=member.standing, since=member.span.since, order=place, scheme=scheme, book=book,
                )  # fmt: skip
        for role in table.ROLES:
            if after < role.span.since <= until:
                self.roles[role] = actions.assign_role(
                    person=self._person(role.person, book), role=role.role, unit=self.units[role.unit],
                    since=role.span.since, by=by, scheme=scheme, book=book,
                )  # fmt: skip

    def _appoint(self, after: dt.date, until: dt.date, book: Book) -> None:
        for place, post in enumerate(table.POSTS):
            if after < post.span.since <= until:
                self.posts[post] = actions.appoint(
                    person=self._person(post.person, book), unit=self.units[post.unit], title=post.title,
                    since=post.span.since, order=place, book=book,
                )  # fmt: skip

    def _end(self, after: dt.date, until: dt.date, *, by: Person | None, scheme: Scheme, book: Book) -> None:
        for post_row, post in self.posts.items():
            if (end := post_row.span.until) and after < end <= until:
                actions.change_post(
                    post, title=post.title, since=post.since, until=end, order=post.order, book=book
                )
        for member_row, member in self.members.items():
            if (end := member_row.span.until) and after < end <= until:
                actions.change_membership(
                    member,
                    standing=member.standing,
                    since=member.since,
                    until=end,
                    order=member.order,
                    book=book,
                )
        for role_row, role in self.roles.items():
            if (end := role_row.span.until) and after < end <= until:
                actions.change_assignment(role, since=role.since, until=end, by=by, scheme=scheme, book=book)

    def _person(self, code: str, book: Book) -> Person:
        if code not in self.people:
            self.people[code] = actions.add_person(code=code, name=table.NAMES[code], book=book)
        return self.people[code]

    def open_accounts(self, recorders: Iterable[str], book: Book) -> None:
        """Open one account a role under the sample's password, and for other recorders accounts that are shut."""
        hashed = make_password(table.PASSWORD)
        for login, code in table.ACCOUNTS.items():
            self._open_account(login, code, hashed, book)
        for code in recorders:
            if code not in table.ACCOUNTS.values():
                self._open_account(table.login_of(code), code, make_password(None), book)

    def _open_account(self, login: str, code: str, hashed: str, book: Book) -> None:
        """Open an account with a password hashed before: one slow hash does for the whole sample."""
        person = self.people[code]
        account = Account.objects.create(username=login, person=person, password=hashed)
        accounts.sign("org.open_account", account, book)
