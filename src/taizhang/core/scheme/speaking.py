"""Saying parts of a scheme in words: names, entries, due days. What all chapters of an explanation share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme.phrases import (
    ENTRY_WORD,
    IF_HOLIDAY,
    THE_NEXT_PERIOD,
    THE_PERIOD,
    Words,
    alternatives,
    listing,
)
from taizhang.core.scheme.schema import Choice, Clause, Due, Every, Governed, Label, Scheme, Where


@dataclass(frozen=True)
class Told:
    """What is said of one part, before it has a number."""

    section: str
    id: str
    title: Words
    said: tuple[Words, ...]


@dataclass(frozen=True)
class Speaker:
    """Says the parts of one scheme; every method returns words, nothing is decided here."""

    scheme: Scheme
    language: str

    def said(self, label: Label | None) -> str:
        return label.said_in(self.language) if label else ""

    def names(self, section: str, ids: Iterable[str]) -> Words:
        """Return the names of parts of a section, in quotes."""
        parts: Mapping[str, Label | Governed] = getattr(self.scheme, section)
        return listing(Message(_("“{name}”"), name=self.name_of(parts, each)) for each in ids)

    def name_of(self, parts: Mapping[str, Label | Governed], id: str) -> str:  # noqa: A002 - the schema's own word
        part = parts.get(id)
        if part is None:
            return id
        return self.said(part if isinstance(part, Label) else part.name)

    def field_name(self, kind_id: str, name: str) -> Words:
        kind = self.scheme.kinds[kind_id]
        if name in kind.fields:
            return self.said(kind.fields[name].name)
        named = {"person": kind.person, "quantity": kind.quantity}.get(name)
        label = named.name if named else None
        return self.said(label) if label else Message(ENTRY_WORD[name])

    def entries(self, kind_id: str, where: Where) -> Words:
        kind = self.names("kinds", [kind_id])
        if not where:
            return Message(_("entries of {kind}"), kind=kind)
        conditions = listing(
            Message(
                _("“{field}” is {values}"),
                field=self.field_name(kind_id, name),
                values=alternatives(self.value(kind_id, name, value) for value in values),
            )
            for name, values in where.items()
        )
        return Message(_("entries of {kind} whose {conditions}"), kind=kind, conditions=conditions)

    def value(self, kind_id: str, name: str, value: Choice) -> Words:
        if isinstance(value, bool):
            return Message(_("yes")) if value else Message(_("no"))
        choices = self.scheme.kinds[kind_id].fields[name].choices or {}
        return self.said(choices[value]) if isinstance(value, str) and value in choices else str(value)

    def due(self, due: Due, every: Every) -> Words:
        return Message(_("Due {day}."), day=self.day_of(due, every))

    def day_of(self, due: Due, every: Every) -> Words:
        """Return a due day, with what is done where that day is not worked."""
        day = self.due_day(due, every)
        if due.if_holiday == "stay":
            return day
        return Message(_("{day}, {otherwise}"), day=day, otherwise=Message(IF_HOLIDAY[due.if_holiday]))

    def due_day(self, due: Due, every: Every) -> Words:
        span: Words = Message(THE_PERIOD[every] if due.of == "period" else THE_NEXT_PERIOD[every])
        if due.month is not None:
            of = (
                _("month {month} of {year}")
                if every == "year"
                else _("the month numbered {month} of {period}")
            )
            span = Message(of, month=due.month, year=span, period=span)
        if due.day == "last":
            return Message(_("on the last day of {period}"), period=span)
        if due.day == "last_working":
            return Message(_("on the last working day of {period}"), period=span)
        return Message(_("on day {day} of {period}"), day=due.day, period=span)

    def about(self, governed: Governed) -> Iterator[Words]:
        """Yield the line of help, and the clause that is put into effect."""
        if governed.help:
            yield governed.help.said_in(self.language)
        if governed.clause:
            yield self.cited(governed.clause)

    def cited(self, clause: Clause) -> Words:
        """Return the clause of a basis that something puts into effect."""
        basis = self.scheme.basis.get(clause.basis)
        title = basis.title.said_in(self.language) if basis else clause.basis
        if clause.at and clause.text:
            return Message(
                _("According to {basis}, {at}: “{text}”"), basis=title, at=clause.at, text=clause.text
            )
        if clause.at:
            return Message(_("According to {basis}, {at}."), basis=title, at=clause.at)
        if clause.text:
            return Message(_("According to {basis}: “{text}”"), basis=title, text=clause.text)
        return Message(_("According to {basis}."), basis=title)
