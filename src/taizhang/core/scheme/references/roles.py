"""Roles: the kinds they reach, the roles they are kept apart from."""

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import Complaints, Draft, refer_all
from taizhang.core.scheme.schema import Role
from taizhang.core.scheme.source import KeyPath


def check(draft: Draft) -> Complaints:
    """Yield what is wrong with roles."""
    for role_id, role in draft.scheme.roles.items():
        path: KeyPath = ("roles", role_id)
        yield from refer_all(draft, (*path, "kinds"), "kinds", role.kinds)
        yield from refer_all(draft, (*path, "apart_from"), "roles", role.apart_from)
        yield from _apart_from_itself(path, role_id, role)


def _apart_from_itself(path: KeyPath, role_id: str, role: Role) -> Complaints:
    if role_id in role.apart_from:
        yield Complaint(
            (*path, "apart_from", role.apart_from.index(role_id)),
            Message(gettext_noop("“{role}” is kept apart from itself: nobody could hold it."), role=role_id),
            Message(gettext_noop("Name the other role.")),
        )
