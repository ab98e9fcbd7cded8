"""``taizhang report``: fill, freeze, export and prove reports; tell what was changed in an exported one."""

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.django_site import language_option, set_up
from taizhang.cli.language import pick, translator

if TYPE_CHECKING:
    from taizhang.documents.compare import Change
    from taizhang.documents.manifest import Manifest
    from taizhang.reports.models import FrozenReport, Report

FORMATS = ("docx", "pdf", "html", "text")
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; “-” is the screen.",
)
text_or_json = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group()
def report() -> None:
    """Fill, freeze, export and prove reports."""


@report.command("list")
@click.option("--unit", default="", help="Only of this unit (its code).")
@click.option("--period", default="", help="Only of this period.")
@text_or_json
@language_option
def list_(unit: str, period: str, form: str, language: str | None) -> None:
    """List drafts and frozen reports."""
    set_up(language)
    from taizhang.reports.models import FrozenReport, Report
    from taizhang.web import setup

    wanted = {name: value for name, value in (("unit__code", unit), ("period", period)) if value}
    with setup.told_plainly():
        rows = [
            *(_row(one, "draft") for one in Report.objects.filter(**wanted).select_related("unit")),
            *(_row(one, "frozen") for one in FrozenReport.objects.filter(**wanted).select_related("unit")),
        ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("\t".join(row[name] for name in ("id", "state", "unit", "period", "title")))


def _row(one: "Report | FrozenReport", state: str) -> dict[str, str]:
    return {
        "id": str(one.pk),
        "state": state,
        "outline": one.outline,
        "unit": one.unit.code,
        "period": one.period,
        "title": one.title,
    }


@report.command()
@click.argument("outline")
@click.option("--unit", default="", help="Code of the unit; the whole organisation if not given.")
@click.option("--period", required=True, help="2023, 2023-H1, 2023-Q1 or 2023-01.")
@click.option("--as-of", "as_of", default="", help="A day or a moment: what the ledger knew then.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--keep", is_flag=True, help="Keep it as a draft too; its id is printed on standard error.")
@output_option
@language_option
def fill(
    outline: str,
    unit: str,
    period: str,
    as_of: str,
    form: str,
    keep: bool,
    output: Path | None,
    language: str | None,
) -> None:
    """Fill OUTLINE from the ledger and print it."""
    set_up(language)
    from taizhang.reports import commands
    from taizhang.web import setup

    with setup.told_plainly(), _told_plainly():
        made = commands.fill(outline=outline, unit=unit, period=period, as_of=as_of, keep=keep)
        content = commands.written(made.document, form)
    if made.id:
        click.echo(made.id, err=True)
    _write(content, output)


@report.command()
@click.argument("id_", metavar="ID", type=click.UUID)
@language_option
def freeze(id_: uuid.UUID, language: str | None) -> None:
    """Freeze the draft ID; print the id of the frozen report."""
    set_up(language)
    from taizhang.reports import commands
    from taizhang.web import setup

    with setup.told_plainly(), _told_plainly():
        frozen = commands.freeze(id_)
    click.echo(frozen.pk)


@report.command()
@click.argument("id_", metavar="ID", type=click.UUID)
@click.option("--format", "form", type=click.Choice(FORMATS), default="docx", show_default=True)
@output_option
@language_option
def export(id_: uuid.UUID, form: str, output: Path | None, language: str | None) -> None:
    """Write the draft or frozen report ID as a file."""
    set_up(language)
    from taizhang.reports import commands
    from taizhang.web import setup

    with setup.told_plainly(), _told_plainly():
        content = commands.written(commands.document_of(id_), form)
    _write(content, output)


@report.command()
@click.argument("id_", metavar="ID", type=click.UUID)
@text_or_json
@language_option
def verify(id_: uuid.UUID, form: str, language: str | None) -> None:
    """Prove the frozen report ID against the ledger. Exit 0 if everything fits, 1 if not."""
    set_up(language)
    from django.utils.translation import gettext

    from taizhang.reports import commands
    from taizhang.web import setup

    with setup.told_plainly(), _told_plainly():
        frozen, differences = commands.verify(id_)
    said = [difference.message.render(gettext) for difference in differences]
    if form == "json":
        found = [
            {"found": d.found.value, "name": d.name, "was": d.was, "now": d.now, "message": text}
            for d, text in zip(differences, said, strict=True)
        ]
        click.echo(
            json.dumps({"id": str(frozen.pk), "whole": not found, "differences": found}, ensure_ascii=False)
        )
    else:
        click.echo("\n".join(said) if said else commands.words.proved(frozen))
    sys.exit(1 if differences else 0)


@report.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@text_or_json
@click.option("--without-database", "bare", is_flag=True, help="Believe the list of figures inside the file.")
@language_option
def diff(file: Path, form: str, bare: bool, language: str | None) -> None:
    """Tell which figures of the exported FILE (.docx) were changed since. Exit 0 none, 1 some, 2 unreadable.

    Where the report was frozen in this ledger, what was printed is taken from there; a list inside a file can be
    altered together with the figures.
    """
    from taizhang.documents.compare import UnreadableDocument, compare_figures, read_manifest

    translate = translator(pick(language))
    try:
        data = file.read_bytes()
        embedded = read_manifest(data)
        kept = None if bare else _kept(embedded, language)
        changes = compare_figures(data, expected=kept)
    except UnreadableDocument as error:
        click.echo(error.message.render(translate), err=True)
        sys.exit(2)
    if form == "json":
        click.echo(json.dumps(_as_json(changes, kept is not None), ensure_ascii=False))
    else:
        _print(changes, translate)
    remarks = {"manifest_missing", "labels_missing"}
    sys.exit(1 if any(change.kind.value not in remarks for change in changes) else 0)


def _kept(embedded: "Manifest | None", language: str | None) -> "Manifest | None":
    """Return what the ledger knows of the report, if there is a ledger here and it was frozen in it."""
    if embedded is None or "frozen" not in embedded.meta:
        return None
    set_up(language)
    from django.db import DatabaseError

    from taizhang.reports import commands

    try:
        return commands.manifest_of(embedded.meta["frozen"])
    except DatabaseError:
        return None


def _as_json(changes: "list[Change]", from_ledger: bool) -> dict[str, Any]:
    return {
        "against": "ledger" if from_ledger else "file",
        "changes": [
            {
                "kind": change.kind.value,
                "indicator": change.indicator,
                "name": change.title,
                "was": change.printed,
                "now": change.current,
                "paragraph": change.place.paragraph if change.place else None,
                "excerpt": change.place.excerpt if change.place else None,
            }
            for change in changes
        ],
    }


def _print(changes: "list[Change]", translate: Callable[[str], str]) -> None:
    for change in changes:
        place = f"¶{change.place.paragraph} …{change.place.excerpt}…  " if change.place else ""
        click.echo(f"{place}{change.message.render(translate)}")
    if not changes:
        click.echo(translate("Every figure stands as printed."))


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn what a user can mend into a line on standard error and exit 2."""
    from django.utils.translation import gettext

    from taizhang.documents.model import InvalidDocument
    from taizhang.documents.pdf import MissingTypeface
    from taizhang.reports.actions import FreezeRefused
    from taizhang.reports.commands import NoSuchReport
    from taizhang.reports.filling import CannotFill

    try:
        yield
    except (CannotFill, InvalidDocument, MissingTypeface, NoSuchReport) as error:
        click.echo(error.message.render(gettext), err=True)
        sys.exit(2)
    except FreezeRefused as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _write(content: bytes, output: Path | None) -> None:
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)
