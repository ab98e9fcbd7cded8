"""Every figure and list of rows that an outline asks for, so that all are evaluated at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taizhang.core.indicators.plan import Ask
from taizhang.core.scheme.placeholders import in_text
from taizhang.core.scheme.schema import Outline, OutlineBlock, OutlineTable
from taizhang.core.values import Period, PeriodKind, Scope


@dataclass(frozen=True)
class UnitPart:
    """One unit of a table that goes across units."""

    code: str
    name: str


@dataclass(frozen=True)
class Needs:
    """Figures to evaluate, and figures whose rows are listed (these are among ``figures`` too)."""

    figures: tuple[Ask, ...]
    rows: tuple[Ask, ...]


def needs(outline: Outline, *, scope: Scope, period: Period, units: Sequence[UnitPart] = ()) -> Needs:
    """Return what ``outline`` needs; ``units`` are those that its tables go across. Raises BadPlaceholder."""
    figures: dict[Ask, None] = {}
    rows: dict[Ask, None] = {}
    for block in outline.body:
        for ask in _figures(block, scope, period, units):
            figures[ask] = None
        for indicator in _row_lists(block):
            rows[Ask(indicator, scope, period)] = None
    return Needs(figures=tuple({**figures, **rows}), rows=tuple(rows))


def texts_of(block: OutlineBlock) -> tuple[str, ...]:
    """Return the prose of ``block``."""
    return tuple(text for text in (block.heading, block.text, *(block.list or ())) if text is not None)


def parts_across(
    table: OutlineTable, *, scope: Scope, period: Period, units: Sequence[UnitPart]
) -> tuple[tuple[Scope, Period], ...]:
    """Return what stands across a table, the whole not among it."""
    if table.across == "none":
        return ()
    if table.across == "unit":
        return tuple((Scope(unit=unit.code, person=scope.person), period) for unit in units)
    return tuple((scope, part) for part in period.split(PeriodKind(table.across)))


def _figures(block: OutlineBlock, scope: Scope, period: Period, units: Sequence[UnitPart]) -> Iterator[Ask]:
    if block.when is not None:
        yield Ask(block.when.of, scope, period)
    for text in texts_of(block):
        yield from _in_prose(text, scope, period)
    if block.table is not None:
        yield from _in_table(block.table, scope, period, units)


def _in_prose(text: str, scope: Scope, period: Period) -> Iterator[Ask]:
    for place in in_text(text):
        if place.is_word or place.format == "rows":
            continue
        if place.format != "last_year":
            yield Ask(place.name, scope, period)
        if place.format in ("last_year", "change"):
            yield Ask(place.name, scope, period.a_year_before)


def _in_table(table: OutlineTable, scope: Scope, period: Period, units: Sequence[UnitPart]) -> Iterator[Ask]:
    wholes = [(scope, period)]
    if table.compare == "last_year":
        wholes.append((scope, period.a_year_before))
    for indicator in table.rows:
        for part in (*wholes, *parts_across(table, scope=scope, period=period, units=units)):
            yield Ask(indicator, *part)


def _row_lists(block: OutlineBlock) -> Iterator[str]:
    if block.rows is not None:
        yield block.rows.of
    for text in texts_of(block):
        yield from (place.name for place in in_text(text) if place.format == "rows")
