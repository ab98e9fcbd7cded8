"""Entries that the scheme has verified count once somebody else accepted them, in the version that the sheet looks at."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, IntegrityError, connection, transaction

from taizhang.appraisals import actions, keeping, running, verifications, verifying
from taizhang.appraisals.models import Verification
from taizhang.appraisals.tests.conftest import sheet_of, with_appraisals, with_verification
from taizhang.cli.appraise import appraise
from taizhang.core.values import Period
from taizhang.journal import guard
from taizhang.journal.actions import open_book
from taizhang.journal.verify import verify
from taizhang.ledger import actions as ledger
from taizhang.ledger.models import Entry
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

COUNTED, WAITING = 10 + 2 + 5, 10 + 2 - 2


@pytest.fixture
def scheme_text():
    return with_verification(with_appraisals())


@pytest.fixture
def adoption(submit, at):
    """The officer's month: two items, one of them adopted by a province; return the adoption."""
    at("2023-10-30")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10")
    return Entry.objects.get(kind="adoption")


def points(run, bureau):
    return sheet_of(run, "officer", bureau).points


def waiting(run, bureau):
    return keeping.content_of(sheet_of(run, "officer", bureau)).waiting


def corrected(entry, now, **changes):
    with open_book(now=now(), actor="clerk Clerk") as book:
        changed = replace(ledger.draft_of(entry), **changes)
        return ledger.correct(entry, changed, reason="put right", book=book, schemes=history())


def recomputed(computed, at, moment):
    at(moment)
    return computed("2023-10")


def test_what_nobody_verified_is_listed_and_counts_for_nothing(bureau, adoption, at, computed):
    at("2023-11-06")
    run = computed("2023-10")
    assert points(run, bureau) == WAITING
    assert waiting(run, bureau) == (adoption.fact.hex,)


def test_what_was_accepted_by_the_beginning_of_the_round_counts(bureau, adoption, at, computed, decide):
    at("2023-11-06 09:00")  # after the closing day, before the round
    decide(adoption)
    at("2023-11-06 10:00")
    run = computed("2023-10")
    assert points(run, bureau) == COUNTED
    assert waiting(run, bureau) == ()
    assert list(verify()) == []


def test_what_was_refused_waits_with_its_reason(bureau, adoption, at, computed, decide):
    decide(adoption, refused="the page does not exist")
    run = recomputed(computed, at, "2023-11-06")
    assert points(run, bureau) == WAITING
    assert waiting(run, bureau) == (adoption.fact.hex,)


def test_a_later_decision_supersedes_with_a_reason(bureau, adoption, at, computed, decide):
    first = decide(adoption)
    with pytest.raises(verifications.Refused, match="已经"):
        decide(adoption)
    at("2023-10-31")
    second = decide(adoption, refused="another office's page")
    with pytest.raises(verifications.Refused):
        decide(adoption)  # without a reason
    run = recomputed(computed, at, "2023-11-06 10:00")
    assert points(run, bureau) == WAITING
    at("2023-11-06 11:00")
    third = decide(adoption, reason="it is ours after all")
    assert [second.supersedes, third.supersedes] == [first, second]
    assert points(recomputed(computed, at, "2023-11-06 12:00"), bureau) == COUNTED
    assert list(verify()) == []


def test_a_version_that_puts_it_right_is_verified_anew(bureau, adoption, at, now, computed, decide):
    decide(adoption)
    at("2023-10-31")
    anew = corrected(adoption, now, title="as it was printed")
    with pytest.raises(verifications.Refused):
        decide(adoption, refused="old")
    assert points(recomputed(computed, at, "2023-11-06 10:00"), bureau) == WAITING
    decide(anew)
    assert points(recomputed(computed, at, "2023-11-06 11:00"), bureau) == COUNTED


def test_what_is_verified_after_the_round_is_put_right_by_a_correction(
    bureau, adoption, at, now, through, computed, decide
):
    run = through("2023-10")
    at("2023-11-20")
    decide(adoption)
    at("2023-12-06")
    later = computed("2023-11")
    assert waiting(later, bureau) == ()
    assert points(later, bureau) == 10 - 2 - 2  # it is not posted in the month in which it was verified
    with open_book(now=now(), actor="deputy Deputy") as book:
        anew = actions.correct(
            sheet_of(run, "officer", bureau), reason="verified since", schemes=history(), tree=unit_tree(),
            book=book,
        )  # fmt: skip
    assert anew.points == COUNTED
    assert list(verify()) == []


def test_a_late_proof_is_verified_in_the_month_that_posts_it(bureau, submit, at, through, computed, decide):
    at("2023-10-30")
    submit("2023-10-09")
    through("2023-10")
    at("2023-11-20")
    submit("2023-10-20", adopted="province")
    late = Entry.objects.get(kind="adoption")
    at("2023-12-06 09:00")
    run = computed("2023-11")
    assert waiting(run, bureau) == (late.fact.hex,)
    at("2023-12-06 10:00")
    decide(late)
    at("2023-12-06 11:00")
    assert points(computed("2023-11"), bureau) == 10 + 1 + 5 - 1


def test_a_refused_row_of_an_earlier_month_takes_nothing_from_a_later_one(
    bureau, submit, post_entry, at, through, computed, decide
):
    """Of one item the best two count: a third one of November would be worth nothing beside two of October."""
    at("2023-10-30")
    item = submit("2023-10-09", adopted="province")
    again = [
        post_entry("adoption", about=item, occurred_on=f"2023-10-{day}", values={"level": "province"})
        for day in (12, 13)
    ]
    decide(Entry.objects.get(kind="adoption", occurred_on="2023-10-09"))
    for each in again:
        decide(each, refused="not found")
    through("2023-10")
    at("2023-11-20")
    decide(post_entry("adoption", about=item, occurred_on="2023-11-10", values={"level": "province"}))
    at("2023-12-06")
    run = computed("2023-11")
    assert points(run, bureau) == 10 + 5 - 2
    assert set(waiting(run, bureau)) == {each.fact.hex for each in again}


def test_what_an_older_scheme_counted_stays_counted_though_nobody_decided(
    bureau, submit, post_entry, at, through, computed, decide, monkeypatch
):
    """Two of October count already, by a scheme that may not have asked: a third of November adds nothing."""
    at("2023-10-30")
    item = submit("2023-10-09", adopted="province")
    post_entry("adoption", about=item, occurred_on="2023-10-12", values={"level": "province"})
    through("2023-10")
    at("2023-11-20")
    decide(post_entry("adoption", about=item, occurred_on="2023-11-10", values={"level": "province"}))
    values = verifying.values
    monkeypatch.setattr(verifying, "values", lambda *told: {**values(*told), "verified_since": "2023-11-01"})
    at("2023-12-06")
    run = computed("2023-11")
    assert points(run, bureau) == 10 - 2
    assert waiting(run, bureau) == ()


@pytest.mark.parametrize(("effective", "since"), [("2023-01-01", "2023-01-01"), ("2023-01-15", "2023-02-01")])
def test_periods_are_judged_by_this_scheme_from_the_first_that_begins_in_it(bureau, effective, since, now):
    compiled = running.compiled_for("monthly", Period.parse("2023-10"), history())
    scheme = compiled.scheme.model_copy(update={"effective": dt.date.fromisoformat(effective)})
    loaded = replace(compiled.loaded, scheme=scheme)
    assert verifying.values(replace(compiled, loaded=loaded), now())["verified_since"] == since


def test_where_the_scheme_does_not_ask_nothing_is_looked_up(bureau, adoption):
    compiled = running.compiled_for("monthly", Period.parse("2023-10"), history())
    silent = replace(compiled, appraisal=compiled.appraisal.model_copy(update={"verification": None}))
    assert "appraisals_verification" in verifying.column(compiled)
    assert verifying.column(silent) == verifying.column(silent, earlier=True) == ""


# Who may


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("clerk", "您登记的"),
        ("section_head", "这个单位"),
        ("officer", "作者"),
        ("auditor", "这个单位"),
    ],
)
def test_nobody_verifies_what_is_his_or_not_in_his_role(adoption, decide, by, why):
    with pytest.raises(verifications.Refused, match=why):
        decide(adoption, by=by)


def test_who_recorded_the_first_version_does_not_verify_the_next(bureau, adoption, now, decide):
    with open_book(now=now(), actor="deputy Deputy") as book:
        changed = replace(ledger.draft_of(adoption), title="by the deputy")
        anew = ledger.correct(adoption, changed, reason="x", book=book, schemes=history())
    for role in ("deputy", "clerk"):
        with pytest.raises(verifications.Refused, match="您登记的"):
            decide(anew, by=role)


# With the database in hand


def _row(entry, bureau, at, **more):
    given = {
        "entry": entry, "accepted": True, "role": "deputy", "person": bureau.people["deputy"], "at": at("2023-10-31"),
        "by": "deputy Deputy", **more,
    }  # fmt: skip
    return Verification(**given)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"by": "clerk Clerk"}, "what he recorded"),
        ({"person": "officer"}, "of his own"),
        ({"voids": True}, "holds no more"),
        ({"twice": True}, "does not supersede"),
    ],
)
def test_the_database_refuses_too(bureau, adoption, at, now, decide, more, why):
    if more.pop("twice", False):
        decide(adoption, refused="x")
    if more.pop("voids", False):
        corrected(adoption, now, title="anew")
    if "person" in more:
        more["person"] = bureau.people[more["person"]]
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), guard.writing():
        _row(adoption, bureau, at, **more).save(force_insert=True)


def test_a_refusal_without_a_reason_is_refused(bureau, adoption, at):
    with pytest.raises(IntegrityError, match="reason"), transaction.atomic(), guard.writing():
        _row(adoption, bureau, at, accepted=False).save(force_insert=True)


def test_nobody_puts_one_in_changes_or_deletes_one(bureau, adoption, at, decide):
    held = decide(adoption)
    for act in (
        lambda: _row(adoption, bureau, at).save(force_insert=True),
        lambda: Verification.objects.update(accepted=False),
        lambda: Verification.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic():
            act()
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic(), guard.writing():
        Verification.objects.filter(pk=held.pk).update(accepted=False)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE appraisals_verification SET accepted = NOT accepted",
        "UPDATE appraisals_verification SET reason = 'another'",
        "DELETE FROM appraisals_verification",
    ],
)
def test_what_was_altered_behind_the_program_is_named(adoption, decide, sql):
    held = decide(adoption, refused="not found")
    guard.remove()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    guard.install()
    [found] = verify()
    assert found.message.values["object"] == f"appraisals.verification {held.pk}"


def test_a_forged_one_is_named(bureau, adoption, at):
    guard.remove()
    forged = _row(adoption, bureau, at, by="clerk Clerk")
    forged.save(force_insert=True)
    guard.install()
    found = [str(each.message) for each in verify()]
    assert any("had recorded himself" in each for each in found), found
    assert len(found) > 1  # and no line of the journal signed it


def test_one_that_was_opened_again_is_named(adoption, at, decide):
    first = decide(adoption)
    at("2023-10-31")
    decide(adoption, refused="x")
    guard.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE appraisals_verification SET superseded_at = at")
    guard.install()
    assert [each for each in verify() if each.object == str(first.pk)]


# From the command line


def test_what_waits_is_listed_for_a_script(bureau, adoption, submit, at, decide):
    refused = submit("2023-10-11", adopted="city")
    decide(Entry.objects.get(about=refused), refused="not found")
    accepted = submit("2023-10-12", adopted="city")
    decide(Entry.objects.get(about=accepted))

    told = CliRunner().invoke(
        appraise, ["--period", "2023-10", "--waiting", "--format", "json", "--language", "en"]
    )

    rows = json.loads(told.stdout)
    assert [(row["id"], row["state"], row["reason"]) for row in rows] == [
        (str(adoption.pk), "waiting", ""),
        (str(Entry.objects.get(about=refused).pk), "refused", "not found"),
    ]
    assert (
        "2 entries wait"
        in CliRunner().invoke(appraise, ["--period", "2023-10", "--waiting", "--language", "en"]).output
    )


def test_who_verified_an_entry_may_put_it_right_or_withdraw_it_later(bureau, adoption, at, now, decide):
    """That the verifier recorded a later version is no fault; ``verify`` names only who had recorded it before."""
    by = decide(adoption).by
    at("2023-11-20")
    with open_book(now=now(), actor=by) as book:
        ledger.withdraw(adoption, reason="not there any more", book=book)
    assert list(verify()) == []
