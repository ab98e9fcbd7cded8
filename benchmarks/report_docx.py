"""The annual report of the sample year, counted, filled and written as .docx, against python-docx writing its words."""

import atexit
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable

HOME = tempfile.mkdtemp(prefix="taizhang-bench-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["TAIZHANG_HOME"] = os.environ.get("TAIZHANG_BENCH_HOME", HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.settings")

import django  # noqa: E402

django.setup()

import docx  # noqa: E402
from django.core.management import call_command  # noqa: E402

from taizhang import sample  # noqa: E402
from taizhang.documents import composition  # noqa: E402
from taizhang.documents.model import Document, text_of  # noqa: E402
from taizhang.reports import commands  # noqa: E402

ROUNDS = 15
BAR = 500  # milliseconds


def prepare() -> None:
    call_command("migrate", verbosity=0)
    if sample.is_wanted():
        sample.build(progress=lambda _done: None)


def filled() -> Document:
    return commands.fill(outline="annual", unit="", period="2023", as_of="", keep=False).document


def ours() -> bytes:
    """Count every figure, fill the outline, write the official layout with its content controls and manifest."""
    return commands.written(filled(), "docx")


def by_python_docx(document: Document) -> bytes:
    """Write the same words, already filled, as plain paragraphs and tables: no figure, layout or manifest."""
    made = docx.Document()
    for item in composition.compose(document):
        if isinstance(item, composition.Line):
            made.add_paragraph(item.label + text_of(item.inlines) + text_of(item.run_in))
            continue
        table = made.add_table(rows=0, cols=len(item.shares))
        for row in (*item.header, *item.rows):
            for cell, inlines in zip(table.add_row().cells, row, strict=True):
                cell.text = text_of(inlines)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def milliseconds(act: Callable[[], object]) -> float:
    act()
    taken = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


prepare()
document = filled()
mine, theirs = milliseconds(ours), milliseconds(lambda: by_python_docx(document))
writing = milliseconds(lambda: commands.written(document, "docx"))
print(
    f"annual report, counted, filled and written: {mine:.0f} ms (bar {BAR} ms); written alone: {writing:.0f} ms"
)
print(f"python-docx, the same words already filled, plain: {theirs:.0f} ms; ratio {mine / theirs:.2f}")
