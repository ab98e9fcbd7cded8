"""Many people at the desk at once, on a database of their own: nothing is lost, nothing passes that should not."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import drop_database, make_database
from tests.journeys.served import environment_of

OFFICE = Path(__file__).with_name("desk_office.py")


def at_office(home: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """Run the office; return what it says."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(OFFICE), *arguments],
        env={**environment_of(home), "DJANGO_SETTINGS_MODULE": "taizhang.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., dict[str, Any]]]:
    home, url = tmp_path_factory.mktemp("office"), make_database()
    at_office(home, "found", DATABASE_URL=url)
    yield lambda *arguments: at_office(home, *arguments, DATABASE_URL=url)
    drop_database(url)


def test_many_editors_at_once_lose_nothing(office: Callable[..., dict[str, Any]]) -> None:
    assert office("editors", "20") == {"said": [], "lost": [], "submitted": 20, "breaks": []}


def test_races_end_as_the_rule_says(office: Callable[..., dict[str, Any]]) -> None:
    assert office("races", "8") == {"wrong": [], "breaks": []}
