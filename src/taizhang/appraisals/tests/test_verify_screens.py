"""The page where entries are verified, over HTTP: what waits, who decides, what is kept when it is refused."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.appraisals.models import Verification
from taizhang.appraisals.tests.conftest import with_appraisals, with_verification
from taizhang.appraisals.tests.months import sent
from taizhang.journal.verify import verify
from taizhang.ledger.models import Entry

MOST = 12
NOVEMBER = reverse("appraisals:verify", args=["monthly", "2023-11"])
RUN = reverse("appraisals:run", args=["monthly", "2023-11"])


@pytest.fixture
def scheme_text():
    return with_verification(with_appraisals())


@pytest.fixture
def adoptions(submit, at):
    """Three adoptions of November, recorded by the clerk; the officer wrote two, the section head one."""
    at("2023-11-20")
    submit("2023-11-02", adopted="province", title="第一条")
    submit("2023-11-03", adopted="city", title="第二条")
    submit("2023-11-06", adopted="city", by="section_head", title="第三条")
    return list(Entry.objects.filter(kind="adoption").order_by("occurred_on"))


@pytest.fixture
def october(bureau, now):
    """October was computed and sent: what goes on from it is the usual case."""
    sent(bureau, now, "2023-10")


def page(client, address=NOVEMBER, query=""):
    response = client.get(address + query)
    assert response.status_code == 200, response
    return plain(response)


def plain(response):
    return re.sub(r"\s+", " ", response.content.decode())


def post(client, query="", **fields):
    return client.post(NOVEMBER + query, fields)


def test_what_waits_is_shown_with_its_proof_and_accepted_in_heaps(adoptions, client_for):
    deputy = client_for("deputy")
    shown = page(deputy)
    assert [title in shown for title in ("第一条", "第二条", "第三条")] == [True] * 3
    assert "省级" in shown
    assert "https://news.example/1" in shown
    assert "clerk Clerk" in shown
    assert "有3条" in page(deputy, RUN)

    response = post(deputy, rows=[str(entry.pk) for entry in adoptions[:2]])

    assert response.status_code == 302
    assert [decision.entry for decision in Verification.objects.all()] == adoptions[:2]
    assert "第一条" not in page(deputy)
    assert "第一条" in page(deputy, query="?state=accepted")
    assert "有1条" in page(deputy, RUN)
    assert list(verify()) == []


def test_one_is_refused_with_a_reason_which_its_people_read(adoptions, client_for):
    deputy, entry = client_for("deputy"), adoptions[0]

    refused = post(deputy, refuse=str(entry.pk), reason="  ")
    assert refused.status_code == 200
    assert "请写明退回的原因" in plain(refused)
    assert not Verification.objects.exists()

    assert post(deputy, refuse=str(entry.pk), reason="链接打不开").status_code == 302
    assert "链接打不开" in page(deputy, query="?state=refused")
    for role in ("officer", "clerk"):  # who wrote it, who recorded it
        assert "链接打不开" in page(client_for(role), reverse("appraisals:mine"))


def test_a_refused_form_keeps_what_was_typed(adoptions, client_for, decide, at):
    deputy, entry = client_for("deputy"), adoptions[0]
    decide(entry, refused="找不到")
    at("2023-11-21")

    again = post(deputy, "?state=refused", refuse=str(entry.pk), reason="刊登的是别的单位的")

    assert again.status_code == 200
    assert 'value="刊登的是别的单位的"' in plain(again)
    assert "已经退回" in plain(again)


def test_what_cannot_be_accepted_stays_chosen_and_says_why(adoptions, client_for):
    clerk = client_for("clerk")  # who recorded them all
    response = post(clerk, rows=[str(entry.pk) for entry in adoptions])
    assert response.status_code == 200
    assert plain(response).count("这一条是您登记的") == 3 * 2  # beside each row, and as what was wrong
    assert not Verification.objects.exists()
    assert 'name="rows"' not in page(clerk)  # there is nothing to choose


def test_nothing_chosen_is_said(adoptions, client_for):
    assert "请先选择" in plain(post(client_for("deputy")))


def test_what_was_put_right_meanwhile_is_said_and_waits_anew(adoptions, client_for, now):
    from dataclasses import replace

    from taizhang.journal.actions import open_book
    from taizhang.ledger import actions as ledger
    from taizhang.rules.queries import history

    deputy, entry = client_for("deputy"), adoptions[0]
    post(deputy, rows=[str(entry.pk)])
    with open_book(now=now(), actor="clerk Clerk") as book:
        changed = replace(ledger.draft_of(entry), title="改过的标题")
        ledger.correct(entry, changed, reason="x", book=book, schemes=history())

    assert "改过的标题" in page(deputy)
    assert "请看现在有效的版本" in plain(post(deputy, rows=[str(entry.pk)]))


def test_filters_find_by_words_unit_and_state(adoptions, client_for):
    deputy = client_for("deputy")
    by_words = page(deputy, query="?q=第三")
    assert "第三条" in by_words
    assert "第一条" not in by_words
    assert "没有符合的" in page(deputy, query="?unit=publicity")
    assert client_for("deputy").get(NOVEMBER + "?state=lost").status_code == 400


def test_without_script_all_of_a_page_can_be_chosen(adoptions, client_for):
    assert page(client_for("deputy"), query="?select=all").count(" checked") == 3


@pytest.mark.parametrize(("role", "sees", "decides"), [
    ("deputy", 200, 302),
    ("section_head", 200, 200),
    ("auditor", 200, 403),
    ("officer", 404, 404),
    ("administrator", 404, 404),
])  # fmt: skip
def test_who_sees_and_who_decides(adoptions, client_for, role, sees, decides):
    client = client_for(role)
    assert client.get(NOVEMBER).status_code == sees
    assert post(client, rows=[str(adoptions[0].pk)]).status_code == decides


def test_who_looks_only_sees_no_button(adoptions, client_for):
    shown = page(client_for("auditor"))
    assert "第一条" in shown
    assert 'name="refuse"' not in shown


def test_the_tab_leads_to_the_period_that_is_run_next(bureau, now, client_for):
    deputy = client_for("deputy")
    assert deputy.get(reverse("appraisals:verifications")).url == reverse(
        "appraisals:verify", args=["monthly", "2023-10"]
    )
    moment = now()
    sent(bureau, now, "2023-10")
    now(moment)
    assert "下发" in page(deputy, reverse("appraisals:verify", args=["monthly", "2023-10"]))


def test_the_preview_says_who_would_not_be_short(adoptions, client_for):
    assert "等待核验" in page(client_for("clerk"), RUN)


def test_a_month_without_entries_says_so(bureau, client_for):
    assert "没有等待核验" in page(client_for("deputy"))


def test_an_unknown_entry_or_period_is_refused(adoptions, client_for):
    deputy = client_for("deputy")
    assert post(deputy, rows=["x"]).status_code == 400
    for period in ("2023-13", "2023-Q1", "1999-01"):
        assert deputy.get(reverse("appraisals:verify", args=["monthly", period])).status_code == 404


@pytest.mark.parametrize("query", ["", "?state=accepted", "?state=refused"])
def test_the_page_asks_little(submit, decide, at, client_for, query):
    at("2023-11-20")
    for day in range(1, 13):
        submit(f"2023-11-{day:02}", adopted="city")
    for entry in Entry.objects.filter(kind="adoption")[:4]:
        decide(entry)
    for entry in Entry.objects.filter(kind="adoption").order_by("pk")[:4]:
        decide(entry, refused="x")
    for role in ("deputy", "clerk"):
        _within_budget(client_for(role), NOVEMBER + query)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("officer", reverse("appraisals:mine")),
        ("clerk", RUN),
        ("deputy", RUN),
        ("clerk", reverse("appraisals:list")),
        ("deputy", reverse("home")),
        ("officer", reverse("home")),
    ],
)
def test_other_pages_still_ask_little(october, adoptions, client_for, role, address):
    _within_budget(client_for(role), address)


def _within_budget(client, url):
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= MOST, "\n".join(query["sql"][:200] for query in asked)
