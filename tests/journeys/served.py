"""A server of our own on a home of its own, and somebody who uses it over HTTP, as a browser would."""

import datetime as dt
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

SCHEME = """
scheme: depot
name: Depot
effective: 2020-01-01
unit_kinds: {depot: Depot}
roles:
  keeper: {name: Keeper, may: [read, record, correct, export, journal], reach: all}
attendance:
  present: {name: Present, counts_as: present}
kinds:
  shift:
    name: Shift
    title: {name: What}
    quantity: {units: [hours], whole: false}
    fields:
      yard: {name: Yard, type: choice, required: true, choices: {north: North, south: South}}
indicators:
  shifts: {name: Shifts, count: {kind: shift}}
  hours: {name: Hours, sum: {kind: shift}}
duties:
  daily_shift: {name: A shift a month, every: month, of: shifts, for: {unit_kinds: depot}}
"""
PASSWORD = "quite-long-42"
PATIENCE = 180  # seconds until a server that starts is given up
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")  # of the sample


def taizhang(
    home: Path, *arguments: str, check: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command on a home."""
    return subprocess.run(
        [sys.executable, "-m", "taizhang", *arguments],
        env=environment_of(home) | environment,
        check=check,
        capture_output=True,
        text=True,
    )


def environment_of(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "TAIZHANG_HOME")}
    return {**kept, "TAIZHANG_HOME": str(home), "TAIZHANG_LANGUAGE": "en"}


def set_clock(home: Path, moment: dt.datetime) -> None:
    """Have the clock of a home show a moment now, and run on from there, for all that is started after this."""
    settings = json.loads((home / "home.json").read_text("utf-8"))
    settings["clock_offset_seconds"] = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    (home / "home.json").write_text(json.dumps(settings), "utf-8")


def found(home: Path, **environment: str) -> None:
    """Set a depot up, with one keeper."""
    scheme = home / "depot.yaml"
    scheme.write_text(SCHEME, encoding="utf-8")
    taizhang(
        home, "init", "--scheme", str(scheme), "--unit", "D1=Depot One", "--admin", "kim", "--role", "keeper",
        **{"TAIZHANG_PASSWORD": PASSWORD, **environment},
    )  # fmt: skip


def _free_ports() -> Iterator[int]:
    """Yield ports nobody listens on, each once; below those that the system gives to whoever asks for any."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in range(20_000 + 1_000 * worker, 21_000 + 1_000 * worker):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                yield port


_ports = _free_ports()


class Server:
    """``taizhang serve`` on a free port."""

    def __init__(self, home: Path, **more: str) -> None:
        self.port = next(_ports)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "taizhang", "serve", "--port", str(self.port)],
            env=environment_of(home) | more,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        if os.name == "nt":
            self.process.kill()
        else:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Visitor:
    """Somebody with cookies who fills in forms."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), urllib.request.ProxyHandler({})
        )

    def get(self, path: str) -> str:
        return self.opener.open(self.url + path, timeout=60).read().decode()

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; return the address where it ended."""
        request = urllib.request.Request(
            self.url + path,
            urllib.parse.urlencode(fields).encode(),
            headers={"Referer": self.url + path, "Accept-Language": "en"},
        )
        return self.opener.open(request, timeout=60).url

    def hidden(self, path: str) -> dict[str, str]:
        """Open a form and return its hidden fields."""
        page = self.get(path)
        inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page)
        named = ((re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in inputs)
        return {name[1]: unescape(value[1]) if value else "" for name, value in named if name}

    def log_in(self, name: str, password: str) -> None:
        path = "/accounts/login/"
        self.post(path, {**self.hidden(path), "username": name, "password": password})
