"""A sheet of the core as the text that is kept, and back.

The text is JSON of plain lists, numbers as decimal text. A step is ``[part, name, points, how, numbers, path, rows,
steps, own]``, as long as it has something to say; what is left off at the end is empty. Rows are named by the ``fact``
of their entries, in 32 hexadecimal digits.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from taizhang.core.appraisal.sheet import Call, Carried, Judged, Outcome, Sheet, Step
from taizhang.core.messages import Message
from taizhang.core.values import Period

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Content:
    """What is kept of a sheet beside its points, outcome and grade."""

    tree: Step
    judged: tuple[Judged, ...]
    missed: Mapping[str, int]
    calls: tuple[Call, ...]
    fulfilled: bool
    waiting: tuple[str, ...]
    unrated: tuple[str, ...]
    problems: tuple[Message, ...]


def to_json(sheet: Sheet) -> str:
    """Return the text of a sheet's content; the same sheet gives the same text."""
    return _compact(
        {
            "tree": _step(sheet.tree),
            "judged": [_judged(each) for each in sheet.judged],
            "missed": sheet.missed,
            "calls": [list(call) for call in sheet.calls],
            "fulfilled": sheet.fulfilled,
            "waiting": sheet.waiting,
            "unrated": sheet.unrated,
            "problems": [
                [problem.msgid, {name: str(value) for name, value in problem.values.items()}]
                for problem in sheet.problems
            ],
        }
    )


def from_json(text: str) -> Content:
    """Return the content that ``to_json`` wrote."""
    kept = json.loads(text)
    return Content(
        tree=_to_step(kept["tree"]),
        judged=tuple(map(_to_judged, kept["judged"])),
        missed=kept["missed"],
        calls=tuple(Call(*call) for call in kept["calls"]),
        fulfilled=kept["fulfilled"],
        waiting=tuple(kept["waiting"]),
        unrated=tuple(kept["unrated"]),
        problems=tuple(Message(msgid, **values) for msgid, values in kept["problems"]),
    )


def carried_to_json(carried: Carried) -> str:
    """Return the text of what a sheet hands on."""
    return _compact(
        {
            "missed": {name: list(counted) for name, counted in carried.missed.items()},
            "sums": {name: [str(since), str(value)] for name, (since, value) in carried.sums.items()},
        }
    )


def carried_from_json(text: str) -> Carried:
    """Return what ``carried_to_json`` wrote."""
    kept = json.loads(text)
    return Carried(
        missed={name: (count, year) for name, (count, year) in kept["missed"].items()},
        sums={
            name: (dt.date.fromisoformat(since), Decimal(value))
            for name, (since, value) in kept["sums"].items()
        },
    )


def digest_over(digests: Iterable[str]) -> str:
    """Return the digest by which a batch signs its sheets: SHA-256 over theirs, in the order of their ids."""
    hasher = hashlib.sha256()
    for digest in digests:
        hasher.update(digest.encode())
    return hasher.hexdigest()


def _step(step: Step) -> list[Any]:
    part, name, points, how, numbers, path, rows, steps, own = step
    said: list[Any] = [
        part, name, str(points), how, [str(n) if type(n) is Decimal else n for n in numbers], path, rows,
        [_step(each) for each in steps], own,
    ]  # fmt: skip
    while not said[-1]:
        said.pop()
    return said


def _to_step(kept: list[Any]) -> Step:
    part, name, points, how, numbers, path, rows, steps, own = (*kept, *_EMPTY[len(kept) :])
    return Step(
        part, name, Decimal(points), how, tuple(map(_number, numbers)), path, tuple(rows),
        tuple(map(_to_step, steps)), own,
    )  # fmt: skip


def _number(kept: int | str) -> Decimal | int | str:
    return Decimal(kept) if isinstance(kept, str) and _DECIMAL.fullmatch(kept) else kept


_EMPTY: tuple[Any, ...] = ("", "", "0", "", (), "", (), (), "")


def _judged(judged: Judged) -> list[Any]:
    return [judged.quota, str(judged.period), judged.outcome.value, *judged[3:]]


def _to_judged(kept: list[Any]) -> Judged:
    quota, period, outcome, submit, submitted, publish, published, on_time, rows, forward, reasons = kept
    return Judged(
        quota, Period.parse(period), Outcome(outcome), submit, submitted, publish, published, on_time,
        tuple(rows), forward, tuple(reasons),
    )  # fmt: skip
