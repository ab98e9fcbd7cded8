"""The circular (通报) of a period: words that a clerk writes, tables that are counted, in the official layout.

Units stand in the order of the organisation. People are named where they came out short, without points; a table in
the order of points is there only where the scheme switches ranking on.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from taizhang.appraisals import keeping, showing
from taizhang.appraisals.actions import Refused
from taizhang.appraisals.models import Circular, Run, Sheet, Talk
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.appraisal.sheet import Judged, Outcome
from taizhang.core.indicators import wording
from taizhang.documents.model import (
    Block,
    Column,
    Document,
    FigureRun,
    Heading,
    Inline,
    Language,
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


def drafted(run: Run, compiled: Compiled, *, tree: UnitTree, language: str) -> dict[str, Any]:
    """Return the words that a circular starts from."""
    root = tree.root.name if tree.root else ""
    with override(language):
        period = wording.period(run.span, language=language)
        name = showing.said(compiled.appraisal.name)
        return {
            "title": _("{unit}: circular on “{name}”, {period}").format(unit=root, name=name, period=period),
            "addressee": _("All sections and affiliated units"),
            "opening": _(
                "“{name}” was judged for {period}. How it came out is made known as follows."
            ).format(name=name, period=period),
            "closing": _(
                "Units that came out short look into the causes and make up for it in the next period.\n"
                "Proofs of publication are recorded in the ledger by the closing day."
            ),
            "issuer": root,
        }


def counted(run: Run, compiled: Compiled, *, language: str) -> dict[str, Any]:
    """Return what the tables of a circular say, counted from the sheets that hold."""
    sheets = Sheet.objects.filter(run=run, superseded_at=None, voids=False).select_related(
        "unit", "person", "shape"
    )
    units: dict[int, dict[str, Any]] = {}
    short: list[dict[str, Any]] = []
    ranked: list[tuple[Decimal, str, str]] = []
    digests: list[str] = []
    with override(language):
        for sheet in sheets.order_by("unit__order", "unit__code", "person__code").iterator(500):
            judged = keeping.content_of(sheet).judged
            _add(units, sheet, judged)
            digests.append(sheet.digest)
            if sheet.outcome == Outcome.MISSED:
                short.append(_short(sheet, judged, compiled))
            if compiled.appraisal.ranking:
                ranked.append((sheet.points, sheet.unit.name, str(sheet.person or sheet.unit)))
    ranked.sort(key=lambda row: -row[0])
    talks = Talk.objects.filter(sheet__run=run).select_related("person", "unit").order_by("unit__order", "pk")
    return {
        "units": list(units.values()),
        "short": short,
        "talks": [[str(talk.person or talk.unit), talk.unit.name, talk.missed] for talk in talks],
        "ranked": [[unit, name, f"{points.normalize():f}"] for points, unit, name in ranked],
        "sheets": keeping.digest_over(digests),
    }


def _add(units: dict[int, dict[str, Any]], sheet: Sheet, judged: Sequence[Judged]) -> None:
    row = units.setdefault(
        sheet.unit_id,
        {"unit": sheet.unit.name, "code": sheet.unit.code, "sheets": 0, "asked": 0, "submitted": 0, "wanted": 0, "adopted": 0, "met": 0, "missed": 0, "exempt": 0},
    )  # fmt: skip
    row["sheets"] += 1
    for one in judged:
        row["asked"] += one.submit or 0
        row["submitted"] += one.submitted
        row["wanted"] += one.publish or 0
        row["adopted"] += one.published
    if sheet.outcome in row:
        row[sheet.outcome] += 1


def _short(sheet: Sheet, judged: Sequence[Judged], compiled: Compiled) -> dict[str, Any]:
    return {
        "name": str(sheet.person or sheet.unit),
        "unit": sheet.unit.name,
        "lines": [
            showing.judged_line(one, compiled.scheme) for one in judged if one.outcome is Outcome.MISSED
        ],
    }


def issue(
    run: Run, words: Mapping[str, str], *, compiled: Compiled, language: str, reason: str, book: Book
) -> Circular:
    """Issue a circular. Raises Refused before the sheets are confirmed, or without a reason where there is one."""
    if not run.events.filter(act="confirmed").exists():
        raise Refused(_("Confirm the sheets first: a circular says what holds."))
    before = Circular.objects.filter(run=run, superseded_by=None).first()
    if before is not None and not reason.strip():
        raise Refused(_("A circular of this period was issued already. Say why another one is."))
    content = {
        **{name: words[name].strip() for name in ("title", "addressee", "opening", "closing", "issuer")},
        **counted(run, compiled, language=language),
        "issued_on": day_of(book.at).isoformat(),
        "head_seq": book.seq,
        "head_hash": book.head,
    }
    made = Circular(
        run=run, language=language, title=content["title"], content=content, supersedes=before,
        reason=reason.strip() if before else "", at=book.at, by=book.actor,
    )  # fmt: skip
    made.save(force_insert=True)
    book.sign("appraisals.issue_circular", made)
    return made


def document(circular: Circular) -> Document:
    """Return a circular as a document in the official layout."""
    content = circular.content
    with override(circular.language):
        return Document(
            title=content["title"],
            blocks=tuple(_blocks(content)),
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


def _blocks(content: Mapping[str, Any]) -> Iterator[Block]:
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


def circulars_of(run: Run) -> list[Circular]:
    """Return the circulars of a run, the newest first."""
    return list(Circular.objects.filter(run=run).order_by("-at"))
