"""A ledger is backed up while people record, and comes back whole, on both databases."""

import json
import os
import shutil
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.journeys.served import Server, environment_of, found, taizhang

RECORD = """
import datetime as dt
from decimal import Decimal
from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.ledger import actions, store
from taizhang.ledger.drafts import Attachment, Draft
from taizhang.rules.queries import history
for n in range({times}):
    file = Attachment(store.keep([f"minutes {{n}} {salt}".encode()]), "minutes.txt", "text/plain")
    draft = Draft(kind="shift", unit_id=1, occurred_on=dt.date(2023, 5, 5), title=f"shift {{n}}",
                  values={{"yard": "north"}}, quantity=Decimal(8), quantity_unit="hours",
                  evidence=(file,))
    with open_book(now=clock.now(), actor="kim") as book:
        actions.post(draft, book=book, schemes=history())
    print(n, flush=True)
"""
FITS, BROKEN, REFUSED = 0, 1, 2


@dataclass
class Place:
    """A home and its database."""

    home: Path
    url: str

    def run(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return taizhang(self.home, *map(str, arguments), check=False, DATABASE_URL=self.url)

    def record(self, times: int) -> "subprocess.Popen[str]":
        """Start recording shifts, each with a file; a number is printed for each that is in the ledger."""
        script = RECORD.format(times=times, salt=uuid.uuid4().hex)
        return subprocess.Popen(
            [sys.executable, "-m", "taizhang", "manage", "shell", "--no-imports", "-c", script],
            env=environment_of(self.home) | {"DATABASE_URL": self.url},
            stdout=subprocess.PIPE,
            text=True,
        )

    def verified(self) -> dict[str, object]:
        verdict: dict[str, object] = json.loads(self.run("verify", "--format", "json").stdout)
        return verdict


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Places"]:
    """Somewhere to make places, gone after the module."""
    places = Places(tmp_path_factory.mktemp("places"), os.environ.get("DATABASE_URL", ""))
    yield places
    places.drop()


@dataclass
class Places:
    """Makes places: a folder each, and a database each where the tests run on PostgreSQL."""

    folder: Path
    url: str
    databases: list[str] = field(default_factory=list)

    def new(self, like: Place | None = None) -> Place:
        """Make an empty place, or a copy of one."""
        home = self.folder / uuid.uuid4().hex
        if like:
            shutil.copytree(like.home, home)
        else:
            home.mkdir()
        return Place(home, self._database(like) if self.url.startswith("postgres") else "")

    def _database(self, like: Place | None) -> str:
        name = f"backup_{uuid.uuid4().hex}"
        template = like.url.rpartition("/")[2] if like else "template1"
        self._on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.databases.append(name)
        return f"{self.url.rpartition('/')[0]}/{name}"

    def _on_server(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(sql)

    def drop(self) -> None:
        for name in self.databases:
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def template(places: Places) -> Place:
    """A ledger with five shifts and their files."""
    template = places.new()
    found(template.home, DATABASE_URL=template.url)
    assert template.record(5).wait() == 0
    return template


@pytest.fixture
def depot(places: Places, template: Place) -> Place:
    """A copy of the template, to do with as one likes."""
    return places.new(template)


def test_a_backup_comes_back_whole_in_an_empty_place(depot, places, tmp_path):
    made = depot.run("backup", tmp_path / "a.zip")
    assert made.returncode == FITS, made.stderr
    assert "secret key" in made.stdout
    other = places.new()
    restored = other.run("restore", tmp_path / "a.zip")
    assert restored.returncode == FITS, restored.stderr
    assert other.verified() == depot.verified()
    assert other.verified()["whole"] is True
    assert (other.home / "home.json").read_text() == (depot.home / "home.json").read_text()


def test_backups_made_while_others_record_are_whole(depot, places, tmp_path):
    recording = depot.record(10_000)
    recording.stdout.readline()
    heads = []
    for n in range(2):
        done = depot.run("backup", tmp_path / f"{n}.zip")
        assert done.returncode == FITS, done.stderr
        heads.append(json.loads(zipfile.ZipFile(tmp_path / f"{n}.zip").read("manifest.json"))["head"]["seq"])
    recording.kill()
    recording.wait()
    assert heads[0] < heads[1]
    for n in range(2):
        other = places.new()
        restored = other.run("restore", tmp_path / f"{n}.zip")
        assert restored.returncode == FITS, restored.stdout + restored.stderr
        assert other.verified()["head"][0] == heads[n]


def test_a_ledger_that_is_there_is_only_replaced_when_asked_and_kept_aside(depot, tmp_path):
    depot.run("backup", tmp_path / "a.zip")
    before = depot.verified()
    assert depot.record(1).wait() == 0
    refused = depot.run("restore", tmp_path / "a.zip")
    assert (refused.returncode, "--replace" in refused.stderr) == (REFUSED, True)
    assert depot.verified()["head"] != before["head"]
    restored = depot.run("restore", "--replace", tmp_path / "a.zip")
    assert restored.returncode == FITS, restored.stderr
    assert depot.verified() == before
    (aside,) = depot.home.glob("replaced-*")
    assert (aside / "home.json").exists()
    assert "What was there lies in" in restored.stdout


def test_a_damaged_backup_changes_nothing(depot, tmp_path):
    depot.run("backup", tmp_path / "a.zip")
    torn = bytearray((tmp_path / "a.zip").read_bytes())
    torn[200] ^= 1
    (tmp_path / "a.zip").write_bytes(torn)
    before = sorted(path.name for path in depot.home.iterdir())
    refused = depot.run("restore", "--replace", tmp_path / "a.zip")
    assert (refused.returncode, "damaged" in refused.stderr) == (REFUSED, True)
    assert sorted(path.name for path in depot.home.iterdir()) == before
    assert depot.verified()["whole"] is True


def test_a_journal_that_was_cut_off_stays_cut_off_in_the_backup(depot, places, tmp_path):
    with (depot.home / "journal-anchors.txt").open("a") as file:
        file.write(f"9999 {'a' * 64}\n")
    assert depot.run("backup", tmp_path / "a.zip").returncode == FITS
    restored = places.new().run("restore", tmp_path / "a.zip")
    assert (restored.returncode, "9999" in restored.stdout) == (BROKEN, True)


def test_evidence_that_is_missing_is_named(depot, tmp_path):
    lost = next((depot.home / "evidence").glob("??/*"))
    lost.unlink()
    done = depot.run("backup", tmp_path / "a.zip")
    assert (done.returncode, lost.name in done.stderr) == (BROKEN, True)


def test_a_ledger_in_use_is_not_replaced(depot, tmp_path):
    depot.run("backup", tmp_path / "a.zip")
    recording = depot.record(10_000)
    recording.stdout.readline()
    refused = depot.run("restore", "--replace", tmp_path / "a.zip")
    recording.kill()
    recording.wait()
    assert (refused.returncode, "in use" in refused.stderr) == (REFUSED, True)
    assert depot.verified()["whole"] is True


def test_where_there_is_no_ledger_there_is_no_backup(places, tmp_path):
    nowhere = places.new()
    refused = nowhere.run("backup", tmp_path / "a.zip")
    assert (refused.returncode, "no ledger here" in refused.stderr) == (REFUSED, True)
    assert not (tmp_path / "a.zip").exists()
    assert not any(nowhere.home.iterdir())


def test_a_restored_ledger_is_served(depot, places, tmp_path):
    depot.run("backup", tmp_path / "a.zip")
    other = places.new()
    other.run("restore", tmp_path / "a.zip")
    server = Server(other.home, DATABASE_URL=other.url)
    server.kill()
