"""A text that is to be released at a moment, by servers that are killed and begun again before it comes."""

import datetime as dt
import re
import time
from collections.abc import Callable

from tests.journeys.browsing import PASSWORD
from tests.journeys.conftest import Place, texts
from tests.journeys.served import OFFICE_ZONE, Server, Visitor, set_clock, taizhang

DUE = dt.datetime(2023, 12, 30, 9, 30, tzinfo=OFFICE_ZONE)
BEFORE = dt.timedelta(seconds=10)  # long enough for the servers to be there when the moment comes
NONE_WAITS = "没有定时发布的稿件"


def test_two_servers_killed_and_begun_again_release_once(copies: Callable[[], Place]) -> None:
    place = copies()
    texts(place, "passed", "定时发布的说明")
    server = Server(place.home, DATABASE_URL=place.url, TAIZHANG_RELEASE_EVERY="3600")
    visitor = Visitor(server.url)
    visitor.log_in("clerk", PASSWORD)
    path = re.search(r'href="(/publication/[0-9a-f-]{36}/)">定时发布的说明', visitor.get("/publication/"))
    assert path is not None
    later = {"channels": "site", "when": "later", "due_at": f"{DUE:%Y-%m-%dT%H:%M}"}
    visitor.post(path[1], {**visitor.hidden(path[1]), **later})
    assert NONE_WAITS not in visitor.get("/publication/?tab=scheduled")
    server.kill()
    set_clock(place.home, DUE - BEFORE)
    servers = [waiting(place), waiting(place)]
    servers[0].kill()
    servers[0] = waiting(place)
    visitor = Visitor(servers[0].url)
    visitor.log_in("clerk", PASSWORD)
    for _second in range(150):
        if NONE_WAITS in visitor.get("/publication/?tab=scheduled"):
            break
        time.sleep(1)
    said = taizhang(place.home, "release", DATABASE_URL=place.url).stdout
    assert "Nothing is due." in said
    page = visitor.get(path[1])
    for each in servers:
        each.kill()
    assert page.count("/text.docx") == 1
    assert taizhang(place.home, "verify", DATABASE_URL=place.url).returncode == 0


def waiting(place: Place) -> Server:
    """Start a server that looks again and again for what is due."""
    return Server(place.home, DATABASE_URL=place.url, TAIZHANG_RELEASE_EVERY="0.3")
