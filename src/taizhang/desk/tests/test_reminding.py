import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner
from django.utils import translation

from taizhang.cli.remind import remind
from taizhang.desk import reminding
from taizhang.journal.clock import day_of
from taizhang.org.models import Account
from taizhang.org.queries import unit_tree


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def receiver():
    """A webhook on this machine: (its address, what it was sent)."""
    got: list[tuple[str, dict]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def found(office):
    now = office.now()
    return reminding.reminders(now=now, day=day_of(now), tree=unit_tree())


def test_who_is_reminded_of_what(office, now):
    late, returned = office.start(title="逾期稿"), office.start(title="退回稿")
    office.submit(late)
    office.submit(returned)
    office.send_back(returned, "review1")
    now(now().replace(day=29))
    told = {one.person.name: [place.title for place in one.waiting] for one in found(office)}
    assert told == {"Section Head": ["逾期稿"], "Editor": ["退回稿"]}
    (head, _editor) = found(office)
    words = reminding.text_for(head, now=now())
    assert "1 manuscript waits for you. 1 of them is overdue." in words
    assert "逾期稿 · 一审 · overdue by" in words


def test_nobody_is_reminded_whose_account_is_shut(office):
    office.submit(office.start())
    Account.objects.filter(username="section_head").update(is_active=False)
    assert found(office) == []


def test_group_and_people_are_told(office, settings, receiver):
    address, got = receiver
    settings.REMIND_GROUP, settings.REMIND_PERSON = f"{address}/group/", f"{address}/to/{{email}}/"
    Account.objects.filter(username="section_head").update(email="head@example.org")
    office.submit(office.start(title="等审的稿"))
    sent = reminding.send(found(office), now=office.now())
    assert [one.arrived for one in sent] == [True, True]
    assert [path for path, _told in got] == ["/group/", "/to/head@example.org/"]
    assert "Section Head: 1 waiting, 0 overdue" in got[0][1]["message"]
    assert "等审的稿" in got[1][1]["message"]


def test_a_broken_address_stops_no_other_and_is_said(office, settings, receiver):
    address, got = receiver
    settings.REMIND_GROUP, settings.REMIND_PERSON = f"{address}/broken/?token=secret", f"{address}/to/"
    Account.objects.filter(username="section_head").update(email="head@example.org")
    office.submit(office.start())
    result = CliRunner().invoke(remind, ["--language", "en"])
    assert result.exit_code == 1
    assert "NOT sent to" in result.output
    assert "sent to json" in result.output
    assert "secret" not in result.output
    assert len(got) == 2


def test_nothing_is_set_up(office, settings):
    office.submit(office.start(title="等审的稿"))
    settings.REMIND_GROUP = settings.REMIND_PERSON = ""
    result = CliRunner().invoke(remind, ["--language", "en"])
    assert result.exit_code == 1
    assert "TAIZHANG_REMIND_GROUP" in result.output
    shown = CliRunner().invoke(remind, ["--language", "en", "--dry-run"])
    assert shown.exit_code == 0
    assert "等审的稿" in shown.output
