"""A body as a page shows it: pictures with whose they are, passages marked where findings and comments stand."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from taizhang.core.desk.content import Content, Picture
from taizhang.desk.rich_text import pictures, plain

# In a clean body every attribute stands in double quotes and holds none; other signs, ">" among them, it may hold.
IMAGE = re.compile(r'<img(?:\s+[\w-]+="[^"]*")*\s*/?>')
_MOST_AT_ONE_PLACE = 6


@dataclass(frozen=True)
class Mark:
    """Characters of the plain text that a card in the margin is about. ``kind`` names its look."""

    start: int
    end: int
    card: str
    kind: str
    title: str


def text_html(content: Content, *, manuscript: object, marks: Iterable[Mark] = ()) -> SafeString:
    """Return the body for a page. ``content.body`` was cleaned when it was kept; the marks are escaped here."""
    html = _marked(content.body, sorted(marks, key=lambda mark: (mark.start, -mark.end)))
    known = {picture.sha256: picture for picture in content.pictures}

    def shown(tag: re.Match[str]) -> str:
        return "".join(picture_html(one, known, manuscript=manuscript) for one in pictures(tag[0]))

    return mark_safe(IMAGE.sub(shown, html))  # noqa: S308 - the body is clean, everything else escaped


def picture_html(sha256: str, known: Mapping[str, Picture], *, manuscript: object) -> SafeString:
    picture = known.get(sha256) or Picture(sha256, "", "")
    source = _("Source: {source}").format(source=picture.source) if picture.source else ""
    said = "　".join(words for words in (picture.alt, source) if words)
    return format_html(
        '<figure><img src="{}" alt="{}" loading="lazy">{}</figure>',
        reverse("desk:picture", args=[manuscript, sha256]),
        picture.alt,
        format_html("<figcaption>{}</figcaption>", said) if said else "",
    )


def _marked(body: str, marks: Sequence[Mark]) -> str:
    """Put each mark around the runs of text it covers, never around a tag."""
    if not marks:
        return body
    text = plain(body)
    runs = [
        (start, end, mark)
        for mark in marks
        for start, end in text.in_html(mark.start, mark.end)
        if start < end
    ]
    return "".join(_cut(body, runs))


def _cut(body: str, runs: Sequence[tuple[int, int, Mark]]) -> Iterator[str]:
    """Yield the body cut where runs begin and end; over each piece its marks in the order of their beginnings."""
    cuts = sorted({0, len(body), *(at for start, end, _mark in runs for at in (start, end))})
    started: set[str] = set()
    waiting = sorted(enumerate(runs), key=lambda one: (one[1][0], one[0]), reverse=True)
    open_: list[tuple[int, tuple[int, int, Mark]]] = []
    for start, end in pairwise(cuts):
        open_ = [one for one in open_ if one[1][1] > start]
        while waiting and waiting[-1][1][0] <= start:
            open_.append(waiting.pop())
        here = [run[2] for _number, run in sorted(open_, key=lambda one: one[0])][:_MOST_AT_ONE_PLACE]
        yield _piece(body[start:end], here, started) if here else body[start:end]


def _piece(html: str, here: Sequence[Mark], started: set[str]) -> str:
    first = here[0]
    name = "" if first.card in started else f' id="m-{escape(first.card)}"'
    anchors = "".join(
        f'<span id="m-{escape(mark.card)}"></span>' for mark in here[1:] if mark.card not in started
    )
    started.update(mark.card for mark in here)
    kinds = " ".join(dict.fromkeys(f"place-{mark.kind}" for mark in here))
    cards = " ".join(mark.card for mark in here)
    return (
        f'{anchors}<span class="place {escape(kinds)}" data-cards="{escape(cards)}"'
        f' title="{escape(first.title)}"{name}>{html}</span>'
    )
