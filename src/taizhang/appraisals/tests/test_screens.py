"""The pages of scores over HTTP: what each of the people comes for, what is refused, how much a page asks."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.appraisals.models import Answer, Decision, Event, Held, Objection, Run, Sheet, Talk
from taizhang.appraisals.tests.months import sent, three_months
from taizhang.documents.docx_reader import read as read_docx
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.journal.verify import verify
from taizhang.ledger.models import Entry
from taizhang.org.models import RoleAssignment

MOST = 12
OCTOBER = ["monthly", "2023-10"]


@pytest.fixture
def months(bureau, now):
    return three_months(bureau, now)


@pytest.fixture
def give(bureau, now):
    """Give somebody one more role: ``give("clerk", "deputy")``."""

    def assign(person, role):
        unit = bureau.units["office" if role == "officer" else "bureau"]
        with open_book(now=now(), actor="founder") as book:
            held = RoleAssignment.objects.create(
                person=bureau.people[person], role=role, unit=unit, since=dt.date(2023, 1, 1)
            )
            book.sign("org.assign_role", held)

    return assign


def page(client, name, *args, query=""):
    response = client.get(reverse(f"appraisals:{name}", args=args) + query)
    assert response.status_code == 200, response
    return without_links_of_figures(re.sub(r"\s+", " ", response.content.decode()))


def without_links_of_figures(text):
    return re.sub(r'<a class="figure"[^>]*>(.*?)</a>', r"\1", text)


def act(client, name, *args, **fields):
    return client.post(reverse(f"appraisals:{name}", args=args), fields, follow=True).content.decode()


def sheet(bureau, role, period="2023-10"):
    return Sheet.objects.get(run__period=period, person=bureau.people[role], superseded_at=None)


def test_a_month_by_its_buttons(bureau, submit, at, client_for):
    clerk, deputy = (client_for(role, language="en") for role in ("clerk", "deputy"))
    at("2023-11-01")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10")
    at("2023-11-06 09:00")
    shown = page(clerk, "run", *OCTOBER)
    assert "Section Head" in shown
    assert "submitted 0 of 2" in shown
    act(clerk, "begin", *OCTOBER)
    assert "All sheets are computed" in act(clerk, "compute", *OCTOBER)
    assert "Nobody sees" not in act(clerk, "send", *OCTOBER)
    assert "Objections are heard until 2023-11-11" in page(deputy, "run", *OCTOBER)
    assert "can be objected to until" in act(deputy, "confirm", *OCTOBER)
    at("2023-11-13")
    assert "You computed" not in act(deputy, "confirm", *OCTOBER)
    assert "Locked" in act(deputy, "lock", *OCTOBER)
    assert [event.act for event in Event.objects.all()] == [
        "previewed", "started", "computed", "sent", "confirmed", "locked",
    ]  # fmt: skip
    assert list(verify()) == []


def test_whoever_computed_does_not_confirm(bureau, at, now, client_for, give):
    at("2023-09-01")
    give("clerk", "deputy")
    sent(bureau, now, "2023-10")
    at("2023-11-14")
    assert "Somebody else must confirm" in act(client_for("clerk", language="en"), "confirm", *OCTOBER)


def test_nobody_sees_a_sheet_before_it_is_sent(bureau, at, computed, client_for):
    at("2023-11-06")
    computed("2023-10")
    mine = sheet(bureau, "officer")
    assert client_for("officer").get(reverse("appraisals:sheet", args=[mine.pk])).status_code == 404
    assert client_for("clerk").get(reverse("appraisals:sheet", args=[mine.pk])).status_code == 200


def test_nobody_sees_the_sheet_of_a_colleague(months, bureau, client_for):
    other = sheet(bureau, "section_head")
    assert client_for("officer").get(reverse("appraisals:sheet", args=[other.pk])).status_code == 404
    own = sheet(bureau, "officer")
    assert client_for("officer").get(reverse("appraisals:sheet", args=[own.pk])).status_code == 200


def test_from_a_point_to_the_published_page_in_two_clicks(bureau, submit, at, now, client_for):
    at("2023-10-20")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10")
    sent(bureau, now, "2023-10")
    shown = page(client_for("officer", language="en"), "sheet", sheet(bureau, "officer").pk)
    adoption = Entry.objects.get(kind="adoption")
    assert reverse("ledger:entry", args=[adoption.pk]) in shown
    assert "https://news.example/1" in shown
    assert "Adopted" in shown
    assert "+5" in shown
    entry = client_for("clerk").get(reverse("ledger:entry", args=[adoption.pk])).content.decode()
    assert "https://news.example/1" in entry


def test_an_objection_is_answered_by_somebody_else_and_the_sheet_counted_anew(
    bureau, at, now, submit, client_for
):
    sent(bureau, now, "2023-10")
    officer, clerk, deputy = (client_for(role, language="en") for role in ("officer", "clerk", "deputy"))
    mine = sheet(bureau, "officer")
    at("2023-11-07")
    act(officer, "object", mine.pk, text="My item of the 9th is missing.")
    objection = Objection.objects.get()
    at("2023-11-08")
    submit("2023-10-09", adopted="city")
    assert client_for("clerk").post(
        reverse("appraisals:answer", args=[objection.pk]), {"upheld": "yes", "text": "x"}
    ).status_code == 403  # fmt: skip
    act(deputy, "answer", objection.pk, upheld="yes", text="Right, the proof was recorded late.")
    anew = sheet(bureau, "officer")
    assert (mine.points, anew.points) == (6, 13)
    assert Answer.objects.get().sheet_id == anew.pk
    assert "counted" in page(officer, "sheet", anew.pk)
    at("2023-11-14")
    act(deputy, "confirm", *OCTOBER)
    assert Run.objects.get().events.filter(act="confirmed").exists()
    assert list(verify()) == []
    assert clerk.get(reverse("appraisals:objections")).status_code == 200


def test_one_cannot_answer_about_oneself_or_what_one_computed(months, bureau, client_for, at, give):
    at("2023-11-10")
    give("section_head", "deputy")
    give("clerk", "deputy")
    objection = Objection.objects.get()
    shown = act(client_for("section_head", language="en"), "answer", objection.pk, upheld="no", text="no")
    assert "your own sheet" in shown
    assert "You computed" in act(
        client_for("clerk", language="en"), "answer", objection.pk, upheld="no", text="no"
    )
    assert not Answer.objects.exists()


def test_an_objection_comes_in_time_or_is_refused(months, bureau, client_for, at):
    at("2023-11-12")
    shown = act(client_for("officer", language="en"), "object", sheet(bureau, "officer").pk, text="late")
    assert "could be objected to until 2023-11-11" in shown
    assert "late" in shown
    assert Objection.objects.count() == 1


def test_the_sheet_of_one_who_judges_needs_a_counter_signature(bureau, now, at, client_for, give):
    at("2023-09-01")
    for role in ("deputy", "clerk"):
        give(role, "officer")
    give("auditor", "deputy")
    sent(bureau, now, "2023-10")
    at("2023-11-14")
    deputy, auditor = client_for("deputy", language="en"), client_for("auditor", language="en")
    assert "counter-signature" in act(deputy, "confirm", *OCTOBER)
    assert "your own" in act(deputy, "counter_sign", sheet(bureau, "deputy").pk)
    for role in ("deputy", "clerk"):
        act(auditor, "counter_sign", sheet(bureau, role).pk)
    act(deputy, "confirm", *OCTOBER)
    assert Event.objects.filter(act="confirmed").exists()
    assert list(verify()) == []


def test_an_exemption_is_asked_for_by_one_and_decided_by_another(months, bureau, client_for, at):
    at("2023-11-20")
    officer, deputy = client_for("officer", language="en"), client_for("deputy", language="en")
    shown = act(
        officer,
        "ask_exemption",
        person="S001",
        period="2023-12",
        ground="leave",
        submit="",
        publish="",
        note="",
        quota="",
    )
    assert "Somebody else decides" in shown
    refused = act(
        officer,
        "ask_exemption",
        person="S002",
        period="2023-12",
        ground="leave",
        submit="",
        publish="",
        note="",
        quota="",
    )
    assert "You can ask for yourself" in refused
    pk = Line.objects.filter(action="appraisals.ask_exemption").latest("seq").object_id
    assert (
        officer.post(reverse("appraisals:decide_exemption", args=[pk]), {"decision": "approve"}).status_code
        == 403
    )
    act(deputy, "decide_exemption", pk, decision="refuse", reason="")
    assert not Decision.objects.exists()
    act(deputy, "decide_exemption", pk, decision="approve", reason="")
    assert Decision.objects.get().approved


def test_the_right_leader_holds_the_talk_and_a_fulfilled_month_closes_it(months, bureau, client_for, at):
    talk = Talk.objects.get(person=bureau.people["officer"])
    clerk, deputy = client_for("clerk", language="en"), client_for("deputy", language="en")
    at("2023-11-20")
    record = {
        "held_at": "2023-11-20T09:00", "place": "Room 1", "given": "Too much else", "measures": "Help from the office",
        "follow_up": "Looked at in a month",
    }  # fmt: skip
    assert clerk.post(reverse("appraisals:talk", args=[talk.pk]), record).status_code == 403
    refused = act(deputy, "talk", talk.pk, **{**record, "held_at": "2023-12-20T09:00"})
    assert "in the future" in refused
    assert "Too much else" in refused
    act(deputy, "talk", talk.pk, **record)
    assert Held.objects.get().leader == bureau.people["deputy"]
    assert "Held, not yet closed" in page(deputy, "talks")


def test_the_responsibility_list_has_lamps_pace_and_texts_to_copy(months, bureau, submit, client_for, at):
    at("2023-11-20")
    submit("2023-11-09")
    clerk = client_for("clerk", language="en")
    shown = page(clerk, "list")
    assert "Officer" in shown
    assert "1 / 2" in shown
    assert "10 days left. Please hand it in" in shown
    book = load_workbook(io.BytesIO(clerk.get(reverse("appraisals:list") + "?format=xlsx").content))
    names = [row[2].value for row in book.active.iter_rows(min_row=2)]
    assert names == ["Officer", "Section Head"]


def test_my_tasks_show_what_is_asked_of_me(months, bureau, submit, client_for, at):
    at("2023-11-20")
    submit("2023-11-09", adopted="city", title="My story")
    shown = page(client_for("officer", language="en"), "mine")
    assert "1 / 2" in shown
    assert "My story" in shown
    assert "2 periods missed" in shown or "3 periods missed" in shown
    nobody = page(client_for("administrator", language="en"), "mine")
    assert "Nobody asks you for quotas" in nobody


def test_nobody_is_ranked_unless_the_scheme_says_so(months, client_for):
    clerk = client_for("clerk", language="en")
    shown = page(clerk, "sheets", *OCTOBER, query="?sort=-points")
    assert "the scheme ranks nobody" in shown
    assert "sort=points" not in shown


def test_a_year_is_taken_into_other_assessments_with_its_evidence(bureau, submit, at, through, client_for):
    at("2023-10-20")
    submit("2023-10-09", adopted="province", title="A story")
    submit("2023-10-10", title="Another")
    through("2023-10")
    clerk = client_for("clerk", language="en")
    query = "?person=S001&year=2023&purpose=discipline"
    assert "submitted 2 items" in page(clerk, "assess", query=query)
    book = load_workbook(
        io.BytesIO(clerk.get(reverse("appraisals:download_assessment", args=["xlsx"]) + query).content)
    )
    assert {row[2].value for row in book.active.iter_rows(min_row=2)} >= {"A story", "Another"}
    docx = clerk.get(reverse("appraisals:download_assessment", args=["docx"]) + query)
    assert docx.status_code == 200
    assert "A story" in str(read_docx(docx.content))
    officer = client_for("officer", language="en")
    other = officer.get(reverse("appraisals:download_assessment", args=["docx"]) + "?person=S002&year=2023")
    assert other.status_code == 403


PAGES = [
    ("clerk", "index", [], ""),
    ("clerk", "list", [], ""),
    ("officer", "mine", [], ""),
    ("clerk", "run", ["monthly", "2023-11"], ""),
    ("clerk", "run", OCTOBER, ""),
    ("deputy", "run", ["monthly", "2023-09"], ""),
    ("clerk", "sheets", OCTOBER, ""),
    ("deputy", "objections", [], ""),
    ("deputy", "talks", [], ""),
    ("deputy", "exemptions", [], ""),
    ("clerk", "assess", [], "?person=S001&year=2023"),
]


@pytest.mark.parametrize(("role", "name", "args", "query"), PAGES)
def test_a_page_asks_little(months, submit, at, client_for, role, name, args, query):
    at("2023-11-20")
    for day in range(1, 9):
        submit(f"2023-11-{day:02}", adopted="city")
    _within_budget(client_for(role), reverse(f"appraisals:{name}", args=args) + query)


@pytest.mark.parametrize("role", ["officer", "clerk", "deputy", "section_head"])
def test_the_home_page_shows_what_waits_and_asks_little(months, client_for, role, at):
    at("2023-11-10")
    _within_budget(client_for(role), reverse("home"))


def test_a_sheet_asks_little(months, bureau, client_for):
    _within_budget(client_for("clerk"), reverse("appraisals:sheet", args=[sheet(bureau, "officer").pk]))


def _within_budget(client, url):
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= MOST, "\n".join(query["sql"] for query in asked)
