"""The study secretary's sheet: the roster of the day, eight states, made up later."""

import datetime as dt

import pytest
from django.urls import reverse

from taizhang.ledger.models import Entry
from taizhang.org.models import Membership

NEW = reverse("ledger:new", args=["study"])


def states(bureau, **said):
    return {f"state-{bureau.people[role].pk}": state for role, state in said.items()}


def recorded():
    entry = Entry.objects.get(superseded_at=None)
    return {p.person.name: p.state for p in entry.participations.all()}


def test_the_sheet_names_the_group_of_the_day(clerk, bureau):
    Membership.objects.filter(person=bureau.people["clerk"]).update(until=dt.date(2023, 6, 30))
    roster = reverse("ledger:roster", args=["study"])
    unit = bureau.units["bureau"].pk

    def names(day):
        sheet = clerk.get(roster, {"unit": unit, "occurred_on": day}).context["sheet"]
        return [seat.person.name for seat in sheet.seats]

    assert names("2023-06-30") == ["Deputy", "Section Head", "Clerk"]
    assert names("2023-07-01") == ["Deputy", "Section Head"]


def test_changing_the_day_keeps_the_states_said(clerk, bureau):
    query = {"unit": bureau.units["bureau"].pk, "occurred_on": "2023-11-01", **states(bureau, deputy="sick")}
    sheet = clerk.get(reverse("ledger:roster", args=["study"]), query).context["sheet"]
    assert sheet.marked == {bureau.people["deputy"].pk: "sick"}


def test_a_session_is_recorded_with_everybodys_state(clerk, study, bureau):
    clerk.post(NEW, study(**states(bureau, deputy="attended", section_head="late", clerk="absent")))
    assert recorded() == {"Deputy": "attended", "Section Head": "late", "Clerk": "absent"}


def test_a_sheet_begun_must_be_finished(clerk, study, bureau):
    response = clerk.post(NEW, study(**states(bureau, deputy="attended")))
    assert (
        "2 people have no state yet: Section Head、Clerk"
        in response.context["form"].errors["participations"][0]
    )
    assert response.context["sheet"].marked == {bureau.people["deputy"].pk: "attended"}


def test_an_untouched_sheet_is_attendance_still_to_come(clerk, study):
    page = clerk.post(NEW, study(), follow=True)
    assert recorded() == {}
    assert "Nobody's attendance has been taken yet." in page.text


def test_a_state_for_somebody_not_due_is_refused(clerk, study, bureau):
    said = states(bureau, deputy="attended", section_head="attended", clerk="attended", auditor="attended")
    response = clerk.post(NEW, study(**said))
    assert "Not on the roster" in response.context["form"].errors["participations"][0]


def test_attendance_is_taken_after_the_session(clerk, bureau, post_entry):
    entry = post_entry(unit="bureau")
    sheet = reverse("ledger:attendance", args=[entry.pk])
    assert clerk.get(sheet).context["reason"] == "Attendance taken"
    said = states(bureau, deputy="attended", section_head="attended", clerk="sick")
    clerk.post(sheet, {**said, "reason": "Attendance taken"})
    assert recorded()["Clerk"] == "sick"


@pytest.fixture
def session(post_entry):
    return post_entry(
        unit="bureau", attendance={"deputy": "attended", "section_head": "absent", "clerk": "attended"}
    )


def test_an_absence_is_made_up_with_a_reason(clerk, bureau, session):
    page = clerk.get(reverse("ledger:entry", args=[session.pk]))
    assert page.text.count("Made up later") == 1
    act = reverse("ledger:make_up", args=[session.pk, bureau.people["section_head"].pk])
    assert "Say why" in clerk.post(act, {"state": "made_up"}, follow=True).text
    clerk.post(act, {"state": "made_up", "reason": "Read the minutes on 20 November"})
    assert recorded() == {"Deputy": "attended", "Section Head": "made_up", "Clerk": "attended"}


def test_a_state_that_the_scheme_does_not_know_is_refused(clerk, bureau, session):
    act = reverse("ledger:make_up", args=[session.pk, bureau.people["section_head"].pk])
    page = clerk.post(act, {"state": "asleep", "reason": "x"}, follow=True)
    assert "is not one of the attendance states" in page.text
    assert recorded()["Section Head"] == "absent"


def test_people_who_left_the_group_stay_on_the_sheet_they_were_on(clerk, bureau, session):
    Membership.objects.filter(person=bureau.people["clerk"]).update(until=dt.date(2023, 1, 31))
    sheet = clerk.get(reverse("ledger:attendance", args=[session.pk])).context["sheet"]
    assert "Clerk" in [seat.person.name for seat in sheet.seats]


def test_the_sheet_to_sign_names_people_with_their_posts(clerk, bureau, session):
    for url in (
        reverse("ledger:entry_sign_in", args=[session.pk]),
        reverse("ledger:sign_in", args=["study"])
        + f"?unit={bureau.units['bureau'].pk}&occurred_on=2023-11-01",
    ):
        page = clerk.get(url)
        assert [person.name for person, _post in page.context["lines"]] == ["Deputy", "Section Head", "Clerk"]
        assert "section_head" in page.text


def test_the_list_counts_who_was_there(clerk, session):
    page = clerk.get(reverse("ledger:list", args=["study"]))
    assert "2/3" in page.text
