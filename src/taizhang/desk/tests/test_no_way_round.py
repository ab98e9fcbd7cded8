"""不审不发: everything anybody could try to publish a text that did not pass. None of it publishes.

An attempt is a generator: what comes before ``yield`` is lawful and must work, what comes after must be refused.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from taizhang.core.desk.content import Content
from taizhang.desk import access, actions, drafts
from taizhang.desk.models import (
    Act,
    FindingDecision,
    Hand,
    Manuscript,
    Purpose,
    Release,
    Round,
    Seat,
    Station,
    Version,
    Withdrawal,
)
from taizhang.desk.refused import DeskRefused, DraftConflict
from taizhang.journal import guard
from taizhang.journal.actions import ClockWentBack, open_book
from taizhang.journal.verify import verify
from taizhang.ledger.models import new_id
from taizhang.org import accounts
from taizhang.org.access import access_of
from taizhang.org.models import Account, Membership, Person, RoleAssignment
from taizhang.rules import actions as rules
from taizhang.rules.queries import history

from .conftest import FOUNDED, NOW, SITTERS, STATIONS, Office

Attempt = Callable[[Office], Iterator[None]]
ATTEMPTS: dict[str, Attempt] = {}
REFUSALS = (DeskRefused, DraftConflict, DatabaseError, PermissionDenied, ClockWentBack, RuntimeError)
WRONG_SUM = "<p>全年报送信息58篇，其中被采用63篇。</p>"


def attempt(function: Attempt) -> Attempt:
    ATTEMPTS[function.__name__] = function
    return function


def breaks() -> list[str]:
    return [str(found.message) for found in verify()]


def run(sql: str, parameters: list[object] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])


def key(obj: object) -> object:
    """The id as the database keeps it."""
    return obj.pk.hex if connection.vendor == "sqlite" else str(obj.pk)


def submitted(office: Office, **more: object) -> Manuscript:
    manuscript = office.start(**more)
    office.submit(manuscript)
    return manuscript


def give_role(person: Person, role: str, unit: object) -> RoleAssignment:
    with open_book(now=NOW, actor="founder") as book:
        assignment = RoleAssignment.objects.create(person=person, role=role, unit=unit, since=FOUNDED)
        book.sign("org.assign_role", assignment)
    return assignment


def end_role(office: Office, name: str, role: str, until: dt.date) -> None:
    for assignment in RoleAssignment.objects.filter(person__account__username=name, role=role):
        with office.book("publisher") as book:
            was = {"until": None}
            assignment.until = until
            assignment.save()
            book.sign("org.change_assignment", assignment, was=was)


def adopt(office: Office, old: str, new: str) -> None:
    """Adopt a scheme with other stations from today on."""
    text = history().newest.text
    assert old in text
    with open_book(now=office.now(), actor="founder") as book:
        changed = text.replace(old, new).replace("effective: 2023-01-01", "effective: 2023-11-20")
        rules.adopt(changed, path="office2.yaml", book=book, today=NOW.date())


def forged_release(manuscript: Manuscript, **more: object) -> Release:
    version = manuscript.versions.order_by("-number").first()
    return Release(
        **{
            "manuscript": manuscript,
            "round": version.round,
            "version": version,
            "channel": "site",
            "digest": version.digest,
            "person": Person.objects.get(account__username="publisher"),
            "at": NOW,
            "by": "publisher Publisher",
            **more,
        }
    )


def forged_approval(office: Office, manuscript: Manuscript, code: str, **more: object) -> Act:
    version = manuscript.versions.order_by("-number").first()
    by = more.pop("who", SITTERS[code])
    person = office.person(by)
    last = manuscript.acts.order_by("-number").first()
    return Act(
        **{
            "manuscript": manuscript,
            "round": version.round,
            "number": last.number + 1,
            "what": "approve",
            "version": version,
            "digest": version.digest,
            "station": version.round.stations.get(code=code),
            "person": person,
            "assignment": person.roles.filter(
                role__in=["section_head", "proofreader", "deputy", "head"]
            ).last(),
            "opinion": "同意",
            "read_aloud": True,
            "day": NOW.date(),
            "at": NOW,
            "by": office.account(by).signature,
            **more,
        }
    )


# The publisher, the superuser, the author


@attempt
def release_of_a_text_that_was_never_submitted(office):
    manuscript = office.start()
    yield
    office.release(manuscript, seen="")


@attempt
def release_of_a_text_that_nobody_approved(office):
    manuscript = submitted(office)
    yield
    office.release(manuscript)


@attempt
def release_before_the_sign_off(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    yield
    office.release(manuscript)


@attempt
def release_by_an_account_without_the_right(office):
    manuscript = office.passed()
    yield
    office.release(manuscript, by="head")


@attempt
def release_by_a_superuser_without_a_person(office):
    manuscript = office.passed()
    with office.book("administrator") as book:
        root, _password = accounts.make_installer("root", book=book)
    yield
    with open_book(now=office.now(), actor="root") as book:
        actions.release(manuscript, "site", seen=office.seen(manuscript), by=root, book=book)


@attempt
def release_by_an_author_made_superuser(office):
    manuscript = office.passed()
    with office.book("administrator") as book:
        accounts.make_installer("editor", book=book)
    yield
    office.release(manuscript, by="editor")


@attempt
def approval_by_the_publisher(office):
    manuscript = submitted(office)
    yield
    office.approve(manuscript, "review1", by="publisher")


@attempt
def approval_by_a_superuser(office):
    manuscript = submitted(office)
    with office.book("administrator") as book:
        accounts.make_installer("auditor", book=book)
    yield
    office.approve(manuscript, "review1", by="auditor")


@attempt
def approval_by_an_account_that_is_shut(office):
    manuscript = submitted(office)
    account = office.account("section_head")
    with office.book("administrator") as book:
        accounts.set_active(account, active=False, by=office.account("administrator"), book=book)
    yield
    with open_book(now=office.now(), actor=account.signature) as book:
        station = office.station(manuscript, "review1")
        actions.approve(manuscript, station, seen=office.seen(manuscript), by=account, book=book)


@attempt
def approval_by_the_author(office):
    give_role(office.person("editor"), "section_head", office.bureau.units["office"])
    manuscript = submitted(office)
    yield
    office.approve(manuscript, "review1", by="editor")


@attempt
def approval_by_the_second_author(office):
    manuscript = office.start(content=office.content("editor", "section_head"))
    office.submit(manuscript)
    yield
    office.approve(manuscript, "review1")


@attempt
def approval_by_somebody_who_typed_into_the_draft(office):
    give_role(office.person("editor2"), "section_head", office.bureau.units["office"])
    manuscript = office.start()
    office.save(manuscript, office.content(title="编辑二改过的标题"), by="editor2")
    office.submit(manuscript)
    yield
    office.approve(manuscript, "review1", by="editor2")


@attempt
def approval_by_who_began_the_text_for_another(office):
    give_role(office.person("editor2"), "section_head", office.bureau.units["office"])
    manuscript = office.start(by="editor2", content=office.content("editor"))
    office.submit(manuscript, by="editor")
    yield
    office.approve(manuscript, "review1", by="editor2")


@attempt
def approval_by_who_wrote_an_earlier_version_only(office):
    give_role(office.person("editor2"), "section_head", office.bureau.units["office"])
    manuscript = office.start(content=office.content("editor", "editor2"))
    office.submit(manuscript)
    office.save(manuscript, office.content("editor"))
    office.submit(manuscript)
    yield
    office.approve(manuscript, "review1", by="editor2")


# The same person twice


@attempt
def two_review_levels_by_one_person(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof2")
    yield
    office.approve(manuscript, "review3", by="deputy")


@attempt
def two_review_levels_by_one_person_in_two_roles(office):
    give_role(office.person("section_head"), "head", office.bureau.units["bureau"])
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof2")
    yield
    office.approve(manuscript, "review3", by="section_head")


@attempt
def two_review_levels_one_of_them_before_an_edit(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="review2")
    give_role(office.person("deputy2"), "section_head", office.bureau.units["office"])
    office.send_back(manuscript, "proof2")
    office.submit(manuscript)
    office.approve(manuscript, "review1", by="deputy2")
    office.approve(manuscript, "proof1")
    yield
    office.approve(manuscript, "review2", by="deputy2")


@attempt
def a_level_sent_back_and_another_approved_by_one_person(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof1")
    give_role(office.person("deputy"), "section_head", office.bureau.units["office"])
    office.send_back(manuscript, "review2", by="deputy")
    office.submit(manuscript)
    yield
    office.approve(manuscript, "review1", by="deputy")


@attempt
def two_proofs_kept_apart_by_one_person(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="review3")
    yield
    office.approve(manuscript, "proof3", by="proofreader")


@attempt
def one_station_approved_twice(office):
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    yield
    office.approve(manuscript, "review1")


@attempt
def a_station_skipped(office):
    manuscript = submitted(office)
    yield
    office.approve(manuscript, "review2")


@attempt
def the_sign_off_first(office):
    manuscript = submitted(office)
    yield
    office.approve(manuscript, "sign")


# Edits


@attempt
def edit_after_the_last_approval_under_the_old_digest(office):
    manuscript = office.passed()
    seen = office.seen(manuscript)
    office.save(manuscript, office.content(title="换过的标题"))
    office.submit(manuscript)
    yield
    office.release(manuscript, seen=seen)


@attempt
def edit_after_the_last_approval_under_the_new_digest(office):
    manuscript = office.passed()
    office.save(manuscript, office.content(body="<p>换过的正文</p>"))
    office.submit(manuscript)
    yield
    office.release(manuscript)


@attempt
def the_same_text_submitted_again(office):
    manuscript = office.passed()
    office.submit(manuscript)
    yield
    office.release(manuscript)


@attempt
def an_approved_version_restored(office):
    manuscript = office.passed()
    approved = office.seen(manuscript)
    office.save(manuscript, office.content(title="中间改过"))
    office.submit(manuscript)
    office.save(manuscript, office.content())
    office.submit(manuscript)
    assert office.seen(manuscript) == approved
    yield
    office.release(manuscript, seen=approved)


@attempt
def release_after_the_authors_took_it_back(office):
    manuscript = office.passed()
    with office.book("editor") as book:
        actions.recall(manuscript, seen=office.seen(manuscript), by=office.account("editor"), book=book)
    yield
    office.release(manuscript)


@attempt
def release_after_a_return(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    office.send_back(manuscript, "sign")
    yield
    office.release(manuscript)


@attempt
def approval_after_a_return(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    office.send_back(manuscript, "sign")
    yield
    office.approve(manuscript, "sign")


@attempt
def authors_changed_after_approval(office):
    manuscript = office.passed()
    seen = office.seen(manuscript)
    office.save(manuscript, office.content("editor", "editor2"))
    office.submit(manuscript)
    yield
    office.release(manuscript, seen=seen)


@attempt
def a_correction_that_is_another_text(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="review3")
    yield
    office.correct(
        manuscript, "proof3", "<p>一篇没有人审过的稿子，和原来的毫不相干，字数也超过二十个字。</p>"
    )


@attempt
def a_correction_after_everybody_approved(office):
    manuscript = office.passed()
    yield
    office.correct(manuscript, "proof3", "<p>全市科普活动周在科技馆启动。</p>")


@attempt
def a_correction_that_adds_a_channel(office):
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    text = office.way(manuscript).version.text
    with office.book("proofreader") as book:
        actions.correct(
            manuscript,
            office.station(manuscript, "proof1"),
            replace(text, title="全市科普活动周启动了", channels=("site", "paper")),
            seen=office.seen(manuscript),
            reason="",
            by=office.account("proofreader"),
            book=book,
        )
    office.approve(manuscript, "proof1", by="proofreader")
    for code in STATIONS[2:]:
        office.approve(manuscript, code)
    yield
    office.release(manuscript, channel="paper")


@attempt
def a_review_by_who_corrected_in_proof(office):
    give_role(office.person("proofreader"), "deputy", office.bureau.units["bureau"])
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    office.correct(manuscript, "proof1", "<p>全市科普活动周在科技馆启动，各县（区）同步开展活动。</p>")
    office.approve(manuscript, "proof1")
    yield
    office.approve(manuscript, "review2", by="proofreader")


@attempt
def a_correction_by_who_reviewed(office):
    give_role(office.person("section_head"), "proofreader", office.bureau.units["bureau"])
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    yield
    office.correct(
        manuscript, "proof1", "<p>全市科普活动周在科技馆启动，各县（区）同步开展活动。</p>", by="section_head"
    )


@attempt
def an_overwritten_draft(office):
    manuscript = office.start()
    office.save(manuscript, office.content(title="甲"), on=1)
    yield
    office.save(manuscript, office.content(title="乙"), on=1, by="editor2")


@attempt
def a_draft_changed_under_the_hand_that_submits(office):
    manuscript = office.start()
    office.save(manuscript, office.content(title="别人改过的"), by="editor2")
    yield
    office.submit(manuscript, on=1)


# Another text, another channel, another time


@attempt
def another_texts_digest(office):
    passed = office.passed()
    other = submitted(office)
    yield
    office.release(other, seen=office.seen(passed))


@attempt
def a_passed_text_on_a_channel_that_was_not_approved(office):
    manuscript = office.passed()
    yield
    office.release(manuscript, channel="wechat")


@attempt
def a_channel_of_a_shorter_line_added_to_a_longer(office):
    manuscript = office.start()
    office.save(manuscript, office.content(channels=("board", "site")))
    yield
    office.submit(manuscript)


@attempt
def a_line_taken_by_one_channel_and_used_for_another(office):
    manuscript = submitted(office, channels=("board",))
    with office.book("section_head") as book:
        actions.approve(
            manuscript, office.station(manuscript, "look"), seen=office.seen(manuscript),
            by=office.account("section_head"), book=book,
        )  # fmt: skip
    office.save(manuscript, office.content(channels=("site",)))
    yield
    office.submit(manuscript)


@attempt
def before_the_embargo(office):
    manuscript = office.passed(embargo=NOW + dt.timedelta(days=1))
    yield
    office.release(manuscript)


@attempt
def a_scheduled_job_with_a_text_that_was_edited_meanwhile(office):
    manuscript = office.passed()
    scheduled = office.seen(manuscript)
    office.save(manuscript, office.content(title="临发布又改"))
    office.submit(manuscript)
    office.now(NOW + dt.timedelta(hours=8))
    yield
    office.release(manuscript, seen=scheduled)


@attempt
def a_scheduled_job_of_somebody_who_lost_the_right(office):
    manuscript = office.passed()
    scheduled = office.seen(manuscript)
    end_role(office, "publisher", "publisher", NOW.date())
    office.now(NOW + dt.timedelta(days=1))
    yield
    office.release(manuscript, seen=scheduled)


@attempt
def a_clock_set_back(office):
    manuscript = submitted(office)
    end_role(office, "section_head", "section_head", NOW.date() - dt.timedelta(days=1))
    office.now(NOW - dt.timedelta(days=2))
    yield
    office.approve(manuscript, "review1")


@attempt
def an_approval_dated_back_to_when_the_role_was_held(office):
    manuscript = submitted(office)
    end_role(office, "section_head", "section_head", NOW.date() - dt.timedelta(days=1))
    back = NOW - dt.timedelta(days=2)
    yield
    with transaction.atomic(), guard.writing():
        forged_approval(office, manuscript, "review1", at=back, day=back.date()).save(force_insert=True)


# Roles and rules that change midway


@attempt
def a_role_taken_away_before_the_approval(office):
    manuscript = submitted(office)
    end_role(office, "section_head", "section_head", NOW.date() - dt.timedelta(days=1))
    yield
    office.approve(manuscript, "review1")


@attempt
def a_role_that_turns_out_not_to_have_been_held(office):
    manuscript = office.passed()
    end_role(office, "section_head", "section_head", NOW.date() - dt.timedelta(days=30))
    yield
    office.release(manuscript)


@attempt
def a_role_held_in_another_unit(office):
    person = office.person("editor2")
    give_role(person, "deputy", office.bureau.units["publicity"])
    manuscript = office.start(content=office.content("editor"))
    office.submit(manuscript)
    office.approve_all(manuscript, until="proof1")
    yield
    office.approve(manuscript, "review2", by="editor2")


@attempt
def a_group_that_was_left(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    end_role(office, "clerk", "clerk", NOW.date())
    membership = Membership.objects.get(person=office.person("clerk"))
    with office.book("publisher") as book:
        membership.until = NOW.date() - dt.timedelta(days=1)
        membership.save()
        book.sign("org.change_membership", membership)
    yield
    office.approve(manuscript, "sign", by="clerk")


@attempt
def a_station_removed_from_the_scheme_midway(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    adopt(
        office,
        "        sign: {name: 签发, does: sign_off, seats: [{role: head}, {group: study_group}], opinion: required}\n",
        "        sign: {name: 签发, does: sign_off, seats: {role: proofreader}}\n",
    )
    yield
    office.approve(manuscript, "sign", by="proofreader")


@attempt
def a_line_made_shorter_midway(office):
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    adopt(office, "types: notice", "types: [notice, news]\n      channels: [site, wechat]")
    yield
    office.release(manuscript)


@attempt
def stations_added_to_a_round_after_it_began(office):
    manuscript = submitted(office)
    round_ = manuscript.rounds.get()
    yield
    with office.book("publisher") as book:
        book.flush()
        Station.objects.create(
            round=round_, order=8, code="easy", name={}, does="sign_off", gate_text=0, gate_number=0, gate_logic=0,
            reads_aloud=False, needs_opinion=False, reopens_from=0,
        )  # fmt: skip


@attempt
def a_seat_added_to_a_station_after_the_round_began(office):
    manuscript = submitted(office)
    station = office.station(manuscript, "review1")
    yield
    with office.book("publisher"):
        Seat.objects.create(station=station, how="person", name=office.person("publisher").code)


@attempt
def a_shorter_round_begun_beside_the_right_one(office):
    manuscript = submitted(office)
    right = manuscript.rounds.get()
    yield
    with office.book("publisher") as book:
        right.pk, right.number, right.line, right.length = new_id(), 2, "short", 1
        right.save(force_insert=True)
        book.sign("desk.begin", right)


@attempt
def a_correction_begun_before_anything_is_released(office):
    manuscript = office.passed()
    yield
    with office.book("editor") as book:
        actions.reopen(
            manuscript, purpose=Purpose.CORRECT, reason="想走短线", by=office.account("editor"), book=book
        )


@attempt
def the_type_changed_to_one_with_a_shorter_line(office):
    manuscript = submitted(office)
    yield
    Manuscript.objects.filter(pk=manuscript.pk).update(type="notice")


# Findings, opinions, reading aloud


@attempt
def an_error_that_nobody_decided(office):
    manuscript = submitted(office, body=WRONG_SUM)
    office.approve(manuscript, "review1")
    yield
    office.approve(manuscript, "proof1")


@attempt
def an_error_decided_by_its_author(office):
    give_role(office.person("editor"), "proofreader", office.bureau.units["bureau"])
    manuscript = submitted(office, body=WRONG_SUM)
    office.approve(manuscript, "review1")
    finding = manuscript.versions.get().findings.get()
    yield
    with office.book("editor") as book:
        actions.decide(
            manuscript, finding.key, seen=office.seen(manuscript), choice="keep", reason="没错",
            by=office.account("editor"), book=book,
        )  # fmt: skip


@attempt
def an_error_kept_without_a_reason(office):
    manuscript = submitted(office, body=WRONG_SUM)
    office.approve(manuscript, "review1")
    finding = manuscript.versions.get().findings.get()
    yield
    with office.book("proofreader") as book:
        actions.decide(
            manuscript, finding.key, seen=office.seen(manuscript), choice="keep", reason=" ",
            by=office.account("proofreader"), book=book,
        )  # fmt: skip


@attempt
def an_error_kept_and_then_called_wrong_after_all(office):
    manuscript = submitted(office, body=WRONG_SUM)
    office.approve(manuscript, "review1")
    finding = manuscript.versions.get().findings.get()
    for choice in ("keep", "fix"):
        with office.book("proofreader") as book:
            actions.decide(
                manuscript, finding.key, seen=office.seen(manuscript), choice=choice, reason="两口径",
                by=office.account("proofreader"), book=book,
            )  # fmt: skip
    yield
    office.approve(manuscript, "proof1")


@attempt
def not_read_aloud(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="review3")
    yield
    office.approve(manuscript, "proof3", read_aloud=False)


@attempt
def a_sign_off_without_a_word(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    yield
    office.approve(manuscript, "sign", opinion=" ")


# Forms sent again


@attempt
def a_form_answered_after_the_text_changed(office):
    manuscript = submitted(office)
    seen = office.seen(manuscript)
    office.save(manuscript, office.content(title="第二稿"))
    office.submit(manuscript)
    yield
    office.approve(manuscript, "review1", seen=seen)


@attempt
def a_form_of_another_rounds_station(office):
    first = submitted(office)
    second = submitted(office)
    station = office.station(first, "review1")
    yield
    with office.book("section_head") as book:
        actions.approve(
            second, station, seen=office.seen(second), by=office.account("section_head"), book=book
        )


@attempt
def a_form_with_no_digest_at_all(office):
    manuscript = submitted(office)
    yield
    office.approve(manuscript, "review1", seen="")


@attempt
def a_release_sent_twice(office):
    manuscript = office.passed(channels=("wechat",))
    office.release(manuscript, channel="wechat")
    Published.allowed = 1
    yield
    office.release(manuscript, channel="wechat")


# After release


@attempt
def an_edit_of_what_is_released(office):
    manuscript = office.passed()
    office.release(manuscript)
    Published.allowed = 1
    office.save(manuscript, office.content(title="发布以后改的标题"))
    yield
    office.submit(manuscript)


@attempt
def a_correction_that_adds_a_channel_by_the_short_line(office):
    manuscript = office.passed()
    office.release(manuscript)
    Published.allowed = 1
    with office.book("editor") as book:
        actions.reopen(
            manuscript, purpose=Purpose.CORRECT, reason="改数字", by=office.account("editor"), book=book
        )
    office.save(manuscript, office.content(channels=("site", "wechat"), note="更正"))
    yield
    office.submit(manuscript)


@attempt
def a_correction_released_before_it_passed(office):
    manuscript = office.passed()
    office.release(manuscript)
    Published.allowed = 1
    with office.book("editor") as book:
        actions.reopen(
            manuscript, purpose=Purpose.CORRECT, reason="改数字", by=office.account("editor"), book=book
        )
    office.save(manuscript, office.content(body="<p>更正以后的正文</p>", note="更正"))
    office.submit(manuscript)
    yield
    office.release(manuscript)


@attempt
def a_withdrawal_used_to_release(office):
    manuscript = office.passed()
    office.release(manuscript)
    Published.allowed = 1
    with office.book("editor") as book:
        actions.reopen(
            manuscript, purpose=Purpose.WITHDRAW, reason="有误", by=office.account("editor"), book=book
        )
    office.save(manuscript, office.content(body="<p>另一篇</p>", note="撤回"))
    office.submit(manuscript)
    office.approve(manuscript, "review", by="section_head")
    office.approve(manuscript, "sign", by="head")
    yield
    office.release(manuscript)


# ORM, raw SQL, fixtures


@attempt
def a_release_saved_by_hand(office):
    manuscript = submitted(office)
    yield
    forged_release(manuscript).save(force_insert=True)


@attempt
def a_release_saved_in_an_open_book(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    yield
    with office.book("publisher") as book:
        released = forged_release(manuscript)
        released.save(force_insert=True)
        book.sign("desk.release", released)


@attempt
def releases_created_in_bulk(office):
    manuscript = submitted(office)
    yield
    with transaction.atomic(), guard.writing():
        Release.objects.bulk_create([forged_release(manuscript)])


@attempt
def a_release_of_an_older_approved_version_by_hand(office):
    manuscript = office.passed()
    old = manuscript.versions.get()
    office.save(manuscript, office.content(title="第二稿"))
    office.submit(manuscript)
    yield
    with transaction.atomic(), guard.writing():
        forged_release(manuscript, version=old, round=old.round, digest=old.digest).save(force_insert=True)


@attempt
def a_release_of_one_text_with_the_approvals_of_another(office):
    passed = office.passed()
    other = submitted(office)
    yield
    with transaction.atomic(), guard.writing():
        forged_release(other, round=passed.rounds.get()).save(force_insert=True)


@attempt
def a_release_with_another_digest(office):
    manuscript = office.passed()
    yield
    with transaction.atomic(), guard.writing():
        forged_release(manuscript, digest="0" * 64).save(force_insert=True)


@attempt
def a_withdrawal_by_hand(office):
    manuscript = office.passed()
    released = office.release(manuscript)
    Published.allowed = 1
    yield
    with transaction.atomic(), guard.writing():
        Withdrawal.objects.create(
            release=released, manuscript=manuscript, round=released.round, version=released.version,
            digest=released.digest, person=released.person, at=NOW, by="x",
        )  # fmt: skip


@attempt
def an_approval_saved_by_hand(office):
    manuscript = submitted(office)
    yield
    forged_approval(office, manuscript, "review1").save(force_insert=True)


@attempt
def approvals_created_in_bulk_out_of_order(office):
    manuscript = submitted(office)
    first = forged_approval(office, manuscript, "review2")
    yield
    with transaction.atomic(), guard.writing():
        Act.objects.bulk_create([first])


@attempt
def approvals_of_all_stations_in_bulk_and_a_release_without_a_line(office):
    manuscript = submitted(office)
    rows = []
    for n, code in enumerate(STATIONS):
        row = forged_approval(office, manuscript, code)
        row.number += n
        rows.append(row)
    yield
    with transaction.atomic(), guard.writing():
        for row in rows:
            Act.objects.bulk_create([row])
        forged_release(manuscript).save(force_insert=True)


@attempt
def an_approval_in_an_authors_name(office):
    manuscript = submitted(office)
    assignment = office.person("section_head").roles.get(role="section_head")
    yield
    with transaction.atomic(), guard.writing():
        forged_approval(office, manuscript, "review1", who="editor", assignment=assignment).save(
            force_insert=True
        )


@attempt
def an_approval_with_the_seat_of_another(office):
    manuscript = submitted(office)
    assignment = office.person("section_head").roles.get(role="section_head")
    yield
    with transaction.atomic(), guard.writing():
        forged_approval(office, manuscript, "review1", who="publisher", assignment=assignment).save(
            force_insert=True
        )


@attempt
def an_approval_of_an_old_version_by_hand(office):
    manuscript = submitted(office)
    old = manuscript.versions.get()
    office.save(manuscript, office.content(title="第二稿"))
    office.submit(manuscript)
    yield
    with transaction.atomic(), guard.writing():
        forged_approval(office, manuscript, "review1", version=old, digest=old.digest).save(force_insert=True)


@attempt
def an_approval_of_a_version_that_was_never_submitted(office):
    manuscript = submitted(office)
    version = manuscript.versions.get()
    yield
    with transaction.atomic(), guard.writing():
        version.pk, version.number = new_id(), 2
        version.save(force_insert=True)
        forged_approval(office, manuscript, "review1").save(force_insert=True)


@attempt
def a_version_that_voids_nothing(office):
    manuscript = office.passed()
    version = manuscript.versions.get()
    yield
    with transaction.atomic(), guard.writing():
        version.pk, version.number, version.body, version.reopens_from = new_id(), 2, "<p>换</p>", 9
        version.save(force_insert=True)


def forged_correction(office: Office, manuscript: Manuscript, **more: object) -> Version:
    """The newest version with “启动” corrected to “开启” at the first proof, and told as such, but for ``more``."""
    base = manuscript.versions.order_by("-number").first()
    at = base.body.index("启动")
    return Version(
        **{
            "manuscript": manuscript,
            "round": base.round,
            "number": base.number + 1,
            "base": base,
            "station": base.round.stations.get(code="proof1"),
            "title": base.title,
            "body": base.body.replace("启动", "开启", 1),
            "content": base.content,
            "embargo": base.embargo,
            "digest": "0" * 64,
            "reason": "",
            "changes": [["body", at, 2, "开启"]],
            "person": office.person("proofreader"),
            "at": office.now(),
            "by": "proofreader",
            **more,
        }
    )


OTHER = "<p>一篇没有人审过的稿子，和原来的毫不相干，字数也超过二十个字。</p>"
FORGED: dict[str, Callable[[Version], dict[str, object]]] = {
    "tells no changes": lambda base: {"changes": None},
    "tells none and makes some": lambda base: {"changes": []},
    "tells a small change and makes a large one": lambda base: {"body": OTHER},
    "tells the large change that it makes": lambda base: {
        "body": OTHER,
        "changes": [["body", 0, len(base.body), OTHER]],
    },
    "tells it character by character": lambda base: {
        "body": OTHER,
        "changes": [["body", 0, 0, each] for each in reversed(OTHER)]
        + [["body", len(OTHER), len(base.body), ""]],
    },
    "takes back what it counted": lambda base: {
        "body": base.body + base.body,
        "changes": [["body", len(base.body), -len(base.body), ""]],
    },
    "begins before the beginning": lambda base: {"changes": [["body", -1, 2, "开启"]]},
    "hides what it puts behind a zero": lambda base: {
        "body": base.body + "\0" + OTHER,
        "changes": [["body", len(base.body), 0, "\0" + OTHER]],
    },
    "changes a part that there is not": lambda base: {"changes": [["byline", 0, 0, "x"]]},
    "changes who wrote it": lambda base: {"content": {**base.content, "byline": "别人"}},
    "changes the title on top": lambda base: {"title": "别的标题"},
    "is of no base": lambda base: {"base": None},
    "changes what is no list": lambda base: {"changes": {"body": 1}},
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_no_correction_enters_that_is_more_than_its_line_allows(office: Office, forge) -> None:
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    forged = forged_correction(office, manuscript, **forge(manuscript.versions.get()))
    with (
        pytest.raises((DatabaseError, ValueError), match=r"line allows|extract elements|NUL|u0000"),
        transaction.atomic(),
        guard.writing(),
    ):
        forged.save(force_insert=True)
    assert manuscript.versions.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        lambda base: {},
        lambda base: {
            "title": f"{base.title}了",
            "changes": [["title", len(base.title), 0, "了"], ["body", base.body.index("启动"), 2, "开启"]],
        },
    ],
)
def test_a_correction_as_small_as_it_says_enters(office: Office, changes) -> None:
    manuscript = submitted(office)
    office.approve(manuscript, "review1")
    with transaction.atomic(), guard.writing():
        forged_correction(office, manuscript, **changes(manuscript.versions.get())).save(force_insert=True)
    assert manuscript.versions.count() == 2


def test_a_correction_of_an_older_version_does_not_enter(office: Office) -> None:
    manuscript = submitted(office)
    older = manuscript.versions.get()
    office.save(manuscript, office.content(body="<p>全市科普活动周在科技馆启动，全程直播。</p>"))
    office.submit(manuscript)
    office.approve(manuscript, "review1")
    forged = forged_correction(office, manuscript)
    forged.base, forged.body = older, older.body.replace("启动", "开启")
    with pytest.raises(DatabaseError, match="line allows"), transaction.atomic(), guard.writing():
        forged.save(force_insert=True)


@attempt
def the_body_of_an_approved_version_updated(office):
    manuscript = office.passed()
    yield
    Version.objects.filter(manuscript=manuscript).update(body="<p>换掉的正文</p>")


@attempt
def the_body_of_an_approved_version_updated_in_an_open_book(office):
    manuscript = office.passed()
    yield
    with office.book("publisher"):
        Version.objects.filter(manuscript=manuscript).update(body="<p>换掉的正文</p>")


@attempt
def a_return_deleted(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    office.send_back(manuscript, "sign")
    yield
    Act.objects.filter(manuscript=manuscript, what="return").delete()


@attempt
def a_hand_deleted(office):
    manuscript = office.start(content=office.content("editor", "section_head"))
    office.submit(manuscript)
    yield
    Hand.objects.filter(person=office.person("section_head"))._raw_delete("default")


@attempt
def a_finding_deleted(office):
    manuscript = submitted(office, body=WRONG_SUM)
    yield
    manuscript.versions.get().findings.all().delete()


@attempt
def a_decision_by_hand_of_an_author(office):
    manuscript = submitted(office, body=WRONG_SUM)
    office.approve(manuscript, "review1")
    version = manuscript.versions.get()
    yield
    with transaction.atomic(), guard.writing():
        FindingDecision.objects.create(
            version=version, digest=version.digest, key=version.findings.get().key, choice="keep", reason="行",
            station=office.station(manuscript, "proof1"), person=office.person("editor"), at=NOW, by="x",
        )  # fmt: skip


@attempt
def an_insert_in_sql(office):
    manuscript = office.passed()
    columns = [field.column for field in Release._meta.concrete_fields]
    values = [field.get_db_prep_save(getattr(forged_release(manuscript), field.attname), connection)
              for field in Release._meta.concrete_fields]  # fmt: skip
    yield
    names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("%s" for _c in columns)
    run(f"INSERT INTO desk_release ({names}) VALUES ({marks})", values)


@attempt
def an_update_in_sql_of_a_releases_version(office):
    passed = office.passed()
    released = office.release(passed)
    Published.allowed = 1
    other = submitted(office).versions.get()
    yield
    run("UPDATE desk_release SET version_id = %s WHERE id = %s", [key(other), key(released)])


@attempt
def a_delete_in_sql_of_the_stations(office):
    manuscript = submitted(office)
    yield
    run("DELETE FROM desk_station WHERE round_id = %s", [key(manuscript.rounds.get())])


@attempt
def the_program_opened_without_a_transaction(office):
    manuscript = submitted(office)
    yield
    connection.in_atomic_block, kept = False, connection.in_atomic_block
    try:
        with guard.writing():
            forged_release(manuscript).save(force_insert=True)
    finally:
        connection.in_atomic_block = kept


@attempt
def a_fixture_loaded(office):
    manuscript = office.passed()
    released = forged_release(manuscript)
    fields = {
        field.name: field.value_to_string(released)
        for field in Release._meta.concrete_fields
        if not field.primary_key and getattr(released, field.attname) is not None
    }
    path = Path(drafts.__file__).parent / "tests" / "forged.json"
    yield
    path.write_text(json.dumps([{"model": "desk.release", "pk": str(released.pk), "fields": fields}]))
    try:
        call_command("loaddata", str(path), verbosity=0)
    except DeserializationError as error:
        pytest.fail(str(error))
    finally:
        path.unlink()


class Published:
    """How many releases the lawful part of an attempt made."""

    allowed = 0


@pytest.mark.parametrize("name", ATTEMPTS)
def test_nothing_is_published(office: Office, name: str) -> None:
    Published.allowed = 0
    steps = ATTEMPTS[name](office)
    next(steps)
    with pytest.raises(REFUSALS), transaction.atomic():
        next(steps, None)

    assert Release.objects.count() == Published.allowed
    assert not Withdrawal.objects.exists()
    assert breaks() == []


def test_there_are_many_attempts() -> None:
    assert len(ATTEMPTS) >= 60


# Pages


def test_the_administrators_pages_know_nothing_of_the_desk(office: Office) -> None:
    Account.objects.create_superuser("root", password="root")
    client = Client()
    client.force_login(Account.objects.get(username="root"))
    for model in (Manuscript, Round, Version, Act, Release, Withdrawal):
        assert model not in admin.site._registry
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:desk_{model._meta.model_name}_add")
        for page in ("", "add/"):
            assert client.get(f"/admin/desk/{model._meta.model_name}/{page}").status_code == 404


def test_nobody_sees_what_is_not_theirs(office: Office) -> None:
    """A superuser, a stranger and an account keeper find no manuscript; each actor finds theirs."""
    manuscript = submitted(office)
    root = Account.objects.create_superuser("root", password="root")

    def sees(account: Account) -> bool:
        found = access_of(account, day=NOW.date(), schemes=history())
        return Manuscript.objects.filter(access.visible(access.Visitor(found)), pk=manuscript.pk).exists()

    assert not sees(root)
    assert not sees(office.account("administrator"))
    for name in ("editor", "section_head", "proofreader", "deputy", "head", "publisher", "auditor"):
        assert sees(office.account(name)), name


def test_every_account_is_refused_at_every_station_that_is_not_its_own(office: Office) -> None:
    manuscript = office.start()
    office.submit(manuscript)
    everybody = list(Account.objects.exclude(person=None).values_list("username", flat=True))
    for code in STATIONS:
        station = office.station(manuscript, code)
        fit = {account.username for account in Account.objects.exclude(person=None)
               if access.may_sit(access.Visitor(access_of(account, day=NOW.date(), schemes=history())), office.way(manuscript))}  # fmt: skip
        assert SITTERS[code] in fit
        for name in set(everybody) - fit:
            with pytest.raises(DeskRefused):
                office.approve(manuscript, code, by=name)
        assert office.way(manuscript).station.pk == station.pk
        office.approve(manuscript, code)


# With the triggers gone: whatever was put in is named, and the program releases nothing on the strength of it


FORGERIES: dict[str, Callable[[Office], list[object]]] = {}


def forgery(function: Callable[[Office], list[object]]) -> Callable[[Office], list[object]]:
    FORGERIES[function.__name__] = function
    return function


@forgery
def approvals_put_in(office):
    manuscript = submitted(office)
    rows = []
    for code in STATIONS:
        row = forged_approval(office, manuscript, code)
        row.save(force_insert=True)
        rows.append(row)
    return rows


@forgery
def approvals_put_in_and_signed_by_the_program(office):
    """Somebody in the program's own shell signs approvals in the names of others: at the desk of an author."""
    manuscript = submitted(office)
    row = forged_approval(
        office,
        manuscript,
        "review1",
        who="editor",
        assignment=office.person("section_head").roles.get(role="section_head"),
    )
    with office.book("editor") as book:
        row.at, row.by = book.at, book.actor
        row.save(force_insert=True)
        book.sign("desk.approve", row)
    return [row]


@forgery
def an_approval_signed_under_another_account(office):
    manuscript = submitted(office)
    with office.book("editor") as book:
        row = forged_approval(office, manuscript, "review1", at=book.at, by=book.actor)
        row.save(force_insert=True)
        book.sign("desk.approve", row)
    return [row]


@forgery
def an_approval_dated_back_and_signed(office):
    manuscript = submitted(office)
    with office.book("section_head") as book:
        row = forged_approval(office, manuscript, "review1", at=book.at - dt.timedelta(days=3), by=book.actor)
        row.day = row.at.date()
        row.save(force_insert=True)
        book.sign("desk.approve", row)
    return [row]


@forgery
def a_return_taken_out(office):
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    back = office.send_back(manuscript, "sign")
    run("DELETE FROM desk_act WHERE id = %s", [key(back)])
    return [back]


@forgery
def the_text_changed_under_its_approvals(office):
    manuscript = office.passed()
    version = manuscript.versions.get()
    run("UPDATE desk_version SET body = %s WHERE id = %s", ["<p>偷换的正文</p>", key(version)])
    return [version]


@forgery
def the_text_and_its_digest_changed_and_signed(office):
    manuscript = office.passed()
    version = manuscript.versions.get()
    version.body = "<p>偷换的正文</p>"
    version.digest = actions.digest_of(manuscript, version.text)
    with office.book("publisher") as book:
        version.save()
        book.sign("desk.submit", version)
    return [version]


@forgery
def an_author_taken_out_of_a_version(office):
    manuscript = office.start(content=office.content("editor", "section_head"))
    version = office.submit(manuscript)
    run("DELETE FROM desk_hand WHERE person_id = %s", [office.person("section_head").pk])
    return [version]


@forgery
def stations_taken_out_of_a_round(office):
    manuscript = submitted(office)
    round_ = manuscript.rounds.get()
    for code in STATIONS[1:]:
        station = round_.stations.get(code=code)
        run("DELETE FROM desk_seat WHERE station_id = %s", [station.pk])
        run("DELETE FROM desk_station WHERE id = %s", [station.pk])
    run("UPDATE desk_round SET length = 1 WHERE id = %s", [key(round_)])
    office.approve(manuscript, "review1")
    return [round_]


@forgery
def a_round_of_another_line_signed_by_the_program(office):
    manuscript = office.start()
    round_ = Round(
        manuscript=manuscript, number=1, purpose="publish", line="short", line_name={}, scheme=history().newest.digest,
        scheme_effective=dt.date(2023, 1, 1), corrects_at_most=50, length=1, at=NOW, by="x",
    )  # fmt: skip
    with office.book("publisher") as book:
        round_.save(force_insert=True)
        station = Station.objects.create(
            round=round_, order=1, code="review", name={}, does="review", level=1, gate_text=0, gate_number=0,
            gate_logic=0, reads_aloud=False, needs_opinion=False, reopens_from=0,
        )  # fmt: skip
        Seat.objects.create(station=station, how="person", name=office.person("publisher").code)
        book.sign("desk.begin", round_)
    return [round_]


@forgery
def a_finding_taken_out(office):
    manuscript = office.start(body=WRONG_SUM)
    version = office.submit(manuscript)
    run("DELETE FROM desk_finding WHERE version_id = %s", [key(version)])
    return [version]


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_forged_is_named_and_releases_nothing(office: Office, name: str) -> None:
    guard.remove()
    forged = FORGERIES[name](office)
    guard.install()
    manuscript = Manuscript.objects.first()
    with pytest.raises((DeskRefused, DatabaseError)), transaction.atomic():
        office.release(manuscript)

    assert not Release.objects.exists()
    named = {found.object for found in verify()}
    assert {str(row.pk) for row in forged} <= named


RELEASES = {"put in": False, "put in and signed": True}


@pytest.mark.parametrize("signed", RELEASES.values(), ids=RELEASES)
def test_a_release_put_in_with_the_triggers_gone_is_named(office: Office, *, signed: bool) -> None:
    manuscript = submitted(office)
    office.approve_all(manuscript, until="proof3")
    guard.remove()
    with office.book("publisher") as book:
        released = forged_release(manuscript, at=book.at, by=book.actor)
        released.save(force_insert=True)
        if signed:
            book.sign("desk.release", released)
    guard.install()

    assert str(released.pk) in {found.object for found in verify()}


def test_a_released_text_swapped_with_the_triggers_gone_is_named(office: Office) -> None:
    manuscript = office.passed()
    released = office.release(manuscript)
    other = submitted(office).versions.get()
    guard.remove()
    run("UPDATE desk_release SET version_id = %s WHERE id = %s", [key(other), key(released)])
    guard.install()

    assert str(released.pk) in {found.object for found in verify()}


def test_triggers_that_are_gone_are_named_one_by_one(office: Office) -> None:
    guard.remove()
    assert {name for name in guard.missing() if name.startswith("desk_act")}
    guard.install()
    assert guard.missing() == []
    name = "desk_release_rule_passed" if connection.vendor == "sqlite" else "desk_release_rules"
    on = "" if connection.vendor == "sqlite" else " ON desk_release"
    run(f"DROP TRIGGER {name}{on}")
    assert guard.missing() == [name]
    assert any(name in found for found in breaks())


def test_a_lost_right_to_write_keeps_a_draft_from_being_submitted(office: Office) -> None:
    manuscript = office.start()
    end_role(office, "editor", "editor", NOW.date() - dt.timedelta(days=1))
    with pytest.raises(DeskRefused):
        office.submit(manuscript)


def test_nobody_starts_a_text_of_a_unit_they_do_not_write_for(office: Office) -> None:
    for name, unit in (("editor", "publicity"), ("head", "office"), ("publisher", "office")):
        with pytest.raises(DeskRefused):
            office.start(by=name, unit=unit)


def test_markup_that_could_run_is_not_kept(office: Office) -> None:
    hostile = '<p onclick="x()">甲<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">乙</a></p>'
    manuscript = office.start(
        content=Content(title="<b>题</b>", body=hostile, shares=office.content().shares, channels=("site",))
    )
    version = office.submit(manuscript)
    assert version.body == '<p>甲<img><a rel="noopener noreferrer">乙</a></p>'
