"""All figures of the year against the same figures in hand-written SQL, over a million entries."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from big_ledger import set_up

COUNT = set_up()

from django.db import connection  # noqa: E402

from taizhang.core.indicators.plan import Ask  # noqa: E402
from taizhang.core.values import Period, Scope  # noqa: E402
from taizhang.journal import clock  # noqa: E402
from taizhang.ledger import cells, figures  # noqa: E402
from taizhang.org.queries import unit_tree  # noqa: E402
from taizhang.rules.queries import history  # noqa: E402

ROUNDS = 5
SEEN = "recorded_at <= %(now)s AND (superseded_at IS NULL OR superseded_at > %(now)s) AND NOT voids"
IN_2023 = "counts_for BETWEEN '2023-01-01' AND '2023-12-31'"
BY_HAND = {
    f"""SELECT COUNT(*),
        COUNT(*) FILTER (WHERE json_extract("values", '$.category') = 'party_building'),
        COUNT(*) FILTER (WHERE json_extract("values", '$.category') = 'party_committee'),
        COUNT(*) FILTER (WHERE json_extract("values", '$.category') = 'government'),
        COUNT(*) FILTER (WHERE json_extract("values", '$.category') = 'discipline'),
        COUNT(*) FILTER (WHERE json_extract("values", '$.category') = 'civility')
        FROM ledger_entry WHERE kind = 'information' AND {IN_2023} AND {SEEN}""": (
        "information", "information_party_building", "information_party_committee", "information_government",
        "information_discipline", "information_civility",
    ),
    f"""SELECT COUNT(DISTINCT unit_id) FROM ledger_entry WHERE kind = 'information' AND {IN_2023} AND {SEEN}""": (
        "information_units",
    ),
    f"""SELECT COUNT(*) FILTER (WHERE f IS NOT NULL), COUNT(*) FILTER (WHERE f IS NULL) FROM (
        SELECT (SELECT 1 FROM ledger_entry a WHERE a.about_id = e.fact AND a.kind = 'adoption'
                AND a.counts_for <= '2023-12-31' AND a.recorded_at <= %(now)s
                AND (a.superseded_at IS NULL OR a.superseded_at > %(now)s) AND NOT a.voids LIMIT 1) AS f
        FROM ledger_entry e WHERE kind = 'information' AND {IN_2023} AND {SEEN})""": (
        "information_adopted", "information_unused",
    ),
    f"""SELECT COUNT(*), COUNT(*) FILTER (WHERE json_extract("values", '$.level') IN ('province', 'nation'))
        FROM ledger_entry WHERE kind = 'adoption' AND {IN_2023} AND {SEEN}""": ("adoption", "adoption_upper"),
    f"""SELECT COUNT(*), SUM(CASE WHEN quantity_unit = '人次' THEN quantity END)
        FROM ledger_entry WHERE kind = 'policy_outreach' AND {IN_2023} AND {SEEN}""": (
        "policy_outreach", "policy_outreach_attendance",
    ),
    f"""SELECT COUNT(*), SUM(CASE WHEN quantity_unit = '人次' THEN quantity END)
        FROM ledger_entry WHERE kind = 'talk' AND {IN_2023} AND {SEEN}""": ("talk", "talk_attendance"),
    f"SELECT COUNT(*) FROM ledger_entry WHERE kind = 'commentary' AND {IN_2023} AND {SEEN}": ("commentary",),
    f"""SELECT COUNT(*), COUNT(*) FILTER (WHERE json_extract("values", '$.form') = 'seminar')
        FROM ledger_entry WHERE kind = 'group_study' AND {IN_2023} AND {SEEN}""": ("group_study", "seminar"),
    f"SELECT COUNT(*) FROM ledger_entry WHERE kind = 'inspection' AND {IN_2023} AND {SEEN}": ("inspection",),
    f"""SELECT COUNT(*), COUNT(*) FILTER (WHERE f IS NOT NULL), COUNT(*) FILTER (WHERE f IS NULL) FROM (
        SELECT (SELECT 1 FROM ledger_entry a WHERE a.about_id = e.fact AND a.kind = 'closure'
                AND a.counts_for <= '2023-12-31' AND a.recorded_at <= %(now)s
                AND (a.superseded_at IS NULL OR a.superseded_at > %(now)s) AND NOT a.voids LIMIT 1) AS f
        FROM ledger_entry e WHERE kind = 'finding' AND {IN_2023} AND {SEEN})""": (
        "finding", "finding_closed", "finding_open",
    ),
}  # fmt: skip


def by_hand(now: object) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    with connection.cursor() as cursor:
        for sql, names in BY_HAND.items():
            cursor.execute(sql, {"now": now})
            found |= {name: Decimal(str(value)) for name, value in zip(names, cursor.fetchone(), strict=True)}
    return found


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main() -> None:
    schemes, tree, now, year = history(), unit_tree(), clock.now(), Period.year(2023)
    names = [name for group in BY_HAND.values() for name in group]
    asks = [Ask(name, Scope(unit=tree.root.code), year) for name in names]

    def engine(*, kept: bool = False) -> dict[str, Decimal]:
        got = figures.evaluate(asks, schemes=schemes, tree=tree, now=now, as_of=None if kept else now)
        return {ask.indicator: f.value for ask, f in got.items()}

    assert engine() == by_hand(now) == engine(kept=True), "the two do not count the same"
    ratios, ours, theirs, kept = [], [], [], []
    for _round in range(ROUNDS):
        theirs.append(timed(lambda: by_hand(now)))
        ours.append(timed(engine))
        kept.append(timed(lambda: engine(kept=True)))
        ratios.append(ours[-1] / theirs[-1])
    cells.empty()
    cold = timed(lambda: engine(kept=True))
    print(f"{len(names)} figures over {COUNT:,} entries, medians of {ROUNDS}")
    print(f"  hand-written SQL       {statistics.median(theirs) * 1000:8.0f} ms")
    print(f"  engine, any moment     {statistics.median(ours) * 1000:8.0f} ms")
    print(
        f"  engine, kept counts    {statistics.median(kept) * 1000:8.1f} ms (first time: {cold * 1000:.0f} ms)"
    )
    print(f"  ratio engine / SQL     {statistics.median(ratios):8.2f}   (bar: at most 1.5)")


if __name__ == "__main__":
    main()
