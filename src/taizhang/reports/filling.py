"""Which outlines there are for whom, and filling one: needs, figures, rows, blocks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.outline import fill as outlines
from taizhang.core.outline.needs import UnitPart, needs
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Outline
from taizhang.core.values import Period, PeriodKind, Scope
from taizhang.duties.queries import bound_units
from taizhang.org.models import Unit
from taizhang.org.queries import UnitTree
from taizhang.reports.body import AS_OF_SIGN, MOST_ROWS, Body, from_filled
from taizhang.reports.printing import Ledger, May, everything, rows_behind

_CJK = range(0x4E00, 0x9FFF)


class CannotFill(Exception):  # noqa: N818
    """An outline cannot be filled as asked; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Order:
    """What is to be filled: which outline, for which unit and period, in which language."""

    outline: str
    unit: Unit
    period: Period
    language: str

    @property
    def scope(self) -> Scope:
        return Scope(unit=self.unit.code)


def outline_of(order: Order, ledger: Ledger) -> tuple[Outline, LoadedScheme]:
    """Return the outline of the scheme in force at the start of the period. Raises CannotFill, NoSchemeInForce."""
    version = ledger.schemes.for_period(order.period)
    outline = version.scheme.outlines.get(order.outline)
    if outline is None:
        raise CannotFill(
            Message(
                gettext_noop("The scheme in force on {day} has no outline “{outline}”. It has: {outlines}."),
                day=order.period.start,
                outline=order.outline,
                outlines=", ".join(version.scheme.outlines) or "—",
            )
        )
    if order.period.kind != PeriodKind(outline.every):
        raise CannotFill(
            Message(
                gettext_noop(
                    "The outline “{outline}” reports on a {every}; {period} is none. Choose another."
                ),
                outline=order.outline,
                every=Message(_EVERY[outline.every]),
                period=str(order.period),
            )
        )
    if order.unit not in units_for(outline, ledger.tree):
        raise CannotFill(
            Message(
                gettext_noop("{unit} does not make the report “{outline}”. Choose another unit."),
                unit=order.unit.name,
                outline=order.outline,
            )
        )
    return outline, version


_EVERY = {
    "month": gettext_noop("month"),
    "quarter": gettext_noop("quarter"),
    "half_year": gettext_noop("half-year"),
    "year": gettext_noop("year"),
}


def units_for(outline: Outline, tree: UnitTree) -> Sequence[Unit]:
    """Return the units that make a report, in tree order."""
    return tree.in_order if outline.units is None else bound_units(outline.units, tree)


def language_of(outline: Outline) -> str:
    """Return the language that an outline is written in: Chinese as soon as it has Chinese characters."""
    prose = [outline.title]
    for block in outline.body:
        prose += [text for text in (block.heading, block.text, *(block.list or ())) if text]
    return "zh-hans" if any(ord(sign) in _CJK for text in prose for sign in text) else "en"


def parts_of(unit: Unit, period: Period, tree: UnitTree) -> tuple[UnitPart, ...]:
    """Return the units that a table across units goes across: those right below, as they were in the period."""
    return tuple(
        UnitPart(child.code, child.name)
        for child in tree.children.get(unit.pk, ())
        if child.since <= period.end and (child.until is None or child.until >= period.start)
    )


def asked_by(order: Order, ledger: Ledger) -> tuple[Ask, ...]:
    """Return every figure that the outline needs. Raises as ``outline_of``."""
    outline, _version = outline_of(order, ledger)
    parts = parts_of(order.unit, order.period, ledger.tree)
    return needs(outline, scope=order.scope, period=order.period, units=parts).figures


def fill(order: Order, *, ledger: Ledger, may: May = everything) -> Body:
    """Return the outline filled: its conditions decided, its figures and rows as places.

    Raises CannotFill, also for figures that ``may`` does not allow, and NoSchemeInForce.
    """
    outline, version = outline_of(order, ledger)
    parts = parts_of(order.unit, order.period, ledger.tree)
    wanted = needs(outline, scope=order.scope, period=order.period, units=parts)
    _refuse_hidden([ask for ask in wanted.figures if not may(ask)], version)
    found = ledger.evaluate(wanted.figures)
    words = outlines.report_words(
        unit=order.unit.name, period=order.period, as_of=dt.date.min, language=order.language
    )
    report = outlines.fill(
        outline,
        scheme=version.scheme,
        scope=order.scope,
        period=order.period,
        figures=found,
        rows={
            ask: rows_behind(ask, ledger=ledger, language=order.language, at_most=MOST_ROWS)[0]
            for ask in wanted.rows
        },
        words=replace(words, as_of=AS_OF_SIGN),
        units=parts,
    )
    return from_filled(report)


def _refuse_hidden(asks: Sequence[Ask], version: LoadedScheme) -> None:
    if asks:
        names = dict.fromkeys(
            str(declared.name)
            if (declared := version.scheme.indicators.get(ask.indicator))
            else ask.indicator
            for ask in asks
        )
        raise CannotFill(
            Message(
                gettext_noop(
                    "This report counts entries that your roles do not let you read: {names}. "
                    "Somebody who may read them must fill it."
                ),
                names="、".join(names),
            )
        )
