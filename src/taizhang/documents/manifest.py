"""What was printed for each figure, carried inside a Word file so that a later change can be told.

Every figure is a content control. Its tag (Word allows 64 characters) says which figure it is; the full record of all
figures, the *manifest*, is JSON in a custom XML part. Programs that drop the part leave the tags, which still tell
whether a figure was altered, though not what it had been.

A tag reads ``tz:3/17:0123456789ab:89abcdef:宣讲人次``: place among all figures, start of the digest of the rows, check
of the printed text, indicator (cut short with ``…`` where it does not fit).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taizhang.documents import composition
from taizhang.documents.model import Document, FigureRun, Inlines, Text, text_of

TAG_LIMIT = 64
CONTEXT = 12
# The Unicode sign for an object in a text.
FIGURE_SIGN = "\ufffc"
_TAG = re.compile(r"tz:(\d+)/(\d+):([0-9a-f]{8,12}):([0-9a-f]{8}):(.+)")
_VERSION = 1


class UnreadableManifest(ValueError):  # noqa: N818, it is a verdict on the content
    """The text is no manifest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure as printed. ``sequence`` counts from 1.

    ``before`` and ``after`` are the characters beside it in its paragraph or table row, blanks left out and each other
    figure shown as one sign, so that a change of one does not hide its neighbours.
    """

    sequence: int
    indicator: str
    digest: str
    text: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All figures of a document in order of printing, and what identifies the document."""

    entries: tuple[Entry, ...]
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tag:
    """What the tag of a content control says. ``indicator`` may be cut short: ``names`` knows."""

    sequence: int
    total: int
    digest: str
    check: str
    indicator: str

    def names(self, entry: Entry) -> bool:
        """Tell whether this is the tag that was printed for ``entry``."""
        return self == parse_tag(tag_for(entry, total=self.total))

    def fits(self, text: str) -> bool:
        """Tell whether ``text`` is what was printed."""
        return self.check == _check(text)


def manifest_of(document: Document) -> Manifest:
    """Return the manifest of ``document`` as a writer prints it."""
    paragraphs = (
        inlines for item in composition.compose(document) for inlines in composition.paragraphs(item)
    )
    found = [placed for inlines in paragraphs for placed in _figures(inlines)]
    entries = tuple(
        Entry(sequence, run.indicator, run.digest, run.text, run.title, before, after)
        for sequence, (run, before, after) in enumerate(found, start=1)
    )
    return Manifest(entries, document.meta)


def tag_for(entry: Entry, *, total: int) -> str:
    """Return the tag of the content control of ``entry``, one of ``total`` figures."""
    head = f"tz:{entry.sequence}/{total}:{entry.digest[:12]}:{_check(entry.text)}:"
    return head + shortened(entry.indicator, limit=TAG_LIMIT - len(head))


def parse_tag(tag: str) -> Tag | None:
    """Return what ``tag`` says; None for the tag of somebody else's content control."""
    if not (found := _TAG.fullmatch(tag)):
        return None
    sequence, total, digest, check, indicator = found.groups()
    return Tag(int(sequence), int(total), digest, check, indicator)


def shortened(text: str, *, limit: int) -> str:
    """Return ``text`` cut to ``limit`` UTF-16 units, as Word counts them, the cut shown as ``…``."""
    if _units(text) <= limit:
        return text
    while _units(text) > limit - 1:
        text = text[:-1]
    return text + "…"


def without_blanks(text: str) -> str:
    """Return ``text`` as it is compared: line breaks and blanks are no change of a figure."""
    return "".join(text.split())


def to_json(manifest: Manifest) -> str:
    """Return ``manifest`` as JSON, the same text for the same manifest."""
    figures = [{name: getattr(entry, name) for name in Entry.__slots__} for entry in manifest.entries]
    content = {"version": _VERSION, "meta": dict(manifest.meta), "figures": figures}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Manifest:
    """Return the manifest that ``to_json`` wrote; raise ``UnreadableManifest`` for anything else."""
    try:
        content = json.loads(text)
        entries = tuple(_entry(figure) for figure in content["figures"])
        meta = {str(key): str(value) for key, value in content["meta"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableManifest(str(error)) from error
    if content.get("version") != _VERSION or [entry.sequence for entry in entries] != list(
        range(1, len(entries) + 1)
    ):
        raise UnreadableManifest(text[:80])
    return Manifest(entries, meta)


def _entry(figure: Mapping[str, Any]) -> Entry:
    words = {name: str(figure[name]) for name in Entry.__slots__ if name != "sequence"}
    return Entry(sequence=int(figure["sequence"]), **words)


def _figures(inlines: Inlines) -> list[tuple[FigureRun, str, str]]:
    shown = tuple(Text(FIGURE_SIGN) if isinstance(inline, FigureRun) else inline for inline in inlines)
    return [
        (
            inline,
            without_blanks(text_of(shown[:place]))[-CONTEXT:],
            without_blanks(text_of(shown[place + 1 :]))[:CONTEXT],
        )
        for place, inline in enumerate(inlines)
        if isinstance(inline, FigureRun)
    ]


def _check(text: str) -> str:
    return hashlib.sha256(without_blanks(text).encode()).hexdigest()[:8]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
