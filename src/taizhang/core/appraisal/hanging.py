"""Which rows hang together: an entry, what is about it, and what is about that."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from taizhang.core.appraisal.rows import Key, Work


class Tree(NamedTuple):
    """A row with what is about it, in the order of their days. Without a row: what is about an entry that is not there."""

    work: Work | None
    about: Key | None
    followers: tuple["Tree", ...]

    def works(self) -> Iterator[Work]:
        """Yield all rows, each before what is about it."""
        if self.work is not None:
            yield self.work
        for each in self.followers:
            yield from each.works()

    @property
    def since(self) -> tuple[dt.date, str]:
        """Return the day and the id by which trees stand in order."""
        first = self.work or next(self.works())
        return first.happened, str(first.id)


def items(works: Iterable[Work]) -> Iterator[Sequence[Work]]:
    """Yield the rows that hang together, item by item, by the day on which each began."""
    for tree in trees(works):
        yield list(tree.works())


def trees(works: Iterable[Work]) -> list[Tree]:
    """Return the trees of rows, in order. A row about an entry that is not among the rows stands under a tree without one."""
    rows = list(works)
    below: dict[Key, list[Work]] = {}
    for work in rows:
        if work.about is not None:
            below.setdefault(work.about, []).append(work)
    there = {work.id for work in rows}
    found = [_tree(work, below) for work in rows if work.about is None]
    found += [Tree(None, about, _followers(about, below)) for about in below if about not in there]
    return sorted(found, key=lambda tree: tree.since)


def _tree(work: Work, below: Mapping[Key, Sequence[Work]]) -> Tree:
    return Tree(work, None, _followers(work.id, below))


def _followers(about: Key, below: Mapping[Key, Sequence[Work]]) -> tuple[Tree, ...]:
    trees = (_tree(work, below) for work in below.get(about, ()))
    return tuple(sorted(trees, key=lambda tree: tree.since))
