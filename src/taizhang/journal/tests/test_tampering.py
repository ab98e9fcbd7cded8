"""What somebody with the database in hand can do: nothing, while the triggers stand; nothing unseen, without them."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from taizhang.duties.models import Ruling
from taizhang.journal import anchor, guard
from taizhang.journal.actions import open_book
from taizhang.journal.chain import line_hash
from taizhang.journal.models import Line
from taizhang.journal.verify import verify
from taizhang.ledger import store
from taizhang.ledger.drafts import Attachment
from taizhang.ledger.models import Entry

GUARDED = [
    "journal_line",
    "rules_adoptedscheme",
    "ledger_entry",
    "ledger_participation",
    "ledger_evidence",
    "duties_ruling",
]


@pytest.fixture
def three_entries(bureau, post_entry, now) -> list[Entry]:
    """Three entries with people and files, and a ruling: a row in every guarded table."""
    attendance = {"clerk": "attended", "deputy": "absent"}
    minutes = Attachment(store.keep([b"minutes"]), "纪要.txt", "text/plain")
    with open_book(now=now(), actor="deputy") as book:
        ruling = Ruling(act="exempt", duty="study", unit=bureau.units["office"], period="2023-01", at=book.at)
        ruling.starts, ruling.by, ruling.reason = dt.date(2023, 1, 1), book.actor, "抗洪"
        ruling.save(force_insert=True)
        book.sign("duties.exempt", ruling)
    return [
        post_entry("study", title=f"第{n}次", attendance=attendance, evidence=(minutes,)) for n in (1, 2, 3)
    ]


def run(sql: str, params: list[object] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or [])
        return cursor.rowcount


def breaks() -> list[str]:
    return [str(found.message) for found in verify()]


def id_of(entry: Entry) -> str:
    """The id as the database keeps it."""
    return entry.pk.hex if connection.vendor == "sqlite" else str(entry.pk)


def test_every_append_only_table_is_guarded():
    assert sorted(model._meta.db_table for model, _closing in guard.guarded_models()) == sorted(
        {model._meta.db_table for model, _closing in guard.guarded_models()} | set(GUARDED)
    )


def test_a_sound_ledger_verifies(three_entries):
    assert breaks() == []


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "sql", ["DELETE FROM {t}", "UPDATE {t} SET {c} = {c}", "INSERT INTO {t} SELECT * FROM {t}"]
)
def test_no_row_is_changed_deleted_or_put_in_by_hand(three_entries, table, sql):
    column = {"journal_line": "actor"}.get(table, "id")
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic():
        run(sql.format(t=table, c=column))


def test_a_closed_version_is_not_opened_again(three_entries):
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic(), guard.writing():
        run("UPDATE ledger_entry SET superseded_at = NULL")


def test_the_program_itself_may_close_a_version_but_change_nothing_else(three_entries):
    with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic(), guard.writing():
        Entry.objects.update(title="改了")


def test_orm_writes_outside_the_book_are_refused(three_entries):
    for act in (
        lambda: Entry.objects.update(title="改了"),
        lambda: Entry.objects.all()._raw_delete("default"),
        lambda: three_entries[0].save(force_update=True),
        lambda: Line.objects.update(actor="别人"),
        lambda: Line.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="taizhang"), transaction.atomic():
            act()


def test_missing_triggers_are_named(three_entries):
    assert guard.missing() == []
    guard.remove()
    assert set(guard.missing()) == {trigger.name for trigger in guard.expected(connection)}
    assert any("ledger_entry_guard" in found for found in breaks())


def test_a_trigger_of_somebody_elses_is_named(three_entries):
    body = (
        "BEGIN SELECT RAISE(IGNORE); END"
        if connection.vendor == "sqlite"
        else "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    )
    event = "INSERT" if connection.vendor == "sqlite" else "UPDATE"
    run(f"CREATE TRIGGER quiet BEFORE {event} ON ledger_entry {body}")
    assert guard.missing() == []
    assert [found for found in breaks() if "quiet" in found]


@pytest.mark.only_postgresql
@pytest.mark.parametrize(
    "instead",
    [
        "BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION taizhang_guard('superseded_at')",
        (
            "BEFORE INSERT OR DELETE OR UPDATE ON ledger_entry FOR EACH ROW WHEN (false) "
            "EXECUTE FUNCTION taizhang_guard('superseded_at')"
        ),
        "BEFORE INSERT OR DELETE OR UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION taizhang_guard('title')",
        (
            "BEFORE INSERT OR DELETE OR UPDATE ON auth_group FOR EACH ROW "
            "EXECUTE FUNCTION taizhang_guard('superseded_at')"
        ),
    ],
)
def test_a_trigger_of_the_same_name_that_guards_less_is_no_trigger(three_entries, instead):
    run("DROP TRIGGER ledger_entry_guard_row ON ledger_entry")
    run(f"CREATE TRIGGER ledger_entry_guard_row {instead}")
    assert guard.missing() == ["ledger_entry_guard_row"]


@pytest.mark.parametrize(
    "column, value",
    [
        ("title", "改了"),
        ("occurred_on", "2023-01-01"),
        ("quantity_unit", "人"),
        ("kind", "outreach"),
        ("digest", "0" * 64),
    ],
)
def test_without_triggers_a_changed_entry_is_found_with_its_line(three_entries, column, value):
    guard.remove()
    run(f"UPDATE ledger_entry SET {column} = %s WHERE id = %s", [value, id_of(three_entries[1])])
    guard.install()
    line = Line.objects.get(object_id=str(three_entries[1].pk)).seq
    assert breaks() == [
        f"ledger.entry {three_entries[1].pk} is not as journal line {line} signed it: it was altered."
    ]


def test_without_triggers_a_deleted_entry_is_found_with_its_line(three_entries):
    guard.remove()
    run("DELETE FROM ledger_evidence WHERE entry_id = %s", [id_of(three_entries[1])])
    run("DELETE FROM ledger_participation WHERE entry_id = %s", [id_of(three_entries[1])])
    run("DELETE FROM ledger_entry WHERE id = %s", [id_of(three_entries[1])])
    guard.install()
    line = Line.objects.get(object_id=str(three_entries[1].pk)).seq
    assert [found.line for found in verify()] == [line]


def test_an_altered_file_of_evidence_is_found(three_entries):
    store.path_of(three_entries[0].evidence.get().sha256).write_bytes(b"other minutes")
    assert {found.object for found in verify()} == {str(entry.pk) for entry in three_entries}


def test_without_triggers_a_forged_entry_is_found(three_entries):
    guard.remove()
    forged = Entry.objects.get(pk=three_entries[0].pk)
    forged.pk = forged.fact = Entry._meta.get_field("id").get_default()
    forged.save(force_insert=True)
    guard.install()
    assert breaks() == [
        f"ledger.entry {forged.pk} has no journal line: it was put in behind the program's back."
    ]


def test_without_triggers_a_changed_participation_is_found(three_entries):
    guard.remove()
    run("UPDATE ledger_participation SET state = 'attended' WHERE entry_id = %s", [id_of(three_entries[2])])
    guard.install()
    assert [found.object for found in verify()] == [str(three_entries[2].pk)]


def test_without_triggers_a_closed_version_is_found(three_entries):
    guard.remove()
    Entry.objects.filter(pk=three_entries[0].pk).update(superseded_at=three_entries[2].recorded_at)
    guard.install()
    assert [found.object for found in verify()] == [str(three_entries[0].pk)]


@pytest.mark.parametrize("column, value", [("actor", "别人"), ("digest", "0" * 64), ("detail", '{"x": 1}')])
def test_without_triggers_a_changed_line_is_named(three_entries, column, value):
    guard.remove()
    seq = Line.objects.latest("seq").seq - 1
    run(f"UPDATE journal_line SET {column} = %s WHERE seq = %s", [value, seq])
    guard.install()
    assert seq in [found.line for found in verify()]


def test_without_triggers_a_deleted_line_is_named(three_entries):
    guard.remove()
    seq = Line.objects.latest("seq").seq - 1
    run("DELETE FROM journal_line WHERE seq = %s", [seq])
    guard.install()
    assert next(iter(verify())).line == seq


def test_a_journal_cut_off_with_its_entry_is_found_by_the_notes_outside(three_entries):
    last = Line.objects.latest("seq")
    anchor._drop(last.seq, last.hash)
    guard.remove()
    run("DELETE FROM ledger_evidence WHERE entry_id = %s", [id_of(three_entries[2])])
    run("DELETE FROM ledger_participation WHERE entry_id = %s", [id_of(three_entries[2])])
    run("DELETE FROM ledger_entry WHERE id = %s", [id_of(three_entries[2])])
    run("DELETE FROM journal_line WHERE seq = %s", [last.seq])
    guard.install()
    assert [found.line for found in verify()] == [last.seq]


def test_a_whole_chain_made_anew_is_found_by_the_notes_outside(three_entries):
    last = Line.objects.latest("seq")
    anchor._drop(last.seq, "f" * 64)
    assert [found.line for found in verify()] == [last.seq]


def continued_by_hand() -> int:
    """Add a line that continues the chain as the program would have; return its number."""
    last = Line.objects.latest("seq")
    fields = {
        **{name: getattr(last, name) for name in ("at", "object_type", "object_id", "digest", "detail")},
        "seq": last.seq + 1,
        "actor": "别人",
        "action": "ledger.look",
        "previous": last.hash,
    }
    guard.remove()
    Line.objects.create(**fields, hash=line_hash(**fields))
    guard.install()
    return last.seq + 1


def test_a_line_put_in_at_the_end_with_a_right_hash_is_found(three_entries):
    forged = continued_by_hand()
    assert [found.line for found in verify()] == [forged]


def test_it_stays_found_when_the_program_continues_after_it(three_entries, post_entry):
    forged = continued_by_hand()
    post_entry("study")
    assert [found.line for found in verify()] == [forged]


def test_a_book_that_was_rolled_back_is_no_news(three_entries, post_entry, now, bureau):
    with transaction.atomic():
        post_entry("study")
        transaction.set_rollback(True)
    assert breaks() == []
    post_entry("study")
    assert breaks() == []


def test_notes_that_are_gone_are_found(three_entries):
    anchor.intents_path().unlink()
    anchor.path().unlink(missing_ok=True)
    assert [found.line for found in verify()] == [Line.objects.latest("seq").seq]


def test_a_crash_between_commit_and_note_is_no_news(three_entries):
    anchor.path().unlink(missing_ok=True)
    assert breaks() == []
