"""A month is computed from what had arrived when it closed, each sheet once, and never again when it is locked."""

import pytest
from django.db import DatabaseError, transaction

from taizhang.appraisals import actions, keeping, running
from taizhang.appraisals.models import Event, Shape, Sheet
from taizhang.appraisals.running import RunRefused
from taizhang.appraisals.tests.conftest import sheet_of
from taizhang.core.appraisal.sheet import Outcome
from taizhang.core.values import Period
from taizhang.journal import chain, guard
from taizhang.journal.actions import open_book
from taizhang.journal.verify import verify
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history


def points(run, role, bureau):
    return sheet_of(run, role, bureau).points


def test_a_month_gives_everybody_bound_one_sheet(bureau, submit, at, computed):
    at("2023-11-01")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10")
    at("2023-11-06")
    run = computed("2023-10")
    assert points(run, "officer", bureau) == 10 + 2 + 5
    assert points(run, "section_head", bureau) == 10 - 2 - 2
    assert Sheet.objects.count() == 2
    assert sheet_of(run, "officer", bureau).outcome == Outcome.MET
    assert sheet_of(run, "section_head", bureau).outcome == Outcome.MISSED
    assert list(verify()) == []


def test_proofs_are_taken_until_the_closing_day_and_not_before_it_is_over(bureau, submit, at, computed):
    at("2023-11-05")
    with pytest.raises(RunRefused, match="2023-11-05"):
        computed("2023-10")
    submit("2023-10-09", adopted="city")
    at("2023-11-06")
    submit("2023-10-10", adopted="city")
    run = computed("2023-10")
    assert points(run, "officer", bureau) == 10 + 1 + 3 - 1


def test_a_late_proof_posts_in_the_month_it_arrives_and_shows_its_own(bureau, submit, at, computed, through):
    at("2023-10-30")
    submit("2023-10-09", adopted="city")
    submit("2023-10-10")
    through("2023-10")
    at("2023-11-20")
    late = submit("2023-10-20", adopted="province", adopted_on="2023-10-21")
    at("2023-12-06")
    run = computed("2023-11")
    sheet = sheet_of(run, "officer", bureau)
    content = keeping.content_of(sheet)
    own = {row.name: row.own for row in _leaves(content.tree) if row.part == "row"}
    assert own[late.fact.hex] == "2023-10"
    assert sheet.points == 10 + 1 + 5 - 1


def test_a_correction_of_words_after_the_close_is_no_late_proof(bureau, submit, at, computed, through):
    from dataclasses import replace

    from taizhang.ledger import actions as ledger

    at("2023-10-30")
    item = submit("2023-10-09", adopted="city")
    through("2023-10")
    at("2023-11-20")
    with open_book(now=at("2023-11-20"), actor="clerk Clerk") as book:
        ledger.correct(
            item, replace(ledger.draft_of(item), title="better"), reason="words", book=book, schemes=history()
        )
    at("2023-12-06")
    assert points(computed("2023-11"), "officer", bureau) == 10 - 2 - 2


def _leaves(step):
    yield step
    for each in step.steps:
        yield from _leaves(each)


def test_a_second_round_supersedes_only_what_changed(bureau, submit, at, computed):
    at("2023-11-06")
    run = computed("2023-10")
    with open_book(now=at("2023-11-06 11:00"), actor="clerk Clerk") as book:
        asked = actions.ask_exemption(
            appraisal="monthly", person=bureau.people["officer"], unit=bureau.units["office"],
            period=Period.parse("2023-10"), quota="", submit=None, publish=None, ground="leave", note="",
            schemes=history(), book=book,
        )  # fmt: skip
    deputy = bureau.account("deputy")
    with open_book(now=at("2023-11-06 12:00"), actor=deputy.signature) as book:
        actions.decide_exemption(asked, approved=True, role="deputy", reason="", account=deputy, book=book)
    at("2023-11-06 13:00")
    assert computed("2023-10").pk == run.pk
    sheet = sheet_of(run, "officer", bureau)
    assert sheet.origin == Sheet.Origin.RECOMPUTED
    assert sheet.outcome == Outcome.EXEMPT
    assert sheet.points == 10
    assert Sheet.objects.count() == 3
    assert list(verify()) == []


def test_a_locked_month_is_never_computed_again(bureau, at, computed, through):
    run = through("2023-10")
    at("2023-11-20")
    with pytest.raises(RunRefused):
        computed("2023-10")
    sheet = sheet_of(run, "officer", bureau)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic(), guard.writing():
        Event.objects.create(run=run, act="started", at=at("2023-11-20"), by="x")
    draft = running.superseding(sheet, running.voiding(sheet, "x"), Sheet.Origin.RECOMPUTED, "x")
    draft.batch, draft.digest = sheet.batch, "0" * 64
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic(), guard.writing():
        Sheet.objects.bulk_create([draft])


def test_the_next_month_waits_for_the_one_before(bureau, at, computed):
    at("2023-11-06")
    computed("2023-10")
    at("2023-12-06")
    with pytest.raises(RunRefused, match="2023-10"):
        computed("2023-11")


def test_a_correction_of_a_locked_month_supersedes_with_a_reason(bureau, submit, at, through, now):
    run = through("2023-10")
    at("2023-11-20")
    submit("2023-10-09", adopted="city")
    sheet = sheet_of(run, "officer", bureau)
    with open_book(now=now(), actor="deputy Deputy") as book:
        with pytest.raises(actions.Refused):
            actions.correct(sheet, reason=" ", schemes=history(), tree=unit_tree(), book=book)
        anew = actions.correct(sheet, reason="proof was lost", schemes=history(), tree=unit_tree(), book=book)
    assert anew.points == 10 + 1 + 3 - 1
    assert anew.supersedes_id == sheet.pk
    assert list(verify()) == []


def test_what_an_answer_or_correction_took_is_not_posted_again(bureau, submit, at, through, now, computed):
    run = through("2023-10")
    at("2023-11-20")
    submit("2023-10-09", adopted="city")
    with open_book(now=now(), actor="deputy Deputy") as book:
        actions.correct(
            sheet_of(run, "officer", bureau), reason="lost", schemes=history(), tree=unit_tree(), book=book
        )
    at("2023-12-06")
    assert points(computed("2023-11"), "officer", bureau) == 10 - 2 - 2


def test_an_altered_sheet_is_found(bureau, at, computed):
    at("2023-11-06")
    run = computed("2023-10")
    guard.remove()
    Sheet.objects.filter(run=run).update(points=100)
    guard.install()
    assert any("altered" in str(found.message) for found in verify())


def test_an_altered_shape_is_found(bureau, at, computed):
    at("2023-11-06")
    sheet = sheet_of(computed("2023-10"), "officer", bureau)
    guard.remove()
    Shape.objects.filter(pk=sheet.shape_id).update(content=sheet.shape.content.replace('"10"', '"11"', 1))
    guard.install()
    found = [found for found in verify() if "arithmetic" in str(found.message)]
    assert [each.object for each in found] == [sheet.shape_id]


def test_nobody_puts_in_a_shape_or_changes_one(bureau, at, computed):
    at("2023-11-06")
    computed("2023-10")
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic():
        Shape.objects.create(digest="0" * 64, content="{}")
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic():
        Shape.objects.update(content="{}")


def test_sheets_that_were_filed_together_are_those_that_are_kept_one_by_one(bureau, submit, at, computed):
    at("2023-11-01")
    submit("2023-10-09", adopted="province")
    at("2023-11-06")
    run = computed("2023-10")
    scoring = running.Scoring.of(
        "monthly", run.span, schemes=history(), tree=unit_tree(), now=at("2023-11-06")
    )
    pairs = list(scoring.alike(scoring.subjects()))
    assert len(pairs) == 2
    for each, alike in pairs:
        filed = Sheet.objects.get(run=run, person_id=each.subject.key)
        draft = running.drafted(run, each, alike, as_of=scoring.window.as_of, by_unit=False)
        assert running.is_same(filed, draft)
        assert chain.digest({**draft.payload(), "id": filed.pk}) == filed.digest


def test_what_is_kept_of_a_sheet_is_what_was_worked_out(bureau, submit, at, computed):
    at("2023-10-30")
    submit("2023-09-20", adopted="city", adopted_on="2023-09-21")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10")
    at("2023-11-06")
    run = computed("2023-10")
    scoring = running.Scoring.of(
        "monthly", run.span, schemes=history(), tree=unit_tree(), now=at("2023-11-06")
    )
    for each, sheet in scoring.sheets(scoring.subjects()):
        filed = Sheet.objects.get(run=run, person_id=each.subject.key)
        content = keeping.content_of(filed)
        assert (content.tree, content.judged) == (sheet.tree, sheet.judged)
        assert (content.missed, content.calls, content.fulfilled) == (
            sheet.missed, sheet.calls, sheet.fulfilled,
        )  # fmt: skip
        assert keeping.carried_from_json(filed.carried) == sheet.carried


def test_a_sheet_that_is_gone_is_found(bureau, at, computed):
    at("2023-11-06")
    run = computed("2023-10")
    guard.remove()
    Sheet.objects.filter(run=run).order_by("pk")[:1].get().delete()
    guard.install()
    assert any("batch" in str(found.message) for found in verify())


def test_three_missed_months_double_the_shortfall_and_call_for_talks(bureau, submit, at, through):
    from taizhang.appraisals.models import Talk

    runs = [through(f"2023-{month:02}") for month in (8, 9, 10)]
    assert [points(run, "officer", bureau) for run in runs] == [6, 6, 2]
    talks = Talk.objects.filter(person=bureau.people["officer"])
    assert [(talk.escalation, talk.missed, talk.leader) for talk in talks.order_by("pk")] == [
        ("two_months", 2, bureau.people["deputy"]),
        ("three_months", 3, bureau.people["deputy"]),
    ]
    at("2023-11-28")
    submit("2023-11-09", adopted="city")
    submit("2023-11-10")
    through("2023-11")
    assert not Talk.objects.filter(person=bureau.people["officer"], closing=None).exists()
    assert Talk.objects.filter(person=bureau.people["section_head"], closing=None).count() == 2
    assert list(verify()) == []
