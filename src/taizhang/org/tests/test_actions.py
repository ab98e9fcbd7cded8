import datetime as dt
from typing import Any

import pytest

from taizhang.conftest import FOUNDED, NOW, Bureau
from taizhang.core.scheme.schema import Scheme
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.org import actions
from taizhang.org.actions import ChangeRefused
from taizhang.org.models import Person, Post, RoleAssignment, Unit
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

TODAY = NOW.date()


@pytest.fixture
def scheme(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> Scheme:
    """The office's scheme, in which auditor and administrator are kept apart by the auditor's side alone."""
    found = history().newest.scheme
    apart = found.roles["auditor"].model_copy(update={"apart_from": ("administrator",)})
    return found.model_copy(update={"roles": {**found.roles, "auditor": apart}})


def do(act: Any, *args: Any, **more: Any) -> Any:
    with open_book(now=NOW, actor="administrator") as book:
        return act(*args, **more, book=book)


def refused(act: Any, *args: Any, **more: Any) -> dict[str, str]:
    with pytest.raises(ChangeRefused) as caught:
        do(act, *args, **more)
    return {place: str(message) for place, message in caught.value.problems.items()}


def opened(bureau: Bureau, scheme: Scheme, code: str, parent: str) -> Unit:
    unit = do(
        actions.open_unit,
        code=code,
        name=code,
        kind="section",
        parent=bureau.units.get(parent) or Unit.objects.get(code=parent),
        since=FOUNDED,
        scheme=scheme,
    )
    assert isinstance(unit, Unit)
    return unit


def test_every_change_is_signed_with_the_words_it_replaces(bureau: Bureau, scheme: Scheme) -> None:
    office = bureau.units["office"]
    do(actions.change_unit, office, name="综合科", short_name="", kind="section", order=1, scheme=scheme)
    line = Line.objects.get(action="org.change_unit")
    assert line.actor == "administrator"
    assert line.detail == {"was": {"name": "办公室"}}
    assert Unit.objects.get(pk=office.pk).name == "综合科"


def test_a_change_that_changes_nothing_leaves_no_line(bureau: Bureau, scheme: Scheme) -> None:
    office = bureau.units["office"]
    before = Line.objects.count()
    do(actions.change_unit, office, name="办公室", short_name="", kind="section", order=1, scheme=scheme)
    assert Line.objects.count() == before


def test_the_tree_has_no_circles(bureau: Bureau, scheme: Scheme) -> None:
    below = opened(bureau, scheme, "desk", "office")
    deeper = opened(bureau, scheme, "window", "desk")
    for parent in (bureau.units["office"], below, deeper):
        assert "parent" in refused(actions.move_unit, bureau.units["office"], parent=parent)
    do(actions.move_unit, below, parent=bureau.units["publicity"])
    assert deeper.pk in unit_tree().below(bureau.units["publicity"].pk)


def test_the_whole_organisation_stays_on_top(bureau: Bureau, scheme: Scheme) -> None:
    assert refused(actions.move_unit, bureau.units["bureau"], parent=bureau.units["office"])
    assert "parent" in refused(
        actions.open_unit,
        code="other",
        name="other",
        kind="bureau",
        parent=None,
        since=FOUNDED,
        scheme=scheme,
    )


def test_units_are_of_kinds_the_scheme_knows_and_have_codes_of_their_own(
    bureau: Bureau, scheme: Scheme
) -> None:
    root = bureau.units["bureau"]
    new = {"name": "x", "parent": root, "since": FOUNDED, "scheme": scheme}
    assert "kind" in refused(actions.open_unit, code="x", kind="ministry", **new)
    assert "code" in refused(actions.open_unit, code="office", kind="section", **new)


def test_a_unit_is_not_older_than_the_one_it_belongs_to(bureau: Bureau, scheme: Scheme) -> None:
    early = FOUNDED - dt.timedelta(days=1)
    assert "since" in refused(
        actions.open_unit,
        code="x",
        name="x",
        kind="section",
        parent=bureau.units["bureau"],
        since=early,
        scheme=scheme,
    )


def test_a_unit_closes_only_when_everything_in_it_has_ended(bureau: Bureau) -> None:
    publicity = bureau.units["publicity"]
    post = Post.objects.get(unit=publicity)
    assert "Section Head" in refused(actions.close_unit, publicity, until=TODAY)["until"]
    do(actions.change_post, post, title=post.title, since=post.since, until=TODAY, order=0)
    role = RoleAssignment.objects.get(unit=publicity)
    scheme = history().newest.scheme
    do(actions.change_assignment, role, since=role.since, until=TODAY, by=None, scheme=scheme)
    do(actions.close_unit, publicity, until=TODAY)
    assert publicity not in unit_tree().on(TODAY + dt.timedelta(days=1))
    do(actions.reopen_unit, publicity)
    assert publicity in unit_tree().on(TODAY + dt.timedelta(days=1))


def test_a_post_lies_within_the_life_of_its_unit_and_ends_after_it_starts(bureau: Bureau) -> None:
    new = {"person": bureau.people["auditor"], "unit": bureau.units["publicity"], "title": "x"}
    assert "until" in refused(actions.appoint, **new, since=TODAY, until=TODAY - dt.timedelta(days=1))
    assert "since" in refused(actions.appoint, **new, since=FOUNDED - dt.timedelta(days=1))


def test_the_same_post_is_not_held_twice_at_a_time(bureau: Bureau) -> None:
    clerk = bureau.people["clerk"]
    post = Post.objects.get(person=clerk)
    same = {"person": clerk, "unit": post.unit, "title": post.title}
    assert "since" in refused(actions.appoint, **same, since=TODAY)
    do(actions.change_post, post, title=post.title, since=post.since, until=TODAY, order=0)
    again = do(actions.appoint, **same, since=TODAY + dt.timedelta(days=1))
    assert "since" in refused(actions.change_post, again, title=again.title, since=TODAY, until=None, order=0)


def test_staff_numbers_tell_people_apart(bureau: Bureau) -> None:
    assert "Clerk" in refused(actions.add_person, code="S000", name="Another")["code"]
    do(actions.change_person, bureau.people["clerk"], code="S000", name="Clerk the Elder")
    assert Person.objects.get(code="S000").name == "Clerk the Elder"


def test_groups_are_those_of_the_scheme(bureau: Bureau, scheme: Scheme) -> None:
    new = {
        "person": bureau.people["officer"],
        "unit": bureau.units["bureau"],
        "since": TODAY,
        "scheme": scheme,
    }
    assert "group" in refused(actions.join_group, group="choir", **new)
    do(actions.join_group, group="study_group", standing="member", **new)
    assert "since" in refused(actions.join_group, group="study_group", standing="leader", **new)


def test_nobody_gives_themselves_a_role(bureau: Bureau, scheme: Scheme) -> None:
    administrator = bureau.people["administrator"]
    assert "person" in refused(
        actions.assign_role,
        person=administrator,
        role="clerk",
        unit=bureau.units["office"],
        since=TODAY,
        by=administrator,
        scheme=scheme,
    )
    own = RoleAssignment.objects.get(person=administrator)
    assert "person" in refused(
        actions.change_assignment, own, since=own.since, until=TODAY, by=administrator, scheme=scheme
    )


@pytest.mark.parametrize(("held", "wanted"), [("auditor", "administrator"), ("administrator", "auditor")])
def test_roles_kept_apart_are_not_held_together_whichever_says_so(
    bureau: Bureau, scheme: Scheme, held: str, wanted: str
) -> None:
    person, unit = bureau.people[held], bureau.units["bureau"]
    new = {"person": person, "role": wanted, "unit": unit, "by": None, "scheme": scheme}
    assert "role" in refused(actions.assign_role, **new, since=TODAY)
    assignment = RoleAssignment.objects.get(person=person)
    do(actions.change_assignment, assignment, since=FOUNDED, until=TODAY, by=None, scheme=scheme)
    do(actions.assign_role, **new, since=TODAY + dt.timedelta(days=1))
    assert "role" in refused(
        actions.change_assignment, assignment, since=FOUNDED, until=None, by=None, scheme=scheme
    )


def test_who_leaves_leaves_everything_on_one_day(bureau: Bureau, scheme: Scheme) -> None:
    clerk = bureau.people["clerk"]
    assert do(actions.leave, clerk, until=TODAY, by=bureau.people["administrator"], scheme=scheme) == 3
    assert {
        thing.until for held in (clerk.posts, clerk.memberships, clerk.roles) for thing in held.all()
    } == {TODAY}
