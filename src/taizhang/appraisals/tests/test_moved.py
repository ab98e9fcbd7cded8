"""A row is never posted in two sheets: neither when its entry is moved to a later month, nor after an objection."""

import datetime as dt
from dataclasses import replace

import pytest

from taizhang.appraisals import actions, keeping, running
from taizhang.appraisals.tests.conftest import sheet_of
from taizhang.journal.actions import open_book
from taizhang.ledger import actions as ledger
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history


@pytest.fixture
def move(now):
    """Correct an entry so that it happened on another day: ``move(item, "2023-11-03")``."""

    def correct(entry, day):
        draft = replace(ledger.draft_of(entry), occurred_on=day, counts_for=None)
        with open_book(now=now(), actor="clerk Clerk") as book:
            return ledger.correct(entry, draft, reason="wrong day", book=book, schemes=history())

    return correct


@pytest.fixture
def moved_item(submit, at, through, move):
    """An item that October posted, and that was moved to November when October was locked."""
    at("2023-10-30")
    item = submit("2023-10-09", title="Moved")
    run = through("2023-10")
    at("2023-11-20")
    move(item, dt.date(2023, 11, 3))
    return run, item


def posted(run, bureau):
    return set(keeping.rows_named(keeping.content_of(sheet_of(run, "officer", bureau))))


def test_a_row_that_was_moved_stays_where_it_was_posted(moved_item, bureau, at, computed):
    october, item = moved_item
    at("2023-12-06")
    november = computed("2023-11")
    assert item.fact.hex in posted(october, bureau)
    assert item.fact.hex not in posted(november, bureau)
    assert sheet_of(november, "officer", bureau).points == 10 - 2 - 2


def test_once_the_earlier_sheet_lets_it_go_the_later_one_posts_it(moved_item, bureau, at, now, computed):
    october, item = moved_item
    with open_book(now=now(), actor="deputy Deputy") as book:
        actions.correct(
            sheet_of(october, "officer", bureau),
            reason="moved",
            schemes=history(),
            tree=unit_tree(),
            book=book,
        )
    at("2023-12-06")
    november = computed("2023-11")
    assert item.fact.hex not in posted(october, bureau)
    assert item.fact.hex in posted(november, bureau)


def test_many_people_at_once_are_treated_alike(moved_item, bureau, at, computed, monkeypatch):
    monkeypatch.setattr(running, "FEW", 1)
    _october, item = moved_item
    at("2023-12-06")
    assert item.fact.hex not in posted(computed("2023-11"), bureau)


def test_a_correction_keeps_the_proof_that_the_sheet_before_took_after_the_close(
    bureau, submit, at, now, through, computed
):
    october = through("2023-10")
    at("2023-11-20")
    item = submit("2023-10-09")
    with open_book(now=now(), actor="deputy Deputy") as book:
        sheet = sheet_of(october, "officer", bureau)
        actions.correct(sheet, reason="lost", schemes=history(), tree=unit_tree(), book=book)
    at("2023-12-06")
    november = computed("2023-11")
    at("2023-12-07")
    submit("2023-10-10")
    anew = running.recounted(
        sheet_of(october, "officer", bureau), schemes=history(), tree=unit_tree(), now=now(),
        origin="corrected", reason="again",
    )  # fmt: skip
    assert item.fact.hex in set(keeping.rows_named(keeping.content_of(anew)))
    assert item.fact.hex not in posted(november, bureau)
    assert anew.points == 10 + 1 - 1 - 2
