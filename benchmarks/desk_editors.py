"""A hundred editors on a hundred manuscripts, over HTTP: each saves every few seconds, as the editor does by itself.

Bar: no error, no lost update, p95 of a save under 500 ms on two cores. Beside it, measured in the same run: the same
editors reading the same page of the site without saving (the rival), and all of them saving at one instant.
"""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.journeys.served import Server, environment_of  # noqa: E402 - the tests must be found first

EDITORS = int(os.environ.get("TAIZHANG_BENCH_EDITORS", "100"))
SECONDS = int(os.environ.get("TAIZHANG_BENCH_SECONDS", "30"))
PACE = 5.0  # seconds between two saves of one editor
BAR = 500
CSRF = "a" * 32
os.environ["TAIZHANG_SECRET_KEY"] = (
    "b" * 50
)  # one key for the sessions that are made and the server that reads them
BODY = "<p>" + "全市科普活动周在科技馆启动，各县区同步开展活动。" * 60 + "</p>"


@dataclass
class Editor:
    """Somebody with a session who saves one manuscript, revision after revision."""

    port: int
    session: str
    manuscript: str
    person: str
    revision: int = 1
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}

    @property
    def title(self) -> str:
        return f"{self.manuscript[-6:]} state {self.revision}"

    def save(self) -> None:
        fields = {
            "version": self.revision, "title": f"{self.manuscript[-6:]} state {self.revision + 1}",
            "html": f"{BODY}<p>{self.revision}</p>", "author": self.person, "part": "100", "channel": "site",
        }  # fmt: skip
        self.ask("POST", f"/desk/{self.manuscript}/save/", urlencode(fields))

    def read(self) -> None:
        self.ask("GET", "/organisation/people/")

    def ask(self, method: str, path: str, body: str = "") -> None:
        sent = time.perf_counter()
        headers = {**self.headers, **({"Content-Type": "application/x-www-form-urlencoded"} if body else {})}
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        told = answer.read()
        self.times.append((time.perf_counter() - sent) * 1000)
        if answer.status != 200:
            self.errors.append(f"{answer.status} {told[:200]!r}")
        elif body:
            self.revision = json.loads(told)["version"]


def office(home: Path, *arguments: str) -> dict:
    """Run the office of the tests on this home; return what it says."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "tests" / "journeys" / "desk_office.py"), *arguments],
        env={**environment_of(home), "DJANGO_SETTINGS_MODULE": "taizhang.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def paced(editors: list[Editor], act: Callable[[Editor], None]) -> list[float]:
    """Have each act every PACE seconds for SECONDS, all starting at different moments; return the times in ms."""
    until = time.perf_counter() + SECONDS

    def work(editor: Editor) -> None:
        time.sleep(random.uniform(0, PACE))
        while time.perf_counter() < until:
            begun = time.perf_counter()
            act(editor)
            time.sleep(max(0, PACE - (time.perf_counter() - begun)))

    return _together(editors, work)


def at_once(editors: list[Editor]) -> list[float]:
    """Have all save at one instant."""
    gate = threading.Barrier(len(editors))

    def work(editor: Editor) -> None:
        gate.wait()
        editor.save()

    return _together(editors, work)


def _together(editors: list[Editor], work: Callable[[Editor], None]) -> list[float]:
    for editor in editors:
        editor.times.clear()
    threads = [threading.Thread(target=work, args=[editor]) for editor in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for editor in editors for each in editor.times]


def told(name: str, times: list[float]) -> float:
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{name:34} {len(times):6} requests  p50 {cuts[49]:7.1f} ms  p95 {cuts[94]:7.1f} ms  max {max(times):7.1f} ms"
    )
    return cuts[94]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        office(home, "found", str(EDITORS))
        writers = office(home, "sessions", str(EDITORS))["writers"]
        server = Server(home)
        try:
            editors = [Editor(server.port, *writer) for writer in writers]
            at_once(editors)  # connections and caches
            print(f"{EDITORS} editors, one save each {PACE:.0f} s, {os.cpu_count()} cores")
            told("reading a page (rival)", paced(editors, Editor.read))
            p95 = told("saving", paced(editors, Editor.save))
            told("all saving at one instant", at_once(editors))
        finally:
            server.kill()
        kept = {tuple(draft) for draft in office(home, "kept")["drafts"]}
        lost = [editor.title for editor in editors if (editor.title, editor.revision) not in kept]
        errors = [error for editor in editors for error in editor.errors]
    print(f"errors {len(errors)}  lost {len(lost)}  p95 {p95:.0f} ms (bar {BAR} ms)")
    if errors or lost or p95 > BAR:
        sys.exit("\n".join(["over the bar", *errors[:3], *lost[:3]]))


if __name__ == "__main__":
    main()
