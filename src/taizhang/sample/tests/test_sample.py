"""The sample year gives the figures of the document it was made after, each time the same."""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from taizhang import sample
from taizhang.appraisals import keeping
from taizhang.appraisals.models import Answer, Circular, Decision, Event, Sheet, Talk, Verification
from taizhang.core.appraisal.sheet import Step
from taizhang.core.duties import DutyState
from taizhang.core.indicators.plan import Ask
from taizhang.core.indicators.recount import recount
from taizhang.core.values import Figure, Period, Scope
from taizhang.duties import queries as duties
from taizhang.journal.models import Line
from taizhang.journal.names import action_name
from taizhang.journal.verify import verify
from taizhang.ledger import figures
from taizhang.ledger.counted import fact_of
from taizhang.ledger.models import Entry
from taizhang.org.models import Account
from taizhang.org.queries import group_roster, roster, unit_tree
from taizhang.rules.queries import history
from taizhang.sample import organisation, study

OPENING = dt.datetime(2023, 12, 29, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
YEAR = Period.year(2023)

OF_THE_SOURCE = {
    "group_study": 35,
    "seminar": 9,
    "seminar_special": 6,
    "secretary_lecture": 5,
    "talk": 12,
    "talk_attendance": 1200,
    "policy_outreach": 24,
    "policy_outreach_attendance": 4500,
    "information": 350,
    "information_adopted": 320,
    "commentary": 120,
    "information_party_building": 210,
    "inspection": 6,
    "finding": 24,
    "finding_closed": 20,
    "finding_open": 4,
}
pytestmark = pytest.mark.django_db  # so that the tables are there when these tests run alone
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TOLD_ROUGHLY = {"talk_attendance", "policy_outreach_attendance"}


@pytest.fixture(scope="module")
def year(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Build the year once for all tests of this module, which only read it; give the folder of its files."""
    home = tmp_path_factory.mktemp("home")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(HOME=home, EVIDENCE_ROOT=home / "evidence", PASSWORD_HASHERS=FAST):
            sample.build()
        yield home / "evidence"
        transaction.set_rollback(True)


def _figures(as_of: dt.datetime | None = None) -> dict[str, Figure]:
    schemes = history()
    asks = [Ask(name, Scope(), YEAR) for name in schemes.in_force(YEAR.start).scheme.indicators]
    counted = figures.evaluate(asks, schemes=schemes, tree=unit_tree(), now=OPENING, as_of=as_of)
    return {ask.indicator: counted[ask] for ask in asks}


@pytest.mark.usefixtures("year")
def test_the_year_counts_to_the_figures_of_the_source() -> None:
    counted = _figures()
    assert {name: counted[name].value for name in OF_THE_SOURCE} == OF_THE_SOURCE
    assert {name for name in OF_THE_SOURCE if counted[name].approximate} == TOLD_ROUGHLY
    assert not any(figure.left_out for figure in counted.values())
    rate = counted["rectification_rate"].value
    assert isinstance(rate, Decimal)
    assert round(rate, 1) == Decimal("83.3")


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(
    "as_of", [OPENING, OPENING.replace(month=6, day=2), OPENING.replace(month=12, day=20)]
)
def test_every_figure_equals_a_recount_of_the_exported_rows(as_of: dt.datetime) -> None:
    tree, version = unit_tree(), history().in_force(YEAR.start)
    facts = [fact_of(entry, tree) for entry in Entry.objects.prefetch_related("participations")]
    units = {unit.code: tree.by_id[unit.parent_id].code if unit.parent_id else "" for unit in tree.units}
    for name, figure in _figures(as_of).items():
        again = recount(
            name, scheme=version, facts=facts, scope=Scope(), period=YEAR, as_of=as_of, units=units
        )
        assert (name, figure.value, figure.approximate) == (name, again.value, again.approximate)


@pytest.mark.usefixtures("year")
def test_what_was_known_before_christmas_was_less() -> None:
    before, now = _figures(OPENING.replace(day=20)), _figures()
    assert before["information_adopted"].value < now["information_adopted"].value  # type: ignore[operator]
    assert before["talk"].value == now["talk"].value


@pytest.mark.usefixtures("year")
def test_the_open_findings_are_named_and_two_of_them_wait_for_verification() -> None:
    closed = Entry.objects.filter(kind="closure", superseded_at=None, voids=False)
    still_open = Entry.objects.filter(kind="finding", superseded_at=None).exclude(
        fact__in=closed.values("about__fact")
    )
    assert [entry.values["number"] for entry in still_open.order_by("occurred_on", "id")] == [
        "督2023-20", "督2023-22", "督2023-23", "督2023-24",
    ]  # fmt: skip
    assert _figures()["finding_waiting"].value == 2


@pytest.mark.usefixtures("year")
def test_on_the_opening_day_the_matrix_shows_every_lamp() -> None:
    schemes, tree = history(), unit_tree()
    span = Period(YEAR.start, dt.date(2024, 12, 31))
    found = duties.occurrences(
        duties.owed_in(span, schemes=schemes, tree=tree), schemes=schemes, tree=tree, now=OPENING
    )
    states = Counter(occurrence.state for occurrence in found)
    assert set(states) == set(DutyState)
    overdue = {
        (o.owed.id, o.owed.unit.code, str(o.owed.period)) for o in found if o.state is DutyState.OVERDUE
    }
    assert overdue == {
        ("monthly_branch_study", "ZB3", "2023-11"),
        ("monthly_information", "NCK", "2023-08"),
        ("monthly_information", "SCL", "2023-11"),
    }


@pytest.mark.usefixtures("year")
def test_eleven_months_of_scores_were_run_and_ten_of_them_locked() -> None:
    acts = Counter(Event.objects.values_list("act", flat=True))
    assert (acts["computed"], acts["sent"], acts["confirmed"], acts["locked"]) == (11, 11, 10, 10)
    assert Circular.objects.count() == 10
    officers = Counter(Sheet.objects.filter(superseded_at=None).values_list("run__period", flat=True))
    assert set(officers.values()) == {10}


@pytest.mark.usefixtures("year")
def test_misses_are_talked_about_doubled_and_mended() -> None:
    talks = Talk.objects.order_by("pk").values_list("person__code", "escalation", "missed")
    assert list(talks) == [
        ("KJ017", "two_months", 2), ("KJ015", "two_months", 2), ("KJ010", "two_months", 2), ("KJ010", "two_months", 2),
        ("KJ017", "two_months", 2), ("KJ042", "two_months", 2), ("KJ042", "three_months", 3),
    ]  # fmt: skip
    assert Talk.objects.filter(closing__isnull=False, held__isnull=False).count() == 5
    waiting = Talk.objects.get(held=None)
    assert (waiting.escalation, waiting.leader and waiting.leader.code) == ("three_months", organisation.HEAD)
    tree = keeping.content_of(waiting.sheet).tree
    short = next(step for step in tree.steps if step.name == "short")
    assert [(step.how, step.points, step.numbers) for step in short.steps] == [("multiplied", -2, (-1, 2))]


@pytest.mark.usefixtures("year")
def test_an_objection_is_upheld_with_a_proof_that_came_late_and_it_posts_once() -> None:
    upheld = Answer.objects.get(upheld=True)
    before, after = upheld.objection.sheet, upheld.sheet
    assert after is not None
    assert (before.points, after.points) == (14, 16)
    more = set(keeping.rows_in(after.keys)) - set(keeping.rows_in(before.keys))
    following = Sheet.objects.get(run__period="2023-10", person=after.person, superseded_at=None)
    items = [
        item
        for rule in keeping.content_of(following).tree.steps
        for item in rule.steps
        if any(step.name in more for step in _rows(item))
    ]
    assert more
    assert [item.how for item in items] == ["item_less_paid"] * len(items), (
        "what was posted is only ever set off"
    )
    assert Answer.objects.filter(upheld=False).count() == 1


@pytest.mark.usefixtures("year")
def test_late_proofs_post_in_the_month_they_arrive_and_leave_is_exempt() -> None:
    own = [
        (sheet.run.period, step.own)
        for sheet in Sheet.objects.filter(superseded_at=None).select_related("run")
        for step in _rows(keeping.content_of(sheet).tree)
        if step.own
    ]
    assert len(own) > 5
    assert all(posted > month for posted, month in own)
    excused = Decision.objects.get(approved=True).exemption
    sheet = Sheet.objects.get(run__period="2023-08", person=excused.person)
    assert (sheet.outcome, sheet.points >= 10) == ("exempt", True)


@pytest.mark.usefixtures("year")
def test_adoptions_were_verified_by_others_and_the_last_of_december_wait() -> None:
    decided = Verification.objects.select_related("entry")
    adoptions = Entry.objects.filter(kind="adoption", superseded_at=None, voids=False)
    waiting = adoptions.exclude(pk__in=decided.values("entry"))
    refused = decided.filter(accepted=False)
    assert {entry.recorded_at.date() >= dt.date(2023, 12, 22) for entry in waiting} == {True}
    assert (waiting.count() > 5, refused.count(), all(each.reason for each in refused)) == (True, 2, True)
    assert not any(each.by == each.entry.recorded_by for each in decided)
    assert {each.role for each in decided} == {"clerk", "assessor"}
    sheets = Sheet.objects.filter(superseded_at=None)
    assert not any(keeping.content_of(sheet).waiting for sheet in sheets)


def _rows(step: Step) -> Iterator[Step]:
    yield step
    for each in step.steps:
        yield from _rows(each)


@pytest.mark.usefixtures("year")
def test_nothing_is_recorded_before_it_happened_or_after_the_opening() -> None:
    for entry in Entry.objects.all():
        assert entry.occurred_on <= entry.recorded_at.astimezone(OPENING.tzinfo).date()
        assert entry.recorded_at < OPENING


@pytest.mark.usefixtures("year")
def test_attendance_is_of_the_roster_of_the_day() -> None:
    day = dt.date(2023, 9, 8)
    present = Entry.objects.get(kind="group_study", occurred_on=day, superseded_at=None).participations
    assert set(present.values_list("person__code", flat=True)) == {
        person.code for person in group_roster(group="study_group", day=day)
    }
    assert "KJ003" not in organisation.members("study_group", day)


@pytest.mark.usefixtures("year")
def test_the_tables_and_the_database_agree_on_who_belonged_where() -> None:
    units = unit_tree().by_code
    for day in (dt.date(2023, 1, 6), dt.date(2023, 3, 20), dt.date(2023, 9, 11), dt.date(2023, 12, 28)):
        for code in (*organisation.HEADS, *study.BRANCHES):
            posted = {person.code for person in roster(unit_ids=[units[code].pk], day=day)}
            assert posted == set(organisation.posted(code, day))


@pytest.mark.usefixtures("year")
def test_every_act_of_the_year_has_a_name_for_people() -> None:
    acts = {*Line.objects.values_list("action", flat=True)}
    assert {act for act in acts if action_name(act) == act} == set()


def test_the_journal_holds_and_shows_corrections_and_withdrawals(year: Path, settings: Any) -> None:
    settings.EVIDENCE_ROOT, settings.HOME = year, year.parent
    assert list(verify()) == []
    actions = Counter(Line.objects.values_list("action", flat=True))
    assert actions["ledger.correct"] > 30
    assert actions["ledger.withdraw"] == 4
    assert actions["duties.exempt"] == 2


@pytest.mark.usefixtures("year")
def test_one_account_a_role_opens_with_the_sample_password_and_no_other_does() -> None:
    opened = {login for login in sample.ACCOUNTS if authenticate(username=login, password=sample.PASSWORD)}
    assert opened == set(sample.ACCOUNTS)
    others = Account.objects.exclude(username__in=sample.ACCOUNTS)
    assert others.exists()
    assert not any(account.has_usable_password() for account in others)


@pytest.mark.usefixtures("year")
def test_a_second_build_does_nothing() -> None:
    lines = Line.objects.count()
    sample.build()
    assert Line.objects.count() == lines
    assert not sample.is_wanted()


@pytest.mark.usefixtures("year")
def test_first_versions_bear_ids_of_their_moment_and_place() -> None:
    entries = Entry.objects.filter(supersedes=None).order_by("recorded_at", "id")
    assert [entry.id.int & 0xFFFF for entry in entries] == list(range(len(entries)))
    assert all(entry.id.int >> 80 == int(entry.recorded_at.timestamp() * 1000) for entry in entries)


def test_the_tables_say_the_same_in_every_process() -> None:
    """Whatever order a set or a hash may give in a process must not show."""
    program = (
        "import django, hashlib; django.setup(); from taizhang.sample import year; "
        "print(hashlib.sha256(repr(year.sittings()).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
