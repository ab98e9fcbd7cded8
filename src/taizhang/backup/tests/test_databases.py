"""A copy of an SQLite database is of one moment, whoever writes meanwhile."""

import sqlite3
from contextlib import closing

import pytest

from taizhang.backup import databases

ROWS = 3000


@pytest.fixture
def ledger(tmp_path):
    """A database in WAL of some hundred pages, open for writing."""
    with closing(sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE entry(n INTEGER, text TEXT)")
        database.executemany("INSERT INTO entry VALUES (?, ?)", [(n, "x" * 200) for n in range(ROWS)])
        yield database


def test_what_is_written_during_the_copy_is_not_in_it(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "PAGES", 10)
    written = []

    def write(_done):
        written.append(ledger.execute("UPDATE entry SET n = n + 100000").rowcount)

    databases.copy_sqlite(tmp_path / "a.sqlite3", tmp_path / "b.sqlite3", progress=write)
    with closing(sqlite3.connect(tmp_path / "b.sqlite3")) as copy:
        assert copy.execute("SELECT count(*), max(n) FROM entry").fetchone() == (ROWS, ROWS - 1)
    assert len(written) > 10


def test_the_progress_adds_up_to_the_file(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "PAGES", 7)
    done = []
    databases.copy_sqlite(tmp_path / "a.sqlite3", tmp_path / "b.sqlite3", progress=done.append)
    assert sum(done) == (tmp_path / "b.sqlite3").stat().st_size


def test_the_copy_is_one_file(ledger, tmp_path):
    databases.copy_sqlite(tmp_path / "a.sqlite3", tmp_path / "b.sqlite3", progress=lambda _done: None)
    with closing(sqlite3.connect(tmp_path / "b.sqlite3")) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in tmp_path.glob("b.*")] == ["b.sqlite3"]
