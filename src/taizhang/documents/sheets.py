"""Write rows as a spreadsheet or as CSV, so that Excel shows what was recorded and runs none of it."""

import contextlib
import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents import package, phrases
from taizhang.documents.model import Language
from taizhang.documents.ordinals import width

Kind = Literal["text", "integer", "decimal", "date", "datetime"]
Value = str | int | Decimal | dt.date | dt.datetime | None

_ROWS_LOOKED_AT = 200
_NARROWEST, _WIDEST = 6, 60
_LONGEST_TEXT = 32_767
# Excel keeps 15 digits of a number and counts days from 1900, with a day in that February that never was.
_EXACT_DIGITS = 15
_FIRST_DAY = dt.date(1900, 3, 1)
# Excel takes the full-width forms for formulas too.
_FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
_NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_CONTROL_PICTURES = {code: 0x2400 + code for code in range(32) if code not in (9, 10, 13)} | {127: 0x2421}
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "integer": "#,##0",
    "decimal": "#,##0.##########",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
# Exact types: True is no number here, and a moment is no day.
_TYPES: dict[Kind, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "decimal": (int, Decimal),
    "date": (dt.date,),
    "datetime": (dt.datetime,),
}
_PAPER_A4 = 9
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001, openpyxl takes no zone


class UnwritableValue(TypeError):  # noqa: N818, it is a verdict on the content
    """A value does not fit the kind of its column; ``message`` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the heading, and what kind of value stands under it."""

    label: str
    kind: Kind = "text"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise UnwritableValue(Message(gettext_noop("“{kind}” is not a kind of column."), kind=self.kind))


def write_xlsx(
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[str] = (),
    language: Language = "zh-hans",
) -> bytes:
    """Return a workbook: the rows on one sheet under a frozen header, title and notes on a second.

    ``rows`` are read once and never all held as cells. Text (``不适用``) may stand in any column; None leaves the
    cell empty. Numbers and dates are real ones, except those that Excel would alter (more than 15 digits, days
    before March 1900): they are text. Nothing becomes a formula. The same rows give the same bytes.
    """
    book = Workbook(write_only=True)
    book.properties.title, book.properties.created, book.properties.creator = title, _CREATED, ""
    sheet = book.create_sheet(_sheet_name(title))
    for kind, number_format in _FORMATS.items():
        book.add_named_style(_style(kind, number_format))
    ahead, rows = _look_ahead(rows)
    last_column = get_column_letter(max(len(columns), 1))
    _lay_out(sheet, title, columns, ahead)
    with contextlib.closing(sheet):
        sheet.append([_header_cell(sheet, column.label) for column in columns])
        for count, row in enumerate(rows, start=1):
            pairs = zip(_checked(row, columns), columns, strict=True)
            sheet.append([_cell(sheet, value, column) for value, column in pairs])
            sheet.auto_filter.ref = f"A1:{last_column}{count + 1}"
    _add_notes(book, title, notes, language)
    stream = io.BytesIO()
    book.save(stream)
    return _undated(stream.getvalue())


def write_csv(*, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield a CSV file line by line: UTF-8 with the mark by which Excel knows it, lines ended by CR LF.

    Text that a spreadsheet would take for a formula is led by an apostrophe.
    """
    yield b"\xef\xbb\xbf" + _csv_line([_guarded(column.label) for column in columns])
    for row in rows:
        cells = [
            _csv_value(value, column) for value, column in zip(_checked(row, columns), columns, strict=True)
        ]
        yield _csv_line(cells)


def _checked(row: Sequence[Value], columns: Sequence[Column]) -> Sequence[Value]:
    if len(row) != len(columns):
        raise UnwritableValue(
            Message(
                gettext_noop("A row has {cells} values, but there are {columns} columns."),
                cells=len(row),
                columns=len(columns),
            )
        )
    return row


def _fits(value: Value, kind: Kind) -> bool:
    if value is None or isinstance(value, str):
        return True
    return type(value) in _TYPES[kind]


def _require_fit(value: Value, column: Column) -> None:
    if not _fits(value, column.kind):
        raise UnwritableValue(
            Message(
                gettext_noop("“{value}” in column “{column}” is not of the kind {kind}."),
                value=value,
                column=column.label,
                kind=column.kind,
            )
        )


# Excel ----------------------------------------------------------------------------------------------------------


def _lay_out(
    sheet: WriteOnlyWorksheet, title: str, columns: Sequence[Column], ahead: list[Sequence[Value]]
) -> None:
    """Settle everything that a sheet written row by row must know before its first row."""
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.center.text = title.replace("&", "&&")
    sheet.oddFooter.center.text = "— &P —"
    sheet.page_setup.orientation = "landscape" if len(columns) > 6 else "portrait"  # noqa: PLR2004
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for place, column in enumerate(columns):
        shown = (_shown(row[place], column) for row in ahead if len(row) > place)
        widest = max((width(line) for text in (column.label, *shown) for line in text.split("\n")), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(
            max(widest + 2, _NARROWEST), _WIDEST
        )


def _look_ahead(rows: Iterable[Sequence[Value]]) -> tuple[list[Sequence[Value]], Iterator[Sequence[Value]]]:
    rest = iter(rows)
    ahead = list(itertools.islice(rest, _ROWS_LOOKED_AT))
    return ahead, itertools.chain(ahead, rest)


def _shown(value: Value, column: Column) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case int() | Decimal() if column.kind in {"integer", "decimal"}:
            return f"{value:,}"
    return str(value)


def _style(kind: Kind, number_format: str) -> NamedStyle:
    alignment = Alignment(vertical="top", wrap_text=kind == "text")
    return NamedStyle(kind, number_format=number_format, alignment=alignment)


def _header_cell(sheet: WriteOnlyWorksheet, label: str) -> Any:
    cell = _text_cell(sheet, label)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="EDEDED")
    cell.border = Border(bottom=Side("thin"))
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Value, column: Column) -> Any:
    _require_fit(value, column)
    exact = _as_excel_keeps_it(value)
    if exact is None:
        return None
    if isinstance(exact, str):
        return _text_cell(sheet, exact)
    cell = WriteOnlyCell(sheet, exact)
    cell.style = column.kind
    return cell


def _as_excel_keeps_it(value: Value) -> Value:
    """Return ``value``, as text where Excel would alter it; the zone of a moment is dropped, its clock kept."""
    match value:
        case dt.datetime():
            return (
                value.replace(tzinfo=None) if value.date() >= _FIRST_DAY else value.isoformat(" ", "minutes")
            )
        case dt.date():
            return value if value >= _FIRST_DAY else value.isoformat()
        case int():
            return value if len(str(abs(value))) <= _EXACT_DIGITS else str(value)
        case Decimal():
            digits = value.as_tuple().digits
            return value if value.is_finite() and len(digits) <= _EXACT_DIGITS else f"{value:f}"
    return value


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Any:
    """Return a cell that is text for ever: also after somebody has edited it in place."""
    cell = WriteOnlyCell(sheet, _storable(text))
    cell.data_type = "s"
    cell.style = "text"
    if text.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True
    return cell


def _storable(text: str) -> str:
    """Return ``text`` with control characters as their pictures (␋), cut visibly at Excel's limit."""
    text = text.replace("\r\n", "\n").translate(_CONTROL_PICTURES)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _sheet_name(title: str) -> str:
    return title.translate(_NOT_IN_A_SHEET_NAME).replace("\n", " ").strip(" '")[:31] or "Sheet"


def _add_notes(book: Workbook, title: str, notes: Sequence[str], language: Language) -> None:
    if not notes:
        return
    name = phrases.for_language(language).notes
    sheet = book.create_sheet(name if name != book.worksheets[0].title else f"{name} 2")
    sheet.column_dimensions["A"].width = 90
    heading = _text_cell(sheet, title)
    heading.font = Font(bold=True)
    sheet.append([heading])
    for note in notes:
        sheet.append([_text_cell(sheet, note)])


def _undated(workbook: bytes) -> bytes:
    """Return ``workbook`` without the moment at which openpyxl wrote it."""
    name = "docProps/core.xml"
    core = package.member(workbook, name).decode()
    start, end = (
        core.index("<dcterms:modified"),
        core.index("</dcterms:modified>") + len("</dcterms:modified>"),
    )
    return package.repack(workbook, replace={name: (core[:start] + core[end:]).encode()})


# CSV ------------------------------------------------------------------------------------------------------------


def _csv_line(cells: list[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().encode()


def _csv_value(value: Value, column: Column) -> str:
    _require_fit(value, column)
    match value:
        case None:
            return ""
        case str(text):
            return _guarded(text)
        case dt.datetime() as moment:
            return moment.isoformat(" ", "seconds")
        case Decimal() as number:
            return f"{number:f}"
        case other:
            return str(other)


def _guarded(text: str) -> str:
    text = text.replace("\x00", "␀")
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
