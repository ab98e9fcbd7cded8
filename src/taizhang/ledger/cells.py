"""Kept counts of what is in force now, so that a page need not walk the whole ledger. Filled in with the engine."""

from taizhang.ledger.models import Entry


def forget(entry: Entry) -> None:
    """Drop every kept count that ``entry`` may touch."""
