"""The text of a report while it is written: words, and *places* where the ledger writes.

A place says which figure, or which list of rows, stands there and in what form; never what it reads. So no number of
a draft can be mistyped, and the same draft can be printed as of any moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.outline import model as filled
from taizhang.core.outline.chips import CHANGES
from taizhang.core.outline.model import Form, Listing
from taizhang.core.scheme.placeholders import BadPlaceholder, parse
from taizhang.core.values import BadPeriod, Period, Scope

LEVELS = range(1, 5)
MOST_ROWS = 1000


class BadBody(ValueError):  # noqa: N818
    """A text cannot be the body of a report; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Words:
    """What somebody wrote."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Place:
    """Where a figure stands: of ``indicator`` for ``scope`` and ``period``, printed in ``form``."""

    indicator: str
    form: Form
    scope: Scope
    period: Period

    @property
    def ask(self) -> Ask:
        return Ask(self.indicator, self.scope, self.period)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The figure printed, and for a change the one it is compared with."""
        if self.form not in CHANGES:
            return (self.ask,)
        return (self.ask, Ask(self.indicator, self.scope, self.period.a_year_before))


@dataclass(frozen=True)
class AsOf:
    """Where the day stands up to which the ledger was counted."""


Inline = Words | Place | Listing | AsOf
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    inlines: Inlines


@dataclass(frozen=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True)
class Bullets:
    items: tuple[Inlines, ...]


@dataclass(frozen=True)
class Numbered:
    items: tuple[Inlines, ...]


@dataclass(frozen=True)
class RowLines:
    """The rows behind a figure, one to a line."""

    listing: Listing


@dataclass(frozen=True)
class Table:
    """Every row has as many cells as the head; the first column is words by custom, not by rule."""

    head: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    caption: str = ""


Block = Heading | Paragraph | Bullets | Numbered | RowLines | Table


@dataclass(frozen=True)
class Body:
    """A whole text. Title, addressee and issuer are words only."""

    title: str
    blocks: tuple[Block, ...]
    addressee: str = ""
    issuer: str = ""


def runs_of(block: Block) -> tuple[Inlines, ...]:
    """Return every run of inlines of ``block``, in order of reading."""
    match block:
        case Heading() | Paragraph():
            return (block.inlines,)
        case Bullets() | Numbered():
            return block.items
        case RowLines():
            return ((block.listing,),)
        case Table():
            return (*block.head, *(cell for row in block.rows for cell in row))


def places(body: Body) -> Iterator[Place]:
    """Yield every figure's place, in order of reading."""
    for block in body.blocks:
        for run in runs_of(block):
            yield from (inline for inline in run if isinstance(inline, Place))


def listings(body: Body) -> Iterator[Listing]:
    """Yield every list of rows, in order of reading."""
    for block in body.blocks:
        for run in runs_of(block):
            yield from (inline for inline in run if isinstance(inline, Listing))


def asks_of(body: Body) -> tuple[Ask, ...]:
    """Return every figure that ``body`` asks for, each once; lists of rows ask for the figure that they are of."""
    asked = [ask for place in places(body) for ask in place.asks]
    asked += [Ask(one.indicator, one.scope, one.period) for one in listings(body)]
    return tuple(dict.fromkeys(asked))


AS_OF_SIGN = "\ue000"
"""Stands in a filled outline for the day, which is known only when the text is printed."""


def from_filled(report: filled.FilledReport) -> Body:
    """Return the text of an outline as it was filled, its figures turned back into places."""
    return Body(
        title=report.title,
        addressee=report.addressee,
        issuer=report.issuer,
        blocks=tuple(_from_block(block) for block in report.blocks),
    )


def _from_block(block: filled.Block) -> Block:
    match block:
        case filled.Heading():
            return Heading(block.level, _from_inlines(block.inlines))
        case filled.Paragraph():
            return Paragraph(_from_inlines(block.inlines))
        case filled.Items():
            if block.listing is not None:
                return RowLines(replace(block.listing, rows=()))
            return Numbered(tuple(map(_from_inlines, block.items)))
        case filled.Table():
            return Table(
                head=tuple((Words(text),) for text in block.head),
                rows=tuple(tuple(map(_from_inlines, row)) for row in block.rows),
                caption=block.caption,
            )


def _from_inlines(inlines: filled.Inlines) -> Inlines:
    return joined(found for inline in inlines for found in _from_inline(inline))


def _from_inline(inline: filled.Inline) -> Iterator[Inline]:
    match inline:
        case filled.FigureChip():
            yield Place(inline.indicator, inline.form, inline.figure.scope, inline.figure.period)
        case Listing():
            yield replace(inline, rows=())
        case _:
            for number, words in enumerate(inline.text.split(AS_OF_SIGN)):
                if number:
                    yield AsOf()
                yield Words(words)


def joined(inlines: Sequence[Inline] | Iterator[Inline]) -> Inlines:
    """Return ``inlines`` with neighbouring words of one look put together and empty ones left out."""
    found: list[Inline] = []
    for inline in inlines:
        last = found[-1] if found else None
        if isinstance(inline, Words) and isinstance(last, Words) and inline.bold == last.bold:
            found[-1] = Words(last.text + inline.text, last.bold)
        elif not (isinstance(inline, Words) and not inline.text):
            found.append(inline)
    return tuple(found)


# As JSON -------------------------------------------------------------------------------------------------------


def to_json(body: Body) -> dict[str, Any]:
    """Return ``body`` as it is kept: plain JSON, the same for the same text."""
    return {
        "title": body.title,
        "addressee": body.addressee,
        "issuer": body.issuer,
        "blocks": [_block_to_json(block) for block in body.blocks],
    }


def from_json(content: Mapping[str, Any]) -> Body:
    """Read what ``to_json`` wrote. Raises BadBody for a place that is none."""
    return Body(
        title=content["title"],
        addressee=content["addressee"],
        issuer=content["issuer"],
        blocks=tuple(_block_from_json(block) for block in content["blocks"]),
    )


def _block_to_json(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"heading": block.level, "inlines": _run_to_json(block.inlines)}
        case Paragraph():
            return {"paragraph": _run_to_json(block.inlines)}
        case Bullets():
            return {"bullets": list(map(_run_to_json, block.items))}
        case Numbered():
            return {"numbered": list(map(_run_to_json, block.items))}
        case RowLines():
            return {"row_lines": listing_to_json(block.listing)}
        case Table():
            return {
                "table": [list(map(_run_to_json, row)) for row in block.rows],
                "head": list(map(_run_to_json, block.head)),
                "caption": block.caption,
            }


def _run_to_json(run: Inlines) -> list[Any]:
    return [_inline_to_json(inline) for inline in run]


def _inline_to_json(inline: Inline) -> Any:
    match inline:
        case Words(bold=False):
            return inline.text
        case Words():
            return {"bold": inline.text}
        case Place():
            return place_to_json(inline)
        case Listing():
            return listing_to_json(inline)
        case AsOf():
            return {"word": "as_of"}


def place_to_json(place: Place) -> dict[str, str]:
    """Return a place as the attributes that a browser keeps for it."""
    return {
        "figure": place.indicator,
        "form": place.form.value,
        "unit": place.scope.unit,
        "person": place.scope.person,
        "period": str(place.period),
    }


def listing_to_json(listing: Listing) -> dict[str, Any]:
    """Return a list of rows as the attributes that a browser keeps for it."""
    return {
        "rows": listing.indicator,
        "unit": listing.scope.unit,
        "person": listing.scope.person,
        "period": str(listing.period),
        "item": listing.item,
        "separator": listing.separator,
        "at_most": listing.at_most,
        "empty": listing.empty,
    }


def _block_from_json(block: Mapping[str, Any]) -> Block:
    match block:
        case {"heading": level, "inlines": run}:
            return Heading(level, _run_from_json(run))
        case {"paragraph": run}:
            return Paragraph(_run_from_json(run))
        case {"bullets": items}:
            return Bullets(tuple(map(_run_from_json, items)))
        case {"numbered": items}:
            return Numbered(tuple(map(_run_from_json, items)))
        case {"row_lines": listing}:
            return RowLines(listing_of(listing))
        case {"table": rows, "head": head, "caption": caption}:
            return Table(
                head=tuple(map(_run_from_json, head)),
                rows=tuple(tuple(map(_run_from_json, row)) for row in rows),
                caption=caption,
            )
    raise BadBody(Message(gettext_noop("A part of the text is of no known kind.")))


def _run_from_json(run: Sequence[Any]) -> Inlines:
    return tuple(_inline_from_json(inline) for inline in run)


def _inline_from_json(inline: Any) -> Inline:
    match inline:
        case str():
            return Words(inline)
        case {"bold": text}:
            return Words(text, bold=True)
        case {"figure": _name}:
            return place_of(inline)
        case {"rows": _name}:
            return listing_of(inline)
        case {"word": "as_of"}:
            return AsOf()
    raise BadBody(Message(gettext_noop("A part of the text is of no known kind.")))


def place_of(told: Mapping[str, Any]) -> Place:
    """Read a place from its attributes. Raises BadBody naming what is wrong with it."""
    indicator = str(told.get("figure") or "")
    return Place(
        indicator,
        _read(Form, told.get("form") or Form.FULL, indicator),
        Scope(unit=str(told.get("unit") or ""), person=str(told.get("person") or "")),
        _read(Period.parse, str(told.get("period") or ""), indicator),
    )


def listing_of(told: Mapping[str, Any]) -> Listing:
    """Read a list of rows from its attributes. Raises BadBody naming what is wrong with it."""
    indicator, item = str(told.get("rows") or ""), str(told.get("item") or "{title}")
    _read(parse, item, indicator)
    at_most = _read(int, told.get("at_most") or 100, indicator)
    return Listing(
        indicator,
        Scope(unit=str(told.get("unit") or ""), person=str(told.get("person") or "")),
        _read(Period.parse, str(told.get("period") or ""), indicator),
        item=item,
        separator=str(told.get("separator") or ""),
        at_most=min(max(at_most, 1), MOST_ROWS),
        empty=str(told.get("empty") or ""),
    )


def _read(reader: Callable[[Any], Any], value: Any, indicator: str) -> Any:
    try:
        return reader(value)
    except (ValueError, BadPeriod, BadPlaceholder) as error:
        raise BadBody(
            Message(
                gettext_noop(
                    "The place of the figure “{indicator}” says “{value}”, which is not possible. Remove it and "
                    "insert the figure anew."
                ),
                indicator=indicator,
                value=str(value),
            )
        ) from error
