"""The circular (通报) of a period: the outline of its appraisal filled with counted figures, in the official layout.

Units and people stand in the order of the organisation. People are named where they came out short, without points; a
table in the order of points is there only where the scheme switches ranking on. What was issued is kept as it was filled.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from taizhang.appraisals import before_outlines
from taizhang.appraisals.actions import Refused
from taizhang.appraisals.models import Circular, Run
from taizhang.appraisals.tallying import Named, Tally, tally
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.indicators import wording
from taizhang.core.scheme.circular import (
    FIGURES,
    UNIT_COLUMNS,
    Breakdown,
    CircularBlock,
    CircularTable,
    Place,
    language_of,
    pieces,
    usual,
)
from taizhang.core.scheme.circular import Circular as Outline
from taizhang.core.scheme.schema import Label
from taizhang.documents.model import (
    Block,
    Column,
    Document,
    FigureRun,
    Heading,
    Inline,
    Language,
    NumberedList,
    Paragraph,
    Table,
    Text,
    plain,
)
from taizhang.journal import chain
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.org.queries import UnitTree

LANGUAGES: Mapping[str, Language] = {"zh-hans": "zh-hans", "en": "en"}
TENTH = Decimal("0.1")
Piece = str | dict[str, str]
"""Words, or a figure: its ``text``, which ``figure`` it is, and the code of the ``unit`` it is of."""


@dataclass(frozen=True)
class Words:
    """The words of a circular as somebody left them: title, addressee, issuer, and prose by the place of its block."""

    title: str
    addressee: str
    issuer: str
    blocks: Mapping[int, str] = field(default_factory=dict)


def outline_of(compiled: Compiled, *, language: str) -> Outline:
    """Return the outline of an appraisal: its own, or the usual one in a language."""
    return compiled.appraisal.circular or usual(language)


def prose_of(block: CircularBlock) -> str:
    """Return the prose of a block as it is edited: a list is one item a line."""
    return "\n".join(block.list) if block.list is not None else block.text or ""


@dataclass(frozen=True)
class Filler:
    """An outline with the figures of a run: what is said, and what is printed."""

    run: Run
    compiled: Compiled
    outline: Outline
    tally: Tally
    tree: UnitTree
    day: dt.date

    @classmethod
    def of(cls, run: Run, compiled: Compiled, *, tree: UnitTree, language: str, day: dt.date) -> "Filler":
        """Count the figures of a run for the outline of its appraisal. ``language`` is that of the usual outline."""
        outline = outline_of(compiled, language=language)
        counted = tally(run, compiled, breakdowns=outline.breakdowns, language=language_of(outline))
        return cls(run, compiled, outline, counted, tree, day)

    @property
    def language(self) -> str:
        return language_of(self.outline)

    def words(self) -> Words:
        """Return the words that a circular starts from."""
        outline, said = self.outline, self._words_only
        return Words(said(outline.title), said(outline.addressee), said(outline.issuer))

    def _words_only(self, text: str) -> str:
        return "".join(each if isinstance(each, str) else self._word(each.name) for each in pieces(text))

    def _word(self, name: str) -> str:
        language = self.language
        match name:
            case "unit":
                return self.tree.root.name if self.tree.root else ""
            case "period":
                return wording.period(self.run.span, language=language)
            case "year":
                return str(self.run.starts.year)
            case "as_of":
                return wording.day(self.day, language=language)
            case "appraisal":
                return self.compiled.appraisal.name.said_in(language)
            case _:
                with override(language):
                    return _("units") if self.compiled.appraisal.by == "unit" else _("people")

    def is_printed(self, block: CircularBlock) -> bool:
        """Tell whether the condition of a block holds; a share of nothing fulfils none."""
        if block.when is None:
            return True
        value = self.tally.number(block.when.of)
        return value is not None and block.when.holds(value)

    def editable(self) -> Iterator[tuple[int, CircularBlock]]:
        """Yield the blocks of prose that are printed now, with their places in the outline."""
        for place, block in enumerate(self.outline.body):
            if block.heading is None and block.table is None and self.is_printed(block):
                yield place, block

    def blocks(self, words: Words) -> list[dict[str, Any]]:
        """Return the blocks as they are kept and printed, with the prose that somebody may have changed."""
        with override(self.language):
            filled = (self._block(place, block, words) for place, block in enumerate(self.outline.body))
            return [each for each in filled if each is not None]

    def _block(self, place: int, block: CircularBlock, words: Words) -> dict[str, Any] | None:
        if not self.is_printed(block):
            return None
        if block.heading is not None:
            return {"kind": "heading", "level": block.level, "runs": self._runs(block.heading)}
        if block.table is not None:
            return self._table(block.table)
        text = words.blocks.get(place, prose_of(block)).strip()
        if not text:
            return None
        lines = [self._runs(line) for line in text.splitlines() if line.strip()]
        return {"kind": "text" if block.list is None else "list", "items": lines}

    def _runs(self, text: str) -> list[Piece]:
        return [each if isinstance(each, str) else self._run(each) for each in pieces(text)]

    def _run(self, place: Place) -> Piece:
        if place.kind == "word":
            return self._word(place.name)
        if place.kind == "names":
            named = self.tally.named.get(place.name, [])
            said = [_("{name} ({unit})").format(name=each.name, unit=each.unit) for each in named]
            return (
                _(", ").join(
                    each.name if each.name == each.unit else text
                    for each, text in zip(named, said, strict=True)
                )
                or "—"
            )
        return self._figure(place.name)

    def printed(self, figure: str, unit: int | None = None) -> str:
        """Return a figure, of one unit or of all, as it is printed."""
        value = self.tally.number(figure, unit)
        if value is None:
            return "—"
        return f"{value.quantize(TENTH, ROUND_HALF_UP)}%" if figure == "met_rate" else f"{value}"

    def _figure(self, figure: str, unit: int | None = None) -> Piece:
        code = self.tally.units[unit][0] if unit is not None else ""
        return {"text": self.printed(figure, unit), "figure": figure, "unit": code}

    # Tables

    def _table(self, table: CircularTable) -> dict[str, Any] | None:
        head, rows = self._rows(table)
        if not rows:
            return None
        return {"kind": "table", "caption": table.caption, "head": head, "rows": rows, "of": table.of}

    def _rows(self, table: CircularTable) -> tuple[list[str], list[list[list[Piece]]]]:
        named = self.tally.named
        match table.of:
            case "units":
                return self._units(table.columns or UNIT_COLUMNS)
            case "missed":
                return [_("Who it is"), _("Unit"), _("What is missing")], _told(named.get("missed", []))
            case "talks" | "never_held":
                return [_("Who it is"), _("Unit"), _("Periods missed")], _told(named.get(table.of, []))
            case "ranking":
                ranked = (
                    [each for _points, each in self.tally.ranked] if self.compiled.appraisal.ranking else []
                )
                return [_("Who it is"), _("Unit"), _("Points")], _told(ranked)
            case name:
                return self._values(name, self.outline.breakdowns[name])

    def _units(self, columns: Sequence[str]) -> tuple[list[str], list[list[list[Piece]]]]:
        rows: list[list[list[Piece]]] = [
            [[name], *([self._figure(figure, unit)] for figure in columns)]
            for unit, (_code, name) in self.tally.units.items()
        ]
        rows.append([[_("In all")], *([self._figure(figure)] for figure in columns)])
        return [_("Unit"), *(self.head(figure) for figure in columns)], rows

    def head(self, figure: str) -> str:
        """Return what a figure is called."""
        name, _colon, value = figure.partition(":")
        if not value:
            return _(FIGURES[figure])
        breakdown = self.outline.breakdowns[name]
        return self._choices(breakdown)[value].said_in(self.language)

    def _choices(self, breakdown: Breakdown) -> Mapping[str, Label]:
        return self.compiled.scheme.kinds[breakdown.kind].fields[breakdown.by].choices or {}

    def _values(self, name: str, breakdown: Breakdown) -> tuple[list[str], list[list[list[Piece]]]]:
        scheme = self.compiled.scheme.kinds[breakdown.kind]
        heads = [scheme.fields[breakdown.by].name.said_in(self.language), _("Entries")]
        rows: list[list[list[Piece]]] = [
            [[label.said_in(self.language)], [self._figure(f"{name}:{value}")]]
            for value, label in self._choices(breakdown).items()
        ]
        return heads, rows

    def values(self) -> dict[str, list[str]]:
        """Return the values of every breakdown."""
        return {name: list(self._choices(each)) for name, each in self.outline.breakdowns.items()}

    def figures(self) -> list[tuple[str, str, Piece]]:
        """Return every figure that can stand in the prose: how it is written, what it is called, what it is now."""
        values = [f"{name}:{value}" for name, found in self.values().items() for value in found]
        return [(f"{{{each}}}", self.head(each), self._figure(each)) for each in (*FIGURES, *values)]


def _told(named: Sequence[Named]) -> list[list[list[Piece]]]:
    return [[[each.name], [each.unit], [each.said]] for each in named]


def issue(run: Run, words: Words, *, filler: Filler, reason: str, book: Book) -> Circular:
    """Issue a circular. Raises Refused before the sheets are confirmed, or without a reason where there is one."""
    if not run.events.filter(act="confirmed").exists():
        raise Refused(_("Confirm the sheets first: a circular says what holds."))
    before = Circular.objects.filter(run=run, superseded_by=None).first()
    if before is not None and not reason.strip():
        raise Refused(_("A circular of this period was issued already. Say why another one is."))
    content: dict[str, Any] = {
        "title": words.title.strip(),
        "addressee": words.addressee.strip(),
        "issuer": words.issuer.strip(),
        "blocks": filler.blocks(words),
        "prose": {str(place): text for place, text in words.blocks.items()},
        "sheets": filler.tally.sheets,
        "issued_on": day_of(book.at).isoformat(),
        "head_seq": book.seq,
        "head_hash": book.head,
    }
    made = Circular(
        run=run, language=filler.language, title=content["title"], content=content, supersedes=before,
        reason=reason.strip() if before else "", at=book.at, by=book.actor,
    )  # fmt: skip
    made.save(force_insert=True)
    book.sign("appraisals.issue_circular", made)
    return made


def words_of(circular: Circular) -> Words:
    """Return the words of a circular, to write the next one from."""
    content = circular.content
    prose = {int(place): text for place, text in content.get("prose", {}).items()}
    return Words(content["title"], content["addressee"], content["issuer"], prose)


def document(circular: Circular) -> Document:
    """Return a circular as a document in the official layout."""
    content = circular.content
    with override(circular.language):
        return Document(
            title=content["title"],
            blocks=tuple(_printed(content) if "blocks" in content else before_outlines.blocks(content)),
            addressee=content["addressee"] or None,
            issuer=content["issuer"] or None,
            issued_on=dt.date.fromisoformat(content["issued_on"]),
            language=LANGUAGES[circular.language],
            status="frozen",
            footer_lines=(
                _("Counted from score sheets with the digest {digest}").format(digest=content["sheets"][:16]),
                _("Head of the journal: line {seq}, {hash}").format(
                    seq=content["head_seq"], hash=content["head_hash"][:16]
                ),
            ),
            meta={"circular": str(circular.pk), "digest": chain.digest(circular.payload())},
        )


def _printed(content: Mapping[str, Any]) -> Iterator[Block]:
    seal = content["sheets"]
    for block in content["blocks"]:
        match block["kind"]:
            case "heading":
                yield Heading(block["level"], _inlines(block["runs"], seal))
            case "text":
                yield from (Paragraph(_inlines(line, seal)) for line in block["items"])
            case "list":
                yield NumberedList(tuple(_inlines(line, seal) for line in block["items"]))
            case _:
                yield _printed_table(block, seal)


def _inlines(runs: Sequence[Piece], seal: str) -> tuple[Inline, ...]:
    return tuple(
        Text(run) if isinstance(run, str) else FigureRun(run["text"], f"appraisals.{run['figure']}", seal)
        for run in runs
        if run
    )


def _printed_table(block: Mapping[str, Any], seal: str) -> Table:
    return Table(
        columns=tuple(_columns(block["of"], len(block["head"]))),
        header=(tuple(map(plain, block["head"])),),
        rows=tuple(tuple(_inlines(cell, seal) for cell in row) for row in block["rows"]),
        caption=plain(block["caption"]) if block["caption"] else (),
    )


def _columns(of: str, count: int) -> Iterator[Column]:
    """Yield how the columns of a table are set: names to the left, numbers in the middle."""
    names = 2 if of in ("missed", "talks", "never_held", "ranking") else 1
    for place in range(count):
        if place < names:
            yield Column("left", share=2)
        elif of == "missed":
            yield Column("left", share=4)
        else:
            yield Column("center", share=1)


def circulars_of(run: Run) -> list[Circular]:
    """Return the circulars of a run, the newest first."""
    return list(Circular.objects.filter(run=run).order_by("-at"))
