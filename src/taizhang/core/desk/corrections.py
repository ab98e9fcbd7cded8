"""How much a proof correction changes: characters of the text and of its markup, taken out or put in."""

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Stretch:
    """Where two texts differ: from character ``start`` of the older, ``removed`` characters gave way to ``put``."""

    start: int
    removed: int
    put: str

    @property
    def size(self) -> int:
        """How many characters it changes: the longer of its two sides."""
        return max(self.removed, len(self.put))


def changed_characters(before: str, after: str) -> int:
    """Return how many characters differ."""
    return sum(stretch.size for stretch in stretches(before, after))


def stretches(before: str, after: str) -> list[Stretch]:
    """Return where the texts differ, from first to last.

    What is alike at both ends is cut off first, so that a long text with one correction costs next to nothing.
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if not old or not new:
        return [Stretch(start, len(old), new)] if old or new else []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Stretch(start + i1, i2 - i1, new[j1:j2])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _common(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)
