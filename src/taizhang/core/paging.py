"""Cutting a long list into pages without counting to the end of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

Row = TypeVar("Row")

CAP = 10_000


class Query(Protocol):
    """Rows in a fixed order that are fetched when iterated, like Django's QuerySet."""

    def __getitem__(self, rows: slice, /) -> Any: ...
    def count(self) -> int: ...


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some of the rows. ``total`` is exact unless ``capped``: then there are more than that many."""

    rows: tuple[Row, ...]
    number: int
    size: int
    total: int
    capped: bool
    has_next: bool

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        """Return the place in the list of the first row here, from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def last_number(self) -> int | None:
        """Return the number of the last page; None when nobody has counted that far."""
        return None if self.capped else max(1, -(-self.total // self.size))

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Return the pages worth a link: the ends and the neighbours; None stands for a gap."""
        end = self.last_number or self.number + self.has_next
        near = {1, *range(self.number - 2, self.number + 3)} | ({end} if self.last_number else set())
        found: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= end):
            if found and found[-1] is not None and number - found[-1] > 1:
                found.append(None)
            found.append(number)
        return (*found, None) if self.capped and self.has_next else tuple(found)


def page_of(
    rows: Query | Sequence[Row], number: int | str | None, *, size: int = 50, cap: int = CAP
) -> Page[Row]:
    """Return page ``number`` of ``rows``; whatever is no number is page 1, and what lies past the end is the last.

    Counts to ``cap`` at most: two queries, neither of which walks a million rows.
    """
    counted = _count(rows[: cap + 1])
    capped = counted > cap
    total = min(counted, cap)
    wanted = _number(number)
    if not capped:
        wanted = min(wanted, max(1, -(-total // size)))
    start = (wanted - 1) * size
    found: tuple[Row, ...] = tuple(rows[start : start + size + 1]) if counted else ()
    return Page(
        rows=found[:size], number=wanted, size=size, total=total, capped=capped, has_next=len(found) > size
    )


def _count(rows: Query | Sequence[Any]) -> int:
    return len(rows) if isinstance(rows, Sequence) else rows.count()


def _number(text: int | str | None) -> int:
    try:
        return min(max(1, int(text or 1)), 1_000_000)
    except ValueError:
        return 1
