"""Power cuts while score sheets are computed: no sheet twice, none missing, the chain holds, the points are the same.

``TAIZHANG_KILLS`` says how often the command is killed at most (the full endurance run is 200).
"""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.journeys.conftest import drop_database, make_database
from tests.journeys.served import environment_of, taizhang

KILLS = int(os.environ.get("TAIZHANG_KILLS", "6"))
PEOPLE = 4000
SCHEME = """
scheme: province
name: Province
effective: 2020-01-01
unit_kinds: {bureau: Bureau}
roles:
  clerk: {name: Clerk, may: [read, record, appraise], reach: all}
  officer: {name: Officer, may: [read, record], reach: own}
kinds:
  information:
    name: Information
    title: {name: Headline}
    person: {name: Author, required: true}
quotas:
  items: {name: Items, every: month, for: {roles: officer}, submit: {kind: information, at_least: 1}}
appraisals:
  monthly:
    name: Scores
    every: month
    for: {roles: officer}
    rules:
      base: {name: Base, fixed: {points: 10}}
      items: {name: Items, each: {kind: information, points: 1.5}}
      missing: {name: Shortfall, short: {submit: -2}}
"""
FILL = f"""
import datetime as dt
from django.db import transaction
from taizhang.journal import guard
from taizhang.ledger.models import Entry, new_id
from taizhang.org.models import Person, RoleAssignment, Unit
unit, since = Unit.objects.get(), dt.date(2020, 1, 1)
people = Person.objects.bulk_create(Person(code=f"p{{n}}", name=f"Person {{n}}") for n in range({PEOPLE}))
RoleAssignment.objects.bulk_create(RoleAssignment(person=p, role="officer", unit=unit, since=since) for p in people)
at = dt.datetime(2023, 10, 20, tzinfo=dt.UTC)
with transaction.atomic(), guard.writing():
    rows = []
    for n, person in enumerate(people):
        for _item in range(n % 3):
            id_ = new_id()
            rows.append(Entry(id=id_, fact=id_, kind="information", unit=unit, person=person, title=str(n),
                occurred_on=dt.date(2023, 10, 9), counts_for=dt.date(2023, 10, 9), recorded_at=at, recorded_by="x"))
    Entry.objects.bulk_create(rows, batch_size=500)
"""
SHEETS = """
import json
from taizhang.appraisals.models import Sheet
rows = Sheet.objects.order_by("pk").values_list("person__code", "points", "superseded_at")
print(json.dumps([[code, str(points.normalize()), closed is None] for code, points, closed in rows]))
"""


COUNT = "SELECT COUNT(*) FROM appraisals_sheet"
PATIENCE = 60


@pytest.fixture
def url() -> Iterator[str]:
    made = make_database()
    yield made
    drop_database(made)


def shell(home: Path, url: str, code: str) -> str:
    return taizhang(home, "manage", "shell", "-v", "0", "-c", code, DATABASE_URL=url).stdout


def test_a_run_that_is_killed_goes_on_without_a_double_or_a_gap(tmp_path: Path, url: str) -> None:
    (tmp_path / "province.yaml").write_text(SCHEME, encoding="utf-8")
    taizhang(
        tmp_path, "init", "--scheme", str(tmp_path / "province.yaml"), "--unit", "P1=Province", "--admin", "kim",
        "--role", "clerk", TAIZHANG_PASSWORD="quite-long-42", DATABASE_URL=url,
    )  # fmt: skip
    shell(tmp_path, url, FILL)
    there: list[int] = []
    while len(there) < KILLS and _is_killed_in_the_middle(tmp_path, url, more_than=there[-1] if there else 0):
        there.append(_count(tmp_path, url))
    assert there, "the run was over before it could be killed"
    assert there[0] < PEOPLE, "all sheets were there before it could be killed"
    assert there == sorted(there), "sheets were lost"
    told = taizhang(tmp_path, "appraise", "--period", "2023-10", DATABASE_URL=url).stdout
    assert f"{PEOPLE} sheets" in told
    sheets = json.loads(shell(tmp_path, url, SHEETS))
    expected = {f"p{n}": {0: "8", 1: "11.5", 2: "13"}[n % 3] for n in range(PEOPLE)}
    assert len(sheets) == PEOPLE, "a sheet is there twice, or missing"
    assert {code: points for code, points, _open in sheets} == expected
    assert all(is_open for _code, _points, is_open in sheets)
    verified = json.loads(
        taizhang(tmp_path, "verify", "--format", "json", check=False, DATABASE_URL=url).stdout
    )
    assert [
        found
        for found in verified["breaks"]
        if "appraisals" in found["message"] or "sheet" in found["message"]
    ] == []


def _is_killed_in_the_middle(home: Path, url: str, *, more_than: int) -> bool:
    """Start the run and kill it once it has made some sheets; tell whether it was still running then."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "taizhang", "appraise", "--period", "2023-10"],
        env=environment_of(home) | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while process.poll() is None and _count(home, url) <= more_than and time.monotonic() < until:
        time.sleep(0.01)
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return running


def _count(home: Path, url: str) -> int:
    """Count the sheets from outside the program."""
    if url:
        with psycopg.connect(url) as server:
            return int(server.execute(COUNT).fetchone()[0])  # type: ignore[index]
    with contextlib.closing(sqlite3.connect(home / "taizhang.sqlite3")) as database:
        return int(database.execute(COUNT).fetchone()[0])
