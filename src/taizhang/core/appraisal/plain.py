"""Sheets as plain data, to be kept as JSON and read back without loss: points as decimal text, dates as ISO text."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from taizhang.core.appraisal.sheet import Carried, Judged, Outcome, Step
from taizhang.core.values import Period

Plain = list[Any]


def from_step(step: Step) -> Plain:
    """Return a step with all its steps; decimals are marked, so that they come back as what they were."""
    return [
        step.part,
        step.name,
        str(step.points),
        step.how,
        [[str(each)] if isinstance(each, Decimal) else each for each in step.numbers],
        step.path,
        list(step.rows),
        [from_step(each) for each in step.steps],
        step.own,
    ]


def to_step(plain: Sequence[Any]) -> Step:
    part, name, points, how, numbers, path, rows, steps, own = plain
    return Step(
        part,
        name,
        Decimal(points),
        how,
        tuple(Decimal(each[0]) if isinstance(each, list) else each for each in numbers),
        path,
        tuple(rows),
        tuple(map(to_step, steps)),
        own,
    )


def from_judged(judged: Judged) -> dict[str, Any]:
    return {**judged._asdict(), "period": str(judged.period), "outcome": judged.outcome.value}


def to_judged(plain: Mapping[str, Any]) -> Judged:
    return Judged(
        **{
            **plain,
            "period": Period.parse(plain["period"]),
            "outcome": Outcome(plain["outcome"]),
            "rows": tuple(plain["rows"]),
            "reasons": tuple(plain["reasons"]),
        }
    )


def from_carried(carried: Carried) -> dict[str, Any]:
    return {
        "missed": {name: list(count) for name, count in carried.missed.items()},
        "sums": {name: [since.isoformat(), str(value)] for name, (since, value) in carried.sums.items()},
    }


def to_carried(plain: Mapping[str, Any]) -> Carried:
    return Carried(
        missed={name: (count, year) for name, (count, year) in plain["missed"].items()},
        sums={
            name: (dt.date.fromisoformat(since), Decimal(value))
            for name, (since, value) in plain["sums"].items()
        },
    )
