"""What a person changed in a text, as the fewest places with other words, so that a file can follow its text.

>>> changes("甲乙丙\\n丁", "甲某丙\\n丁")
[Change(start=1, end=2, words='某')]
"""

import itertools
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from os.path import commonprefix

from taizhang.documents.reading_word import Change

#: Longer differing parts of a line are one change: to compare them takes time in the square of their length.
_MOST_COMPARED = 2_000


def changes(before: str, after: str) -> list[Change]:
    """Return what turns ``before`` into ``after``, in order, none overlapping another.

    Lines are compared first: a change crosses the end of a line only where lines were added, left out or joined.
    """
    if before == after:
        return []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, old))]
    found: list[Change] = []
    for kind, first, last, new_first, new_last in _blocks(old, new):
        if kind == "equal":
            continue
        if last - first == new_last - new_first:
            pairs = zip(range(first, last), range(new_first, new_last), strict=True)
            found += [
                change for line, other in pairs for change in _within(old[line], new[other], starts[line])
            ]
        else:
            found.append(Change(starts[first], starts[last], "".join(new[new_first:new_last])))
    return found


def _blocks(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return equal and differing lines; where there are as many as before, line by line."""
    if len(old) == len(new):
        return [
            ("equal" if a == b else "replace", at, at + 1, at, at + 1)
            for at, (a, b) in enumerate(zip(old, new, strict=True))
        ]
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _within(old: str, new: str, offset: int) -> Iterator[Change]:
    """Yield what changed in a line."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    old, new, offset = old[head : len(old) - tail], new[head : len(new) - tail], offset + head
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield Change(offset, offset + len(old), new)
        return
    for kind, first, last, new_first, new_last in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield Change(offset + first, offset + last, new[new_first:new_last])


def _alike(one: str, two: str) -> int:
    """Return how many characters the two begin with alike."""
    return len(commonprefix([one, two]))  # noqa: RUF071 - characters are what is compared
