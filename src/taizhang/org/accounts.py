"""Opening and closing ways to log in. Nothing here gives a right: rights come from the person's roles."""

import secrets
from collections.abc import Mapping
from typing import Any

from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import chain
from taizhang.journal.actions import Book
from taizhang.org.actions import ChangeRefused
from taizhang.org.models import Account, Person

OBJECT_TYPE = "org.account"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that are taken for others when a password is read out or copied by hand."""


def open_account(*, person: Person, username: str, book: Book) -> tuple[Account, str]:
    """Give ``person`` a way to log in; return it with its first password. Raises ChangeRefused."""
    known = Account.objects.filter(person=person).first()
    if known is not None:
        raise ChangeRefused(
            {
                "person": Message(
                    gettext_noop("{person} has the account “{username}” already."),
                    person=person.name,
                    username=known.username,
                )
            }
        )
    if Account.objects.filter(username__iexact=username).exists():
        raise ChangeRefused(
            {
                "username": Message(
                    gettext_noop("The login name “{username}” is taken. Choose another."), username=username
                )
            }
        )
    account, password = Account(username=username, person=person), new_password()
    account.set_password(password)
    account.save(force_insert=True)
    sign("org.open_account", account, book)
    return account, password


def reset_password(account: Account, *, by: Account, book: Book) -> str:
    """Replace a forgotten password; return the new one. Raises ChangeRefused for one's own and for a superuser's."""
    _not_own(account, by)
    password = new_password()
    account.set_password(password)
    account.save(update_fields=["password"])
    sign("org.reset_password", account, book)
    return password


def set_active(account: Account, *, active: bool, by: Account, book: Book) -> None:
    """Shut an account, or open it again. Raises ChangeRefused as ``reset_password``."""
    _not_own(account, by)
    if account.is_active != active:
        account.is_active = active
        account.save(update_fields=["is_active"])
        sign("org.activate_account" if active else "org.deactivate_account", account, book)


def new_password() -> str:
    """Make a password that can be read out: four groups of four, some 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(4)) for _group in range(4))


def _not_own(account: Account, by: Account) -> None:
    if account.pk == by.pk:
        raise ChangeRefused(
            {"": Message(gettext_noop("Nobody keeps their own account. Change your password in your menu."))}
        )
    if account.is_superuser:
        raise ChangeRefused(
            {"": Message(gettext_noop("The installer's account is kept on the server: “taizhang manage”."))}
        )


def make_installer(username: str, *, book: Book) -> tuple[Account, str]:
    """Let an account administer this installation; return it with its first password, if it had to be opened."""
    account, password = Account.objects.filter(username=username).first(), ""
    if account is None:
        account, password = Account(username=username), new_password()
        account.set_password(password)
        account.save(force_insert=True)
    account.is_superuser = account.is_staff = True
    account.save(update_fields=["is_superuser", "is_staff"])
    sign("org.make_installer", account, book)
    return account, password


def dismiss_installer(account: Account, *, book: Book) -> None:
    """Leave an account what its person's roles allow, and no more."""
    account.is_superuser = account.is_staff = False
    account.save(update_fields=["is_superuser", "is_staff"])
    sign("org.dismiss_installer", account, book)


def payload_of(account: Account) -> Mapping[str, Any]:
    """Return what the journal signs: who may log in, as whom, and whether to administer; never the password."""
    return {
        "username": account.username,
        "person": account.person_id,
        "is_active": account.is_active,
        "is_staff": account.is_staff,
        "is_superuser": account.is_superuser,
    }


def sign(action: str, account: Account, book: Book) -> None:
    """Add the line that says how the account is now."""
    digest = chain.digest(payload_of(account))
    book.add(action, OBJECT_TYPE, str(account.pk), digest, {"username": account.username})
