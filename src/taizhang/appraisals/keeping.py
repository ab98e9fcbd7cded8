"""A sheet of the core as the text that is kept, and back.

What sheets have in common is kept once: the text of a *shape*, a sheet with gaps where its items go, and the text of a
*part*, what one item adds with places (``p0``, ``p1`` …) where its ids go. Both lie under the digest of their text. A
sheet's own are its shape and its ``keys``: item by item, separated by ``;``, the digest of its part and the ``fact`` of
every entry in 32 hexadecimal digits, separated by blanks. The texts are JSON of plain lists, numbers as decimal text. A
step is ``[part, name, points, how, numbers, path, rows, steps, own]``, as long as it has something to say; what is left
off at the end is empty. Rows of a shape are the names of sources, under which each part lists its own.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from taizhang.appraisals.models import Shape
from taizhang.appraisals.models import Sheet as KeptSheet
from taizhang.core.appraisal.adding import Addition
from taizhang.core.appraisal.given import Count
from taizhang.core.appraisal.rows import Key
from taizhang.core.appraisal.score import filled_rows, filled_step
from taizhang.core.appraisal.shapes import placed
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
    """Return digest and content under which a sheet with gaps is kept; the same shape gives the same text."""
    rest = {
        "missed": shared.missed,
        "calls": shared.calls,
        "fulfilled": shared.fulfilled,
        "problems": [
            [problem.msgid, {name: str(value) for name, value in problem.values.items()}]
            for problem in shared.problems
        ],
    }
    content = (
        f'{{"tree":{_tree_text(shared.tree)},"judged":{_judged_text(shared.judged)},{_compact(rest)[1:]}'
    )
    return digest_of(content), content


def _tree_text(tree: Step) -> str:
    lines = ",".join(map(_line_text, tree.steps))
    return f"{_compact(_step(tree._replace(steps=()), whole=True))[:-1]},[{lines}]]"


@lru_cache(maxsize=10_000)
def _line_text(line: Step) -> str:
    """Return the text of a line, which many sheets have in common."""
    return _compact(_step(line))


@lru_cache(maxsize=10_000)
def _judged_text(judged: tuple[Judged, ...]) -> str:
    return _compact([_judged(each) for each in judged])


def part_to_text(addition: Addition) -> tuple[str, str]:
    """Return digest and content under which what an item adds is kept, with places in it."""
    content = _compact(
        {
            "steps": {rule: [_step(each) for each in steps] for rule, steps in addition.steps.items()},
            "rows": {source: count.rows for source, count in addition.counts.items()},
            "waiting": addition.waiting,
            "unrated": addition.unrated,
        }
    )
    return digest_of(content), content


def digest_of(content: str) -> str:
    """Return the digest under which a text is kept: the first 128 bits of its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()[:DIGITS]


DIGITS = 32


def keys_to_text(items: Iterable[tuple[str, Iterable[Key]]]) -> str:
    """Return a sheet's items as they are kept: each the digest of its part, and its own ids."""
    return ";".join([f"{part} {' '.join(map(str, keys))}" for part, keys in items])


def items_in(keys: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the items of a sheet: the digest of a part, and the ids that belong in it."""
    for item in filter(None, keys.split(";")):
        part, *own = item.split(" ")
        yield part, tuple(own)


def rows_in(keys: str) -> Iterator[str]:
    """Yield the entries that hang together in a sheet's items: those that it posts, and what they are about."""
    for _part, own in items_in(keys):
        yield from own


def rows_named(content: Content) -> Iterator[str]:
    """Yield the rows that a sheet names in its arithmetic, some more than once."""
    yield from _rows_below(content.tree)
    for judged in content.judged:
        yield from map(str, judged.rows)
    yield from map(str, content.waiting)
    yield from map(str, content.unrated)


def _rows_below(step: Step) -> Iterator[str]:
    yield from map(str, step.rows)
    for each in step.steps:
        yield from _rows_below(each)


def content_of(sheet: KeptSheet) -> Content:
    """Return what a kept sheet says, put together from its shape and its own items. At most one query for these."""
    return contents([(sheet.shape.content, sheet.keys)])[0]


def judged_of(sheet: KeptSheet) -> tuple[Judged, ...]:
    """Return how the quotas of a kept sheet came out, without the rows that were counted. No query."""
    return tuple(each._replace(rows=()) for each in _shared(sheet.shape.content).judged)


def calls_of(sheet: KeptSheet) -> tuple[Call, ...]:
    """Return the talks that a kept sheet makes due. No query."""
    return _shared(sheet.shape.content).calls


def contents_of(sheets: Iterable[KeptSheet]) -> list[Content]:
    """Return what kept sheets say, each with its ``shape`` at hand. At most one query for the items of all."""
    return contents([(sheet.shape.content, sheet.keys) for sheet in sheets])


def contents(kept: Iterable[tuple[str, str]]) -> list[Content]:
    """Return what sheets say whose shapes' texts and keys these are. At most one query for the items of all."""
    sheets = [(text, list(items_in(keys))) for text, keys in kept]
    parts = _parts({part for _text, items in sheets for part, _own in items})
    return [_content(text, [placed(parts[part], own) for part, own in items]) for text, items in sheets]


def _content(text: str, additions: Sequence[Addition]) -> Content:
    shared = _shared(text)
    return replace(
        shared,
        tree=filled_step(shared.tree, additions),
        judged=tuple(each._replace(rows=filled_rows(each.rows, additions)) for each in shared.judged),
        waiting=tuple(key for each in additions for key in each.waiting),
        unrated=tuple(dict.fromkeys(key for each in additions for key in each.unrated)),
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
        waiting=(),
        unrated=(),
        problems=tuple(Message(msgid, **values) for msgid, values in kept["problems"]),
    )


_READ: dict[str, Addition] = {}
_MOST_READ = 4096


def _parts(digests: Iterable[str]) -> Mapping[str, Addition]:
    """Return parts by their digests. A text never changes under its digest, so what was read once is kept."""
    found = {digest: _READ.get(digest) for digest in digests}
    missing = [digest for digest, part in found.items() if part is None]
    if len(_READ) > _MOST_READ:
        _READ.clear()
    for digest, content in Shape.objects.filter(pk__in=missing).values_list() if missing else ():
        found[digest] = _READ[digest] = _to_part(content)
    return {digest: part for digest, part in found.items() if part is not None}


def _to_part(content: str) -> Addition:
    kept = json.loads(content)
    return Addition(
        counts={source: Count(len(rows), 0, tuple(rows)) for source, rows in kept["rows"].items()},
        steps={rule: tuple(map(_to_step, steps)) for rule, steps in kept["steps"].items()},
        waiting=tuple(kept["waiting"]),
        unrated=tuple(kept["unrated"]),
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


def _step(step: Step, *, whole: bool = False) -> list[Any]:
    """Return a step as it is kept; ``whole``, all of it up to its steps, which it has none of."""
    part, name, points, how, numbers, path, rows, steps, own = step
    said: list[Any] = [
        part, name, str(points), how, [str(n) if type(n) is Decimal else n for n in numbers], path, rows,
        [_step(each) for each in steps], own,
    ]  # fmt: skip
    if whole:
        return said[:7]
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
