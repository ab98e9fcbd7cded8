"""Freezing, proving, and what a proof finds after somebody went behind the program's back."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from taizhang.documents.compare import ChangeKind, compare_figures
from taizhang.documents.docx import write_docx
from taizhang.journal import guard
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.journal.verify import verify as verify_ledger
from taizhang.ledger import actions as posting
from taizhang.ledger.models import Entry
from taizhang.reports import actions, editing, exporting, queries
from taizhang.reports.body import from_json, places
from taizhang.reports.models import FrozenReport, Report
from taizhang.reports.queries import Found

Freeze = Callable[[Report], FrozenReport]


@contextmanager
def behind_the_back() -> Iterator[Callable[[str, list[Any]], None]]:
    """Change the database as somebody with its password would, the triggers dropped and put back."""
    guard.remove()

    def change(sql: str, values: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    yield change
    guard.install()


def found_in(frozen: FrozenReport, ledger: Any) -> set[Found]:
    return {one.found for one in queries.verify(FrozenReport.objects.get(pk=frozen.pk), ledger=ledger())}


def test_a_frozen_report_is_proved_whole(draft: Report, freeze: Freeze, ledger: Any) -> None:
    frozen = freeze(draft)

    assert queries.verify(frozen, ledger=ledger()) == []
    assert list(verify_ledger()) == []
    assert Line.objects.get(seq=frozen.head_seq).hash == frozen.head_hash


def test_it_stays_proved_whatever_is_recorded_later(
    draft: Report, freeze: Freeze, ledger: Any, now: Any, year: list[Entry], post_entry: Any
) -> None:
    frozen = freeze(draft)

    post_entry("study", title="同一瞬间", occurred_on="2023-07-01")  # by a clock that stands still
    now(now() + dt.timedelta(days=3))
    with open_book(now=now(), actor="clerk Clerk") as book:
        posting.withdraw(year[0], reason="重复", book=book)

    assert queries.verify(frozen, ledger=ledger()) == []
    changed = {
        one.place.indicator: (one.was.text, one.now.text)
        for one in queries.changed_since(frozen, ledger=ledger())
    }
    assert "seminars" not in changed
    assert set(changed) <= {"studies"}


def test_a_proof_finds_an_entry_whose_day_was_changed(
    draft: Report, freeze: Freeze, ledger: Any, year: list[Entry]
) -> None:
    frozen = freeze(draft)
    with behind_the_back() as change:
        change("UPDATE ledger_entry SET counts_for = '2022-03-01' WHERE title = %s", ["第一次"])

    assert {Found.VALUE, Found.ROWS} <= found_in(frozen, ledger)


def test_a_proof_finds_an_entry_that_only_reads_otherwise(
    draft: Report, freeze: Freeze, ledger: Any, year: list[Entry]
) -> None:
    frozen = freeze(draft)
    with behind_the_back() as change:
        change("UPDATE ledger_entry SET title = '面目全非' WHERE title = %s", ["第一次"])

    assert found_in(frozen, ledger) == {Found.ENTRY}


def test_a_proof_finds_a_frozen_figure_that_was_altered(draft: Report, freeze: Freeze, ledger: Any) -> None:
    frozen = freeze(draft)
    content = frozen.content
    content["figures"][0]["text"] = "9999"
    with behind_the_back():
        FrozenReport.objects.filter(pk=frozen.pk).update(content=content)

    assert {Found.CONTENT, Found.VALUE} <= found_in(frozen, ledger)


def test_a_proof_says_so_when_a_frozen_report_cannot_even_be_read(
    draft: Report, freeze: Freeze, ledger: Any
) -> None:
    frozen = freeze(draft)
    with behind_the_back():
        FrozenReport.objects.filter(pk=frozen.pk).update(content={"figures": []})

    assert found_in(frozen, ledger) == {Found.CONTENT}


def test_a_proof_finds_a_journal_that_was_rewritten(draft: Report, freeze: Freeze, ledger: Any) -> None:
    frozen = freeze(draft)
    with behind_the_back() as change:
        change("UPDATE journal_line SET actor = 'nobody' WHERE seq = %s", [frozen.head_seq - 1])

    assert found_in(frozen, ledger) == {Found.CHAIN}


def test_a_frozen_report_cannot_be_changed_or_deleted(draft: Report, freeze: Freeze) -> None:
    frozen = freeze(draft)

    with pytest.raises(Exception, match=r"never changed|refused"):
        FrozenReport.objects.filter(pk=frozen.pk).update(title="x")


def test_whoever_freezes_gets_what_they_saw_or_nothing(
    draft: Report, ledger: Any, now: Any, post_entry: Any
) -> None:
    _body, printed, _scheme = exporting.printed_draft(draft, ledger=ledger())
    seen = actions.seen_digest(printed)
    post_entry("study", title="刚刚补记", occurred_on="2023-08-01")
    now(now() + dt.timedelta(minutes=5))

    with open_book(now=now(), actor="deputy Deputy") as book, pytest.raises(actions.FreezeRefused):
        actions.freeze(draft, book=book, ledger=ledger(), on=draft.version, seen=seen)


def test_a_second_freeze_supersedes_the_first(draft: Report, freeze: Freeze, now: Any) -> None:
    first = freeze(draft)
    now(now() + dt.timedelta(days=1))

    assert freeze(draft).supersedes == first


def test_a_past_moment_is_frozen_as_it_was(draft: Report, freeze: Freeze, now: Any, post_entry: Any) -> None:
    Report.objects.filter(pk=draft.pk).update(as_of=now())
    now(now() + dt.timedelta(days=2))
    post_entry("study", title="后来的", occurred_on="2023-09-01")
    now(now() + dt.timedelta(days=1))

    frozen = freeze(draft)

    assert {one["text"] for one in frozen.content["figures"] if one["place"]["figure"] == "studies"} >= {"2"}


def test_every_figure_in_the_text_reads_what_the_ledger_says(draft: Report, ledger: Any) -> None:
    body, printed, _scheme = exporting.printed_draft(draft, ledger=ledger())
    figures = ledger().evaluate(ask for place in places(body) for ask in place.asks)

    assert all(printed.chips[place].figure.value == figures[place.ask].value for place in places(body))
    assert [listing.text for listing in printed.listings.values()] == ["台账不全（宣传科）"]


def test_a_change_in_word_is_told_and_the_frozen_report_knows_better_than_the_file(
    draft: Report, freeze: Freeze, ledger: Any
) -> None:
    docx = write_docx(exporting.of_frozen(freeze(draft), ledger=ledger()))
    edited = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(edited, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace("100人次".encode(), "900人次".encode(), 1)
            new.writestr(name, data)

    changes = compare_figures(edited.getvalue())

    assert [(c.kind, c.indicator, c.printed, c.current) for c in changes] == [
        (ChangeKind.CHANGED, "audience", "100人次", "900人次")
    ]


def test_a_save_on_an_old_version_is_refused_and_its_text_kept(draft: Report, ledger: Any, now: Any) -> None:
    body = from_json(draft.body)
    actions.save(draft, body, on=1, now=now(), by="deputy Deputy")

    with pytest.raises(actions.Conflict) as refused:
        actions.save(
            draft,
            editing.from_html("<p>我的文字</p>", title="总结"),
            on=1,
            now=now(),
            by="clerk Clerk",
        )

    kept = refused.value.kept
    assert kept.version is None
    assert kept.body["blocks"] == [{"paragraph": ["我的文字"]}]
    assert Report.objects.get(pk=draft.pk).version == 2
