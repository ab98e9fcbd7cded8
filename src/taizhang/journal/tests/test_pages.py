"""The auditor reads the journal and has it verified; nobody else does."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from taizhang.journal import guard
from taizhang.journal.models import Line
from taizhang.journal.names import action_name

INDEX, VERIFY = reverse("journal:index"), reverse("journal:verify")


def listed(client, **query):
    return [line.seq for line in client.get(INDEX, query).context["page"]]


@pytest.mark.parametrize("role", ["clerk", "deputy", "administrator"])
def test_only_who_may_read_the_journal_reads_it(client_for, post_entry, role):
    post_entry()
    client = client_for(role)
    for page in (INDEX, VERIFY, reverse("journal:line", args=[1])):
        assert client.get(page).status_code == 403
    assert client.post(VERIFY).status_code == 403


def test_lines_are_found_by_who_what_when_and_about_what(auditor, post_entry, now):
    first = post_entry(by="clerk")
    now(now(None) + dt.timedelta(days=1))
    second = post_entry("outreach", by="officer")
    newest = Line.objects.count()
    assert listed(auditor)[:2] == [newest, newest - 1]
    assert listed(auditor, actor="officer Officer") == [newest]
    assert listed(auditor, action="ledger.post") == [newest, newest - 1]
    assert listed(auditor, day="2023-11-20") == [newest - 1]
    assert listed(auditor, object=str(first.pk)) == [newest - 1]
    assert listed(auditor, object=str(second.pk), type="ledger.entry") == [newest]
    assert listed(auditor, object=str(second.pk), type="org.unit") == []
    assert auditor.get(INDEX, {"day": "yesterday"}).status_code == 400


def test_the_filters_name_everybody_and_every_action_once(auditor, post_entry):
    for _time in range(3):
        post_entry()
    page = auditor.get(INDEX)
    assert page.context["actors"] == ["clerk Clerk", "founder"]
    assert page.context["actions"] == sorted({*Line.objects.values_list("action", flat=True)})


def test_actions_are_called_what_people_call_them(auditor, client_for, post_entry):
    post_entry()
    assert "recorded" in auditor.get(INDEX).text
    assert "记账" in client_for("auditor").get(INDEX).text
    assert action_name("ledger.nothing") == "ledger.nothing"
    assert action_name("nobody.acts") == "nobody.acts"


def test_a_line_says_whether_it_fits(auditor, post_entry):
    post_entry()
    seq = Line.objects.count()
    page = reverse("journal:line", args=[seq])
    assert "continues the line before it" in auditor.get(page).text
    tamper("UPDATE journal_line SET actor = 'somebody else' WHERE seq = %s", [seq])
    assert "was altered" in auditor.get(page).text
    assert auditor.get(reverse("journal:line", args=[seq + 1])).status_code == 404


def tamper(sql, params):
    guard.remove()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    guard.install()


def test_an_untouched_ledger_is_found_whole(auditor, post_entry):
    post_entry()
    report = auditor.post(VERIFY).getvalue().decode()
    assert "Whole: nothing was quietly changed." in report
    assert Line.objects.order_by("-seq").first().hash in report


def test_a_tampered_entry_is_named_with_its_line(auditor, post_entry):
    entry = post_entry()
    tamper("UPDATE ledger_entry SET title = 'forged' WHERE fact = %s", [as_stored(entry.pk)])
    report = auditor.post(VERIFY).getvalue().decode()
    assert "1 break was found." in report
    assert f'href="{reverse("journal:line", args=[Line.objects.count()])}"' in report


def as_stored(pk):
    return pk.hex if connection.vendor == "sqlite" else pk


def test_progress_is_told_while_walking(auditor, post_entry, monkeypatch):
    monkeypatch.setattr("taizhang.journal.views.STRETCH", 5)
    post_entry()
    parts = list(auditor.post(VERIFY).streaming_content)
    assert sum(b"looked at</li>" in part for part in parts) >= 2


def test_pages_stay_within_twelve_queries(auditor, post_entry, django_assert_max_num_queries):
    for _time in range(60):
        post_entry()
    for page in (INDEX, f"{INDEX}?actor=clerk Clerk&page=2", VERIFY, reverse("journal:line", args=[3])):
        with django_assert_max_num_queries(12, info=page):
            auditor.get(page)
