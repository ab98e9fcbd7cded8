"""What the page on the journal says is what the journal does: its verifier is run, its keys are those that are signed."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from taizhang.conftest import *  # noqa: F403 - the small office
from taizhang.journal.verify import journaled_models
from tests.journeys.served import found, taizhang

PAGE = (Path(__file__).parents[1] / "docs" / "algorithms" / "journal.md").read_text("utf-8")
PROGRAM = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A small ledger on SQLite."""
    home = tmp_path_factory.mktemp("ledger")
    found(home, DATABASE_URL="")
    return home


@pytest.fixture
def verify(tmp_path):
    """Run the page's program on a ledger."""
    (tmp_path / "verify_journal.py").write_text(PROGRAM, encoding="utf-8")

    def run(home):
        files = [home / "taizhang.sqlite3", home / "journal-anchors.txt"]
        return subprocess.run(
            [sys.executable, "verify_journal.py", *files],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def altered(ledger, tmp_path):
    """Change a copy of the ledger as somebody with the file in hand could."""

    def alter(sql):
        home = shutil.copytree(ledger, tmp_path / "altered")
        with closing(sqlite3.connect(home / "taizhang.sqlite3")) as database, database:
            for (trigger,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f'DROP TRIGGER "{trigger}"')
            assert database.execute(sql).rowcount == 1
        return home

    return alter


def test_the_pages_verifier_finds_the_head_that_the_program_finds(ledger, verify):
    head = json.loads(taizhang(ledger, "verify", "--format", "json", DATABASE_URL="").stdout)["head"]
    assert verify(ledger).stdout.split() == [str(head[0]), head[1]]


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE journal_line SET actor = 'nobody' WHERE seq = 2", "line 2 does not fit"),
        ("DELETE FROM journal_line WHERE seq = 3", "line 3 does not fit"),
        ("DELETE FROM journal_line WHERE seq = (SELECT max(seq) FROM journal_line)", "was cut off"),
    ],
)
def test_the_pages_verifier_names_what_was_altered(altered, verify, sql, named):
    assert named in verify(altered(sql)).stderr


def test_the_page_has_every_key_that_is_signed(post_entry):
    listed = {
        name: re.findall(r"`(\w+)`", keys)
        for name, keys in re.findall(r"^\| `(\w+\.\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    }
    entry = post_entry()
    signed = {
        model._meta.label_lower: list((entry if model is type(entry) else model()).payload())
        for model in journaled_models()
    }
    assert {name: sorted(keys) for name, keys in listed.items()} == {
        n: sorted(keys) for n, keys in signed.items()
    }
