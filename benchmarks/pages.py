"""Every page that lists or counts: time and statements on a million entries, against the sample year alone.

The two ledgers are measured in turn, each in a process of its own. Times are of the whole request inside the program
(middleware, rights, queries, template), one process, one core.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from big_ledger import ENTRIES, set_up

ROUNDS = 20
PAGES = {
    "home (matrix)": ("head", "/"),
    "home (to-do)": ("clerk", "/"),
    "duty matrix by unit": ("head", "/duties/?by=unit"),
    "gap list": ("head", "/duties/gaps/"),
    "one duty": ("head", "/duties/of/{duty}/{unit}/2023-11/"),
    "kinds": ("clerk", "/ledger/"),
    "list": ("clerk", "/ledger/kinds/information/"),
    "list, page 100": ("clerk", "/ledger/kinds/information/?page=100"),
    "list of a unit, a year": ("clerk", "/ledger/kinds/information/?unit={section}&period=2023"),
    "list, sorted by title": ("clerk", "/ledger/kinds/information/?sort=title"),
    "form": ("clerk", "/ledger/kinds/policy_outreach/new/"),
    "entry": ("clerk", "/ledger/entries/{entry}/"),
    "why: count": ("head", "/why/?indicator=information&period=2023"),
    "why: ratio": ("head", "/why/?indicator=rectification_rate&period=2023"),
    "rows behind a figure": ("head", "/why/rows/?indicator=information&period=2023&page=3"),
    "scheme": ("assessor", "/scheme/"),
    "organisation": ("head", "/organisation/"),
    "journal": ("auditor", "/journal/"),
}


def measure(entries: int) -> dict[str, list[float]]:
    """Return for each page the times of ROUNDS requests in ms, then the most statements any of them made."""
    set_up(entries)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from taizhang.core.values import Period
    from taizhang.duties.queries import owed_in
    from taizhang.journal import clock
    from taizhang.ledger.models import Entry
    from taizhang.org.models import Account, Unit
    from taizhang.org.queries import unit_tree
    from taizhang.rules.queries import history
    from taizhang.web import setup

    year = Period.year(clock.now().year)
    setup.warm()
    filled = {
        "entry": Entry.objects.filter(kind="information").first().pk,
        "section": Unit.objects.filter(kind="section").first().code,
    }
    owed = next(
        one for one in owed_in(year, schemes=history(), tree=unit_tree()) if one.duty.every == "month"
    )
    filled |= {"duty": owed.id, "unit": owed.unit.code}
    clients = {}
    for role in {role for role, _path in PAGES.values()}:
        clients[role] = Client()
        clients[role].force_login(Account.objects.get(username=role))
    found = {}
    for name, (role, path) in PAGES.items():
        url, times, statements = path.format(**filled), [], 0
        for _round in range(ROUNDS):
            start = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                response = clients[role].get(url)
            times.append((time.perf_counter() - start) * 1000)
            statements = max(statements, len(queries))
            assert response.status_code == 200, (url, response.status_code)
        found[name] = [*times, statements]
    return found


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    runs = {}
    for entries in (0, ENTRIES):
        run = subprocess.run(
            [sys.executable, __file__, str(entries)],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ,
        )
        runs[entries] = json.loads(run.stdout.splitlines()[-1])
    print(
        f"{'page':26} {'small':>8} {'large':>8} {'p95':>8} {'ratio':>6} {'statements':>10}   (ms; large: {ENTRIES:,} more)"
    )
    for name in PAGES:
        *small, _few = runs[0][name]
        *large, statements = runs[ENTRIES][name]
        middle_small, middle_large = statistics.median(small[1:]), statistics.median(large[1:])
        p95 = sorted(large[1:])[int(0.95 * (len(large) - 2))]
        print(
            f"{name:26} {middle_small:8.1f} {middle_large:8.1f} {p95:8.1f} {middle_large / middle_small:6.2f} {statements:10}"
        )


if __name__ == "__main__":
    main()
