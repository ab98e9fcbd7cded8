"""The only writer of units, people, posts, groups and roles. The caller opened the book and owns the transaction.

What is dated is never deleted: it ends. A change of words or dates keeps what was there before in the journal.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, TypeVar

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import Scheme
from taizhang.journal.actions import Book
from taizhang.org.models import Dated, Membership, Person, Post, RoleAssignment, Unit
from taizhang.org.queries import UnitTree, unit_tree

Thing = TypeVar("Thing", Unit, Person, Post, Membership, RoleAssignment)


# Codes stand in addresses: a slash would end their part of one, dots alone would lead out of it.
CODE = re.compile(r"\A(?!\.+\Z)[\w.-]+\Z")


class ChangeRefused(Exception):  # noqa: N818
    """The change does not fit the organisation; ``problems`` says where and why ("" is the change as a whole)."""

    def __init__(self, problems: Mapping[str, Message]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in problems.items()))
        self.problems = dict(problems)


# Units


def open_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    since: dt.date,
    short_name: str = "",
    order: int = 0,
    scheme: Scheme,
    book: Book,
) -> Unit:
    """Open a unit below ``parent`` (None only for the first, the whole organisation). Raises ChangeRefused."""
    _well_formed(code)
    if Unit.objects.filter(code=code).exists():
        _refuse("code", gettext_noop("There is a unit of code “{code}” already. Choose another."), code=code)
    _known_kind(kind, scheme)
    if parent is None and Unit.objects.filter(parent=None).exists():
        _refuse("parent", gettext_noop("Say which unit it belongs to: only the whole organisation has none."))
    if parent is not None:
        _within("since", since, None, parent)
    unit = Unit(
        code=code, name=name, short_name=short_name, kind=kind, parent=parent, order=order, since=since
    )
    unit.save(force_insert=True)
    book.sign("org.open_unit", unit)
    return unit


def change_unit(
    unit: Unit, *, name: str, short_name: str, kind: str, order: int, scheme: Scheme, book: Book
) -> Unit:
    """Put a unit's words right. For a reorganisation close it and open another. Raises ChangeRefused."""
    if kind != unit.kind:
        _known_kind(kind, scheme)
    return _change(unit, "org.change_unit", book, name=name, short_name=short_name, kind=kind, order=order)


def move_unit(unit: Unit, *, parent: Unit, book: Book, tree: UnitTree | None = None) -> Unit:
    """Hang a unit, with all below it, under another. Raises ChangeRefused for a circle."""
    tree = tree or unit_tree()
    if parent.pk in tree.below(unit.pk):
        _refuse(
            "parent",
            gettext_noop("“{parent}” is “{unit}” itself or below it. Choose a unit outside of it."),
            parent=parent.name,
            unit=unit.name,
        )
    if unit.parent_id is None:
        _refuse(
            "parent", gettext_noop("“{unit}” is the whole organisation and stays on top."), unit=unit.name
        )
    _within("parent", unit.since, unit.until, parent)
    return _change(unit, "org.move_unit", book, parent=parent)


def close_unit(unit: Unit, *, until: dt.date, book: Book) -> Unit:
    """Close a unit after ``until``. Raises ChangeRefused while anything in it goes on longer."""
    _ends_after_start(unit.since, until)
    _nothing_left(unit, until)
    return _change(unit, "org.close_unit", book, until=until)


def reopen_unit(unit: Unit, *, book: Book) -> Unit:
    """Take a closing back. Raises ChangeRefused when the unit above is closed."""
    if unit.parent is not None:
        _within("", unit.since, None, unit.parent)
    return _change(unit, "org.reopen_unit", book, until=None)


def _nothing_left(unit: Unit, until: dt.date) -> None:
    later = _lasting_past(until)
    left: list[str] = [str(child) for child in Unit.objects.filter(later, parent=unit)[:5]]
    left += [str(post) for post in Post.objects.filter(later, unit=unit).select_related("person")[:5]]
    left += [str(held.person) for held in _held_past(unit, later)]
    if left:
        _refuse(
            "until",
            gettext_noop("Not everything in it has ended by {until}: {left}. End or move that first."),
            until=until,
            left="、".join(dict.fromkeys(left)),
        )


def _held_past(unit: Unit, later: Any) -> Iterable[Membership | RoleAssignment]:
    yield from Membership.objects.filter(later, unit=unit).select_related("person")[:5]
    yield from RoleAssignment.objects.filter(later, unit=unit).select_related("person")[:5]


def _known_kind(kind: str, scheme: Scheme) -> None:
    if kind not in scheme.unit_kinds:
        _refuse(
            "kind",
            gettext_noop("The scheme has no kind of unit “{kind}”. It has: {kinds}."),
            kind=kind,
            kinds="、".join(scheme.unit_kinds),
        )


# People


def add_person(*, code: str, name: str, book: Book) -> Person:
    """Take somebody in. Raises ChangeRefused when the staff number is taken."""
    _free_code(code)
    person = Person(code=code, name=name)
    person.save(force_insert=True)
    book.sign("org.add_person", person)
    return person


def change_person(person: Person, *, code: str, name: str, book: Book) -> Person:
    """Put somebody's name or staff number right. Raises ChangeRefused when the number is taken."""
    if code != person.code:
        _free_code(code)
    return _change(person, "org.change_person", book, code=code, name=name)


def _well_formed(code: str) -> None:
    if CODE.match(code) is None:
        _refuse(
            "code", gettext_noop("“{code}” is no code: letters, digits, “-”, “_” and “.” only."), code=code
        )


def _free_code(code: str) -> None:
    _well_formed(code)
    taken = Person.objects.filter(code=code).first()
    if taken is not None:
        _refuse(
            "code",
            gettext_noop("The staff number {code} belongs to {name}. Choose another."),
            code=code,
            name=taken.name,
        )


def leave(person: Person, *, until: dt.date, by: Person | None, scheme: Scheme, book: Book) -> int:
    """End every post, membership and role of somebody who goes after ``until``; return how many ended.

    Raises ChangeRefused for what would only begin later: that must be settled first.
    """
    later = _lasting_past(until)
    posts = list(Post.objects.filter(later, person=person).select_related("unit"))
    members = list(Membership.objects.filter(later, person=person).select_related("unit"))
    roles = list(RoleAssignment.objects.filter(later, person=person).select_related("unit"))
    for thing in (*posts, *members, *roles):
        if thing.since > until:
            _refuse(
                "until",
                gettext_noop("“{thing}” begins only on {since}. Put its dates right first."),
                thing=str(thing),
                since=thing.since,
            )
    for post in posts:
        _change(post, "org.change_post", book, until=until)
    for member in members:
        _change(member, "org.change_membership", book, until=until)
    for role in roles:
        change_assignment(role, since=role.since, until=until, by=by, scheme=scheme, book=book)
    return len(posts) + len(members) + len(roles)


# Posts


def appoint(
    *,
    person: Person,
    unit: Unit,
    title: str = "",
    since: dt.date,
    until: dt.date | None = None,
    order: int = 0,
    book: Book,
) -> Post:
    """Give somebody a post. Raises ChangeRefused for the same post twice at a time or outside the unit's life."""
    post = Post(person=person, unit=unit, title=title, since=since, until=until, order=order)
    _check_post(post)
    post.save(force_insert=True)
    book.sign("org.appoint", post)
    return post


def change_post(
    post: Post, *, title: str, since: dt.date, until: dt.date | None, order: int, book: Book
) -> Post:
    """End a post, or put its words and dates right. Raises ChangeRefused as ``appoint``."""
    changed = _with(post, title=title, since=since, until=until, order=order)
    _check_post(changed)
    return _change(post, "org.change_post", book, title=title, since=since, until=until, order=order)


def _check_post(post: Post) -> None:
    _ends_after_start(post.since, post.until)
    _within("since", post.since, post.until, post.unit)
    _once(post, Post.objects.filter(person=post.person, unit=post.unit, title=post.title))


# Groups


def join_group(
    *,
    group: str,
    unit: Unit,
    person: Person,
    standing: str = "",
    since: dt.date,
    until: dt.date | None = None,
    order: int = 0,
    scheme: Scheme,
    book: Book,
) -> Membership:
    """Make somebody a member of a group that the scheme names. Raises ChangeRefused."""
    if group not in scheme.groups:
        _refuse(
            "group",
            gettext_noop("The scheme has no group “{group}”. It has: {groups}."),
            group=group,
            groups="、".join(scheme.groups),
        )
    member = Membership(
        group=group, unit=unit, person=person, standing=standing, since=since, until=until, order=order
    )
    _check_member(member)
    member.save(force_insert=True)
    book.sign("org.join_group", member)
    return member


def change_membership(
    member: Membership, *, standing: str, since: dt.date, until: dt.date | None, order: int, book: Book
) -> Membership:
    """End a membership, or put its words and dates right. Raises ChangeRefused as ``join_group``."""
    changed = _with(member, standing=standing, since=since, until=until, order=order)
    _check_member(changed)
    return _change(
        member, "org.change_membership", book, standing=standing, since=since, until=until, order=order
    )


def _check_member(member: Membership) -> None:
    _ends_after_start(member.since, member.until)
    _within("since", member.since, member.until, member.unit)
    _once(member, Membership.objects.filter(person=member.person, unit=member.unit, group=member.group))


# Roles


def assign_role(
    *,
    person: Person,
    role: str,
    unit: Unit,
    since: dt.date,
    until: dt.date | None = None,
    by: Person | None,
    scheme: Scheme,
    book: Book,
) -> RoleAssignment:
    """Give somebody a role of the scheme for a unit. ``by`` is who gives it, None for an installer's command.

    Raises ChangeRefused when it is given to oneself, held already, or kept apart from a role held at the same time.
    """
    if role not in scheme.roles:
        _refuse(
            "role",
            gettext_noop("The scheme has no role “{role}”. It has: {roles}."),
            role=role,
            roles="、".join(scheme.roles),
        )
    assignment = RoleAssignment(person=person, role=role, unit=unit, since=since, until=until)
    _check_assignment(assignment, by=by, scheme=scheme)
    assignment.save(force_insert=True)
    book.sign("org.assign_role", assignment)
    return assignment


def change_assignment(
    assignment: RoleAssignment,
    *,
    since: dt.date,
    until: dt.date | None,
    by: Person | None,
    scheme: Scheme,
    book: Book,
) -> RoleAssignment:
    """End a role, or put its dates right. Raises ChangeRefused as ``assign_role``."""
    changed = _with(assignment, since=since, until=until)
    _check_assignment(changed, by=by, scheme=scheme)
    return _change(assignment, "org.change_assignment", book, since=since, until=until)


def _check_assignment(assignment: RoleAssignment, *, by: Person | None, scheme: Scheme) -> None:
    if by is not None and by.pk == assignment.person_id:
        _refuse("person", gettext_noop("Nobody gives or changes their own roles. Ask somebody else who may."))
    _ends_after_start(assignment.since, assignment.until)
    _within("since", assignment.since, assignment.until, assignment.unit)
    held = RoleAssignment.objects.filter(person=assignment.person)
    _once(assignment, held.filter(role=assignment.role, unit=assignment.unit))
    apart = roles_apart(assignment.role, scheme)
    other = _overlapping(assignment, held.filter(role__in=apart)).first()
    if other is not None:
        _refuse(
            "role",
            gettext_noop(
                "{person} holds the role “{other}” from {since}, and the scheme keeps it apart from “{role}”. "
                "End that one first, or give this one to somebody else."
            ),
            person=assignment.person.name,
            other=_role_name(other.role, scheme),
            since=other.since,
            role=_role_name(assignment.role, scheme),
        )


def roles_apart(role: str, scheme: Scheme) -> frozenset[str]:
    """Return the roles that nobody may hold together with ``role``, whichever of the two says so."""
    named = set(scheme.roles[role].apart_from) if role in scheme.roles else set()
    return frozenset(named | {other for other, rule in scheme.roles.items() if role in rule.apart_from})


def _role_name(role: str, scheme: Scheme) -> str:
    return str(scheme.roles[role].name) if role in scheme.roles else role


# What all of them keep


def _refuse(place: str, msgid: str, **values: Any) -> None:
    raise ChangeRefused({place: Message(msgid, **values)})


def _ends_after_start(since: dt.date, until: dt.date | None) -> None:
    if until is not None and until < since:
        _refuse(
            "until",
            gettext_noop("The end ({until}) lies before the start ({since})."),
            until=until,
            since=since,
        )


def _within(place: str, since: dt.date, until: dt.date | None, unit: Unit) -> None:
    """Refuse what begins before its unit or outlives it."""
    if since < unit.since:
        _refuse(
            place,
            gettext_noop("“{unit}” exists only from {since} on. Choose that day or a later one."),
            unit=unit.name,
            since=unit.since,
        )
    if unit.until is not None and (until is None or until > unit.until):
        _refuse(
            "until" if place == "since" else place,
            gettext_noop("“{unit}” ends on {until}. Say an end on or before that day."),
            unit=unit.name,
            until=unit.until,
        )


def _lasting_past(day: dt.date) -> Any:
    return Dated.overlaps(day + dt.timedelta(days=1), None)


def _overlapping(thing: Any, others: Any) -> Any:
    return others.filter(Dated.overlaps(thing.since, thing.until)).exclude(pk=thing.pk)


def _once(thing: Any, same: Any) -> None:
    other = _overlapping(thing, same).first()
    if other is not None:
        _refuse(
            "since",
            gettext_noop("The same is recorded already from {since} until {until}. Change that one."),
            since=other.since,
            until=other.until or Message(gettext_noop("further notice")),
        )


def _with(thing: Thing, **values: Any) -> Thing:
    """Return what the row would be, for the checks; the row itself stays as it is."""
    changed = copy(thing)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _change(thing: Thing, action: str, book: Book, **values: Any) -> Thing:
    """Save what differs, and sign it with the words it replaces. Nothing differs: nothing happens."""
    was = {name: getattr(thing, name) for name, value in values.items() if getattr(thing, name) != value}
    if not was:
        return thing
    for name in was:
        setattr(thing, name, values[name])
    thing.save(update_fields=list(was))
    book.sign(action, thing, was={name: _plain(value) for name, value in was.items()})
    return thing


def _plain(value: Any) -> Any:
    match value:
        case None | int():
            return value
        case Unit():
            return value.code
        case _:
            return str(value)
