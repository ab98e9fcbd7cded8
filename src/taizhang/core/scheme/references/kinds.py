"""Kinds: what they are about, who attends, what their lists show."""

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import Complaints, Draft, refer, refer_all
from taizhang.core.scheme.references.fields import ENTRY_WORDS, carries, no_field
from taizhang.core.scheme.schema import Kind
from taizhang.core.scheme.source import KeyPath

DUPLICATE_WORDS = ("occurred_on", "unit", "person", "title", "quantity", "about", "counts_for")


def check(draft: Draft) -> Complaints:
    """Yield what is wrong with kinds of entries."""
    for kind_id, kind in draft.scheme.kinds.items():
        path: KeyPath = ("kinds", kind_id)
        yield from refer_all(draft, (*path, "unit_kinds"), "unit_kinds", kind.unit_kinds)
        if kind.about:
            yield from refer_all(draft, (*path, "about", "kinds"), "kinds", kind.about.kinds)
        yield from _attendance(draft, path, kind)
        yield from _shown(path, "columns", kind, ENTRY_WORDS)
        yield from _shown(path, "duplicate", kind, DUPLICATE_WORDS)
    yield from _never_recorded(draft)


def _attendance(draft: Draft, path: KeyPath, kind: Kind) -> Complaints:
    if kind.attendance is None:
        return
    if kind.attendance.group:
        yield from refer(draft, (*path, "attendance", "group"), "groups", kind.attendance.group)
    if "attendance" in draft.declared and not draft.declared["attendance"]:
        yield Complaint(
            (*path, "attendance"),
            Message(gettext_noop("Attendance is taken here, but the scheme has no attendance states.")),
            Message(
                gettext_noop("Declare them at the top under “attendance:”, each with name and counts_as.")
            ),
            on_key=True,
        )


def _shown(path: KeyPath, key: str, kind: Kind, words: tuple[str, ...]) -> Complaints:
    known = [word for word in words if carries(kind, word)]
    for index, name in enumerate(getattr(kind, key)):
        if name in kind.fields or name in known:
            continue
        place = (*path, key, index)
        if name in words:
            yield Complaint(
                place,
                Message(gettext_noop("Entries of “{kind}” have no “{name}”."), kind=path[-1], name=name),
                Message(
                    gettext_noop("Add “{name}:” to the kind, or take it out of “{key}”."), name=name, key=key
                ),
            )
        else:
            yield no_field(place, str(path[-1]), name, [*kind.fields, *known])


def _never_recorded(draft: Draft) -> Complaints:
    """Refuse kinds that must be about each other in a ring: none of them could ever be the first."""
    kinds = draft.scheme.kinds
    possible = {kind_id for kind_id in draft.declared.get("kinds", ()) if kind_id not in kinds}
    before = -1
    while before != len(possible):
        before = len(possible)
        for kind_id, kind in kinds.items():
            about = kind.about
            if about is None or not about.required or any(each in possible for each in about.kinds):
                possible.add(kind_id)
    for kind_id, kind in kinds.items():
        known = kind.about and all(each in draft.declared.get("kinds", ()) for each in kind.about.kinds)
        if kind_id not in possible and known:
            yield Complaint(
                ("kinds", kind_id, "about"),
                Message(
                    gettext_noop("“{kind}” must be about an entry that can never be there first."),
                    kind=kind_id,
                ),
                Message(gettext_noop("Write “required: false”, or name a kind that stands by itself.")),
                on_key=True,
            )


def is_about(draft: Draft, path: KeyPath, follower_id: str, kind_id: str) -> Complaints:
    """Complain unless entries of the one kind can be about entries of the other."""
    follower = draft.scheme.kinds.get(follower_id)
    if follower is not None and (follower.about is None or kind_id not in follower.about.kinds):
        yield Complaint(
            path,
            Message(
                gettext_noop("Entries of “{follower}” are never about “{kind}”."),
                follower=follower_id,
                kind=kind_id,
            ),
            Message(
                gettext_noop("Add “{kind}” to “about: kinds:” of “{follower}”."),
                follower=follower_id,
                kind=kind_id,
            ),
        )
