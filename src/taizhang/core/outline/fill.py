"""Filling an outline: words, figures, rows, conditions and tables become blocks of a report. Nothing is counted here."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.outline.chips import ReportRow, chip, list_rows
from taizhang.core.outline.model import (
    Block,
    FigureChip,
    FilledReport,
    Form,
    Heading,
    Inline,
    Inlines,
    Items,
    Listing,
    Paragraph,
    Table,
    Text,
)
from taizhang.core.outline.needs import UnitPart, parts_across
from taizhang.core.scheme.placeholders import Placeholder, parse
from taizhang.core.scheme.schema import Outline, OutlineBlock, OutlineTable, RowList, Scheme, When
from taizhang.core.values import Figure, Period, Scope

HEADS = {
    "zh": {
        "item": "项目",
        "unit": "单位",
        "period": "时段",
        "whole": "合计",
        "before": "上年同期",
        "change": "增减",
    },
    "en": {
        "item": "Item",
        "unit": "Unit",
        "period": "Period",
        "whole": "All",
        "before": "A year before",
        "change": "Change",
    },
}
BETWEEN_ROWS = {"zh": "；", "en": "; "}
MOST_ROWS_IN_A_SENTENCE = 100


@dataclass(frozen=True)
class ReportWords:
    """The words of a report: whose it is, over which period, as of when."""

    language: str
    unit: str
    period: str
    year: str
    as_of: str

    def of(self, name: str) -> str:
        return {"unit": self.unit, "period": self.period, "year": self.year, "as_of": self.as_of}[name]


def report_words(*, unit: str, period: Period, as_of: dt.date, language: str) -> ReportWords:
    """Return the words of a report on ``unit`` (its name); ``as_of`` is the day where the organisation is."""
    return ReportWords(
        language=language,
        unit=unit,
        period=wording.period(period, language=language),
        year=str(period.start.year),
        as_of=wording.day(as_of, language=language),
    )


def fill(
    outline: Outline,
    *,
    scheme: Scheme,
    scope: Scope,
    period: Period,
    figures: Mapping[Ask, Figure],
    rows: Mapping[Ask, Sequence[ReportRow]],
    words: ReportWords,
    units: Sequence[UnitPart] = (),
) -> FilledReport:
    """Return ``outline`` filled. ``figures`` and ``rows`` answer ``needs`` of the same arguments.

    Raises KeyError for a figure that was not evaluated, BadPlaceholder for prose that no scheme check has seen.
    """
    filler = _Filler(scheme, scope, period, figures, rows, words, tuple(units))
    return FilledReport(
        title=filler.words_only(outline.title),
        addressee=filler.words_only(outline.addressee),
        issuer=filler.words_only(outline.issuer),
        blocks=tuple(filled for block in outline.body for filled in filler.blocks(block)),
    )


def holds(when: When, figure: Figure) -> bool:
    """Return whether a condition is met; a figure that is no number meets none."""
    value = figure.value
    return isinstance(value, Decimal) and when.holds(value)


@dataclass(frozen=True)
class _Filler:
    scheme: Scheme
    scope: Scope
    period: Period
    figures: Mapping[Ask, Figure]
    rows: Mapping[Ask, Sequence[ReportRow]]
    words: ReportWords
    units: tuple[UnitPart, ...]

    @property
    def language(self) -> str:
        return self.words.language

    @property
    def tongue(self) -> str:
        return "zh" if self.language.startswith("zh") else "en"

    def words_only(self, text: str) -> str:
        return "".join(
            piece if isinstance(piece, str) else self.words.of(piece.name) for piece in parse(text)
        )

    def blocks(self, block: OutlineBlock) -> Iterator[Block]:
        if block.when is not None and not holds(block.when, self._figure(block.when.of)):
            return
        if block.heading is not None:
            yield Heading(block.level, self._prose(block.heading))
        if block.text is not None:
            yield Paragraph(self._prose(block.text))
        if block.list is not None:
            yield Items(tuple(self._prose(item) for item in block.list))
        if block.rows is not None:
            yield from self._row_list(block.rows)
        if block.table is not None:
            yield self._table(block.table)

    # Prose

    def _prose(self, text: str) -> Inlines:
        return tuple(inline for piece in parse(text) for inline in self._inlines(piece))

    def _inlines(self, piece: str | Placeholder) -> Iterator[Inline]:
        if isinstance(piece, str):
            yield Text(piece)
        elif piece.format == "rows":
            yield self._listing(
                RowList(of=piece.name, separator=BETWEEN_ROWS[self.tongue], at_most=MOST_ROWS_IN_A_SENTENCE)
            )
        elif piece.is_word and not piece.format:
            yield Text(self.words.of(piece.name))
        else:
            yield self._chip(piece)

    def _figure(self, indicator: str, period: Period | None = None) -> Figure:
        return self.figures[Ask(indicator, self.scope, period or self.period)]

    def _chip(self, place: Placeholder) -> FigureChip:
        before = self.period.a_year_before
        match place.format:
            case "number":
                return self._printed(self._figure(place.name), Form.NUMBER)
            case "last_year":
                return self._printed(self._figure(place.name, before), Form.LAST_YEAR)
            case "change":
                return self._changed(self._figure(place.name), self._figure(place.name, before), Form.CHANGE)
            case _:
                return self._printed(self._figure(place.name), Form.FULL)

    def _printed(self, figure: Figure, form: Form) -> FigureChip:
        return chip(figure, form, language=self.language, unit=self._unit(figure.indicator))

    def _changed(self, now: Figure, before: Figure, form: Form) -> FigureChip:
        return chip(now, form, language=self.language, unit=self._unit(now.indicator), before=before)

    def _unit(self, indicator: str) -> str | None:
        """Return the unit in the report's language; None where the figure's own will do."""
        declared = self.scheme.indicators.get(indicator)
        return None if declared is None or declared.unit is None else declared.unit.said_in(self.language)

    # Rows

    def _row_list(self, listed: RowList) -> Iterator[Block]:
        listing = self._listing(listed)
        if listing.rows and listed.each_line:
            yield Items(tuple((line,) for line in listing.rows), listing)
        elif listing.text:
            yield Paragraph((listing,))

    def _listing(self, listed: RowList) -> Listing:
        return list_rows(
            Listing(
                listed.of,
                self.scope,
                self.period,
                item=listed.item,
                separator=listed.separator,
                at_most=listed.at_most,
                empty=listed.empty,
            ),
            self.rows[Ask(listed.of, self.scope, self.period)],
            language=self.language,
        )

    # Tables

    def _table(self, table: OutlineTable) -> Table:
        across = parts_across(table, scope=self.scope, period=self.period, units=self.units)
        turned = len(across) > len(table.rows)
        return self._turned(table, across) if turned else self._upright(table, across)

    def _upright(self, table: OutlineTable, across: tuple[tuple[Scope, Period], ...]) -> Table:
        """Lay out one row an indicator: its parts, the whole, and the year before."""
        words = HEADS[self.tongue]
        whole = self._whole_name(table)
        compared = (words["before"], words["change"]) if table.compare == "last_year" else ()
        return Table(
            caption=table.caption,
            head=(words["item"], *self._part_names(table, across), whole, *compared),
            rows=tuple(
                ((Text(self._name(indicator)),), *self._cells(table, indicator, across))
                for indicator in table.rows
            ),
        )

    def _cells(
        self, table: OutlineTable, indicator: str, across: tuple[tuple[Scope, Period], ...]
    ) -> Iterator[Inlines]:
        for part in (*across, (self.scope, self.period)):
            yield (self._printed(self.figures[Ask(indicator, *part)], Form.NUMBER),)
        if table.compare == "last_year":
            now, before = self._figure(indicator), self._figure(indicator, self.period.a_year_before)
            yield (self._printed(before, Form.NUMBER),)
            yield (self._changed(now, before, Form.SIGNED_CHANGE),)

    def _turned(self, table: OutlineTable, across: tuple[tuple[Scope, Period], ...]) -> Table:
        """Lay out one column an indicator, where there are more parts than indicators: the longer side goes down."""
        words = HEADS[self.tongue]
        upright = [tuple(self._cells(table, indicator, across)) for indicator in table.rows]
        compared = (words["before"], words["change"]) if table.compare == "last_year" else ()
        names = (*self._part_names(table, across), self._whole_name(table), *compared)
        return Table(
            caption=table.caption,
            head=(words["unit" if table.across == "unit" else "period"], *map(self._name, table.rows)),
            rows=tuple(
                ((Text(name),), *cells) for name, cells in zip(names, zip(*upright, strict=True), strict=True)
            ),
        )

    def _whole_name(self, table: OutlineTable) -> str:
        if table.across == "unit":
            return HEADS[self.tongue]["whole"]
        if table.across == "none":
            return wording.period(self.period, language=self.language)
        return wording.part_of_year(self.period, language=self.language)

    def _part_names(self, table: OutlineTable, across: tuple[tuple[Scope, Period], ...]) -> tuple[str, ...]:
        if table.across == "unit":
            return tuple(unit.name for unit in self.units)
        return tuple(wording.part_of_year(period, language=self.language) for _scope, period in across)

    def _name(self, indicator: str) -> str:
        declared = self.scheme.indicators.get(indicator)
        if declared is None:
            return indicator
        figure = self._figure(indicator)
        unit = wording.said_unit(figure, language=self.language, unit=self._unit(indicator)).strip()
        name = declared.name.said_in(self.language)
        return f"{name}（{unit}）" if unit and self.tongue == "zh" else f"{name} ({unit})" if unit else name
