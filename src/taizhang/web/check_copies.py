"""What can be taken away from a check: the commented .docx, a clean copy, the report. Made anew from what is sent."""

import io
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import docx
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from docx.oxml.ns import qn
from docx.shared import Pt

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents import reading_word, rewording
from taizhang.web.check_marks import Card

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_AROUND = 8


def commented(content: bytes, found: Sequence[Card]) -> bytes:
    """Return the .docx with a Word comment at every finding; what is ignored says why. Raises Unreadable."""
    comments = [reading_word.Comment(card.start, card.end, _comment(card)) for card in found]
    return reading_word.annotate(content, comments, author=_("Taizhang proofreading"))


class NotInWord(ValueError):  # noqa: N818 - says what the page asks of a Word file
    """What was changed on the page is more than words of paragraphs; ``message`` says where and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def corrected(content: bytes, text: str) -> bytes:
    """Return the .docx with the words of ``text`` in place of its own, all else as it was.

    Raises Unreadable, and NotInWord where paragraphs or table cells were added, left out, joined or parted.
    """
    before = reading_word.read_text(content)
    try:
        return reading_word.correct(content, rewording.changes(before, text))
    except reading_word.Uncorrectable as error:
        start = error.change.start
        raise NotInWord(
            Message(
                gettext_noop(
                    "Around “{words}” paragraphs or table cells were added, left out, joined or parted; the Word file takes changed words only. Do that in Word itself, or take the clean .txt."
                ),
                words=" ".join(before[max(0, start - _AROUND) : start + _AROUND].split()),
            )
        ) from error


def _comment(card: Card) -> str:
    lines = [f"[{card.gate_name}·{card.severity_name}] {card.message}"]
    if card.evidence:
        lines.append(f"{_('rests on')} {'、'.join(f'“{each.quote}”' for each in card.evidence)}")
    if card.advice:
        lines.append(card.advice)
    if card.reason:
        lines.append(_("Ignored: {reason}").format(reason=card.reason))
    return "\n".join(lines)


def plain_docx(text: str) -> bytes:
    """Return the text as a plain .docx, a paragraph for each line, in the body type of official papers."""
    document = docx.Document()
    style: Any = document.styles["Normal"]
    style.font.name = "Times New Roman"
    style.font.size = Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(28)
    for line in text.removesuffix("\n").split("\n"):
        document.add_paragraph(_UNPRINTABLE.sub("", line))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def report(context: Mapping[str, Any]) -> bytes:
    """Return the report as a page of its own that needs nothing else, and may load or run nothing."""
    css = files("taizhang.web").joinpath("check_report.css").read_text(encoding="utf-8")
    style = mark_safe(f"<style>{css}</style>")  # noqa: S308 - our own file
    return render_to_string("web/check_report.html", {**context, "style": style}).encode("utf-8", "replace")
