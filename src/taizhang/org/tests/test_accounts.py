import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from taizhang.conftest import NOW, Bureau
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.org import accounts
from taizhang.org.actions import ChangeRefused
from taizhang.org.models import Account, LoginFailure, Person

LOGIN = "/accounts/login/"


def try_login(client: Client, password: str, *, username: str = "clerk") -> bool:
    client.post(LOGIN, {"username": username, "password": password})
    return "_auth_user_id" in client.session


@pytest.fixture
def administrator(client_for: Callable[..., Client]) -> Client:
    return client_for("administrator", language="en")


def test_ten_wrong_passwords_and_the_right_one_must_wait(
    bureau: Bureau, client: Client, now: Callable[..., dt.datetime]
) -> None:
    for _attempt in range(10):
        assert not try_login(client, "wrong")
    assert not try_login(client, "clerk")
    answer = client.post(LOGIN, {"username": "clerk", "password": "clerk"}, headers={"accept-language": "en"})
    assert "Wait 15 minutes" in answer.content.decode()
    now(NOW + dt.timedelta(minutes=15, seconds=1))
    assert try_login(client, "clerk")
    assert not LoginFailure.objects.exists()


def test_waiting_is_for_one_name_from_one_address(bureau: Bureau, client: Client) -> None:
    for _attempt in range(10):
        try_login(client, "wrong")
    assert try_login(client, "deputy", username="deputy")
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert try_login(elsewhere, "clerk")


def test_spelling_the_name_another_way_does_not_help(bureau: Bureau, client: Client) -> None:
    for attempt in range(10):
        try_login(client, "wrong", username="Clerk" if attempt % 2 else " clerk")
    assert not try_login(client, "clerk")


def test_one_address_that_tries_many_names_must_wait(bureau: Bureau, client: Client) -> None:
    LoginFailure.objects.bulk_create(
        LoginFailure(name=f"name{n}", address="127.0.0.1", at=NOW) for n in range(60)
    )
    assert not try_login(client, "clerk")


def test_an_account_opened_on_the_screen_can_log_in_with_the_password_shown(
    bureau: Bureau, administrator: Client
) -> None:
    person = Person.objects.create(code="S100", name="Newcomer")
    page = administrator.post("/organisation/accounts/new/", {"person": "S100", "username": "new"})
    password = page.context["password"]
    assert try_login(Client(), password, username="new")
    assert Account.objects.get(person=person).username == "new"
    assert page["Cache-Control"] == "no-store"


def test_the_journal_keeps_who_opened_it_and_never_the_password(bureau: Bureau) -> None:
    person = Person.objects.create(code="S100", name="Newcomer")
    with open_book(now=NOW, actor="administrator") as book:
        account, password = accounts.open_account(person=person, username="new", book=book)
    line = Line.objects.latest("seq")
    assert (line.action, line.object_id) == ("org.open_account", str(account.pk))
    assert line.detail == {"username": "new"}
    assert password not in str(line.__dict__)
    assert account.password not in str(line.__dict__)


def test_one_account_a_person_and_one_person_a_name(bureau: Bureau) -> None:
    newcomer = Person.objects.create(code="S100", name="Newcomer")
    with open_book(now=NOW, actor="administrator") as book:
        with pytest.raises(ChangeRefused):
            accounts.open_account(person=bureau.people["clerk"], username="clerk2", book=book)
        with pytest.raises(ChangeRefused):
            accounts.open_account(person=newcomer, username="CLERK", book=book)


def test_nobody_resets_their_own_password_or_shuts_their_own_account_here(
    bureau: Bureau, administrator: Client
) -> None:
    own = bureau.account("administrator")
    administrator.post(f"/organisation/accounts/{own.pk}/password/")
    administrator.post(f"/organisation/accounts/{own.pk}/active/", {"active": "0"})
    fresh = Account.objects.get(pk=own.pk)
    assert (fresh.password, fresh.is_active) == (own.password, True)


def test_the_installers_account_is_out_of_reach(bureau: Bureau, administrator: Client) -> None:
    root = Account.objects.create_superuser("root", password="root")
    administrator.post(f"/organisation/accounts/{root.pk}/password/")
    assert Account.objects.get(pk=root.pk).password == root.password


def test_a_shut_account_is_out_at_once(bureau: Bureau, administrator: Client, clerk: Client) -> None:
    assert clerk.get("/").status_code == 200
    account = bureau.account("clerk")
    administrator.post(f"/organisation/accounts/{account.pk}/active/", {"active": "0"})
    assert clerk.get("/")["Location"].startswith(LOGIN)
    administrator.post(f"/organisation/accounts/{account.pk}/active/", {"active": "1"})
    assert try_login(Client(), "clerk")


def test_accounts_are_for_those_who_keep_them(bureau: Bureau, client_for: Callable[..., Client]) -> None:
    for role in ("clerk", "deputy", "auditor", "officer"):
        client = client_for(role)
        assert client.get("/organisation/accounts/").status_code == 403
        assert (
            client.post(f"/organisation/accounts/{bureau.account('clerk').pk}/password/").status_code == 403
        )


def test_the_administration_site_is_for_superusers_and_offers_accounts_only(
    bureau: Bureau, administrator: Client
) -> None:
    assert administrator.get("/admin/", follow=True).status_code == 403
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    root = Account.objects.create_superuser("root", password="root")
    client = Client()
    client.force_login(root)
    page = client.get("/admin/")
    offered = [model["object_name"] for app in page.context["app_list"] for model in app["models"]]
    assert offered == ["Account"]
    clerk = bureau.account("clerk")
    assert client.get("/admin/org/account/").status_code == 200
    client.post(f"/admin/org/account/{clerk.pk}/change/", {"person": bureau.people["deputy"].pk})
    clerk.refresh_from_db()
    assert (clerk.person, clerk.is_active) == (bureau.people["clerk"], False)
    assert Line.objects.filter(action="org.deactivate_account", actor="root").exists()


def test_sample_accounts_show_on_the_sample_only(bureau: Bureau, client: Client, settings: object) -> None:
    assert "sample_accounts" not in client.get(LOGIN).context
    settings.CLOCK_OFFSET, settings.SAMPLE_PASSWORD = dt.timedelta(days=-1), "sample"  # type: ignore[attr-defined]
    shown = [account.username for account in client.get(LOGIN).context["sample_accounts"]]
    assert shown == ["clerk", "officer", "section_head", "deputy", "auditor", "administrator"]
    settings.CLOCK_OFFSET = dt.timedelta(0)  # type: ignore[attr-defined]
    assert "sample_accounts" not in client.get(LOGIN).context
