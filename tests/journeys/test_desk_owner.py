"""PostgreSQL with an owner of the tables apart: the program's role cannot write the desk's record but by its function."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.journeys.conftest import URL, drop_database, make_database
from tests.journeys.served import taizhang
from tests.journeys.test_desk_at_once import at_office

pytestmark = pytest.mark.only_postgresql


@dataclass(frozen=True)
class Apart:
    home: Path
    program: str
    owner: str

    def run(self, sql: str, parameters: list[Any] | None = None) -> None:
        """Do something as the program's role, with the journal's lock and the setting that opens the tables."""
        with psycopg.connect(self.program) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(72632024)")
            connection.execute("SELECT set_config('taizhang.writing', 'on', true)")
            connection.execute(sql, parameters)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    home, database = tmp_path_factory.mktemp("apart"), make_database()
    name = database.rpartition("/")[2]
    with psycopg.connect(URL, autocommit=True) as server:
        for role in ("tz_owner", "tz_program"):
            server.execute(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
        server.execute(f"ALTER DATABASE {name} OWNER TO tz_owner")
    with psycopg.connect(database, autocommit=True) as server:
        server.execute("ALTER SCHEMA public OWNER TO tz_owner")
    place = database.partition("@")[2]
    urls = [f"postgres://{role}@{place}" for role in ("tz_program", "tz_owner")]
    at_office(home, "found", DATABASE_URL=urls[0], TAIZHANG_OWNER_URL=urls[1])
    yield Apart(home, *urls)
    drop_database(database)


def test_the_program_works_under_its_own_role_and_verifies(apart: Apart) -> None:
    assert at_office(apart.home, "path", DATABASE_URL=apart.program) == {"released": 1, "breaks": []}
    assert at_office(apart.home, "races", "1", DATABASE_URL=apart.program) == {"wrong": [], "breaks": []}


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO desk_act SELECT * FROM desk_act",
        "INSERT INTO desk_release SELECT * FROM desk_release",
        "INSERT INTO desk_withdrawal SELECT * FROM desk_withdrawal",
        "UPDATE desk_act SET what = 'approve'",
        "UPDATE desk_release SET digest = ''",
        "DELETE FROM desk_act",
        "TRUNCATE desk_release CASCADE",
        "UPDATE desk_version SET body = ''",
        "DELETE FROM desk_hand",
        "UPDATE ledger_entry SET title = ''",
        "DELETE FROM journal_line",
        "ALTER TABLE desk_act DISABLE TRIGGER ALL",
        "DROP TRIGGER desk_release_rules ON desk_release",
        "DROP TABLE desk_withdrawal",
        "CREATE TRIGGER quiet BEFORE INSERT ON desk_release FOR EACH ROW EXECUTE FUNCTION taizhang_guard()",
        "CREATE OR REPLACE FUNCTION taizhang_desk_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TABLE desk_act_too (id int)",
        "SET session_replication_role = replica",
        "SET ROLE tz_owner",
        "ALTER ROLE tz_program SUPERUSER",
    ],
)
def test_the_programs_role_is_refused(apart: Apart, sql: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
        apart.run(sql)


def forged(apart: Apart, change: dict[str, Any]) -> str:
    """Return an approval as the program would put it, changed."""
    with psycopg.connect(apart.owner) as connection:
        told = connection.execute(
            "SELECT to_jsonb(a) FROM desk_act a WHERE what = 'approve' ORDER BY manuscript_id, number LIMIT 1"
        ).fetchone()
    return json.dumps({**told[0], "id": str(uuid.uuid4()), **change})


@pytest.mark.parametrize("change", [{}, {"number": 99}, {"what": "return", "opinion": "x"}])
def test_its_function_takes_no_act_that_breaks_the_rule(apart: Apart, change: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="taizhang"):
        apart.run("SELECT taizhang_put_desk_act(%s)", [forged(apart, change)])


def test_its_function_takes_nothing_outside_an_open_book(apart: Apart) -> None:
    with (
        psycopg.connect(apart.program) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="not open"),
    ):
        connection.execute("SELECT taizhang_put_desk_act(%s)", [forged(apart, {})])


def test_a_right_given_too_much_is_named_and_keeps_the_server_from_starting(apart: Apart) -> None:
    with psycopg.connect(apart.owner, autocommit=True) as owner:
        owner.execute("GRANT INSERT ON desk_act TO tz_program")
        try:
            verified = taizhang(apart.home, "verify", DATABASE_URL=apart.program, check=False)
            served = taizhang(apart.home, "serve", "--port", "1", DATABASE_URL=apart.program, check=False)
        finally:
            owner.execute("REVOKE INSERT ON desk_act FROM tz_program")
    assert "desk_act" in verified.stdout + verified.stderr
    assert (served.returncode, "desk_act" in served.stderr) == (2, True)


def test_a_function_of_somebody_elses_is_named(apart: Apart) -> None:
    with psycopg.connect(apart.owner, autocommit=True) as owner:
        made = owner.execute("SELECT pg_get_functiondef('taizhang_put_desk_act'::regproc)").fetchone()[0]
        owner.execute(made.replace("IF NOT EXISTS", "IF FALSE AND NOT EXISTS"))
        try:
            verified = taizhang(apart.home, "verify", DATABASE_URL=apart.program, check=False)
        finally:
            owner.execute(made)
    assert "taizhang_put_desk_act" in verified.stdout + verified.stderr


def test_every_upgrade_gives_the_same_rights(apart: Apart) -> None:
    environment = {"DATABASE_URL": apart.program, "TAIZHANG_OWNER_URL": apart.owner}
    taizhang(apart.home, "init", **environment)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        apart.run("DELETE FROM desk_act")
