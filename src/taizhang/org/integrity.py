"""What the journal's walk does not see: who may log in, and as whom. Passwords and last logins are nobody's to sign."""

from collections.abc import Iterator

from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import chain
from taizhang.journal.models import Line
from taizhang.journal.verify import Break, Progress
from taizhang.org.accounts import OBJECT_TYPE, payload_of
from taizhang.org.models import Account

CHANGED = gettext_noop(
    "The account “{username}” is not as journal line {seq} signed it: it was given to somebody else, shut or opened."
)
RAISED = gettext_noop(
    "The account “{username}” may administer this installation, and the journal does not say so: it was raised "
    "behind the program's back. Find out by whom; “taizhang manage installer” takes it back or signs it."
)
PUT_IN = gettext_noop(
    "The account “{username}” has no journal line: it was put in behind the program's back."
)
GONE = gettext_noop("The account “{username}”, signed by journal line {seq}, is gone: it was deleted.")


def accounts(progress: Progress) -> Iterator[Break]:
    """Every account is as it was last signed. One of nobody that administers nothing has no rights, and need not be."""
    lines = Line.objects.filter(object_type=OBJECT_TYPE).order_by("seq")
    signed = {line.object_id: line for line in lines}
    for account in Account.objects.order_by("pk"):
        line = signed.pop(str(account.pk), None)
        if line is None and account.person_id is not None:
            yield _break(PUT_IN, account.username, None)
        elif _is_raised(account, line):
            yield Break(
                Message(RAISED, username=account.username),
                line=line.seq if line else None,
                object=account.username,
            )
        elif line is not None and not _is_as_signed(account, line):
            yield _break(CHANGED, account.username, line.seq)
        progress(1)
    for line in signed.values():
        yield _break(GONE, line.detail.get("username", line.object_id), line.seq)


def _is_raised(account: Account, line: Line | None) -> bool:
    """Tell whether an account administers that was never signed as one that does, and is as it was signed otherwise."""
    if not (account.is_superuser or account.is_staff):
        return False
    return line is None or line.digest in _plain_digests(account)


def _is_as_signed(account: Account, line: Line) -> bool:
    if line.digest == chain.digest(payload_of(account)):
        return True
    return not (account.is_superuser or account.is_staff) and line.digest in _plain_digests(account)


def _plain_digests(account: Account) -> tuple[str, str]:
    """Return the digests of the account as one that administers nothing: as signed now, and before rights were signed."""
    plain = {**payload_of(account), "is_staff": False, "is_superuser": False}
    return chain.digest(plain), chain.digest({key: plain[key] for key in ("username", "person", "is_active")})


def _break(text: str, username: str, seq: int | None) -> Break:
    said = Message(text, username=username) if seq is None else Message(text, username=username, seq=seq)
    return Break(said, line=seq, object=username)


CHECKS = (accounts,)
