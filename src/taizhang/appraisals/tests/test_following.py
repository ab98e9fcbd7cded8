"""A correction of an old month is followed by the months that went on from it, and by their talks, in order."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from taizhang.appraisals import actions, following, keeping
from taizhang.appraisals.actions import Refused
from taizhang.appraisals.models import Closing, Held, Sheet, Talk
from taizhang.appraisals.queries import TALKS
from taizhang.appraisals.tests.conftest import sheet_of
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.journal.verify import verify
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import Entry
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history


@pytest.fixture
def fulfil(submit):
    """Record what fulfils a month of the officer: ``fulfil("2023-09")``."""

    def record(month, day=11):
        submit(f"{month}-{day}", adopted="city")
        submit(f"{month}-{day + 1}")

    return record


@pytest.fixture
def reassign(bureau, now):
    """Correct entries that arrived in time so that they are another's: ``reassign("2023-08", "officer")``."""

    def correct(month, role):
        first = dt.date.fromisoformat(f"{month}-01")
        items = Entry.objects.filter(
            kind="information", superseded_at=None, voids=False, counts_for__month=first.month
        )
        for item in items.order_by("pk"):
            draft = replace(ledger.draft_of(item), person_id=bureau.people[role].pk)
            with open_book(now=now(), actor="clerk Clerk") as book:
                ledger.correct(item, draft, reason="another's", book=book, schemes=history())

    return correct


@pytest.fixture
def correct(now, bureau):
    """Correct the officer's sheet of a run with all that follows."""

    def correct(run, reason="a proof was lost", role="officer", **more):
        with open_book(now=now(), actor="deputy Deputy") as book:
            return following.correct(
                sheet_of(run, role, bureau),
                reason=reason,
                schemes=history(),
                tree=unit_tree(),
                book=book,
                **more,
            )

    return correct


@pytest.fixture
def planned(now, bureau):
    def plan(run, role="officer"):
        return following.planned(
            sheet_of(run, role, bureau),
            reason="x",
            schemes=history(),
            tree=unit_tree(),
            now=now(),
            actor="deputy Deputy",
        )

    return plan


@pytest.fixture
def missed(bureau, submit, through, at):
    """The officer missed August to October: talks after September and October, the shortfall of October doubled.

    What would have fulfilled August was recorded in time, and as the section head's.
    """
    at("2023-08-30")
    submit("2023-08-11", by="section_head", adopted="city")
    submit("2023-08-12", by="section_head")
    runs = [through(f"2023-{month:02}") for month in (8, 9, 10)]
    at("2023-11-20")
    return runs


def points(runs, bureau):
    return [sheet_of(run, "officer", bureau).points for run in runs]


def states(bureau, role="officer"):
    talks = Talk.objects.filter(person=bureau.people[role]).select_related("sheet__run", "closing__sheet")
    return [
        (talk.escalation, talk.sheet.run.period, "dropped" if following.is_dropped(talk) else
         "closed" if hasattr(talk, "closing") else "open")
        for talk in talks.order_by("pk")
    ]  # fmt: skip


def test_the_chain_of_missed_months_is_taken_up_anew_in_order(missed, bureau, reassign, correct):
    assert points(missed, bureau) == [6, 6, 2]
    reassign("2023-08", "officer")
    changes = correct(missed[0])
    assert [change.before.run.period for change in changes] == ["2023-08", "2023-09", "2023-10"]
    assert points(missed, bureau) == [10 + 2 + 3, 6, 6]
    first, *later = (sheet_of(run, "officer", bureau).reason for run in missed)
    assert first == "a proof was lost"
    assert all(reason.startswith(first) and "2023-08" in reason for reason in later)
    assert list(verify()) == []


def test_a_talk_that_is_no_longer_due_is_closed_by_that_and_stays(missed, bureau, reassign, correct):
    assert states(bureau) == [("two_months", "2023-09", "open"), ("three_months", "2023-10", "open")]
    reassign("2023-08", "officer")
    correct(missed[0])
    assert states(bureau) == [
        ("two_months", "2023-09", "dropped"),
        ("three_months", "2023-10", "dropped"),
        ("two_months", "2023-10", "open"),
    ]


def test_a_month_that_is_not_fulfilled_any_more_makes_talks_due(
    bureau, fulfil, through, at, reassign, correct
):
    through("2023-08")
    at("2023-10-01")
    fulfil("2023-09")
    september, october = through("2023-09"), through("2023-10")
    at("2023-11-20")
    reassign("2023-09", "section_head")
    assert states(bureau) == []
    correct(september)
    assert states(bureau) == [("two_months", "2023-09", "open"), ("three_months", "2023-10", "open")]
    assert sheet_of(october, "officer", bureau).points == 2
    assert list(verify()) == []


def test_a_talk_that_a_month_had_closed_is_due_again_when_the_month_is_not_fulfilled(
    missed, bureau, fulfil, through, at, reassign, correct
):
    at("2023-11-28")
    fulfil("2023-11")
    november = through("2023-11")
    assert {state for *_talk, state in states(bureau)} == {"closed"}
    at("2023-12-20")
    reassign("2023-11", "section_head")
    changes = correct(november)
    assert [turned.what for change in changes for turned in change.talks] == ["again", "again"]
    assert [state for state in states(bureau) if state[2] == "open"] == [
        ("two_months", "2023-11", "open"),
        ("three_months", "2023-11", "open"),
    ]
    assert list(verify()) == []


def test_the_next_fulfilled_month_closes_what_a_correction_opens(
    bureau, fulfil, through, at, reassign, correct
):
    through("2023-08")
    at("2023-10-01")
    fulfil("2023-09")
    september = through("2023-09")
    at("2023-11-01")
    fulfil("2023-10")
    through("2023-10")
    at("2023-11-20")
    reassign("2023-09", "section_head")
    correct(september)
    assert states(bureau) == [("two_months", "2023-09", "closed")]
    assert Closing.objects.get(talk__person=bureau.people["officer"]).sheet.run.period == "2023-10"


def test_a_talk_that_was_held_keeps_its_record(missed, bureau, reassign, now, correct):
    talk = Talk.objects.get(person=bureau.people["officer"], escalation="two_months")
    with open_book(now=now(), actor="deputy Deputy") as book:
        actions.hold_talk(
            talk, held_at=now(), place="Room 1", given="a", measures="b", follow_up="c",
            account=bureau.account("deputy"), book=book,
        )  # fmt: skip
    reassign("2023-08", "officer")
    correct(missed[0])
    assert Held.objects.get().talk == talk
    assert following.is_dropped(Talk.objects.get(pk=talk.pk))


def test_a_plan_shows_all_of_it_and_keeps_nothing(missed, bureau, reassign, planned, correct):
    reassign("2023-08", "officer")
    sheets, lines, talks = Sheet.objects.count(), Line.objects.count(), Talk.objects.count()
    plan = planned(missed[0])
    assert [(change.before.points, change.after.points) for change in plan] == [(6, 15), (6, 6), (2, 6)]
    assert [change.missed for change in plan] == [(1, 0), (2, 1), (3, 2)]
    assert [[turned.what for turned in change.talks] for change in plan] == [
        [],
        ["dropped"],
        ["dropped", "opened"],
    ]
    assert (Sheet.objects.count(), Line.objects.count(), Talk.objects.count()) == (sheets, lines, talks)
    changes = correct(missed[0], seen=following.seal(plan))
    assert following.seal(changes) == following.seal(plan)


def test_what_changed_since_it_was_looked_at_is_refused(missed, bureau, reassign, planned, correct):
    reassign("2023-08", "officer")
    seen = following.seal(planned(missed[0]))
    reassign("2023-08", "section_head")
    with pytest.raises(Refused):
        correct(missed[0], seen=seen)
    assert points(missed, bureau) == [6, 6, 2]


def test_a_row_that_was_moved_goes_from_one_sheet_to_the_other(bureau, submit, through, at, now, correct):
    at("2023-10-30")
    item = submit("2023-10-09", title="Moved")
    october, november = through("2023-10"), through("2023-11")
    at("2023-12-20")
    draft = replace(ledger.draft_of(item), occurred_on=dt.date(2023, 11, 3), counts_for=None)
    with open_book(now=now(), actor="clerk Clerk") as book:
        ledger.correct(item, draft, reason="wrong day", book=book, schemes=history())
    changes = correct(october, reason="moved")
    assert [(change.removed, change.added) for change in changes] == [
        ([item.fact.hex], []), ([], [item.fact.hex]),
    ]  # fmt: skip
    rows = [
        set(keeping.rows_named(keeping.content_of(sheet_of(run, "officer", bureau))))
        for run in (october, november)
    ]
    assert item.fact.hex not in rows[0]
    assert item.fact.hex in rows[1]


def test_the_sheets_of_others_are_left_alone(missed, bureau, reassign, correct):
    before = Sheet.objects.filter(person=bureau.people["section_head"]).count()
    reassign("2023-08", "officer")
    correct(missed[0])
    assert Sheet.objects.filter(person=bureau.people["section_head"]).count() == before


# The page


def test_it_is_looked_at_first_and_then_kept(missed, bureau, reassign, client_for):
    reassign("2023-08", "officer")
    deputy = client_for("deputy", language="en")
    sheet = sheet_of(missed[0], "officer", bureau)
    url = reverse("appraisals:correct", args=[sheet.pk])
    looked = deputy.post(url, {"reason": "a proof was lost"}).content.decode()
    assert "Nothing is kept yet" in looked
    assert "Correct these 3 sheets" in looked
    assert "is no longer due" in looked
    assert sheet_of(missed[0], "officer", bureau).pk == sheet.pk
    seen = re.search(r'name="seen" value="(\w+)"', looked).group(1)
    done = deputy.post(url, {"reason": "a proof was lost", "seen": seen}, follow=True).content.decode()
    assert "3 sheets in all were corrected with it" in done
    assert points(missed, bureau) == [15, 6, 6]
    shown = deputy.get(reverse("appraisals:talks")).content.decode()
    assert "No longer due" in shown


def test_without_a_reason_or_a_right_nothing_is_looked_at(missed, bureau, reassign, client_for):
    reassign("2023-08", "officer")
    url = reverse("appraisals:correct", args=[sheet_of(missed[0], "officer", bureau).pk])
    assert (
        "Write something under"
        in client_for("deputy", language="en").post(url, {"reason": " "}, follow=True).content.decode()
    )
    assert client_for("clerk").post(url, {"reason": "x"}).status_code == 403


# Talks that were never held


def test_talks_that_were_never_held_are_counted_above_the_list_and_can_be_looked_for(
    missed, bureau, fulfil, through, at, client_for
):
    at("2023-11-28")
    fulfil("2023-11")
    through("2023-11")
    deputy = client_for("deputy", language="en")
    url = reverse("appraisals:talks")
    shown = deputy.get(url).content.decode()
    assert "2 talks were never held" in shown
    assert "fulfilled in November 2023" in shown
    only = deputy.get(url + "?state=never_held").content.decode()
    assert only.count("Closed, never held</span>") == 2
    assert "To be held</span>" not in only
    assert "No talk stands so" in deputy.get(url + "?state=dropped").content.decode()
    assert deputy.get(url + "?state=else").status_code == 400


def test_each_talk_stands_in_one_state(missed, bureau, fulfil, through, at, now, reassign, correct):
    reassign("2023-08", "officer")
    correct(missed[0])
    at("2023-11-28")
    fulfil("2023-11")
    through("2023-11")
    found = {
        state: set(Talk.objects.filter(where).values_list("pk", flat=True)) for state, where in TALKS.items()
    }
    counted = {state: len(talks) for state, talks in found.items() if talks}
    assert counted == {"open": 2, "never_held": 1, "dropped": 2}
    assert sum(map(len, found.values())) == Talk.objects.count()
