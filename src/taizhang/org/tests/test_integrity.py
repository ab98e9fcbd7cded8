"""Accounts are the way to act under somebody's name: changing one behind the program's back is found."""

import pytest

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
    Account.objects.create_superuser("installer", password="x")
    assert breaks() == []
