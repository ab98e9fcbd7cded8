"""What people (and their tools) put into addresses and forms: never a crash, never silence."""

import pytest
from django.db import DataError
from django.urls import path, reverse

from taizhang.web import setup, urls

FAR = ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"]
LIST = reverse("ledger:list", args=["outreach"])


@pytest.mark.parametrize("moment", [*FAR, "nonsense", "2023-02-30", "2023-12-20T25:00"])
@pytest.mark.parametrize(
    "address",
    [
        LIST + "?as_of={}",
        reverse("ledger:export", args=["outreach", "csv"]) + "?as_of={}",
        reverse("duties:gaps") + "?as_of={}",
        reverse("why") + "?indicator=studies&period=2023&as_of={}",
        reverse("journal:index") + "?day={}",
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_named(bureau, client_for, address, moment):
    client = client_for("auditor", language="en")
    answer = client.get(address.format(moment.replace("+", "%2B")))
    assert answer.status_code in (200, 400)
    assert "is not a moment" in answer.content.decode()


@pytest.mark.parametrize("moment", ["2023-11-20T10:00:00+08:00", "2023-11-20 10:00", "2023-11-20"])
def test_a_moment_is_read_as_people_and_addresses_write_it(bureau, clerk, moment):
    assert "is not a moment" not in clerk.get(LIST, {"as_of": moment}).content.decode()
    assert "is not a moment" not in clerk.get(f"{LIST}?as_of={moment}").content.decode()


@pytest.mark.parametrize("period", ["0001", "9999", "9999-Q4", "0001-01-01..9999-12-31", "x", "2023-13"])
@pytest.mark.parametrize(
    "address",
    [
        LIST + "?period={}",
        reverse("duties:matrix") + "?period={}",
        reverse("duties:gaps") + "?period={}",
        reverse("why") + "?indicator=studies&period={}",
    ],
)
def test_a_period_that_cannot_be_is_refused_and_named(bureau, clerk, address, period):
    answer = clerk.get(address.format(period))
    assert answer.status_code in (200, 400)
    assert period in answer.content.decode()


def test_a_duty_of_a_period_that_cannot_be_is_not_there(bureau, deputy):
    for period in ("9999", "0001", "x"):
        assert (
            deputy.get(reverse("duties:occurrence", args=["monthly_study", "bureau", period])).status_code
            == 404
        )


def test_a_journal_line_of_any_number_is_there_or_not(bureau, auditor):
    assert auditor.get(reverse("journal:line", args=[1])).status_code == 200
    assert auditor.get(reverse("journal:line", args=[10**20])).status_code == 404


@pytest.mark.parametrize("name", ["q", "person", "unit", "sort", "state", "period", "as_of", "start"])
def test_a_list_takes_no_harm_from_what_no_text_holds(bureau, clerk, post_entry, name):
    post_entry("outreach")
    clerk.raise_request_exception = False
    for value in ("\0", "a\0b", "\u202e", "\U0001f600", "'; --", "%", "x" * 5000):
        assert clerk.get(LIST, {name: value}).status_code in (200, 400)


def not_kept(_request):
    raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")


urlpatterns = [*urls.urlpatterns, path("not-kept/", not_kept)]


def test_what_the_database_cannot_keep_is_the_askers_mistake(bureau, clerk, settings):
    settings.ROOT_URLCONF = __name__
    answer = clerk.get("/not-kept/")
    assert answer.status_code == 400
    assert "cannot be kept" in answer.content.decode()


@pytest.mark.parametrize("code", ["A/B", "", ".", "..", "a b", "x?y", "局 办", "<b>"])
def test_an_organisation_is_not_founded_on_a_code_that_no_address_can_hold(
    db, scheme_text, tmp_path, code, capsys
):
    (tmp_path / "office.yaml").write_text(scheme_text, encoding="utf-8")
    founding = setup.found(
        schemes=[tmp_path / "office.yaml"], unit=f"{code}=Office", kind="", admin="", password="", roles=()
    )
    with pytest.raises(SystemExit) as left, setup.told_plainly():
        list(founding)
    assert left.value.code == 2
    assert code in capsys.readouterr().err


def test_an_organisation_may_have_a_chinese_code(db, scheme_text, tmp_path):
    (tmp_path / "office.yaml").write_text(scheme_text, encoding="utf-8")
    lines = list(
        setup.found(
            schemes=[tmp_path / "office.yaml"],
            unit="科技局=科学技术局",
            kind="",
            admin="",
            password="",
            roles=(),
        )
    )
    assert any("科学技术局" in line for line in lines)
