"""A sheet of the core as the text that is kept, and back.

What people have in common who are scored alike is kept once, as the text of a shape; what is a sheet's own are its keys,
the ``fact`` of every entry in 32 hexadecimal digits, separated by blanks. Where a shape names a row it has the place of
its key (``p3``, the fourth). The text is JSON of plain lists, numbers as decimal text. A step is ``[part, name, points,
how, numbers, path, rows, steps, own]``, as long as it has something to say; what is left off at the end is empty.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from taizhang.appraisals.models import Sheet as KeptSheet
from taizhang.core.appraisal.rows import Key
from taizhang.core.appraisal.shapes import fill_ids, fill_step
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
    waiting: tuple[Key, ...]
    unrated: tuple[Key, ...]
    problems: tuple[Message, ...]


def shape_to_text(shared: Sheet) -> tuple[str, str]:
    """Return digest and content under which the sheet of a shape is kept; the same shape gives the same text."""
    content = _to_json(shared)
    return digest_of(content), content


def digest_of(content: str) -> str:
    """Return the digest under which a shape is kept."""
    return hashlib.sha256(content.encode()).hexdigest()


def keys_to_text(keys: Iterable[Key]) -> str:
    """Return the ids of a sheet's rows, in their order, as they are kept."""
    return " ".join(map(str, keys))


def content_of(sheet: KeptSheet) -> Content:
    """Return what a kept sheet says, put together from its shape and its own rows."""
    return from_json(sheet.shape.content, sheet.keys)


def _to_json(sheet: Sheet) -> str:
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


def from_json(text: str, keys: str) -> Content:
    """Return the content of a shape with a sheet's own rows in their places."""
    shared, own = _shared(text), keys.split(" ")
    return replace(
        shared,
        tree=fill_step(shared.tree, own),
        judged=tuple(each._replace(rows=fill_ids(each.rows, own)) for each in shared.judged),
        waiting=fill_ids(shared.waiting, own),
        unrated=fill_ids(shared.unrated, own),
    )


@lru_cache(maxsize=256)
def _shared(text: str) -> Content:
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


@lru_cache(maxsize=4096)
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
