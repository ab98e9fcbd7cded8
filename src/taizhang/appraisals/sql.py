"""Words of our own in statements that are written by hand."""

from collections.abc import Iterable


def listed(words: Iterable[str]) -> str:
    """Return words (ids of kinds, ids of entries) as a list in SQL, in order; the statement takes parameters."""
    return ", ".join("'{}'".format(word.replace("'", "''").replace("%", "%%")) for word in sorted(words))
