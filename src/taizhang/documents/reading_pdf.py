"""PDF files with a text layer: lines joined to paragraphs, page numbers left out."""

import re

import pypdfium2

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents.unreadable import Unreadable

_MOST_PAGES = 2000
_PAGE_NUMBER = re.compile(r"[\s—\-–－·]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*/\s*\d{1,4})?[\s—\-–－·]*")
_OPENS = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\(|\d{1,2}[.．、]|第[一二三四五六七八九十百]+[章节条]|附件|[①-⑳])"
)
_CLOSES = ("。", "！", "？", "：", "；", "”", ":", ";")
_FULL_LINE = 0.8


def read_text(content: bytes) -> str:
    """Return the text layer. Raises Unreadable, also where there is none (a scan)."""
    try:
        document = pypdfium2.PdfDocument(content)
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Unreadable(Message(gettext_noop("The PDF is damaged or has a password."))) from error
    try:
        if len(document) > _MOST_PAGES:
            raise Unreadable(Message(gettext_noop("The PDF has more than {most} pages."), most=_MOST_PAGES))
        pages = [_page(document, number) for number in range(len(document))]
    finally:
        document.close()
    lines = [line for page in pages for line in page]
    if not lines:
        raise Unreadable(
            Message(
                gettext_noop(
                    "The PDF has no text, only pictures of it. Recognise the text first, or use the original file."
                )
            )
        )
    return _joined(lines)


def _page(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            Message(gettext_noop("Page {number} of the PDF is damaged."), number=number + 1)
        ) from error
    lines = [
        re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", line).rstrip()
        for line in text.replace("\r\n", "\n").split("\n")
    ]
    lines = [line for line in lines if line.strip()]
    while lines and _PAGE_NUMBER.fullmatch(lines[-1]):
        lines.pop()
    if lines and _PAGE_NUMBER.fullmatch(lines[0]):
        lines = lines[1:]
    return lines


def _joined(lines: list[str]) -> str:
    width = sorted(len(line) for line in lines)[int(len(lines) * 0.9)]
    out: list[str] = []
    for index, line in enumerate(lines):
        out.append(line.strip())
        last = index + 1 == len(lines)
        full = len(line) >= width * _FULL_LINE
        goes_on = not last and full and not line.endswith(_CLOSES) and not _OPENS.match(lines[index + 1])
        ends_mid = (
            not last
            and full
            and not _OPENS.match(lines[index + 1])
            and line.endswith(("；", "”", ";"))
            and not lines[index + 1].startswith(("　", "  "))
        )
        if goes_on or ends_mid:
            continue
        out.append("\n")
    return "".join(out)
