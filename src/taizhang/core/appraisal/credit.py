"""Whose a row is: its authors in order, or its units, each with a place among them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.scheme.appraisal import By, Shares, Split

Subjects = Callable[[Key], Key | None]
"""From a person or unit that a row names to the one who is scored for it; None for nobody."""


def names(work: Work, by: By, shares: Shares | None) -> Iterator[Key]:
    """Yield the persons or units that a row names, in order; those of the item it is about where it names none."""
    fields = shares.fields if shares else (by,)
    owner = work if by == "unit" or work.person is not None or work.item is None else work.item
    if by == "unit" and work.item is not None and work.item.unit is not None:
        owner = work.item
    for name in fields:
        value = getattr(owner, name) if name in ("person", "unit") else owner.values.get(name)
        if value not in (None, ""):
            yield value


def credits(  # noqa: A001 - the accountant's word
    work: Work, *, by: By, shares: Shares | None, subjects: Subjects
) -> Iterable[tuple[Key, Work]]:
    """Return each one scored for a row, with the row as it stands on his sheet (``place`` of ``authors``).

    Who is named twice counts once, at his first place. Who is not scored keeps his place: a co-author from elsewhere
    takes his share with him.
    """
    authors, scored = places(names(work, by, shares), subjects)
    if authors == 1:
        return [(key, work) for _place, key in scored]
    return [(key, work._replace(place=place, authors=authors)) for place, key in scored]


def places(named: Iterable[Key], subjects: Subjects) -> tuple[int, Sequence[tuple[int, Key]]]:
    """Return how many are named, each counted once, and who of them is scored, each with his place among them."""
    order = list(dict.fromkeys(subjects(name) or ("", name) for name in named))
    return len(order), [(place, each) for place, each in enumerate(order) if not isinstance(each, tuple)]


def part_of(split: Split | None, place: int, authors: int) -> Fraction:
    """Return the part of the points that the author at ``place`` (from 0) of so many has. One alone has all of it."""
    if authors == 1 or split is None:
        return Fraction(1 if place == 0 else 0)
    sharing = min(authors, split.at_most or authors)
    if place >= sharing:
        return Fraction(0)
    match split.split:
        case "full":
            return Fraction(1)
        case "equal":
            return Fraction(1, sharing)
        case "parts":
            return Fraction(split.numbers[place]) if place < len(split.numbers) else Fraction(0)
        case "ratio":
            weights = split.numbers[:sharing]
            return (
                Fraction(weights[place]) / Fraction(sum(weights, Decimal(0)))
                if place < len(weights)
                else Fraction(0)
            )
