"""Somebody with the database in hand and without the program: python's sqlite3, or a connection to PostgreSQL.

While the triggers stand every attempt is refused. With the triggers dropped whatever was done is found by
``taizhang verify``, which names the line. docs/algorithms/journal.md says what cannot be found, and why.
"""

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.journeys.conftest import Place
from tests.journeys.served import taizhang

GUARDED = {
    "ledger_entry": "title",
    "ledger_participation": "state",
    "ledger_evidence": "name",
    "journal_line": "actor",
    "duties_ruling": "reason",
    "rules_adoptedscheme": "text",
}
only_sqlite = pytest.mark.only_sqlite
only_postgresql = pytest.mark.only_postgresql


class Outsider:
    """A connection that knows nothing of the program."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.connection: Any = (
            psycopg.connect(place.url, autocommit=True)
            if place.url
            else sqlite3.connect(place.home / "taizhang.sqlite3", isolation_level=None)
        )

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(sql.replace("?", "%s") if self.place.url else sql, values)
        return cursor.fetchall() if cursor.description else []

    def one(self, sql: str, *values: object) -> Any:
        return self.run(sql, *values)[0][0]

    def drop_triggers(self) -> None:
        if self.place.url:
            for name, table in self.run(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            ):
                self.run(f"DROP TRIGGER {name} ON {table}")
        else:
            for (name,) in self.run("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                self.run(f'DROP TRIGGER "{name}"')


@contextmanager
def outside(place: Place) -> Iterator[Outsider]:
    outsider = Outsider(place)
    try:
        yield outsider
    finally:
        outsider.connection.close()


def breaks_of(place: Place) -> list[dict[str, Any]]:
    """Run ``taizhang verify``; return what it names but for the triggers, which have a test of their own."""
    answer = taizhang(place.home, "verify", "--format", "json", check=False, DATABASE_URL=place.url)
    verdict = json.loads(answer.stdout)
    assert answer.returncode == (0 if verdict["whole"] else 1)
    return [found for found in verdict["breaks"] if "trigger" not in found["message"]]


# Refused


@pytest.fixture(scope="module")
def standing(copies: Callable[[], Place]) -> Place:
    """A copy whose triggers stand."""
    return copies()


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {t} SET {c} = 'x'",
        "UPDATE {t} SET {c} = {c}",
        "DELETE FROM {t}",
        "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    ],
)
def test_no_row_is_changed_deleted_or_put_in(standing: Place, table: str, sql: str) -> None:
    with outside(standing) as outsider:
        before = outsider.one(f"SELECT count(*) FROM {table}")
        with pytest.raises((sqlite3.Error, psycopg.Error), match="taizhang"):
            outsider.run(sql.format(t=table, c=GUARDED[table]))
        assert outsider.one(f"SELECT count(*) FROM {table}") == before


@only_sqlite
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT OR REPLACE INTO {t} SELECT * FROM {t} LIMIT 1",
        "REPLACE INTO {t} SELECT * FROM {t} LIMIT 1",
        "INSERT OR IGNORE INTO {t} SELECT * FROM {t} LIMIT 1",
        "INSERT INTO {t} SELECT * FROM {t} WHERE true ON CONFLICT DO UPDATE SET {c} = 'x'",
        "UPDATE OR REPLACE {t} SET {c} = 'x'",
        "WITH q AS (SELECT 1) UPDATE {t} SET {c} = 'x'",
        "UPDATE {t} SET {c} = 'x' FROM (SELECT 1) q",
        "DELETE FROM {t} WHERE rowid = 1 RETURNING *",
    ],
)
@pytest.mark.parametrize(
    "pragma", ["recursive_triggers = OFF", "foreign_keys = OFF", "ignore_check_constraints = ON"]
)
def test_sqlites_own_ways_round_are_shut(standing: Place, table: str, sql: str, pragma: str) -> None:
    with outside(standing) as outsider:
        outsider.run(f"PRAGMA {pragma}")
        with pytest.raises(sqlite3.Error, match="taizhang"):
            outsider.run(sql.format(t=table, c=GUARDED[table]))


@only_sqlite
def test_another_database_that_is_attached_comes_no_nearer(standing: Place, tmp_path: Path) -> None:
    with outside(standing) as outsider:
        outsider.run("ATTACH ? AS other", str(tmp_path / "other.sqlite3"))
        outsider.run("CREATE TABLE other.forged AS SELECT * FROM ledger_entry LIMIT 1")
        with pytest.raises(sqlite3.Error, match="taizhang"):
            outsider.run("INSERT INTO main.ledger_entry SELECT * FROM other.forged")


@only_postgresql
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE {t} CASCADE",
        "INSERT INTO {t} SELECT * FROM {t} ON CONFLICT DO NOTHING",
        "WITH gone AS (DELETE FROM {t} RETURNING 1) SELECT count(*) FROM gone",
        "MERGE INTO {t} USING (SELECT 1) q ON true WHEN MATCHED THEN DELETE",
        "SELECT set_config('taizhang.writing', 'on', false); DELETE FROM {t}",
    ],
)
def test_postgresqls_own_ways_round_are_shut(standing: Place, table: str, sql: str) -> None:
    with outside(standing) as outsider, pytest.raises(psycopg.Error, match="taizhang"):
        outsider.run(sql.format(t=table, c=GUARDED[table]))


def test_after_all_that_the_books_are_as_they_were(standing: Place) -> None:
    assert breaks_of(standing) == []


# Found


class Attack:
    """Changes to many rows of one copy, each of which must be named by its own line."""

    def __init__(self, outsider: Outsider) -> None:
        self.outsider = outsider
        self.expected: set[int] = set()
        self.used: set[str] = set()

    def line_of(self, object_type: str, object_id: object) -> int:
        wanted = str(uuid.UUID(str(object_id))) if object_type == "ledger.entry" else str(object_id)
        return int(
            self.outsider.one(
                "SELECT max(seq) FROM journal_line WHERE object_type = ? AND object_id = ?",
                object_type,
                wanted,
            )
        )

    def hit(self, object_type: str, object_id: object) -> Any:
        self.expected.add(self.line_of(object_type, object_id))
        return object_id

    def entry(self, where: str = "true") -> Any:
        """Return the id of an entry nobody has touched yet and nothing else hangs on."""
        for (id_,) in self.outsider.run(
            f"SELECT id FROM ledger_entry e WHERE superseded_at IS NULL AND supersedes_id IS NULL AND {where} "
            "AND NOT EXISTS (SELECT 1 FROM ledger_entry f WHERE f.about_id = e.id) ORDER BY id"
        ):
            if str(id_) not in self.used:
                self.used.add(str(id_))
                return self.hit("ledger.entry", id_)
        raise LookupError(where)


CHANGES = [
    ("title", "'改了'"),
    ("occurred_on", "'2023-01-03'"),
    ("counts_for", "'2023-02-01'"),
    ("kind", "'other'"),
    ("unit_id", "(SELECT max(id) FROM org_unit)"),
    ("person_id", "(SELECT max(id) FROM org_person)"),
    ("quantity", "12345"),
    ("quantity_unit", "'人'"),
    ("approximate", "NOT approximate"),
    ("values", "'{\"x\": 1}'"),
    ("source", '\'{"by": "me"}\''),
    ("reason", "'because'"),
    ("recorded_by", "'somebody else'"),
    ("recorded_at", "'2023-01-01 00:00:00+00'"),
    ("digest", f"'{'0' * 64}'"),
    ("superseded_at", "recorded_at"),
]


def test_whatever_row_was_changed_or_taken_out_is_named_by_its_line(copies: Callable[[], Place]) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.drop_triggers()
        attack = Attack(outsider)
        run = outsider.run
        closed = set()
        for column, value in CHANGES:
            id_ = attack.entry("voids IS NOT TRUE")
            run(f'UPDATE ledger_entry SET "{column}" = {value} WHERE id = ?', id_)
            if column == "superseded_at":
                attack.expected.discard(attack.line_of("ledger.entry", id_))
                closed.add(str(uuid.UUID(str(id_))))
        first, second = attack.entry("kind = 'policy_outreach'"), attack.entry("kind = 'policy_outreach'")
        swapped = run("SELECT quantity FROM ledger_entry WHERE id IN (?, ?) ORDER BY id", first, second)
        assert swapped[0] != swapped[1]
        run("UPDATE ledger_entry SET quantity = ? WHERE id = ?", swapped[1][0], first)
        run("UPDATE ledger_entry SET quantity = ? WHERE id = ?", swapped[0][0], second)
        has = "EXISTS (SELECT 1 FROM ledger_{} p WHERE p.entry_id = e.id)"
        part, file = has.format("participation"), has.format("evidence")
        run("UPDATE ledger_participation SET state = 'absent' WHERE entry_id = ?", attack.entry(part))
        run("DELETE FROM ledger_participation WHERE entry_id = ?", attack.entry(part))
        taken, given = attack.entry(part), attack.entry(part)
        run("UPDATE ledger_participation SET entry_id = ? WHERE entry_id = ? AND person_id NOT IN "
            "(SELECT person_id FROM ledger_participation WHERE entry_id = ?)", given, taken, given)  # fmt: skip
        run("DELETE FROM ledger_participation WHERE entry_id = ?", taken)
        run("UPDATE ledger_evidence SET name = 'other.pdf' WHERE entry_id = ?", attack.entry(file))
        run("DELETE FROM ledger_evidence WHERE entry_id = ?", attack.entry(file))
        gone = attack.entry(f"NOT {part} AND NOT {file}")
        run("DELETE FROM ledger_entry WHERE id = ?", gone)
        for table, label, column, value in (
            ("duties_ruling", "duties.ruling", "reason", "other"),
            ("rules_adoptedscheme", "rules.adoptedscheme", "text", "scheme: none"),
            ("org_unit", "org.unit", "name", "别的科"),
            ("org_person", "org.person", "name", "别人"),
            ("org_post", "org.post", "since", "2019-01-01"),
            ("org_membership", "org.membership", "standing", "x"),
            ("org_roleassignment", "org.roleassignment", "role", "auditor"),
        ):
            id_ = outsider.one(f"SELECT min(id) FROM {table}")
            run(f"UPDATE {table} SET {column} = ? WHERE id = ?", value, attack.hit(label, id_))
        for table, label in (("duties_ruling", "duties.ruling"), ("org_post", "org.post")):
            id_ = outsider.one(f"SELECT max(id) FROM {table}")
            run(f"DELETE FROM {table} WHERE id = ?", attack.hit(label, id_))
        account = outsider.one(
            "SELECT id FROM org_account WHERE username = 'inspector'"
        )  # has signed no text
        spare = outsider.one("SELECT max(id) FROM org_person WHERE id NOT IN (SELECT person_id FROM org_account "
                             "WHERE person_id IS NOT NULL)")  # fmt: skip
        run("UPDATE org_account SET person_id = ? WHERE id = ?", spare, attack.hit("org.account", account))
        expected = attack.expected
    breaks = breaks_of(place)
    assert len(expected) > 30
    assert expected <= {found["line"] for found in breaks}
    assert {found["line"] for found in breaks if found["line"]} == expected
    assert closed <= {found["object"] for found in breaks if found["line"] is None}


def test_whatever_row_was_put_in_is_named(copies: Callable[[], Place]) -> None:
    place = copies()
    forged = uuid.uuid4()
    with outside(place) as outsider:
        outsider.drop_triggers()
        like = outsider.one(
            "SELECT id FROM ledger_entry WHERE supersedes_id IS NULL AND superseded_at IS NULL"
        )
        new = forged if place.url else forged.hex
        put_in(outsider, "ledger_entry", like, id=new, fact=new)
        ruling = outsider.one("SELECT max(id) FROM duties_ruling")
        put_in(outsider, "duties_ruling", ruling, id=ruling + 1)
        role = outsider.one("SELECT max(id) FROM org_roleassignment")
        put_in(outsider, "org_roleassignment", role, id=role + 1, role="head")
    found = {each["object"] for each in breaks_of(place)}
    assert {str(forged), str(ruling + 1), str(role + 1)} <= found


def put_in(outsider: Outsider, table: str, like: object, **changed: object) -> None:
    """Insert a row like another, but for some columns."""
    cursor = outsider.connection.execute(f"SELECT * FROM {table} LIMIT 0")
    columns = [column[0] for column in cursor.description]
    taken = ", ".join("?" if column in changed else f'"{column}"' for column in columns)
    values = [changed[column] for column in columns if column in changed]
    names = ", ".join(f'"{column}"' for column in columns)
    outsider.run(f"INSERT INTO {table} ({names}) SELECT {taken} FROM {table} WHERE id = ?", *values, like)


def changed_line(outsider: Outsider) -> int:
    outsider.run("UPDATE journal_line SET actor = 'x' WHERE seq = 100")
    return 100


def redated_line(outsider: Outsider) -> int:
    outsider.run("UPDATE journal_line SET at = '2023-01-01 00:00:00+00' WHERE seq = 900")
    return 900


def deleted_line(outsider: Outsider) -> int:
    outsider.run("DELETE FROM journal_line WHERE seq = 200")
    return 200


def cut_off(outsider: Outsider) -> int:
    head = outsider.one("SELECT max(seq) FROM journal_line")
    outsider.run("DELETE FROM journal_line WHERE seq = ?", head)
    return int(head)


def swapped_lines(outsider: Outsider) -> int:
    for old, new in ((300, -1), (301, 300), (-1, 301)):
        outsider.run("UPDATE journal_line SET seq = ? WHERE seq = ?", new, old)
    return 300


def line_put_in(outsider: Outsider) -> int:
    """Continue the chain by hand, every hash right."""
    head = outsider.one("SELECT max(seq) FROM journal_line")
    cursor = outsider.connection.execute(f"SELECT * FROM journal_line WHERE seq = {head}")
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    row |= {"seq": head + 1, "previous": row.pop("hash"), "actor": "x"}
    detail = row["detail"] if isinstance(row["detail"], dict) else json.loads(row["detail"])
    at = row["at"].astimezone(dt.UTC) if isinstance(row["at"], dt.datetime) else at_of(row["at"])
    text = json.dumps(
        {**row, "detail": detail, "at": at.isoformat(timespec="microseconds")},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    row |= {"hash": hashlib.sha256(text.encode()).hexdigest(), "detail": json.dumps(detail)}
    outsider.run(
        f"INSERT INTO journal_line ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values()
    )
    return int(head) + 1


def at_of(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "attack", [changed_line, redated_line, deleted_line, cut_off, swapped_lines, line_put_in]
)
def test_the_first_line_that_does_not_fit_is_named(
    copies: Callable[[], Place], attack: Callable[[Outsider], int]
) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.drop_triggers()
        line = attack(outsider)
    breaks = breaks_of(place)
    assert line in {found["line"] for found in breaks}
    assert min(found["line"] for found in breaks if found["line"]) >= line - 1


def test_notes_that_are_gone_are_found(copies: Callable[[], Place]) -> None:
    place = copies()
    for notes in place.home.glob("journal-*.txt"):
        notes.unlink()
    with outside(place) as outsider:
        head = outsider.one("SELECT max(seq) FROM journal_line")
    assert [found["line"] for found in breaks_of(place)] == [head]


def test_a_figure_that_was_improved_is_found(copies: Callable[[], Place]) -> None:
    place = copies()
    taizhang(place.home, "figures", "--period", "2023", DATABASE_URL=place.url)
    with outside(place) as outsider:
        month = outsider.one("SELECT min(bucket) FROM ledger_keptspan WHERE kind = 'information'")
        outsider.run("UPDATE ledger_keptcell SET counted = counted + 1 WHERE span_id IN "
                     "(SELECT id FROM ledger_keptspan WHERE kind = 'information' AND bucket = ?)", month)  # fmt: skip
    assert [found["object"] for found in breaks_of(place)] == [f"information {str(month)[:7]}"]


@only_sqlite
def test_an_older_copy_of_the_database_is_found(copies: Callable[[], Place]) -> None:
    place = copies()
    older = copies()
    record_something(place)
    with outside(place) as outsider:
        head = outsider.one("SELECT max(seq) FROM journal_line")
    for name in ("taizhang.sqlite3", "taizhang.sqlite3-wal", "taizhang.sqlite3-shm"):
        (place.home / name).unlink(missing_ok=True)
        if (older.home / name).exists():
            shutil.copy(older.home / name, place.home / name)
    assert head in [found["line"] for found in breaks_of(place)]


def record_something(place: Place) -> None:
    code = (
        "from taizhang.journal import clock; from taizhang.journal.actions import open_book; "
        "from taizhang.org import accounts; from taizhang.org.models import Account\n"
        "with open_book(now=clock.now(), actor='x') as book: "
        "accounts.sign('org.open_account', Account.objects.get(username='clerk'), book)"
    )
    taizhang(place.home, "manage", "shell", "-v", "0", "-c", code, DATABASE_URL=place.url)


# The schema


def test_a_table_put_aside_for_one_of_their_own_is_found(copies: Callable[[], Place]) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.drop_triggers()
        outsider.run("ALTER TABLE ledger_entry RENAME TO put_aside")
        outsider.run("CREATE TABLE ledger_entry AS SELECT * FROM put_aside")
        changed = outsider.one("SELECT min(id) FROM ledger_entry") if not place.url else outsider.one(
            "SELECT id FROM ledger_entry ORDER BY id LIMIT 1")  # fmt: skip
        outsider.run("UPDATE ledger_entry SET title = 'x' WHERE id = ?", changed)
    breaks = breaks_of(place)
    assert str(uuid.UUID(str(changed))) in {found["object"] for found in breaks}


def test_a_column_put_aside_is_found(copies: Callable[[], Place]) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.run("ALTER TABLE ledger_entry RENAME COLUMN title TO old_title")
        outsider.run("ALTER TABLE ledger_entry ADD COLUMN title varchar(300) DEFAULT 'x' NOT NULL")
    assert len({found["object"] for found in breaks_of(place)}) > 1000


@only_sqlite
def test_a_trigger_rewritten_in_the_schema_itself_is_found_and_nothing_is_served(
    copies: Callable[[], Place],
) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.run("PRAGMA writable_schema = ON")
        outsider.run(
            "UPDATE sqlite_master SET sql = replace(sql, 'WHEN 1 BEGIN', 'WHEN 0 BEGIN') "
            "WHERE name = 'ledger_entry_guard_delete'"
        )
    answer = taizhang(place.home, "verify", "--format", "json", check=False, DATABASE_URL=place.url)
    assert "ledger_entry_guard_delete" in answer.stdout
    refused = taizhang(place.home, "serve", "--port", "0", check=False, DATABASE_URL=place.url)
    assert (refused.returncode, "ledger_entry_guard_delete" in refused.stderr) == (2, True)


@only_sqlite
def test_a_function_of_their_own_opens_the_door_but_not_unseen(copies: Callable[[], Place]) -> None:
    place = copies()
    forged = uuid.uuid4()
    with outside(place) as outsider:
        outsider.connection.create_function("taizhang_writing", 0, lambda: 1)
        like = outsider.one(
            "SELECT id FROM ledger_entry WHERE supersedes_id IS NULL AND superseded_at IS NULL"
        )
        put_in(outsider, "ledger_entry", like, id=forged.hex, fact=forged.hex)
    assert str(forged) in {found["object"] for found in breaks_of(place)}


@only_postgresql
def test_a_setting_of_their_own_opens_the_door_but_not_unseen(copies: Callable[[], Place]) -> None:
    place = copies()
    forged = uuid.uuid4()
    with outside(place) as outsider:
        outsider.run("SELECT set_config('taizhang.writing', 'on', false)")
        like = outsider.one(
            "SELECT id FROM ledger_entry WHERE supersedes_id IS NULL AND superseded_at IS NULL LIMIT 1"
        )
        put_in(outsider, "ledger_entry", like, id=forged, fact=forged)
    assert str(forged) in {found["object"] for found in breaks_of(place)}


@only_postgresql
def test_a_replica_in_name_changes_nothing_unseen(copies: Callable[[], Place]) -> None:
    place = copies()
    with outside(place) as outsider:
        outsider.run("SET session_replication_role = replica")
        outsider.run("UPDATE ledger_entry SET title = 'x' WHERE kind = 'policy_outreach'")
        touched = outsider.one("SELECT count(*) FROM ledger_entry WHERE kind = 'policy_outreach'")
    assert len(breaks_of(place)) == touched
