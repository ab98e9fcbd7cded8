"""Lists: what each filter leaves, every order, as known on a day, and never more than a dozen queries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from taizhang.journal.actions import open_book
from taizhang.ledger import actions, queries
from taizhang.ledger.models import Entry
from taizhang.org.models import RoleAssignment
from taizhang.rules import actions as rules

OUTREACH = reverse("ledger:list", args=["outreach"])


@pytest.fixture
def events(post_entry):
    """Three events: two of this year in two units, one of last year."""
    return {
        "May": post_entry(
            "outreach", title="May talk", occurred_on="2023-05-04", unit="publicity", quantity=Decimal(300)
        ),
        "June": post_entry(
            "outreach",
            title="June day",
            occurred_on="2023-06-01",
            values={"topic": "theory", "groups": ["pupils"]},
        ),
        "old": post_entry("outreach", title="Old talk", occurred_on="2023-01-02"),
    }


def titles(client, address=OUTREACH, **query):
    return [entry.title for entry in client.get(address, query).context["page"]]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, ["June day", "May talk", "Old talk"]),
        ({"period": "2023-Q2"}, ["June day", "May talk"]),
        ({"period": "2023-05"}, ["May talk"]),
        ({"period": "2022"}, []),
        ({"period": "all"}, ["June day", "May talk", "Old talk"]),
        ({"start": "2023-05-05"}, ["June day"]),
        ({"start": "2023-01-01", "end": "2023-05-04"}, ["May talk", "Old talk"]),
        ({"unit": "publicity"}, ["May talk"]),
        ({"unit": "bureau"}, ["June day", "May talk", "Old talk"]),
        ({"f.topic": "theory"}, ["June day"]),
        ({"f.topic": ["theory", "policy"]}, ["June day", "May talk", "Old talk"]),
        ({"f.groups": "pupils"}, ["June day"]),
        ({"q": "talk"}, ["May talk", "Old talk"]),
        ({"q": "talk may"}, ["May talk"]),
        ({"unit": "office", "q": "talk"}, ["Old talk"]),
        ({"sort": "quantity"}, ["June day", "Old talk", "May talk"]),
        ({"sort": "-quantity"}, ["May talk", "June day", "Old talk"]),
        ({"sort": "title"}, ["June day", "May talk", "Old talk"]),
        ({"sort": "occurred_on"}, ["Old talk", "May talk", "June day"]),
        ({"sort": "topic"}, ["June day", "May talk", "Old talk"]),
        ({"sort": "unit", "f.topic": "policy"}, ["Old talk", "May talk"]),
        ({"sort": "no_such_column"}, ["June day", "May talk", "Old talk"]),
    ],
)
def test_filters_and_orders(clerk, events, query, left):
    assert titles(clerk, **query) == left


def test_every_column_can_be_sorted_both_ways(clerk, events, bureau, post_entry):
    for kind in ("outreach", "study", "information", "finding", "closure"):
        page = clerk.get(reverse("ledger:list", args=[kind]))
        for column in page.context["columns"]:
            for sort in (column.name, f"-{column.name}"):
                assert clerk.get(reverse("ledger:list", args=[kind]), {"sort": sort}).context["sort"] == sort


@pytest.mark.parametrize("name", ["hours", "sessions", "host", "speaker", "held_until", "place", "groups"])
def test_own_fields_of_every_type_can_be_sorted(clerk, bureau, post_entry, name):
    low = {
        "hours": "2",
        "sessions": 2,
        "host": bureau.units["office"].pk,
        "speaker": bureau.people["clerk"].pk,
    }
    high = {
        "hours": "10",
        "sessions": 10,
        "host": bureau.units["publicity"].pk,
        "speaker": bureau.people["officer"].pk,
    }
    low |= {"held_until": "2023-11-02", "place": "A", "groups": ["pupils"]}
    high |= {"held_until": "2023-11-12", "place": "B", "groups": ["staff"]}
    post_entry("outreach", title="high", values={"topic": "policy", name: high[name]})
    post_entry("outreach", title="none")
    post_entry("outreach", title="low", values={"topic": "policy", name: low[name]})
    assert titles(clerk, sort=name) == ["low", "high", "none"]
    assert titles(clerk, sort=f"-{name}") == ["high", "low", "none"]


def test_a_person_is_found_as_author_and_as_participant(clerk, post_entry):
    post_entry("information", title="Mine", person="officer")
    post_entry("information", title="Theirs", person="clerk")
    post_entry("study", title="Session", attendance={"officer": "attended"})
    post_entry("study", title="Other session", attendance={"clerk": "attended"})
    assert titles(clerk, reverse("ledger:list", args=["information"]), person="Officer") == ["Mine"]
    assert titles(clerk, reverse("ledger:list", args=["study"]), person="S001") == ["Session"]


def test_a_late_entry_is_listed_in_the_period_it_counts_for(clerk, post_entry):
    post_entry(
        "information",
        title="Late",
        person="officer",
        occurred_on="2023-11-03",
        counts_for=dt.date(2023, 10, 1),
    )
    address = reverse("ledger:list", args=["information"])
    assert titles(clerk, address, period="2023-10") == ["Late"]
    assert titles(clerk, address, period="2023-11") == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"period": "May"}, "“May” is not a period."),
        ({"start": "yesterday"}, "is not a date"),
        ({"start": "2023-02-01", "end": "2023-01-01"}, "ends (2023-01-01) before it starts"),
        ({"unit": "nowhere"}, "There is no unit “nowhere”."),
        ({"person": "Nobody"}, "There is nobody called “Nobody”."),
        ({"f.topic": "sports"}, "“sports” is not one of the choices."),
        ({"as_of": "soon"}, "is not a moment"),
        ({"state": "asleep"}, "There is no such choice."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_shown(clerk, events, query, problem):
    page = clerk.get(OUTREACH, query)
    assert problem in page.text
    assert page.context["rows"] == []


def test_as_known_on_a_day(clerk, post_entry, now, schemes):
    known = post_entry("outreach", title="Known")
    now(now(None) + dt.timedelta(days=3))
    post_entry("outreach", title="Later")
    with open_book(now=now(None), actor="clerk Clerk") as book:
        actions.withdraw(known, reason="It did not take place", book=book)
    assert titles(clerk) == ["Later"]
    assert titles(clerk, as_of="2023-11-20") == ["Known"]
    assert titles(clerk, as_of="2023-11-19") == []
    assert titles(clerk, state="withdrawn") == ["Known"]
    assert titles(clerk, state="withdrawn", as_of="2023-11-20") == []
    assert sorted(titles(clerk, state="all")) == ["Known", "Known", "Later"]


def test_the_pager_leads_through_all_rows(clerk, post_entry):
    for number in range(60):
        post_entry("outreach", title=f"{number:02}")
    first, second = titles(clerk, sort="title"), titles(clerk, sort="title", page=2)
    assert first + second == [f"{number:02}" for number in range(60)]


def test_too_many_rows_are_shown_by_date_only(clerk, events, monkeypatch):
    monkeypatch.setattr("taizhang.ledger.views.CAP", 2)
    page = clerk.get(OUTREACH, {"sort": "quantity"})
    assert "too many rows" in page.text
    assert titles(clerk, sort="quantity") == ["June day", "May talk", "Old talk"]


# The index


def lines(client, **query):
    shelves = client.get(reverse("ledger:index"), query).context["shelves"]
    return {line.name: line for _heading, shelf in shelves for line in shelf}


def test_the_index_counts_this_years_entries_and_offers_to_record(clerk, events, post_entry):
    line = lines(clerk)["outreach"]
    assert (line.counted.count, line.may_record) == (3, True)
    post_entry("outreach")
    assert lines(clerk)["outreach"].counted.count == 4


def test_followers_stand_below_what_they_are_about(clerk, events):
    assert [line.name for line in lines(clerk)["finding"].below] == ["closure"]
    assert "closure" not in lines(clerk)


def test_what_one_keeps_stands_before_what_one_only_reads(clerk, bureau, scheme_text, now):
    narrower = scheme_text.replace("effective: 2023-01-01", "effective: 2023-11-20")
    narrower = narrower.replace("export], reach: all}", "export], reach: all, kinds: [study]}")
    with open_book(now=now(None), actor="founder") as book:
        rules.adopt(narrower, path="office2.yaml", book=book, today=dt.date(2023, 11, 20))
        also = RoleAssignment(person=bureau.people["clerk"], role="auditor", unit=bureau.units["office"])
        also.since = dt.date(2023, 1, 1)
        also.save()
        book.sign("org.add_roleassignment", also)
    shelves = clerk.get(reverse("ledger:index")).context["shelves"]
    assert [heading for heading, _shelf in shelves] == ["Yours to record", "Yours to read"]
    assert [line.name for line in shelves[0][1]] == ["study"]


def test_the_index_finds_ledgers_and_entries(clerk, events):
    index = reverse("ledger:index")
    assert list(lines(clerk, q="group st")) == ["study"]
    assert [entry.title for entry, _kind in clerk.get(index, {"q": "May"}).context["found"]] == ["May talk"]
    assert "Nothing found" in clerk.get(index, {"q": "zzz"}).text


def test_the_search_over_all_kinds_stops_at_the_newest_entries(clerk, post_entry, monkeypatch):
    monkeypatch.setattr(queries, "NEWEST", 2)
    for title in ("talk a", "talk b", "talk c"):
        post_entry("outreach", title=title)
    found = clerk.get(reverse("ledger:index"), {"q": "talk"}).context["found"]
    assert [entry.title for entry, _kind in found] == ["talk c", "talk b"]


def test_a_kind_that_the_scheme_dropped_can_still_be_read(clerk, events, scheme_text):
    shorter = scheme_text.replace("effective: 2023-01-01", "effective: 2023-11-20").replace(
        "  outreach:", "  fairs:"
    )
    shorter = shorter.replace("kind: outreach", "kind: fairs")
    with open_book(now=events["May"].recorded_at, actor="clerk") as book:
        rules.adopt(shorter, path="office2.yaml", book=book, today=dt.date(2023, 11, 20))
    page = clerk.get(reverse("ledger:index"))
    assert [name for name, _kind in page.context["former"]] == ["outreach"]
    assert titles(clerk, period="all") == ["June day", "May talk", "Old talk"]
    assert clerk.get(reverse("ledger:new", args=["outreach"])).status_code == 404
    assert clerk.get(reverse("ledger:entry", args=[events["May"].pk])).status_code == 200


# Budgets


def pages(entry):
    return [
        reverse("ledger:index"),
        f"{reverse('ledger:index')}?q=a",
        reverse("ledger:quick"),
        reverse("ledger:entry", args=[entry.pk]),
        reverse("ledger:correct", args=[entry.pk]),
        *(reverse(f"ledger:{name}", args=[entry.kind]) for name in ("list", "new")),
        f"{reverse('ledger:list', args=[entry.kind])}?sort=-title&q=a&period=all&state=all&person=officer",
        reverse("ledger:export", args=[entry.kind, "jsonl"]),
    ]


@pytest.mark.parametrize("role", ["clerk", "officer"])
@pytest.mark.parametrize("many", [1, 70])
def test_no_page_issues_more_than_twelve_queries(
    client_for, role, many, post_entry, bureau, django_assert_max_num_queries
):
    people = {"attendance": {"officer": "attended", "clerk": "absent"}}
    speaker = {"values": {"topic": "policy", "speaker": bureau.people["deputy"].pk}}
    last = {}
    for _time in range(many):
        last = {
            "study": post_entry("study", by="officer", **people),
            "outreach": post_entry("outreach", by="officer", **speaker),
            "information": post_entry("information", by="officer", person="officer"),
        }
    client = client_for(role)
    client.get(reverse("ledger:index"))  # this year's counts are worked out once and kept
    for entry in last.values():
        for page in pages(entry):
            with django_assert_max_num_queries(12, info=page):
                response = client.get(page)
                if response.streaming:
                    response.getvalue()
            assert response.status_code == (403 if role == "officer" and "export" in page else 200)
    assert Entry.objects.count() == 3 * many
