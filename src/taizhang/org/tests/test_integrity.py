"""Accounts are the way to act under somebody's name: changing one behind the program's back is found."""

import re

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from taizhang.conftest import NOW
from taizhang.journal import chain
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.journal.verify import verify
from taizhang.org.models import Account


def breaks():
    return [(found.line, found.object) for found in verify()]


def line_of(username: str) -> int:
    pk = Account.objects.get(username=username).pk
    return Line.objects.filter(object_type="org.account", object_id=str(pk)).latest("seq").seq


def test_the_accounts_of_an_office_are_as_signed(bureau):
    assert breaks() == []


@pytest.mark.parametrize("changed", [{"username": "other"}, {"is_active": False}, {"person_id": None}])
def test_a_changed_account_is_named_with_its_line(bureau, changed):
    line = line_of("deputy")
    Account.objects.filter(username="deputy").update(**changed)
    assert breaks() == [(line, changed.get("username", "deputy"))]


def test_an_account_put_in_is_named(bureau):
    Account.objects.filter(username="deputy").update(person=None)
    Account.objects.create_user("intruder", password="x", person=bureau.people["deputy"])
    assert (None, "intruder") in breaks()


def test_an_account_taken_out_is_named(bureau):
    line = line_of("officer")
    Account.objects.filter(username="officer").delete()
    assert breaks() == [(line, "officer")]


def test_a_new_password_and_an_account_of_nobody_are_no_news(bureau):
    account = Account.objects.get(username="clerk")
    account.set_password("another")
    account.save()
    Account.objects.create_user("nobody", password="x")
    assert breaks() == []


# Who administers the installation


@pytest.mark.parametrize("changed", [{"is_superuser": True}, {"is_staff": True}])
@pytest.mark.parametrize("username", ["clerk", "nobody"])
def test_a_raised_account_is_named(bureau, changed, username):
    Account.objects.create_user("nobody", password="x")
    Account.objects.filter(username=username).update(**changed)
    line = line_of("clerk") if username == "clerk" else None
    assert breaks() == [(line, username)]
    assert "raised" in str(next(verify()).message)


def test_a_superuser_put_in_is_named(bureau):
    Account.objects.create_superuser("installer", password="x")
    assert breaks() == [(None, "installer")]


def test_an_installer_made_by_the_program_is_no_news_and_dismissed_behind_its_back_is(bureau):
    call_command("installer", "root")
    call_command("installer", "clerk")
    assert breaks() == []
    Account.objects.filter(username="clerk").update(is_superuser=False)
    assert breaks() == [(line_of("clerk"), "clerk")]


def test_the_installers_command_takes_a_raised_account_back(bureau, capsys):
    Account.objects.filter(username="clerk").update(is_superuser=True)
    call_command("installer", "clerk", "--dismiss")
    assert breaks() == []
    clerk = Account.objects.get(username="clerk")
    assert (clerk.is_superuser, clerk.is_staff) == (False, False)
    assert Line.objects.latest("seq").action == "org.dismiss_installer"


def test_the_installers_command_opens_an_account_and_tells_its_password_once(bureau, capsys):
    call_command("installer", "root")
    password = re.findall(r"\w{4}(?:-\w{4}){3}", capsys.readouterr().out, re.ASCII)[0]
    root = authenticate(username="root", password=password)
    assert root is not None
    assert root.is_superuser
    call_command("installer", "root")
    assert password not in capsys.readouterr().out
    assert authenticate(username="root", password=password)


def test_nobody_is_dismissed_who_is_not_there(bureau):
    lines = Line.objects.count()
    with pytest.raises(CommandError, match="nowhere"):
        call_command("installer", "nowhere", "--dismiss")
    assert Line.objects.count() == lines


def test_an_account_signed_before_rights_were_signed_still_fits_and_is_named_once_raised(bureau):
    clerk = bureau.account("clerk")
    before = {"username": "clerk", "person": clerk.person_id, "is_active": True}
    with open_book(now=NOW, actor="an earlier version") as book:
        book.add(
            "org.open_account", "org.account", str(clerk.pk), chain.digest(before), {"username": "clerk"}
        )
    assert breaks() == []
    Account.objects.filter(pk=clerk.pk).update(is_staff=True)
    assert breaks() == [(line_of("clerk"), "clerk")]
