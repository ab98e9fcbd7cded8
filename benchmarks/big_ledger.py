"""A ledger of a million entries: the sample year, and a great many more rows of the same kinds put in beside it."""

import datetime as dt
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

ENTRIES = int(os.environ.get("TAIZHANG_BENCH_ENTRIES", "1000000"))
SHARES = {
    "information": 0.45,
    "adoption": 0.30,
    "policy_outreach": 0.09,
    "commentary": 0.08,
    "finding": 0.04,
    "closure": 0.03,
}
COLUMNS = (
    "id fact kind unit_id person_id title occurred_on counts_for quantity quantity_unit approximate values about_id "
    "source supersedes_id superseded_at voids reason recorded_at recorded_by digest"
).split()


def set_up(entries: int = ENTRIES) -> int:
    """Make the ledger in a temporary home, set Django up on it, and return how many entries it has."""
    home = tempfile.mkdtemp(prefix="taizhang-bench-")
    os.environ["TAIZHANG_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.settings"
    settings = {"secret_key": "benchmark" * 6, "clock_offset_seconds": _to_sample_clock()}
    Path(home, "home.json").write_text(json.dumps(settings), encoding="utf-8")
    import django

    django.setup()
    from django.conf import settings as django_settings

    django_settings.ALLOWED_HOSTS.append("testserver")
    from taizhang import sample
    from taizhang.web import setup

    setup.migrate()
    sample.build()
    if entries:
        _fill(entries)
    from taizhang.ledger.models import Entry

    return Entry.objects.count()


def _to_sample_clock() -> float:
    start = dt.datetime(2023, 12, 29, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return (start - dt.datetime.now(dt.UTC)).total_seconds()


def _fill(entries: int) -> None:
    from django.db import connection, transaction

    from taizhang.journal import guard

    marks = ", ".join(["%s"] * len(COLUMNS))
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    sql = f"INSERT INTO ledger_entry ({columns}) VALUES ({marks})"
    with transaction.atomic(), guard.writing(), connection.cursor() as cursor:
        batch: list[tuple[object, ...]] = []
        for row in _rows(entries):
            batch.append(row)
            if len(batch) == 20_000:
                cursor.executemany(sql, batch)
                batch.clear()
        cursor.executemany(sql, batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"made {entries:,} entries", file=sys.stderr)


def _rows(entries: int) -> Iterator[tuple[object, ...]]:
    from taizhang.org.models import Person, Unit

    units = [unit.pk for unit in Unit.objects.filter(kind="section")]
    people = list(Person.objects.values_list("pk", flat=True))
    start = dt.date(2023, 1, 1)
    made: dict[str, list[tuple[str, dt.date]]] = {"information": [], "finding": []}
    for kind, share in SHARES.items():
        for n in range(int(entries * share)):
            day = start + dt.timedelta(days=(n * 7) % 360)
            about = None
            if kind in ("adoption", "closure"):
                subjects = made["information" if kind == "adoption" else "finding"]
                about, day = subjects[n % len(subjects)]
            # seeded by kind and number: the same ledger every time
            id_ = uuid.UUID(int=(hash_of(kind) << 64) | (0x7 << 76) | n).hex
            if kind in made:
                made[kind].append((id_, day))
            yield _row(kind, n, id_, day, units[n % len(units)], people[n % len(people)], about)


def hash_of(text: str) -> int:
    return int.from_bytes(text.encode()[:7].ljust(7, b"_"), "big")


def _row(
    kind: str, n: int, id_: str, day: dt.date, unit: int, person: int, about: str | None
) -> tuple[object, ...]:
    values = {
        "information": {"category": ("party_building", "government", "discipline", "civility")[n % 4]},
        "adoption": {
            "level": ("county", "city", "province", "nation")[n % 4],
            "form": "single",
            "outlet": "报",
        },
        "policy_outreach": {"venue": "community"},
    }.get(kind, {})
    quantity = 30 + n % 200 if kind == "policy_outreach" else None
    at = dt.datetime.combine(day, dt.time(10)).isoformat(sep=" ")
    return (
        id_, id_, kind, unit, person, f"{kind} {n}", str(day), str(day), quantity,
        "人次" if quantity else "", False, json.dumps(values, ensure_ascii=False), about, "{}", None, None,
        False, "", at, "benchmark", "0" * 64,
    )  # fmt: skip
