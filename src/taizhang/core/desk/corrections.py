"""How much a proof correction changes: characters of the text and of its markup, taken out or put in."""

from difflib import SequenceMatcher


def changed_characters(before: str, after: str) -> int:
    """Return how many characters differ: of each stretch that differs, the longer of its two sides.

    What is alike at both ends is cut off first, so that a long text with one correction costs next to nothing.
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if not old or not new:
        return max(len(old), len(new))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal")


def _common(one: str, other: str) -> int:
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)
