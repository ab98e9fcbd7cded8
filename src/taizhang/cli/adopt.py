"""``taizhang adopt FILE``: put a new version of the scheme into force, from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.django_site import language_option, set_up
from taizhang.cli.language import pick, translator

if TYPE_CHECKING:
    from taizhang.core.scheme.load import LoadedScheme

FAULTY, REFUSED = 1, 2
ADOPTER = "taizhang adopt"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Adopt it without asking.")
@language_option
def adopt(file: Path, yes: bool, language: str | None) -> None:
    """Check the scheme FILE, show what it changes, and adopt it once that is confirmed.

    Exit 0 adopted (or in force already), 1 something is wrong with the scheme or you said no, 2 refused.
    """
    set_up(language)
    from django.utils.translation import gettext as _

    from taizhang.core.scheme.load import load_file
    from taizhang.journal import clock
    from taizhang.journal.actions import open_book
    from taizhang.rules import actions
    from taizhang.rules.queries import history
    from taizhang.web import setup

    with setup.told_plainly(), _faults_told(pick(language)):
        loaded, known = load_file(file), history()
        if any(version.digest == loaded.digest for version in known.versions):
            click.echo(
                _("This very text is adopted already; it takes effect on {day}.").format(day=loaded.effective)
            )
            return
        founding = setup.is_without_records()
        actions.refuse_unless_adoptable(loaded, today=clock.day_of(clock.now()), founding=founding)
        _show_changes(loaded, pick(language))
        click.echo(
            _("It takes effect on {day} and is never rewritten; a later change is a later version.").format(
                day=loaded.effective
            )
        )
        if not yes and not click.confirm(_("Adopt it?")):
            click.echo(_("Nothing was changed."))
            sys.exit(FAULTY)
        with open_book(now=clock.now(), actor=ADOPTER) as book:
            actions.adopt(
                loaded.text, path=file.name, book=book, today=clock.day_of(book.at), founding=founding
            )
    click.echo(_("Adopted {path}, in force from {day}.").format(path=file.name, day=loaded.effective))


def _show_changes(loaded: "LoadedScheme", language: str) -> None:
    """Print the differences to the newest version, if there is one."""
    from taizhang.core.scheme.diff import diff, render
    from taizhang.rules.queries import history

    known = history()
    if known:
        changes = diff(known.newest, loaded, language=language)
        click.echo(render(changes, old=known.newest, new=loaded, translate=translator(language)))


@contextmanager
def _faults_told(language: str) -> Iterator[None]:
    """Print the faults of a scheme as ``file:line:column: cause remedy``; exit 1, or 2 for a file that is no text."""
    from taizhang.core.scheme.errors import SchemeErrors, Unreadable

    try:
        yield
    except SchemeErrors as refused:
        click.echo(refused.render(translator(language)), err=True)
        sys.exit(REFUSED if isinstance(refused, Unreadable) else FAULTY)
