"""What the commands do with reports. Whoever can run them owns the machine, so every figure is shown."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.values import Period
from taizhang.documents import composition, manifest
from taizhang.documents.docx import write_docx
from taizhang.documents.html import write_html
from taizhang.documents.model import Document, Inlines, Text, text_of
from taizhang.documents.pdf import write_pdf
from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.org.models import Unit
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.reports import actions, exporting, filling, queries
from taizhang.reports.filling import CannotFill, Order
from taizhang.reports.models import FrozenReport, Report
from taizhang.reports.printing import Ledger, print_body
from taizhang.rules.queries import history

SIGNATURE = "taizhang report"


class NoSuchReport(Exception):  # noqa: N818
    """There is no report of that id; ``message`` says so."""

    def __init__(self, id_: uuid.UUID) -> None:
        super().__init__(str(id_))
        self.message = Message(
            gettext_noop("There is no report {id}. “taizhang report list” lists them."), id=str(id_)
        )


@dataclass(frozen=True)
class Made:
    """A filled outline; ``id`` is that of the draft it was kept as, empty if it was not."""

    document: Document
    id: str = ""


def ledger_now(as_of: dt.datetime | None = None) -> Ledger:
    """Return the ledger as it is, to be asked as of a moment (None: now)."""
    return Ledger(history(), unit_tree(), clock.now(), as_of)


def fill(*, outline: str, unit: str, period: str, as_of: str, keep: bool) -> Made:
    """Fill an outline. Raises CannotFill, BadPeriod, NoSchemeInForce."""
    ledger = ledger_now(clock.moment(as_of))
    order = _order(outline, unit, Period.parse(period), ledger)
    if keep:
        report = actions.create(order, ledger=ledger, by=SIGNATURE)
        return Made(exporting.of_draft(report, ledger=ledger), str(report.pk))
    body = filling.fill(order, ledger=ledger)
    _outline, version = filling.outline_of(order, ledger)
    printed = print_body(body, scheme=version.scheme, ledger=ledger, language=order.language)
    return Made(exporting.as_draft(body, printed, scheme=version.scheme))


def _order(outline: str, unit: str, period: Period, ledger: Ledger) -> Order:
    order = Order(outline, _unit(unit, ledger.tree), period, "zh-hans")
    declared, _version = filling.outline_of(order, ledger)
    return Order(outline, order.unit, period, filling.language_of(declared))


def _unit(code: str, tree: UnitTree) -> Unit:
    found = tree.by_code.get(code) if code else tree.root
    if found is None:
        raise CannotFill(
            Message(
                gettext_noop("There is no unit “{code}”. There are: {codes}."),
                code=code,
                codes=", ".join(sorted(tree.by_code)[:30]),
            )
        )
    return found


def freeze(id_: uuid.UUID) -> FrozenReport:
    """Freeze a draft as it stands. Raises NoSuchReport, FreezeRefused."""
    report = Report.objects.filter(pk=id_).first()
    if report is None:
        raise NoSuchReport(id_)
    ledger = ledger_now()
    with open_book(now=ledger.now, actor=SIGNATURE) as book:
        return actions.freeze(report, book=book, ledger=ledger, on=report.version)


def document_of(id_: uuid.UUID) -> Document:
    """Return a draft or frozen report as a document. Raises NoSuchReport."""
    frozen = FrozenReport.objects.select_related("unit").filter(pk=id_).first()
    ledger = ledger_now()
    if frozen is not None:
        return exporting.of_frozen(frozen, ledger=ledger)
    report = Report.objects.select_related("unit").filter(pk=id_).first()
    if report is None:
        raise NoSuchReport(id_)
    return exporting.of_draft(report, ledger=ledger)


def verify(id_: uuid.UUID) -> tuple[FrozenReport, list[queries.Difference]]:
    """Prove a frozen report. Raises NoSuchReport."""
    frozen = FrozenReport.objects.select_related("unit").filter(pk=id_).first()
    if frozen is None:
        raise NoSuchReport(id_)
    return frozen, queries.verify(frozen, ledger=ledger_now())


def manifest_of(frozen: str) -> manifest.Manifest | None:
    """Return what was printed for a frozen report, as the ledger keeps it; None if it was frozen elsewhere."""
    try:
        found = FrozenReport.objects.select_related("unit").filter(pk=uuid.UUID(frozen)).first()
    except ValueError:
        return None
    return None if found is None else manifest.manifest_of(exporting.of_frozen(found, ledger=ledger_now()))


def written(document: Document, form: str) -> bytes:
    """Return a document as a file. Raises MissingTypeface for a PDF that this machine cannot set."""
    match form:
        case "docx":
            return write_docx(document)
        case "pdf":
            return write_pdf(document)
        case "html":
            return write_html(document, fragment=False).encode()
        case _:
            return as_text(document).encode()


def as_text(document: Document) -> str:
    """Return a document as lines of plain text; the cells of a table are divided by tabs."""
    lines = [
        "\t".join(_cells(run)) if isinstance(item, composition.Grid) else text_of(run)
        for item in composition.compose(document)
        for run in composition.paragraphs(item)
    ]
    return "\n".join(lines) + "\n"


def _cells(run: Inlines) -> list[str]:
    """Return the cells of a row of a table, which comes as one run with a blank after each cell."""
    cells, cell = [], ""
    for inline in run:
        if inline == Text(" "):
            cells.append(cell)
            cell = ""
        else:
            cell += inline.text
    return cells


class words:  # noqa: N801 - a few sentences of the commands, kept with the translations
    """Sentences that the commands print."""

    @staticmethod
    def proved(frozen: FrozenReport) -> str:
        return _("Everything fits: “{title}” reads as it was frozen on {day}, journal line {seq}.").format(
            title=frozen.title,
            day=f"{timezone.localtime(frozen.frozen_at):%Y-%m-%d %H:%M}",
            seq=frozen.head_seq,
        )
