"""Power cuts while people record: what was acknowledged is there, nothing is there by halves, the chain holds.

``TAIZHANG_KILLS`` says how often the server is killed (the full endurance run is 200).
"""

import http.client
import itertools
import json
import os
import threading
import time
import urllib.error
from pathlib import Path

from tests.journeys.served import PASSWORD, Server, Visitor, found, taizhang

KILLS = int(os.environ.get("TAIZHANG_KILLS", "6"))
PATH = "/ledger/kinds/shift/new/"
WRITERS = 4
PATIENCE = 120


class Writer(threading.Thread):
    """Records one shift after another until the server is gone; remembers what it was told is recorded."""

    def __init__(self, url: str, cookies: Visitor, numbers: "itertools.count[int]") -> None:
        super().__init__(daemon=True)
        self.visitor = Visitor(url)
        for cookie in cookies.cookies:
            self.visitor.cookies.set_cookie(cookie)
        self.numbers = numbers
        self.acknowledged: list[str] = []

    def run(self) -> None:
        try:
            while True:
                title = f"shift {next(self.numbers)}"
                sent = {
                    "title": title,
                    "occurred_on": "2023-05-05",
                    "unit": "1",
                    "quantity": "8",
                    "f.yard": "north",
                }
                ended = self.visitor.post(PATH, {**self.visitor.hidden(PATH), **sent})
                assert "/entries/" in ended, ended
                self.acknowledged.append(title)
        except (urllib.error.URLError, OSError, http.client.HTTPException):
            return


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    found(tmp_path)
    numbers, acknowledged = itertools.count(), list[str]()
    for round_ in range(KILLS):
        server = Server(tmp_path)
        visitor = Visitor(server.url)
        visitor.log_in("kim", PASSWORD)
        writers = [Writer(server.url, visitor, numbers) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        _until_something_is_recorded(writers)
        time.sleep((round_ * 0.137) % 0.6)
        server.kill()
        for writer in writers:
            writer.join(timeout=PATIENCE)
            assert not writer.is_alive()
            acknowledged += writer.acknowledged
    verified = json.loads(taizhang(tmp_path, "verify", "--format", "json", check=False).stdout)
    assert verified["breaks"] == []
    recorded = _titles(tmp_path)
    assert acknowledged, "nothing was recorded at all"
    assert set(acknowledged) <= set(recorded)
    assert len(recorded) == len(set(recorded)), "a form was recorded twice"
    figures = json.loads(taizhang(tmp_path, "figures", "--period", "2023", "--format", "json").stdout)
    assert [f["value"] for f in figures if f["indicator"] == "shifts"] == [str(len(recorded))]


def _until_something_is_recorded(writers: list[Writer]) -> None:
    until = time.monotonic() + PATIENCE
    while not any(writer.acknowledged for writer in writers) and time.monotonic() < until:
        time.sleep(0.01)


def _titles(home: Path) -> list[str]:
    code = "from taizhang.ledger.models import Entry; print('\\n'.join(Entry.objects.values_list('title', flat=True)))"
    return taizhang(home, "manage", "shell", "-v", "0", "-c", code).stdout.splitlines()
