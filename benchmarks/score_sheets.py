"""Score sheets of a month for a hundred thousand people against hand-written SQL, in the same run.

Two rivals work over the same tables, with shares of co-authors, reprints, late proofs, corrections and leave, for this one
scheme. The *totals* are one statement that writes everybody's counts, points and outcome as a row of a plain table, and
nothing by which anybody could be told why. The *sheets* are three statements that write what a score sheet says: every
row that was counted with what it is worth, whose share it is and what is left of it, a line for every rule, and the total,
with an index by which one person's sheet is found. Neither keeps a digest, a journal, batches that survive a power cut, or
what is handed on to the next month. All results are compared, person by person, the sheets also row by row. The process's
own CPU time is printed beside the time on the clock: on a busy machine it is the steadier of the two (on PostgreSQL it
leaves the server out). ``TAIZHANG_BENCH_PEOPLE`` sets the number of people, ``DATABASE_URL`` the database, which must be
empty.
"""

import datetime as dt
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

PEOPLE = int(os.environ.get("TAIZHANG_BENCH_PEOPLE", "100000"))
A_UNIT = 40
LEVELS_OFTEN = ("county",) * 5 + ("city",) * 4 + ("province",) * 2 + ("nation",)
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
    fields:
      category: {name: Category, type: choice, choices: {party: Party, government: Government, people: People}}
      second_author: {name: Second author, type: person}
  adoption:
    name: Adoption
    title: {name: Headline, required: false}
    about: {kinds: [information]}
    fields:
      level: {name: Level, type: choice, choices: {county: County, city: City, province: Province, nation: Nation}}
      form: {name: Form, type: choice, choices: {original: Original, reprint: Reprint}}
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
    shares: {fields: [person, second_author], split: ratio, numbers: [3, 2]}
    rules:
      base: {name: Base, fixed: {points: 10}}
      items: {name: Submitted, each: {kind: information, points: 1, split: {split: full}}, limits: {at_most: 4}}
      adopted:
        name: Adopted
        each:
          kind: adoption
          scale:
            - {where: {level: nation}, points: 30}
            - {where: {level: province}, points: 10}
            - {where: {level: city}, points: 3}
            - {points: 1}
          times: [{where: {form: reprint}, by: 0.5}]
          several: {best: 2}
      missing: {name: Shortfall, short: {submit: -1, publish: -2}}
    exemptions: {reasons: {leave: Leave}, approved_by: clerk}
"""
# in braces: what the two databases spell differently
SEEN = """
WITH holding AS (
  SELECT e.fact, e.kind, e.person_id, e.about_id, e."values", e.counts_for, e.recorded_at, e.supersedes_id FROM ledger_entry e
  WHERE e.kind IN ('information', 'adoption') AND e.recorded_at <= %(as_of)s
    AND (e.superseded_at IS NULL OR e.superseded_at > %(as_of)s) AND NOT e.voids
), seen AS (
  SELECT fact, kind, person_id, about_id, "values" FROM holding e WHERE counts_for BETWEEN '2023-10-01' AND '2023-10-31'
  UNION ALL
  SELECT e.fact, e.kind, e.person_id, e.about_id, e."values" FROM holding e
  LEFT JOIN ledger_entry o ON e.supersedes_id IS NOT NULL AND o.id = e.fact
  WHERE e.counts_for < '2023-10-01' AND e.recorded_at > %(before)s AND COALESCE(o.recorded_at, e.recorded_at) > %(before)s
), written AS (
  SELECT fact, person_id, {second} AS second FROM seen e WHERE kind = 'information'
), valued AS (
  SELECT i.person_id, {second_of_item} AS second, e.fact, e.worth,
         ROW_NUMBER() OVER (PARTITION BY e.about_id ORDER BY e.worth DESC, e.fact) AS place
  FROM (SELECT fact, about_id, CASE {level} WHEN 'nation' THEN 30 WHEN 'province' THEN 10 WHEN 'city' THEN 3 ELSE 1 END
               * CASE {form} WHEN 'reprint' THEN 5 ELSE 10 END AS worth
        FROM seen e WHERE kind = 'adoption') e
  JOIN ledger_entry i ON i.fact = e.about_id AND i.recorded_at <= %(as_of)s AND NOT i.voids
    AND (i.superseded_at IS NULL OR i.superseded_at > %(as_of)s)
), excused AS (
  SELECT x.person_id FROM appraisals_exemption x JOIN appraisals_decision d ON d.exemption_id = x.id AND d.approved
  WHERE x.period = '2023-10'
)
"""
SCORED = "r.role = 'officer' AND r.since <= '2023-10-01' AND (r.until IS NULL OR r.until >= '2023-10-31')"
OUTCOME = """
CASE WHEN excused THEN 'exempt' WHEN submitted >= 2 AND published >= 1 THEN 'met' ELSE 'missed' END
"""
SHORTFALL = """
CASE WHEN excused THEN 0 ELSE 10 * {greatest}(0, 2 - submitted) + 20 * {greatest}(0, 1 - published) END
"""
TOTALS = (
    "INSERT INTO rival (person, submitted, published, points, outcome)"
    + SEEN
    + """
, submitted AS (
  SELECT person_id, COUNT(*) AS items, SUM(first) AS n
  FROM (SELECT person_id, 1 AS first FROM written UNION ALL SELECT second, 0 FROM written WHERE second IS NOT NULL) w
  GROUP BY person_id
), shared AS (
  SELECT person_id, 1 AS first, place, CASE WHEN second IS NULL THEN worth ELSE worth * 6 / 10 END AS points FROM valued
  UNION ALL SELECT second, 0, place, worth * 4 / 10 FROM valued WHERE second IS NOT NULL
), adopted AS (
  SELECT person_id, SUM(first) AS n, SUM(CASE WHEN place <= 2 THEN points ELSE 0 END) AS points FROM shared GROUP BY person_id
), counted AS (
  SELECT r.person_id, COALESCE(s.items, 0) AS items, COALESCE(s.n, 0) AS submitted, COALESCE(a.n, 0) AS published, COALESCE(a.points, 0) AS adopted,
         x.person_id IS NOT NULL AS excused
  FROM org_roleassignment r
  LEFT JOIN submitted s ON s.person_id = r.person_id
  LEFT JOIN adopted a ON a.person_id = r.person_id
  LEFT JOIN excused x ON x.person_id = r.person_id
  WHERE """
    + SCORED
    + """
)
SELECT person_id, submitted, published, 100 + 10 * {least}(items, 4) + adopted - """
    + SHORTFALL
    + ","
    + OUTCOME
    + "FROM counted"
)
SHEETS = (
    "INSERT INTO rival_row (person, rule, fact, worth, parts, counts, points)"
    + SEEN
    + """
SELECT person_id, 'items', fact, 10, 10, 1, 10 FROM written
UNION ALL SELECT second, 'items', fact, 10, 10, 0, 10 FROM written WHERE second IS NOT NULL
UNION ALL SELECT person_id, 'adopted', fact, worth, CASE WHEN second IS NULL THEN 10 ELSE 6 END, 1,
       CASE WHEN place > 2 THEN 0 WHEN second IS NULL THEN worth ELSE worth * 6 / 10 END FROM valued
UNION ALL SELECT second, 'adopted', fact, worth, 4, 0, CASE WHEN place > 2 THEN 0 ELSE worth * 4 / 10 END
       FROM valued WHERE second IS NOT NULL
""",
    "CREATE INDEX rival_row_person ON rival_row (person)",
    "INSERT INTO rival (person, submitted, published, points, outcome)"
    + SEEN
    + """
, summed AS (
  SELECT person, SUM(CASE WHEN rule = 'items' THEN points ELSE 0 END) AS items, SUM(CASE WHEN rule = 'items' THEN counts ELSE 0 END) AS submitted,
         SUM(CASE WHEN rule = 'adopted' THEN counts ELSE 0 END) AS published, SUM(CASE WHEN rule = 'adopted' THEN points ELSE 0 END) AS adopted
  FROM rival_row GROUP BY person
), counted AS (
  SELECT r.person_id, COALESCE(s.items, 0) AS items, COALESCE(s.submitted, 0) AS submitted, COALESCE(s.published, 0) AS published,
         COALESCE(s.adopted, 0) AS adopted, x.person_id IS NOT NULL AS excused
  FROM org_roleassignment r
  LEFT JOIN summed s ON s.person = r.person_id
  LEFT JOIN excused x ON x.person_id = r.person_id
  WHERE """
    + SCORED
    + """
)
SELECT person_id, submitted, published, 100 + {least}(items, 40) + adopted - """
    + SHORTFALL
    + ","
    + OUTCOME
    + "FROM counted",
    """
INSERT INTO rival_line (person, rule, points)
SELECT person, 'base', 100 FROM rival
UNION ALL SELECT v.person, 'items', {least}(COALESCE(SUM(w.points), 0), 40) FROM rival v
       LEFT JOIN rival_row w ON w.person = v.person AND w.rule = 'items' GROUP BY v.person
UNION ALL SELECT v.person, 'adopted', COALESCE(SUM(w.points), 0) FROM rival v
       LEFT JOIN rival_row w ON w.person = v.person AND w.rule = 'adopted' GROUP BY v.person
UNION ALL SELECT person, 'missing', CASE WHEN outcome = 'exempt' THEN 0
       ELSE - 10 * {greatest}(0, 2 - submitted) - 20 * {greatest}(0, 1 - published) END FROM rival
""",
    "CREATE INDEX rival_line_person ON rival_line (person)",
)
TABLES = (
    "CREATE TABLE rival (person bigint PRIMARY KEY, submitted int, published int, points int, outcome text)",
    "CREATE TABLE rival_line (person bigint, rule text, points int)",
    "CREATE TABLE rival_row (person bigint, rule text, fact {id}, worth int, parts int, counts int, points int)",
)


def by_hand(statement: str, vendor: str) -> str:
    """Return one of the rivals' statements for a database. Points are whole tenths: every share is exact in them."""
    if vendor == "sqlite":
        field, least, greatest, id_ = "json_extract({row}.\"values\", '$.{name}')", "MIN", "MAX", "char(32)"
    else:
        field, least, greatest, id_ = "{row}.\"values\"->>'{name}'", "LEAST", "GREATEST", "uuid"
    second = "CAST(" + field + " AS BIGINT)"
    return statement.format(
        second=second.format(row="e", name="second_author"),
        second_of_item=second.format(row="i", name="second_author"),
        level=field.format(row="e", name="level"),
        form=field.format(row="e", name="form"),
        least=least,
        greatest=greatest,
        id=id_,
    )


def set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.settings"
    Path(os.environ["TAIZHANG_HOME"], "home.json").write_text(
        json.dumps({"secret_key": "benchmark" * 6}), encoding="utf-8"
    )
    import django

    django.setup()
    from taizhang.web import setup

    if "--fill" in sys.argv:
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
    """Yield the month's entries.

    Of thirty people two have nothing and four one item, the others two to four; every second or third item is adopted,
    up to three times, at four levels, every fourth time as a reprint; every fifth item has a second author; every
    twentieth was put right after it was recorded; every fifteenth person has a late proof of September, too.
    """
    from taizhang.org.models import Person, Unit

    units = list(Unit.objects.filter(kind="section").values_list("pk", flat=True))
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    chance, start = random.Random("score sheets"), dt.date(2023, 10, 1)
    numbers = itertools.count(1)
    for n, person in enumerate(people):
        unit = units[n % len(units)]
        for _item in range(chance.choice(ITEMS)):
            day = start + dt.timedelta(days=chance.randrange(28))
            values = {"category": chance.choice(("party", "government", "people"))}
            if chance.random() < 0.2:
                values["second_author"] = people[(n + chance.randrange(1, A_UNIT)) % len(people)]
            fact = _id(numbers)
            if chance.random() < 0.05:
                again = _id(numbers)
                yield _row(fact, "information", unit, person, day, values, None, closed_by=again)
                yield _row(again, "information", unit, person, day, values, None, supersedes=fact)
            else:
                yield _row(fact, "information", unit, person, day, values, None)
            yield from _adoptions(chance, numbers, unit, day, fact, chance.choice((0, 0, 0, 1, 1, 2, 3)))
        if chance.random() < 1 / 15:
            day, fact = dt.date(2023, 9, 12), _id(numbers)
            yield _row(fact, "information", unit, person, day, {"category": "party"}, None)
            yield from _adoptions(chance, numbers, unit, day, fact, 1, arrived=dt.date(2023, 10, 18))


ITEMS = (0, 0, *[1] * 4, *[2] * 12, *[3] * 9, *[4] * 3)


def _id(numbers: Iterator[int]) -> str:
    return uuid.UUID(int=(0x7 << 76) | next(numbers)).hex


def _adoptions(
    chance: random.Random,
    numbers: Iterator[int],
    unit: int,
    day: dt.date,
    fact: str,
    count: int,
    **when: dt.date,
) -> Iterator[tuple]:
    for _outlet in range(count):
        values = {
            "level": chance.choice(LEVELS_OFTEN),
            "form": chance.choice(("original",) * 3 + ("reprint",)),
        }
        yield _row(_id(numbers), "adoption", unit, None, day + dt.timedelta(days=1), values, fact, **when)


def _row(
    id_: str,
    kind: str,
    unit: int,
    person: int | None,
    day: dt.date,
    values: dict,
    about: str | None,
    *,
    arrived: dt.date | None = None,
    closed_by: str | None = None,
    supersedes: str | None = None,
) -> tuple:
    hour = 15 if supersedes else 10
    at, later = (
        dt.datetime.combine(arrived or day + dt.timedelta(days=1), dt.time(each)).isoformat(sep=" ")
        for each in (hour, 15)
    )
    return (
        id_, supersedes or id_, kind, unit, person, f"{kind} {id_[-6:]}", str(day), str(day), None, "", False,
        json.dumps(values), about, "{}", supersedes, later if closed_by else None, False,
        "a word" if supersedes else "", at, "benchmark", "0" * 64,
    )  # fmt: skip


def fill() -> int:
    from big_ledger import COLUMNS
    from django.db import connection, transaction

    from taizhang.journal import guard

    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    sql = f"INSERT INTO ledger_entry ({columns}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    made = 0
    with transaction.atomic(), guard.writing(), connection.cursor() as cursor:
        batch: list[tuple] = []
        for row in rows():
            batch.append(row)
            made += 1
            if len(batch) == 20_000:
                cursor.executemany(sql, batch)
                batch.clear()
        cursor.executemany(sql, batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def main() -> None:
    """Make the ledger in another process, so that what is measured here is the work on it and nothing else."""
    os.environ.setdefault("TAIZHANG_HOME", tempfile.mkdtemp(prefix="taizhang-bench-"))
    if "--fill" in sys.argv:
        set_up()
        people()
        print(f"{PEOPLE:,} people, {fill():,} entries", file=sys.stderr)
        return
    subprocess.run([sys.executable, __file__, "--fill"], check=True)
    set_up()
    measure()


def measure() -> None:
    from django.db import connection

    from taizhang.appraisals import running
    from taizhang.appraisals.models import Shape, Sheet
    from taizhang.core.values import Period
    from taizhang.journal.actions import open_book
    from taizhang.ledger.models import Entry
    from taizhang.org.queries import unit_tree
    from taizhang.rules.queries import history

    schemes, tree, period = history(), unit_tree(), Period.parse("2023-10")
    with open_book(now=NOW, actor="benchmark") as book:
        run = running.open_run("monthly", period, schemes=schemes, book=book)
    # the run comes first: what the rivals take of memory stays with the process
    own = [own_memory()]

    def computed() -> None:
        for progress in running.compute(
            run, schemes=schemes, tree=tree, actor="benchmark", clock=lambda: NOW
        ):
            own.append(own_memory())
            print(f"\r{progress.text}", end="", file=sys.stderr, flush=True)

    kept = timed(computed)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def scored() -> None:
        scoring = running.Scoring.of("monthly", period, schemes=schemes, tree=tree, now=NOW)
        for each, alike in scoring.alike(scoring.subjects()):
            found[each.subject.key] = alike.points

    found: dict[int, Decimal] = {}
    preview = timed(scored)
    sql = min(timed(lambda: rival(TOTALS)) for _round in range(3))
    wanted = totals_of_rival()
    check(found, {person: points for person, (points, _outcome) in wanted.items()})
    sheets = Sheet.objects.order_by().values_list("person_id", "points", "outcome")
    check({person: (points, outcome) for person, points, outcome in sheets}, wanted)
    whole = min(timed(lambda: rival(*SHEETS)) for _round in range(3))
    check(totals_of_rival(), wanted)
    check_rows()
    print(
        f"\n{connection.vendor}: {len(wanted):,} sheets over {Entry.objects.count():,} entries, in {Shape.objects.count():,} shapes"
    )
    print("                                                   wall             CPU of this process")
    print(f"  SQL by hand: the totals alone            {sql}")
    print(f"  SQL by hand: sheets with lines and rows  {whole}")
    print(f"  every sheet worked out, nothing kept     {preview}   ratio to the totals {preview / sql}")
    print(f"  the run: worked out, kept and signed     {kept}   ratio to the sheets {kept / whole}")
    print(
        f"                                                                  ratio to the totals {kept / sql}"
    )
    print(
        f"  memory at most, of the process alone     {max(own):8.0f} MB  (looked at after every batch; bar: 500)"
    )
    print(f"  and with what is mapped of the database  {memory:8.0f} MB")


def rival(*statements: str) -> None:
    """Run a rival's statements over new tables, in one transaction."""
    from django.db import connection, transaction

    from taizhang.appraisals.feeding import end_of

    adapt = connection.ops.adapt_datetimefield_value
    moments = {
        "as_of": adapt(end_of(dt.date(2023, 11, 5))),
        "before": adapt(end_of(dt.date(2023, 10, 5))),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("rival", "rival_line", "rival_row"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in (*TABLES, *statements):
            cursor.execute(by_hand(statement, connection.vendor), moments if "%(" in statement else None)


def rows_of_rival() -> dict[int, set[tuple[str, Decimal]]]:
    """Return the rows of everybody's sheet with their points."""
    from django.db import connection

    found: dict[int, set[tuple[str, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, fact, points FROM rival_row")
        for person, fact, points in cursor.fetchall():
            found.setdefault(person, set()).add((str(fact).replace("-", ""), Decimal(points) / 10))
    return found


def rows_of_sheet(step: object) -> Iterator[tuple[str, Decimal]]:
    if step.part == "row":
        yield str(step.name), step.points
    for each in step.steps:
        yield from rows_of_sheet(each)


def totals_of_rival() -> dict[int, tuple[Decimal, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT person, points, outcome FROM rival")
        return {person: (Decimal(points) / 10, outcome) for person, points, outcome in cursor.fetchall()}


def check_rows() -> None:
    """Compare the rows of every hundredth sheet with those of the rival."""
    from taizhang.appraisals import keeping
    from taizhang.appraisals.models import Sheet

    wanted = rows_of_rival()
    sheets = Sheet.objects.select_related("shape").order_by("pk").iterator(500)
    some = [sheet for number, sheet in enumerate(sheets) if number % 100 == 0]
    for sheet, content in zip(some, keeping.contents_of(some), strict=True):
        if set(rows_of_sheet(content.tree)) != wanted.get(sheet.person_id, set()):
            raise SystemExit(f"the rows of {sheet.person_id} are not the same")


def check(found: dict, wanted: dict) -> None:
    different = [key for key in wanted if found.get(key) != wanted[key]]
    if different or len(found) != len(wanted):
        example = [(key, found.get(key), wanted[key]) for key in different[:3]]
        raise SystemExit(f"the two do not agree on {len(different)} of {len(wanted)}: {example}")


def own_memory() -> float:
    """Return the megabytes that are the process's own: without files that are mapped into it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


class Took(NamedTuple):
    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s   {self.cpu:8.2f} s"

    def __truediv__(self, other: "Took") -> str:
        from django.db import connection

        wall = f"{self.wall / other.wall:.2f} wall"
        return f"{wall}, {self.cpu / other.cpu:.2f} CPU" if connection.vendor == "sqlite" else wall


def timed(act: Callable[[], None]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    main()
