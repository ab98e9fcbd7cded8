"""Tell which figures of a Word file were changed after it was written.

Each figure is found by the tag of its content control; where a program has dropped the tags (LibreOffice 7.4 does), by
its words and the words beside it; where the control itself is gone, by the same words in the plain text. What was
printed is known from the manifest in the file, or better from the caller, who kept it: a manifest in a file can be
altered together with the figures.
"""

import bisect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents import docx_reader, manifest
from taizhang.documents.docx import MANIFEST_NAMESPACE
from taizhang.documents.docx_reader import Content, Control, UnreadableDocument
from taizhang.documents.manifest import (
    CONTEXT,
    FIGURE_SIGN,
    Entry,
    Manifest,
    Tag,
    UnreadableManifest,
    without_blanks,
)

__all__ = [
    "Change",
    "ChangeKind",
    "FigureControl",
    "UnreadableDocument",
    "compare_figures",
    "read_figures",
    "read_manifest",
]

_EXCERPT = 12
# Of 7 points of likeness: the words of the figure, or those on both sides of it, must agree.
_ENOUGH = 3
# A figure that lost its label and its words is looked for this many figures up and down: the search stays linear.
_FARTHEST = 40
_LONGEST_REPLACEMENT = 24
_SURE_CONTEXT = 4


class ChangeKind(StrEnum):
    """What happened to a figure, or (the last two) to the means of telling."""

    CHANGED = "changed"
    REMOVED = "removed"
    UNWRAPPED = "unwrapped"
    DUPLICATED = "duplicated"
    UNKNOWN = "unknown"
    MANIFEST_MISSING = "manifest_missing"
    LABELS_MISSING = "labels_missing"


@dataclass(frozen=True, slots=True)
class Place:
    """``paragraph`` counts the paragraphs that hold text, a table row as one, from 1; ``excerpt`` is the text there."""

    paragraph: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class FigureControl:
    """A figure as it stands in the file: what its tag says, its words now, and its entry in the manifest, if any."""

    tag: Tag | None
    text: str
    entry: Entry | None
    place: Place


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``printed`` is None where nobody knows it any more, ``current`` where nothing is left."""

    kind: ChangeKind
    indicator: str = ""
    title: str = ""
    printed: str | None = None
    current: str | None = None
    place: Place | None = None

    @property
    def message(self) -> Message:
        """Say it in one sentence."""
        title = self.title or self.indicator
        return Message(self._sentence(), title=title, printed=self.printed, current=self.current)

    def _sentence(self) -> str:
        match self.kind:
            case ChangeKind.CHANGED if self.printed is None:
                return _CHANGED_FROM_UNKNOWN
            case ChangeKind.REMOVED if self.printed is None:
                return _REMOVED_UNKNOWN
            case ChangeKind.UNWRAPPED if self.printed != self.current:
                return _UNWRAPPED_AND_CHANGED
        return _SENTENCES[self.kind]


_SENTENCES = {
    ChangeKind.CHANGED: gettext_noop("“{title}” was printed as “{printed}” and now reads “{current}”."),
    ChangeKind.REMOVED: gettext_noop("“{title}”, printed as “{printed}”, was removed."),
    ChangeKind.UNWRAPPED: gettext_noop("“{title}” still reads “{printed}”, but is plain text now."),
    ChangeKind.DUPLICATED: gettext_noop("“{title}” was copied; the copy reads “{current}”."),
    ChangeKind.UNKNOWN: gettext_noop(
        "“{current}” is marked as the figure “{title}”, but was not printed as such."
    ),
    ChangeKind.MANIFEST_MISSING: gettext_noop(
        "The list of printed figures is missing from the file; what they were can no longer be told."
    ),
    ChangeKind.LABELS_MISSING: gettext_noop(
        "The labels of the figures were lost when the file was saved; the figures were found by their words."
    ),
}
_CHANGED_FROM_UNKNOWN = gettext_noop("“{title}” no longer reads as printed; it reads “{current}” now.")
_REMOVED_UNKNOWN = gettext_noop("A figure was removed; which one and what it was can no longer be told.")
_UNWRAPPED_AND_CHANGED = gettext_noop(
    "“{title}”, printed as “{printed}”, is plain text now and reads “{current}”."
)


def read_figures(data: bytes) -> tuple[FigureControl, ...]:
    """Return the figures of a .docx in order; raise ``UnreadableDocument``.

    Content controls that are not figures are left out. Tracked changes are read as accepted.
    """
    content = docx_reader.read(data)
    matched = _match(content, _embedded(content))
    return tuple(
        FigureControl(found.tag, found.control.text, found.entry, _place(content, found.control))
        for found in matched
        if found.tag or found.entry
    )


def read_manifest(data: bytes) -> Manifest | None:
    """Return the manifest inside a .docx, None if there is none; raise ``UnreadableDocument``."""
    return _embedded(docx_reader.read(data))


def compare_figures(data: bytes, *, expected: Manifest | None = None) -> list[Change]:
    """Return what became of the figures of a .docx, in the order of the text; raise ``UnreadableDocument``.

    ``expected`` is the manifest as the caller kept it (``manifest.manifest_of(document)``); without it the manifest
    in the file is believed. An empty list means that every figure stands as printed.
    """
    content = docx_reader.read(data)
    printed = expected or _embedded(content)
    matched = _match(content, printed)
    changes = [*_remarks(matched, printed), *_changes(content, matched, printed)]
    return sorted(changes, key=lambda change: change.place.paragraph if change.place else 0)


def _embedded(content: Content) -> Manifest | None:
    for part in content.custom_parts:
        if part.tag == f"{{{MANIFEST_NAMESPACE}}}figures":
            try:
                return manifest.from_json(part.text or "")
            except UnreadableManifest:
                return None
    return None


# Which control is which figure ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A control and the figure it is. ``is_copy`` if another control is that figure already."""

    control: Control
    tag: Tag | None
    entry: Entry | None
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class _Print:
    """The words of a figure and the words beside it, blanks left out: what can be recognised without a tag."""

    text: str
    before: str
    after: str

    def likeness(self, other: "_Print") -> float:
        """Return 0 to 7: three for the same words, up to two for each side."""
        words = 3 if self.text == other.text else 0
        before = _common_start(self.before[::-1], other.before[::-1])
        return words + 2 * before + 2 * _common_start(self.after, other.after)


def _match(content: Content, printed: Manifest | None) -> list[_Found]:
    entries = {entry.sequence: entry for entry in printed.entries} if printed else {}
    prints = _prints(content)
    tags = [manifest.parse_tag(control.tag) for control in content.controls]
    named = {
        place: entries[tag.sequence]
        for place, tag in enumerate(tags)
        if tag and tag.sequence in entries and tag.names(entries[tag.sequence])
    }
    originals = set(_originals(content, prints, tags, named))
    spoken_for = {tag.sequence for tag in tags if tag}
    left = [entry for entry in entries.values() if entry.sequence not in spoken_for]
    untagged = {place: prints[place] for place, control in enumerate(content.controls) if not control.tag}
    named |= _by_words(untagged, left)
    return [
        _Found(control, tag, named.get(place), is_copy=tag is not None and place not in originals)
        for place, (control, tag) in enumerate(zip(content.controls, tags, strict=True))
    ]


def _originals(
    content: Content, prints: list[_Print], tags: list[Tag | None], named: dict[int, Entry]
) -> Iterator[int]:
    """Yield, of the controls with one tag, the place of the one that stands best where it was printed."""
    groups: dict[Tag, list[int]] = {}
    for place, tag in enumerate(tags):
        if tag:
            groups.setdefault(tag, []).append(place)
    for tag, places in groups.items():
        if entry := named.get(places[0]):
            yield max(places, key=lambda place: (prints[place].likeness(_print_of(entry)), -place))
        else:
            yield max(places, key=lambda place: (tag.fits(content.controls[place].text), -place))


def _by_words(controls: dict[int, _Print], entries: list[Entry]) -> dict[int, Entry]:
    """Pair controls without a tag with figures: equal ones in order, then the likest, of equals the nearest."""
    waiting: dict[_Print, list[Entry]] = {}
    for entry in reversed(entries):
        waiting.setdefault(_print_of(entry), []).append(entry)
    found = {place: waiting[words].pop() for place, words in controls.items() if waiting.get(words)}
    taken = {entry.sequence for entry in found.values()}
    pairs = [
        (likeness, -abs(order - rank), place, entry)
        for order, (place, words) in enumerate(controls.items())
        if place not in found
        for rank, entry in _near(entries, order)
        if entry.sequence not in taken and (likeness := words.likeness(_print_of(entry))) >= _ENOUGH
    ]
    for _, _, place, entry in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if place not in found and entry.sequence not in taken:
            found[place] = entry
            taken.add(entry.sequence)
    return found


def _near(entries: list[Entry], order: int) -> Iterator[tuple[int, Entry]]:
    """Yield the figures printed not too far from this place in the order, each with its own place."""
    first = max(0, order - _FARTHEST)
    return enumerate(entries[first : order + _FARTHEST + 1], start=first)


def _print_of(entry: Entry) -> _Print:
    return _Print(without_blanks(entry.text), entry.before, entry.after)


def _prints(content: Content) -> list[_Print]:
    neighbours: dict[int, list[Control]] = {}
    for control in content.controls:
        if not control.tag or _is_ours(control):
            neighbours.setdefault(control.paragraph, []).append(control)
    return [_print(content, control, neighbours.get(control.paragraph, [])) for control in content.controls]


def _print(content: Content, control: Control, neighbours: list[Control]) -> _Print:
    paragraph = _paragraph(content, control)
    start, end = control.start, control.start + len(control.text)
    before = _with_signs(paragraph[:start], (other for other in neighbours if other.start < start), 0)
    after = _with_signs(
        paragraph[end:], (other for other in neighbours if other.start >= end and other is not control), end
    )
    return _Print(
        without_blanks(control.text), without_blanks(before)[-CONTEXT:], without_blanks(after)[:CONTEXT]
    )


def _with_signs(text: str, controls: Iterable[Control], offset: int) -> str:
    """Return ``text``, which begins at ``offset`` in its paragraph, with each of these controls as one sign."""
    for control in sorted(controls, key=lambda control: -control.start):
        start = control.start - offset
        text = text[:start] + FIGURE_SIGN + text[start + len(control.text) :]
    return text


def _is_ours(control: Control) -> bool:
    return control.tag.startswith("tz:")


def _common_start(text: str, other: str) -> float:
    """Return how much of the longer of two texts they begin with in common, 0 to 1."""
    longest = max(len(text), len(other))
    if not longest:
        return 1
    common = next(
        (place for place, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), None
    )
    return (min(len(text), len(other)) if common is None else common) / longest


# What became of it ----------------------------------------------------------------------------------------------


def _remarks(matched: list[_Found], printed: Manifest | None) -> Iterator[Change]:
    if printed is None:
        yield Change(ChangeKind.MANIFEST_MISSING)
    elif any(found.entry and not found.tag for found in matched):
        yield Change(ChangeKind.LABELS_MISSING)


def _changes(content: Content, matched: list[_Found], printed: Manifest | None) -> Iterator[Change]:
    for found in matched:
        place = _place(content, found.control)
        if found.entry:
            yield from _change(found, found.entry, place)
        elif printed is None and found.tag:
            yield from _change_by_tag(found, found.tag, place)
        elif _is_ours(found.control):
            yield _unknown(found, place, printed)
    if printed is None:
        yield from _missing_numbers(found.tag for found in matched if found.tag)
        return
    present = {found.entry.sequence for found in matched if found.entry}
    present |= {found.tag.sequence for found in matched if found.tag}
    text = _PlainText(content, [found.control for found in matched if found.entry])
    yield from (text.change(entry) for entry in printed.entries if entry.sequence not in present)


def _change(found: _Found, entry: Entry, place: Place) -> Iterator[Change]:
    current = found.control.text.strip() or None
    if found.is_copy:
        kind = ChangeKind.DUPLICATED
    elif without_blanks(found.control.text) == without_blanks(entry.text):
        return
    else:
        kind = ChangeKind.CHANGED if current else ChangeKind.REMOVED
    yield Change(kind, entry.indicator, entry.title, entry.text, current, place)


def _change_by_tag(found: _Found, tag: Tag, place: Place) -> Iterator[Change]:
    current = found.control.text.strip() or None
    if found.is_copy:
        kind = ChangeKind.DUPLICATED
    elif tag.fits(found.control.text):
        return
    else:
        kind = ChangeKind.CHANGED if current else ChangeKind.REMOVED
    yield Change(kind, tag.indicator, found.control.alias, None, current, place)


def _unknown(found: _Found, place: Place, printed: Manifest | None) -> Change:
    """Report a tag that fits no figure printed; where the figure of its number is known, name that one."""
    sequence = found.tag.sequence if found.tag else 0
    entry = (
        next((entry for entry in printed.entries if entry.sequence == sequence), None) if printed else None
    )
    indicator = found.tag.indicator if found.tag else found.control.tag
    return Change(
        ChangeKind.UNKNOWN,
        indicator,
        found.control.alias,
        entry.text if entry else None,
        found.control.text.strip() or None,
        place,
    )


def _missing_numbers(tags: Iterable[Tag]) -> Iterator[Change]:
    """Without a manifest, a gap in the count of the figures is all that tells of a removed one."""
    found = list(tags)
    total = max((tag.total for tag in found), default=0)
    for _ in set(range(1, total + 1)) - {tag.sequence for tag in found}:
        yield Change(ChangeKind.REMOVED)


class _PlainText:
    """The text outside the controls that were found, searched for figures whose control is gone."""

    def __init__(self, content: Content, controls: list[Control]) -> None:
        self._content = content
        inside: dict[int, list[Control]] = {}
        for control in controls:
            inside.setdefault(control.paragraph, []).append(control)
        bare = [
            without_blanks(_with_signs(text, inside.get(number, []), 0))
            for number, text in enumerate(content.paragraphs)
        ]
        # One text, so that a search is one search; nothing is found across the blank between two paragraphs.
        self._text = " ".join(bare)
        self._starts = list(itertools.accumulate((len(text) + 1 for text in bare), initial=0))

    def change(self, entry: Entry) -> Change:
        printed = without_blanks(entry.text)
        for before, after in _contexts(entry):
            start = self._text.find(before + printed + after)
            if start >= 0:
                return self._unwrapped(entry, start + len(before), printed, current=entry.text)
        start, end = self._gap(entry.before[-6:], entry.after[:6])
        if start < end:
            current = self._text[start:end]
            return self._unwrapped(entry, start, current, current=current)
        place = self._former_place(entry)
        return Change(ChangeKind.REMOVED, entry.indicator, entry.title, entry.text, None, place)

    def _gap(self, before: str, after: str) -> tuple[int, int]:
        """Return where the few characters stand that are now between the words that stood beside a figure."""
        found = self._text.find(before)
        if found < 0 or len(before) < _SURE_CONTEXT or len(after) < _SURE_CONTEXT:
            return 0, 0
        start = found + len(before)
        end = self._text.find(after, start, start + _LONGEST_REPLACEMENT + len(after))
        between = self._text[start:end]
        return (0, 0) if end < 0 or " " in between or FIGURE_SIGN in between else (start, end)

    def _unwrapped(self, entry: Entry, start: int, words: str, *, current: str) -> Change:
        return Change(
            ChangeKind.UNWRAPPED, entry.indicator, entry.title, entry.text, current, self._place(start, words)
        )

    def _former_place(self, entry: Entry) -> Place | None:
        for words in (entry.before[-6:], entry.after[:6]):
            start = self._text.find(words)
            if len(words) >= _SURE_CONTEXT and start >= 0:
                return self._place(start, words)
        return None

    def _place(self, start: int, words: str) -> Place:
        number = bisect.bisect_right(self._starts, start) - 1
        return Place(number + 1, _excerpt_around(self._content.paragraphs[number], words))


def _contexts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the words beside a figure that are looked for with it, from many to few, never too few to be sure."""
    for size in (CONTEXT, 6, _SURE_CONTEXT):
        before, after = entry.before[-size:], entry.after[:size]
        yield before, after
        for pair in ((before, ""), ("", after)):
            if len("".join(pair)) >= _SURE_CONTEXT:
                yield pair


def _paragraph(content: Content, control: Control) -> str:
    return content.paragraphs[control.paragraph] if control.paragraph < len(content.paragraphs) else ""


def _place(content: Content, control: Control) -> Place:
    paragraph = _paragraph(content, control)
    end = control.start + len(control.text)
    return Place(
        min(control.paragraph + 1, max(len(content.paragraphs), 1)), _excerpt(paragraph, control.start, end)
    )


def _excerpt(text: str, start: int, end: int) -> str:
    head = "…" if start > _EXCERPT else ""
    tail = "…" if end + _EXCERPT < len(text) else ""
    return head + " ".join(text[max(0, start - _EXCERPT) : end + _EXCERPT].split()) + tail


def _excerpt_around(text: str, words: str) -> str:
    """Return the surroundings of ``words``, found again where blanks may stand between its characters."""
    start = text.find(words)
    return _excerpt(text, start, start + len(words)) if start >= 0 else _excerpt(text, 0, _EXCERPT)
