"""What changed from one version of a text to another, for people: words in paragraphs, then everything else."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taizhang.core.desk.content import Content
from taizhang.desk.presenting import enumerated
from taizhang.desk.rich_text import plain
from taizhang.documents import difference
from taizhang.documents.difference import Line, Piece
from taizhang.ledger.wording import moment

_AROUND = 1  # unchanged paragraphs shown beside a changed one


@dataclass(frozen=True)
class Named:
    """Something beside the text that differs: what it is, its words before and after."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """Two versions set against each other. ``count``: the paragraphs and other things that differ."""

    named: tuple[Named, ...]
    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        return len(self.named) + sum(line.kind != "same" for line in self.lines)


def between(old: Content, new: Content) -> Difference:
    """Compare two texts."""
    lines = difference.lines(lines_of(old), lines_of(new))
    return Difference(tuple(_named(old, new)), lines)


def lines_of(content: Content) -> list[str]:
    return [line for line in plain(content.body).text.split("\n") if line.strip()]


def _named(old: Content, new: Content) -> Iterator[Named]:
    for name, before, after in (
        (_("Title"), old.title, new.title),
        (_("Authors as named"), old.byline, new.byline),
        (_("Channels"), enumerated(old.channels), enumerated(new.channels)),
        (_("Not before"), _moment(old), _moment(new)),
        (_("Attachments"), _attachments(old), _attachments(new)),
        (_("Pictures"), _pictures(old), _pictures(new)),
        (_("Note to readers"), old.note, new.note),
    ):
        if before != after:
            yield Named(name, difference.pieces(before, after))


def _moment(content: Content) -> str:
    return moment(content.embargo) if content.embargo else ""


def _attachments(content: Content) -> str:
    return enumerated(f"{one.name} ({one.sha256[:8]})" for one in content.attachments)


def _pictures(content: Content) -> str:
    return "；".join(f"{one.alt} {one.source} ({one.sha256[:8]})" for one in content.pictures)


def as_html(found: Difference) -> SafeString:
    """Return the difference as a page shows it: unchanged paragraphs folded away but for those beside a change."""
    shown = _near_a_change(found.lines)
    parts = [_named_html(one) for one in found.named]
    for is_shown, group in groupby(zip(found.lines, shown, strict=True), key=lambda pair: pair[1]):
        lines = [line for line, _shown in group]
        parts.append(_all(lines) if is_shown else _folded(lines))
    return format_html(
        '<div class="difference">{}</div>', format_html_join("", "{}", ((part,) for part in parts))
    )


def _near_a_change(lines: tuple[Line, ...]) -> list[bool]:
    changed = [line.kind != "same" for line in lines]
    return [any(changed[max(0, at - _AROUND) : at + _AROUND + 1]) for at in range(len(changed))]


def _named_html(one: Named) -> SafeString:
    return format_html(
        '<p class="line line-changed"><strong>{}</strong> {}</p>', one.name, pieces_html(one.pieces)
    )


def _all(lines: list[Line]) -> SafeString:
    rows = ((line.kind, pieces_html(line.pieces)) for line in lines)
    return format_html_join("", '<p class="line line-{}">{}</p>', rows)


def _folded(lines: list[Line]) -> SafeString:
    words = ngettext("{n} paragraph unchanged", "{n} paragraphs unchanged", len(lines)).format(n=len(lines))
    return format_html('<details class="same"><summary>{}</summary>{}</details>', words, _all(lines))


_TAGS = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>", "same": "{}"}


def pieces_html(found: tuple[Piece, ...]) -> SafeString:
    parts = ((format_html(_TAGS[piece.kind], piece.text),) for piece in found)
    return format_html_join("", "{}", parts)
