"""Tables: total rows, total columns, and columns that follow from two others."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.proof.arithmetic import written
from taizhang.proof.draft import Draft
from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Mark, rule

_CELL = re.compile(r"[^|\t\n]+")
_NUMBER = re.compile(
    r"\s*(?P<figure>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<rate>%|‰)?\s*[一-龥]{0,3}\s*"
)
_TOTAL = re.compile(r"^[一-龥]{0,4}(?:合计|总计|共计|总和|累计|小计|总量|总数|总额)数?$|^合\s+计$|^总\s+计$")
_SUBTOTAL = re.compile(r"小计")
_NOT_ADDED = re.compile(r"率|比|均|单价|排名|名次|位次|增幅|增长|序号|年份|年度|编号|指数|得分率|完成情况")
_RATE_HEAD = re.compile(r"率|占比|比例|比重|完成进度")
_GROWTH_HEAD = re.compile(r"增幅|增长|增速|同比|±")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its place; ``value`` is None where it holds words."""

    start: int
    end: int
    text: str
    value: Decimal | None
    step: Decimal
    rate: bool


Row = tuple[Cell, ...]


def tables(draft: Draft) -> Iterator[list[Row]]:
    """Yield the runs of lines that are divided into cells by | or tabs."""
    block: list[Row] = []
    for paragraph in draft.paragraphs:
        line = draft.norm[paragraph.start : paragraph.end]
        if line.count("|") + line.count("\t") >= 1 and not line.startswith("#"):
            if not re.fullmatch(r"[|\s:\-]+", line):
                block.append(_row(line, paragraph.start))
            continue
        if len(block) > 1:
            yield block
        block = []
    if len(block) > 1:
        yield block


def _row(line: str, offset: int) -> Row:
    cells = []
    divider = "|" if "|" in line else "\t"
    at = 0
    body = line.strip("|") if divider == "|" else line
    shift = len(line) - len(line.lstrip("|")) if divider == "|" else 0
    for part in body.split(divider):
        stripped = part.strip()
        lead = len(part) - len(part.lstrip())
        start = offset + shift + at + lead
        cells.append(_cell(start, stripped))
        at += len(part) + 1
    return tuple(cells)


def _cell(start: int, text: str) -> Cell:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return Cell(start, start + len(text), text, None, Decimal(1), rate=False)
    figure = found["figure"].replace(",", "")
    step = Decimal(1).scaleb(-len(figure.partition(".")[2]))
    return Cell(start, start + len(text), text, Decimal(figure), step, rate=bool(found["rate"]))


@rule(
    code="table-total",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A total in a table does not fit its rows or columns"),
    good="季度 | 件数\n一季度 | 31\n二季度 | 28\n合计 | 59",
    bad="季度 | 件数\n一季度 | 31\n二季度 | 28\n合计 | 69",
)
def table_totals(draft: Draft) -> Iterator[Mark]:
    """Add up the rows above a 合计 row, and the cells beside a 合计 column."""
    for table in tables(draft):
        yield from _rows(table)
        yield from _columns(table)


def _rows(table: list[Row]) -> Iterator[Mark]:
    head = table[0]
    for index, row in enumerate(table):
        if not row or not _TOTAL.match(row[0].text):
            continue
        above = [r for r in table[:index] if r and not _TOTAL.match(r[0].text) and len(r) == len(row)]
        below = [r for r in table[index + 1 :] if r and len(r) == len(row)]
        body = above if len(above) > 1 else below
        if _SUBTOTAL.search(row[0].text):
            body = _since_subtotal(table, index)
        elif any(_SUBTOTAL.search(r[0].text) for r in (*above, *below, *table) if r is not row):
            continue
        sums = [found for column in range(1, len(row)) if (found := _column_sum(head, body, row, column))]
        right = sum(
            1 for cell, value, slack in sums if cell.value is not None and abs(cell.value - value) <= slack
        )
        if not sums or (right == 0 and len(sums) > 2):  # noqa: PLR2004 - an excerpt, not a slip
            continue
        for cell, value, slack in sums:
            if cell.value is not None and abs(cell.value - value) > slack:
                yield _total_mark(row[0], cell, value)


def _since_subtotal(table: list[Row], index: int) -> list[Row]:
    body: list[Row] = []
    for row in reversed(table[:index]):
        if not row or _TOTAL.match(row[0].text):
            break
        body.append(row)
    return body


def _column_sum(
    head: Row, body: Sequence[Row], row: Row, column: int
) -> tuple[Cell, Decimal, Decimal] | None:
    cell = row[column]
    if cell.value is None or cell.rate:
        return None
    if len(head) == len(row) and _NOT_ADDED.search(head[column].text):
        return None
    values = [r[column] for r in body if r[column].value is not None]
    words = [r[column] for r in body if r[column].value is None and r[column].text.strip("-—/无 ")]
    if len(values) < 2 or any(v.rate for v in values) or len(words) > 1:  # noqa: PLR2004
        return None
    rounded = any(v.step != 1 for v in values)
    slack = sum((v.step for v in values), Decimal(0)) / 2 if rounded else Decimal(0)
    return cell, sum((v.value for v in values if v.value is not None), Decimal(0)), slack


def _columns(table: list[Row]) -> Iterator[Mark]:
    head = table[0]
    at = next((i for i, cell in enumerate(head) if _TOTAL.match(cell.text)), None)
    if at is None or at == 0:
        return
    rows = [r for r in table[1:] if len(r) == len(head) and r[at].value is not None]
    wrong: list[tuple[Row, Decimal]] = []
    for row in rows:
        others = [
            c.value
            for i, c in enumerate(row)
            if i not in {0, at} and c.value is not None and not c.rate and not _NOT_ADDED.search(head[i].text)
        ]
        if len(others) < 2:  # noqa: PLR2004
            return
        value = sum(others, Decimal(0))
        if value != row[at].value:
            wrong.append((row, value))
    if wrong and len(wrong) * 2 < max(len(rows), 3):
        for row, value in wrong:
            yield _total_mark(row[0], row[at], value)


def _total_mark(label: Cell, cell: Cell, value: Decimal) -> Mark:
    return Mark(
        cell.start,
        cell.end,
        Message(
            gettext_noop("The cells add up to {sum}, not to {total}."), sum=written(value), total=cell.text
        ),
        suggestion=Message(gettext_noop("Check the total and the cells it adds up.")),
        evidence=((label.start, label.end),),
    )


@rule(
    code="table-rate",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("A rate in a table does not fit its row"),
    good="指标 | 目标 | 完成 | 完成率\n造林 | 20 | 21 | 105%\n抚育 | 40 | 38 | 95%",
    bad="指标 | 目标 | 完成 | 完成率\n造林 | 20 | 21 | 105%\n抚育 | 40 | 38 | 98%",
)
def table_rates(draft: Draft) -> Iterator[Mark]:
    """Find the two columns that a rate column follows from in most rows, and mark the rows it does not."""
    for table in tables(draft):
        head = table[0]
        rows = [r for r in table[1:] if len(r) == len(head)]
        for column, cell in enumerate(head):
            growth = bool(_GROWTH_HEAD.search(cell.text))
            if growth or _RATE_HEAD.search(cell.text):
                yield from _rate_column(head, rows, column, growth=growth)


def _rate_column(head: Row, rows: Sequence[Row], column: int, *, growth: bool) -> Iterator[Mark]:
    best: tuple[int, list[tuple[Row, Decimal]], int] | None = None
    numeric = [i for i in range(len(head)) if i != column and not _RATE_HEAD.search(head[i].text)]
    for top in numeric:
        for bottom in numeric:
            if top == bottom:
                continue
            right, wrong = _try(rows, column, top, bottom, growth=growth)
            named = _named(head, column, top, bottom)
            score = right * 2 + named
            if (right or named) and (best is None or score > best[0]):
                best = score, wrong, right + len(wrong)
    if best is None or not best[1] or (len(best[1]) * 2 > best[2] and best[2] > 1):
        return
    for row, value in best[1]:
        cell = row[column]
        yield Mark(
            cell.start,
            cell.end,
            Message(
                gettext_noop("The row makes {value}, not {rate}."), value=written(value, "%"), rate=cell.text
            ),
            evidence=((row[0].start, row[0].end),),
        )


def _named(head: Row, column: int, top: int, bottom: int) -> int:
    stem = re.sub(r"率.*|占比.*", "", head[column].text)[-2:]
    fits = bool(stem) and (stem in head[top].text or (stem == "完成" and "实际" in head[top].text))
    whole = re.search(r"目标|计划|任务|总|应|抽|检|受理|全部|合计|发现", head[bottom].text)
    return int(fits and whole is not None)


def _try(
    rows: Sequence[Row], column: int, top: int, bottom: int, *, growth: bool
) -> tuple[int, list[tuple[Row, Decimal]]]:
    right, wrong = 0, []
    for row in rows:
        rate, one, other = row[column], row[top].value, row[bottom].value
        if rate.value is None or one is None or not other:
            continue
        value = ((one - other) if growth else one) / other * 100
        if abs(value - rate.value) < rate.step:
            right += 1
        else:
            wrong.append((row, value))
    return right, wrong


_SERIAL_HEAD = re.compile(r"^(?:序号|编号|No\.?|项次)$", re.IGNORECASE)
_RANK_HEAD = re.compile(r"^(?:排名|名次|位次|排序)$")
_SCORE_HEAD = re.compile(r"积分|得分|分数|总分|成绩")
_ANNOUNCED = re.compile(
    r"(?:下列|以下|如下|下表)[^，。；\d]{0,4}(?P<count>\d{1,2})[台个项家名件处条辆座人位户份]"
)


@rule(
    code="table-rows",
    gate=Gate.NUMBER,
    severity=Severity.ERROR,
    title=gettext_noop("The rows of a table are not numbered, ranked or counted right"),
    good="序号 | 隐患\n1 | 甲\n2 | 乙\n3 | 丙",
    bad="序号 | 隐患\n1 | 甲\n2 | 乙\n4 | 丙",
)
def table_rows(draft: Draft) -> Iterator[Mark]:
    """Follow the numbers of a first column 序号, hold scores against ranks, and count rows that were announced."""
    for table in tables(draft):
        head, rows = table[0], [r for r in table[1:] if len(r) == len(table[0])]
        if _SERIAL_HEAD.match(head[0].text):
            yield from _serials(rows)
        yield from _scores(head, rows)
        yield from _announced(draft, table)


def _serials(rows: Sequence[Row]) -> Iterator[Mark]:
    for first, second in itertools.pairwise(rows):
        one, other = first[0].value, second[0].value
        if (
            one is not None
            and other is not None
            and other not in {one + 1, Decimal(1)}
            and abs(other - one) < _FEW
        ):
            yield Mark(
                second[0].start,
                second[-1].end,
                Message(gettext_noop("Row {number} follows row {last}."), number=int(other), last=int(one)),
                suggestion=Message(gettext_noop("Check whether an item is missing, or number anew.")),
                evidence=((first[0].start, first[0].end),),
            )


_FEW = 4


def _scores(head: Row, rows: Sequence[Row]) -> Iterator[Mark]:
    rank = next((i for i, c in enumerate(head) if _RANK_HEAD.match(c.text)), None)
    score = next((i for i, c in enumerate(head) if _SCORE_HEAD.search(c.text)), None)
    if rank is None or score is None:
        return
    ranked = sorted(
        (r for r in rows if r[rank].value is not None and r[score].value is not None),
        key=lambda r: r[rank].value or 0,
    )
    for first, second in itertools.pairwise(ranked):
        higher, lower = first[score].value or Decimal(0), second[score].value or Decimal(0)
        if lower > higher and first[rank].value != second[rank].value:
            yield Mark(
                second[0].start,
                second[-1].end,
                Message(
                    gettext_noop("{second} is ranked behind {first}."),
                    first=written(higher),
                    second=written(lower),
                ),
                suggestion=Message(gettext_noop("Check the scores and the ranks.")),
                evidence=((first[0].start, first[-1].end),),
            )


def _announced(draft: Draft, table: list[Row]) -> Iterator[Mark]:
    """下列5台锅炉 on the line before a table of four."""
    top = table[0][0].start
    line = draft.norm[max(0, top - 80) : top].rstrip().rpartition("\n")[2]
    found = _ANNOUNCED.search(line)
    body = [r for r in table[1:] if not _TOTAL.match(r[0].text)]
    if (
        found is None
        or len(body) == int(found["count"])
        or not 0 < abs(len(body) - int(found["count"])) < _FEW
    ):
        return
    start = max(0, top - 80) + draft.norm[max(0, top - 80) : top].rfind(line) + found.start("count")
    yield Mark(
        start,
        start + len(found["count"]) + 1,
        Message(
            gettext_noop("{count} items are announced, {listed} follow."),
            count=int(found["count"]),
            listed=len(body),
        ),
        suggestion=Message(gettext_noop("Correct the number, or complete the list.")),
        evidence=((body[-1][0].start, body[-1][-1].end),) if body else (),
    )
