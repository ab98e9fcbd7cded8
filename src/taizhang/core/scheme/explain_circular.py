"""The outline of a circular read aloud: what it is called, and block by block what is printed when."""

from collections.abc import Iterator

from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.circular import (
    FIGURES,
    Circular,
    CircularBlock,
    CircularTable,
    CircularWhen,
    Place,
    pieces,
)
from taizhang.core.scheme.phrases import COMPARISON, Words, listing, number, sentences
from taizhang.core.scheme.speaking import Speaker

WORD = {
    "unit": _("[unit]"),
    "period": _("[period]"),
    "year": _("[year]"),
    "as_of": _("[day of the figures]"),
    "appraisal": _("[appraisal]"),
    "subjects": _("[people or units]"),
}
TABLE = {
    "units": _("A table of the units in the order of the organisation."),
    "missed": _("A table of those who missed quotas, with what is missing."),
    "talks": _("A table of those with whom talks are due."),
    "never_held": _("A table of talks that were closed without having been held."),
    "ranking": _("A table in the order of points."),
}
NAMES = {
    "met": _("[names of those who fulfilled]"),
    "missed": _("[names of those who missed]"),
    "exempt": _("[names of those exempt]"),
    "talks": _("[names of those with whom talks are due]"),
    "never_held": _("[names of those whose talks were never held]"),
}


def circular(speaker: Speaker, outline: Circular) -> Iterator[Words]:
    """Yield what is said of an outline."""
    yield Message(_("Title: {title}."), title=_prose(outline.title))
    if outline.addressee:
        yield Message(_("Sent to: {addressee}."), addressee=_prose(outline.addressee))
    yield Message(_("Signed: {issuer}."), issuer=_prose(outline.issuer))
    for name, breakdown in outline.breakdowns.items():
        yield Message(
            _("“{name}” counts {kind} by “{field}”."),
            name=name,
            kind=speaker.names("kinds", [breakdown.kind]),
            field=_field(speaker, breakdown.kind, breakdown.by),
        )
    for block in outline.body:
        yield Message(_("\n- {block}"), block=_block(block))


def _field(speaker: Speaker, kind_id: str, name: str) -> Words:
    kind = speaker.scheme.kinds.get(kind_id)
    return speaker.field_name(kind_id, name) if kind and name in kind.fields else name


def _block(block: CircularBlock) -> Words:
    said = _block_itself(block)
    return (
        Message(_("If {condition}: {block}"), condition=_when(block.when), block=said) if block.when else said
    )


def _block_itself(block: CircularBlock) -> Words:
    if block.heading is not None:
        return Message(
            _("Heading of level {level}: {heading}"), level=block.level, heading=_prose(block.heading)
        )
    if block.text is not None:
        return Message(_("Text: {text}"), text=_prose(block.text))
    if block.list is not None:
        items = (Message(_("“{name}”"), name=_prose(item)) for item in block.list)
        return Message(_("List: {items}"), items=listing(items))
    return _table(block.table) if block.table else ""


def _when(when: CircularWhen) -> Words:
    key = next(key for key in COMPARISON if getattr(when, key) is not None)
    return Message(COMPARISON[key], indicator=_figure(when.of), number=number(getattr(when, key)))


def _table(table: CircularTable) -> Words:
    said: list[Words] = [
        Message(TABLE[table.of])
        if table.of in TABLE
        else Message(_("A table of “{name}”, value by value."), name=table.of)
    ]
    if table.columns:
        said.append(Message(_("Across: {figures}."), figures=listing(map(_figure, table.columns))))
    if table.caption:
        said.append(Message(_("Above it: {caption}."), caption=table.caption))
    return sentences(said)


def _figure(name: str) -> Words:
    return Message(FIGURES[name]) if name in FIGURES else name


def _prose(text: str) -> Words:
    said: Words = ""
    for piece in pieces(text):
        here = piece if isinstance(piece, str) else _place(piece)
        said = Message("{first}{second}", first=said, second=here) if said else here
    return said


def _place(place: Place) -> Words:
    if place.kind == "word":
        return Message(WORD[place.name])
    if place.kind == "names":
        return Message(NAMES[place.name]) if place.name in NAMES else place.name
    return Message(_("[{name}]"), name=_figure(place.name))
