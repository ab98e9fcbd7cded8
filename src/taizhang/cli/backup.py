"""``taizhang backup`` and ``taizhang restore``: everything of a ledger in one file, and the way back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from taizhang.cli.django_site import language_option, set_up


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@language_option
def backup(file: Path, language: str | None) -> None:
    """Write everything of this ledger into FILE (.zip), or into a folder under a name with the moment.

    It may run while the ledger is in use. The file holds the secret key and everybody's entries: keep it as safe as
    the ledger itself. Exit 1 when evidence that the ledger names is missing or altered on the disk.
    """
    set_up(language)
    from django.utils.translation import gettext as _

    from taizhang.backup import writing
    from taizhang.web import setup

    with (
        setup.told_plainly(),
        _told_plainly(),
        click.progressbar(length=writing.size(), file=sys.stderr, label="backup") as bar,
    ):
        done = writing.back_up(file, progress=bar.update)
    head = done.manifest.head
    click.echo(
        _("Backed up to {file}: {files} files, the journal up to line {seq}, head {hash}.").format(
            file=done.path,
            files=len(done.manifest.members),
            seq=head.seq if head else 0,
            hash=head.hash if head else "-",
        )
    )
    click.echo(_("It holds the secret key and all entries: keep it where only those who may read it can."))
    for name in done.missing:
        click.echo(_("Evidence is missing on the disk: {sha256}").format(sha256=name), err=True)
    for name in done.damaged:
        click.echo(_("Evidence is altered on the disk: {sha256}").format(sha256=name), err=True)
    sys.exit(1 if done.missing or done.damaged else 0)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put the ledger that is there aside.")
@language_option
@click.pass_context
def restore(ctx: click.Context, file: Path, replace: bool, language: str | None) -> None:
    """Put the backup FILE in place and verify it. Stop the server first.

    Everything in it is checked before anything is touched. Exit 0 whole, 1 something does not fit, 2 refused.
    """
    set_up(language)
    from django.utils.translation import gettext as _

    from taizhang.backup import archive, restoring
    from taizhang.cli.verify import verify
    from taizhang.web import setup

    with setup.told_plainly(), _told_plainly():
        total = archive.read_manifest(file).size
        with click.progressbar(length=total, file=sys.stderr, label="restore") as bar:
            done = restoring.restore(file, replace=replace, progress=bar.update)
    click.echo(
        _("Restored the backup of {moment}, made by version {version}.").format(
            moment=done.manifest.made_at, version=done.manifest.program
        )
    )
    if done.aside:
        click.echo(_("What was there lies in {folder}.").format(folder=done.aside))
    if done.schema_aside:
        click.echo(
            _("The database that was there is kept as the schema {name}.").format(name=done.schema_aside)
        )
    if setup.is_of_older_version():
        setup.migrate()
        click.echo(_("The database was brought up to this version."))
    ctx.invoke(verify, form="text", language=language)


@contextmanager
def _told_plainly() -> Iterator[None]:
    from django.utils.translation import gettext as _

    from taizhang.backup.archive import UnsoundArchive
    from taizhang.backup.databases import BackupRefused

    try:
        yield
    except (UnsoundArchive, BackupRefused) as error:
        click.echo(error.message.render(_), err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(_("A file cannot be read or written: {error}").format(error=error), err=True)
        sys.exit(2)
