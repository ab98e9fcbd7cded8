"""The sample year, made once for all workers; whoever changes it takes a copy. A browser for those who want one."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.browsing import complaints_of, launched, log_in, open_page
from tests.journeys.served import Server, environment_of, taizhang

URL = os.environ.get("DATABASE_URL", "")
ON_POSTGRESQL = URL.startswith("postgres")
PATIENCE = 600
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """A home and, on PostgreSQL, its database."""

    home: Path
    url: str


def make_database(like: str = "") -> str:
    """Make a database of our own, empty or ``like`` another; return its address."""
    if not ON_POSTGRESQL:
        return ""
    name = f"journey_{uuid.uuid4().hex}"
    template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}{template}")
    return f"{URL.rpartition('/')[0]}/{name}"


def drop_database(address: str) -> None:
    """Drop a database of our own, whoever still holds it open."""
    if address:
        with psycopg.connect(URL, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {address.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Make the sample year, or wait until another worker has made it. Nobody may change it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, made = shared / "sample-year", shared / "sample-year.url"
    try:
        home.mkdir()
    except FileExistsError:
        return Place(home, _waited_for(made))
    url = make_database()
    taizhang(home, "demo", "--no-serve", DATABASE_URL=url)
    (shared / "url").write_text(url)
    (shared / "url").rename(made)
    return Place(home, url)


def _waited_for(made: Path) -> str:
    for _second in range(PATIENCE):
        if made.exists():
            return made.read_text()
        time.sleep(1)
    raise TimeoutError(made)


@pytest.fixture(scope="module")
def copies(sample: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Place]]:
    """Return a copy of the sample year whenever called."""
    made: list[Place] = []

    def copy() -> Place:
        home = tmp_path_factory.mktemp("copy") / "home"
        shutil.copytree(sample.home, home)
        made.append(Place(home, make_database(like=sample.url)))
        return made[-1]

    yield copy
    for place in made:
        shutil.rmtree(place.home, ignore_errors=True)
        drop_database(place.url)


def texts(place: Place, *arguments: str) -> list[str]:
    """Make texts in a home; return their numbers."""
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.journeys.texts", *arguments],
        env=environment_of(place.home) | {"DATABASE_URL": place.url},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(copies: Callable[[], Place]) -> Iterator[Server]:
    place = copies()
    served = Server(place.home, DATABASE_URL=place.url)
    yield served
    served.kill()


@pytest.fixture(scope="module")
def logins(browser: Browser, server: Server) -> Callable[[str], Any]:
    """Return what a browser keeps after somebody has logged in: each logs in once."""
    kept: dict[str, Any] = {}

    def state(login: str) -> Any:
        if login not in kept:
            page = open_page(browser, base_url=server.url, locale="en")
            log_in(page, login)
            kept[login] = page.context.storage_state()
            page.context.close()
        return kept[login]

    return state


@pytest.fixture
def visit(browser: Browser, server: Server, logins: Callable[[str], Any]) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody; at the end no page may have complained in its console or shown a crash."""
    opened: list[tuple[Page, list[str]]] = []

    def open_(login: str, path: str = "/", **options: Any) -> Page:
        options = {"base_url": server.url, "locale": "en", "storage_state": logins(login), **options}
        page = open_page(browser, **options)
        opened.append((page, complaints_of(page)))
        page.goto(path)
        return page

    yield open_
    for page, complaints in opened:
        page.context.close()
        assert complaints == []
