"""Score sheets of a month for a hundred thousand people against hand-written SQL for the same totals, in the same run.

The rival computes every total in one statement and keeps nothing: no arithmetic that anybody could read, no rows, no
digest, no journal, no batches that survive a power cut. ``TAIZHANG_BENCH_PEOPLE`` sets the number of people.
"""

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

PEOPLE = int(os.environ.get("TAIZHANG_BENCH_PEOPLE", "100000"))
A_UNIT = 40
LEVELS = ("county", "city", "province", "nation")
NOW = dt.datetime(2023, 11, 6, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SCHEME = """\
scheme: province
name: Province
effective: 2023-01-01
unit_kinds: {bureau: Bureau, section: Section}
roles:
  clerk: {name: Clerk, may: [read, record, appraise], reach: all}
  officer: {name: Officer, may: [read, record], reach: own}
kinds:
  information:
    name: Information
    title: {name: Headline}
    person: {name: Author, required: true}
    fields: {category: {name: Category, type: choice, choices: {party: Party, government: Government}}}
  adoption:
    name: Adoption
    title: {name: Headline, required: false}
    about: {kinds: [information]}
    fields: {level: {name: Level, type: choice, choices: {county: County, city: City, province: Province, nation: Nation}}}
quotas:
  monthly_items:
    name: Information task
    every: month
    for: {roles: officer}
    submit: {kind: information, at_least: 2}
    publish: {kind: adoption, at_least: 1}
appraisals:
  monthly:
    name: Scores
    every: month
    for: {roles: officer}
    rules:
      base: {name: Base, fixed: {points: 10}}
      items: {name: Submitted, each: {kind: information, points: 1}, limits: {at_most: 4}}
      adopted:
        name: Adopted
        each:
          kind: adoption
          scale:
            - {where: {level: nation}, points: 30}
            - {where: {level: province}, points: 10}
            - {where: {level: city}, points: 3}
            - {points: 1}
          several: {best: 2}
      missing: {name: Shortfall, short: {submit: -1, publish: -2}}
    exemptions: {reasons: {leave: Leave}, approved_by: clerk}
"""
BY_HAND = """
WITH seen AS (
  SELECT e.fact, e.kind, e.person_id, e.about_id, json_extract(e."values", '$.level') AS level
  FROM ledger_entry e
  WHERE e.kind IN ('information', 'adoption') AND e.counts_for BETWEEN '2023-10-01' AND '2023-10-31'
    AND e.recorded_at <= %(as_of)s AND (e.superseded_at IS NULL OR e.superseded_at > %(as_of)s) AND NOT e.voids
), submitted AS (
  SELECT person_id, COUNT(*) AS n FROM seen WHERE kind = 'information' GROUP BY person_id
), valued AS (
  SELECT i.person_id, CASE a.level WHEN 'nation' THEN 30 WHEN 'province' THEN 10 WHEN 'city' THEN 3 ELSE 1 END AS points,
         ROW_NUMBER() OVER (PARTITION BY a.about_id ORDER BY CASE a.level WHEN 'nation' THEN 30 WHEN 'province' THEN 10
                            WHEN 'city' THEN 3 ELSE 1 END DESC, a.fact) AS place
  FROM seen a
  JOIN ledger_entry i ON i.fact = a.about_id AND i.recorded_at <= %(as_of)s AND NOT i.voids
    AND (i.superseded_at IS NULL OR i.superseded_at > %(as_of)s)
  WHERE a.kind = 'adoption'
), adopted AS (
  SELECT person_id, COUNT(*) AS n, SUM(CASE WHEN place <= 2 THEN points ELSE 0 END) AS points FROM valued GROUP BY person_id
), excused AS (
  SELECT x.person_id FROM appraisals_exemption x JOIN appraisals_decision d ON d.exemption_id = x.id AND d.approved
  WHERE x.period = '2023-10'
)
SELECT r.person_id, 10 + MIN(COALESCE(s.n, 0), 4) + COALESCE(a.points, 0)
       - CASE WHEN x.person_id IS NULL THEN MAX(0, 2 - COALESCE(s.n, 0)) + 2 * MAX(0, 1 - COALESCE(a.n, 0)) ELSE 0 END
FROM org_roleassignment r
LEFT JOIN submitted s ON s.person_id = r.person_id
LEFT JOIN adopted a ON a.person_id = r.person_id
LEFT JOIN excused x ON x.person_id = r.person_id
WHERE r.role = 'officer' AND r.since <= '2023-10-01' AND (r.until IS NULL OR r.until >= '2023-10-31')
"""


def make() -> None:
    """Make the ledger in a process of its own, so that its memory is not measured."""
    home = tempfile.mkdtemp(prefix="taizhang-bench-")
    os.environ["TAIZHANG_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.settings"
    Path(home, "home.json").write_text(json.dumps({"secret_key": "benchmark" * 6}), encoding="utf-8")
    subprocess.run([sys.executable, __file__, "fill"], check=True)


def set_up() -> None:
    import django

    django.setup()
    from taizhang.web import setup

    setup.migrate()


def people() -> None:
    from taizhang.journal.actions import open_book
    from taizhang.org.models import Person, Post, RoleAssignment, Unit
    from taizhang.rules import actions as rules

    founded = dt.date(2020, 1, 1)
    with open_book(now=NOW, actor="benchmark") as book:
        rules.adopt(SCHEME, path="province.yaml", book=book, today=founded, founding=True)
        top = Unit.objects.create(code="top", name="Province", kind="bureau", since=founded)
        units = Unit.objects.bulk_create(
            Unit(code=f"u{n}", name=f"Section {n}", kind="section", parent=top, since=founded)
            for n in range(max(1, PEOPLE // A_UNIT))
        )
        them = Person.objects.bulk_create(Person(code=f"p{n:06}", name=f"Person {n}") for n in range(PEOPLE))
        Post.objects.bulk_create(
            Post(person=p, unit=units[n % len(units)], title="clerk", since=founded)
            for n, p in enumerate(them)
        )
        RoleAssignment.objects.bulk_create(
            RoleAssignment(person=p, role="officer", unit=units[n % len(units)], since=founded)
            for n, p in enumerate(them)
        )
        _excuse(them, units, book)


def _excuse(them: list, units: list, book: object) -> None:
    """Every fiftieth is on leave."""
    from taizhang.appraisals.models import Decision, Exemption

    month = dt.date(2023, 10, 1), dt.date(2023, 10, 31)
    asked = Exemption.objects.bulk_create(
        Exemption(
            appraisal="monthly", person=p, unit=units[n % len(units)], period="2023-10", starts=month[0],
            ends=month[1], ground="leave", at=book.at, by="benchmark",
        )
        for n, p in enumerate(them) if n % 50 == 0
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(exemption=each, approved=True, role="clerk", at=book.at, by="other") for each in asked
    )


def rows() -> Iterator[tuple]:
    """Yield the month's entries: nought to four items a person, nought to three adoptions an item."""
    from taizhang.org.models import Person, Unit

    units = list(Unit.objects.filter(kind="section").values_list("pk", flat=True))
    start = dt.date(2023, 10, 1)
    number = 0
    for n, person in enumerate(Person.objects.order_by("pk").values_list("pk", flat=True).iterator()):
        for item in range((n * 7 + n // 11) % 5):
            number += 1
            day = start + dt.timedelta(days=(n + item * 9) % 28)
            fact = uuid.UUID(int=(0x7 << 76) | number).hex
            values = {"category": ("party", "government")[n % 2]}
            yield _row(fact, "information", units[n % len(units)], person, day, values, None)
            for outlet in range((n + item * 3) % 4 if item % 2 == 0 else 0):
                number += 1
                values = {"level": LEVELS[(n + outlet) % 4]}
                id_ = uuid.UUID(int=(0x7 << 76) | number).hex
                yield _row(
                    id_, "adoption", units[n % len(units)], None, day + dt.timedelta(days=1), values, fact
                )


def _row(
    id_: str, kind: str, unit: int, person: int | None, day: dt.date, values: dict, about: str | None
) -> tuple:
    at = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(10)).isoformat(sep=" ")
    return (
        id_, id_, kind, unit, person, f"{kind} {id_[-6:]}", str(day), str(day), None, "", False,
        json.dumps(values), about, "{}", None, None, False, "", at, "benchmark", "0" * 64,
    )  # fmt: skip


def fill() -> None:
    from big_ledger import COLUMNS
    from django.db import connection, transaction

    from taizhang.journal import guard

    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    sql = f"INSERT INTO ledger_entry ({columns}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    with transaction.atomic(), guard.writing(), connection.cursor() as cursor:
        batch: list[tuple] = []
        for row in rows():
            batch.append(row)
            if len(batch) == 20_000:
                cursor.executemany(sql, batch)
                batch.clear()
        cursor.executemany(sql, batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    if sys.argv[1:] == ["fill"]:
        set_up()
        people()
        fill()
        return
    make()
    set_up()
    from django.db import connection

    from taizhang.appraisals import running
    from taizhang.appraisals.feeding import end_of
    from taizhang.appraisals.models import Sheet
    from taizhang.core.values import Period
    from taizhang.journal.actions import open_book
    from taizhang.ledger.models import Entry
    from taizhang.org.queries import unit_tree
    from taizhang.rules.queries import history

    made = Entry.objects.count()
    print(f"{PEOPLE:,} people, {made:,} entries in the month", file=sys.stderr)
    schemes, tree = history(), unit_tree()
    as_of = connection.ops.adapt_datetimefield_value(end_of(dt.date(2023, 11, 5)))

    def by_hand() -> dict[int, Decimal]:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, {"as_of": as_of})
            return {person: Decimal(total) for person, total in cursor.fetchall()}

    by_hand()
    sql = min(timed(by_hand) for _round in range(3))
    wanted = by_hand()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def scored() -> dict[int, Decimal]:
        scoring = running.Scoring.of("monthly", Period.parse("2023-10"), schemes=schemes, tree=tree, now=NOW)
        return {each.subject.key: told.points for each, told in scoring.told(scoring.subjects())}

    preview = timed(lambda: check(scored(), wanted))
    with open_book(now=NOW, actor="benchmark") as book:
        run = running.open_run("monthly", Period.parse("2023-10"), schemes=schemes, book=book)

    own = [own_memory()]

    def computed() -> None:
        computing = running.compute(run, schemes=schemes, tree=tree, actor="benchmark", clock=lambda: NOW)
        own.extend(own_memory() for _progress in computing)

    kept = timed(computed)
    check(dict(Sheet.objects.values_list("person_id", "points")), wanted)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{PEOPLE:,} sheets over {made:,} entries")
    print(f"  hand-written SQL, totals alone           {sql:8.2f} s")
    print(f"  every sheet worked out, nothing kept     {preview:8.2f} s   ratio {preview / sql:.2f}")
    print(
        f"  the run: worked out, kept and signed     {kept:8.2f} s   ratio {kept / sql:.2f}   (bar: at most 2)"
    )
    print(
        f"  memory at most                           {memory:8.0f} MB  (before: {before:.0f} MB), the mapped database file in it"
    )
    print(
        f"  of it the process's own, by batch        {max(own):8.0f} MB  (before: {own[0]:.0f} MB; bar: 500)"
    )


def check(found: dict[int, Decimal], wanted: dict[int, Decimal]) -> None:
    assert found == wanted, "the two do not give the same points"


def own_memory() -> float:
    """Return the megabytes that are the process's own: without files that are mapped into it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def timed(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
