"""How circulars were put together before they came from outlines: those that were issued so stay word for word."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from taizhang.documents.model import Block, Column, FigureRun, Heading, Inline, Paragraph, Table, Text, plain


def blocks(content: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the blocks of what was kept then: an opening, counted tables, a closing."""
    seal = content["sheets"]
    yield from (Paragraph(plain(line)) for line in content["opening"].splitlines() if line.strip())
    yield Heading(1, plain(_("How it came out")))
    yield Paragraph(tuple(_summary(content, seal)))
    yield _units(content, seal)
    if content["short"]:
        yield Heading(1, plain(_("Who came out short")))
        yield Table(
            columns=(Column("left", share=2), Column("left", share=2), Column("left", share=4)),
            header=(tuple(map(plain, (_("Who it is"), _("Unit"), _("What is missing")))),),
            rows=tuple(
                (plain(each["name"]), plain(each["unit"]), plain("；".join(each["lines"])))
                for each in content["short"]
            ),
        )
    if content["talks"]:
        yield Heading(1, plain(_("Talks")))
        named = "、".join(
            _("{name} ({unit}, {n} times in a row)").format(name=name, unit=unit, n=n)
            for name, unit, n in content["talks"]
        )
        yield Paragraph(
            plain(_("For missing quotas again and again talks are held with: {named}.").format(named=named))
        )
    if content["ranked"]:
        yield Heading(1, plain(_("In the order of points")))
        yield Table(
            columns=(Column("left", share=2), Column("left", share=2), Column("center", share=1)),
            header=(tuple(map(plain, (_("Unit"), _("Who it is"), _("Points")))),),
            rows=tuple(tuple(map(plain, row)) for row in content["ranked"]),
        )
    if content["closing"]:
        yield Heading(1, plain(_("What is asked for")))
        yield from (Paragraph(plain(line)) for line in content["closing"].splitlines() if line.strip())


def _summary(content: Mapping[str, Any], seal: str) -> Iterator[Inline]:
    units = content["units"]
    total = {
        name: sum(row[name] for row in units)
        for name in ("sheets", "met", "missed", "exempt", "submitted", "adopted")
    }
    text = _(
        "{sheets} were judged: {met} fulfilled their quotas, {missed} missed them, {exempt} were exempt. "
        "In all {submitted} items were submitted and {adopted} adopted."
    )
    for piece in _split(text):
        if piece in total:
            yield FigureRun(str(total[piece]), f"appraisals.{piece}", seal)
        else:
            yield Text(piece)


def _split(text: str) -> Iterator[str]:
    """Yield the words of a sentence and the names of its places in turn."""
    for part in text.split("{"):
        name, brace, rest = part.partition("}")
        if brace:
            yield name
        if rest or not brace:
            yield from filter(None, [rest if brace else name])


def _units(content: Mapping[str, Any], seal: str) -> Table:
    names = ("sheets", "submitted", "adopted", "met", "missed", "exempt")
    heads = (_("Unit"), _("People"), _("Submitted"), _("Adopted"), _("Fulfilled"), _("Missed"), _("Exempt"))
    return Table(
        columns=(Column("left", share=3), *(Column("center", share=1) for _name in names)),
        header=(tuple(map(plain, heads)),),
        rows=tuple(
            (
                plain(row["unit"]),
                *((FigureRun(str(row[name]), f"appraisals.{name}", seal),) for name in names),
            )
            for row in content["units"]
        ),
        caption=plain(_("By unit, in the order of the organisation")),
    )
