import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from taizhang.documents.sheets import Column, UnwritableValue, write_csv, write_xlsx

COLUMNS = (
    Column("标题"),
    Column("人次", "integer"),
    Column("得分", "decimal"),
    Column("日期", "date"),
    Column("登记时间", "datetime"),
)
ROW = ("专题宣讲", 1200, Decimal("12.50"), dt.date(2023, 12, 5), dt.datetime(2023, 12, 5, 9, 30))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
dangerous = st.builds(str.__add__, st.sampled_from(list("=+-@\t\r＝＋－＠")), texts)


def opened(**content):
    return load_workbook(
        io.BytesIO(write_xlsx(**{"title": "台账", "columns": COLUMNS, "rows": [ROW], **content}))
    )


def read_csv(columns, rows):
    data = b"".join(write_csv(columns=columns, rows=rows))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_numbers_and_dates_are_real_ones():
    cells = opened().worksheets[0][2]
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "d", "d"]
    assert cells[1].value == 1200
    assert cells[3].value.date() == dt.date(2023, 12, 5)
    assert cells[4].value == dt.datetime(2023, 12, 5, 9, 30)


def test_the_header_is_frozen_and_filtered():
    sheet = opened().worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E2"
    assert [cell.value for cell in sheet[1]] == [column.label for column in COLUMNS]


def test_columns_are_wide_enough_for_chinese():
    sheet = opened(
        columns=(Column("名称"), Column("数", "integer")), rows=[("某某市自然资源和规划局", 1)]
    ).worksheets[0]
    assert sheet.column_dimensions["A"].width >= 22
    assert sheet.column_dimensions["B"].width < 10


@given(dangerous)
@example('=HYPERLINK("//x","y")')
@example("=1+1")
def test_text_never_becomes_a_formula_in_a_workbook(text):
    cell = opened(columns=(Column(text),), rows=[(text,)]).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


@given(dangerous)
def test_text_never_becomes_a_formula_in_csv(text):
    (header,), (cell,) = read_csv((Column(text),), [(text,)])
    assert header.startswith("'")
    assert cell.startswith("'")


@given(st.integers(max_value=-1))
def test_a_negative_number_is_no_formula_and_stays_a_number(number):
    assert read_csv((Column("差", "integer"),), [(number,)])[1] == [str(number)]


@given(texts.filter(lambda text: not text.startswith(tuple("=+-@\t\r＝＋－＠")) and "\x00" not in text))
def test_csv_gives_back_what_was_recorded(text):
    assert read_csv((Column("甲"), Column("乙")), [(text, "完")])[1] == [text, "完"]


def test_a_long_number_keeps_all_its_digits():
    identity = 110101199003070011
    amount = Decimal("1234567890123456.78")
    cells = opened(
        columns=(Column("号", "integer"), Column("数", "decimal")), rows=[(identity, amount)]
    ).worksheets[0][2]
    assert [cell.value for cell in cells] == [str(identity), str(amount)]


def test_a_day_excel_cannot_count_is_text():
    assert (
        opened(columns=(Column("日", "date"),), rows=[(dt.date(1899, 1, 2),)]).worksheets[0]["A2"].value
        == "1899-01-02"
    )


def test_unknown_and_not_applicable_and_zero_differ():
    sheet = opened(columns=(Column("数", "integer"),), rows=[(None,), ("不适用",), (0,)]).worksheets[0]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [None, "不适用", 0]


@pytest.mark.parametrize(
    ("kind", "value"), [("integer", 1.5), ("decimal", 0.1), ("date", 3), ("integer", True), ("text", 5)]
)
def test_a_value_of_another_kind_is_refused(kind, value):
    with pytest.raises(UnwritableValue, match="数"):
        write_xlsx(title="台账", columns=(Column("数", kind),), rows=[(value,)])


def test_a_row_of_another_length_is_refused():
    with pytest.raises(UnwritableValue, match="1 values"):
        list(write_csv(columns=COLUMNS, rows=[("甲",)]))


def test_control_characters_are_shown_and_long_text_is_cut_visibly():
    sheet = opened(columns=(Column("甲"),), rows=[("a\x0bb",), ("长" * 40_000,)]).worksheets[0]
    assert sheet["A2"].value == "a␋b"
    assert sheet["A3"].value.endswith("长…")


def test_notes_stand_on_a_sheet_of_their_own():
    book = opened(notes=("口径：按台账计数", "=1+1"))
    assert [cell.value for cell in book.worksheets[1]["A"]] == ["台账", "口径：按台账计数", "=1+1"]
    assert book.worksheets[1]["A3"].data_type == "s"


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=50))
def test_any_title_gives_a_workbook(title):
    assert len(opened(title=title).worksheets[0].title) <= 31


def test_the_same_rows_give_the_same_bytes_without_a_date():
    data = write_xlsx(title="台账", columns=COLUMNS, rows=[ROW])
    assert data == write_xlsx(title="台账", columns=COLUMNS, rows=[ROW])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"modified" not in archive.read("docProps/core.xml")


def test_rows_are_read_as_they_are_written():
    read = 0

    def rows():
        nonlocal read
        for read in range(1, 4):
            yield (str(read),)

    lines = write_csv(columns=(Column("甲"),), rows=rows())
    next(lines)
    next(lines)
    assert read == 1
