"""Setting up a home, filling it with the sample year, serving it."""

import datetime as dt
import json
import secrets
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from taizhang.cli import home
from taizhang.cli.django_site import language_option, set_up

SAMPLE_PASSWORD = "taizhang-2023"  # noqa: S105 - printed where the sample is made
SAMPLE_DAY = dt.datetime(2023, 12, 29, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def _make_home(*, sample: bool = False) -> bool:
    """Make the home folder and its settings file; return whether it is new."""
    path = home.path() / "home.json"
    if path.exists():
        return False
    (path.parent / "static").mkdir(parents=True, exist_ok=True)
    settings: dict[str, object] = {"secret_key": secrets.token_urlsafe(50)}
    if sample:
        settings["clock_offset_seconds"] = int((SAMPLE_DAY - dt.datetime.now(dt.UTC)).total_seconds())
        settings["sample_password"] = SAMPLE_PASSWORD
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return True


@click.command()
@click.option("--scheme", "schemes", multiple=True, type=click.Path(exists=True, dir_okay=True, path_type=Path),
              help="A scheme file, or a folder of dated ones, to adopt first.")  # fmt: skip
@click.option("--unit", default="", help="Code and name of the whole organisation, as CODE=NAME.")
@click.option("--kind", default="", help="Its kind of unit (default: the first that the scheme names).")
@click.option("--admin", default="", help="Login name of the first account (asks for its password).")
@click.option("--password", envvar="TAIZHANG_PASSWORD", default="", help="Its password, instead of asking.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    help="Roles of that account (default: those that manage people and accounts).",
)
@language_option
def init(
    schemes: tuple[Path, ...],
    unit: str,
    kind: str,
    admin: str,
    password: str,
    roles: tuple[str, ...],
    language: str | None,
) -> None:
    """Set up an empty ledger in TAIZHANG_HOME, or bring an existing one up to date.

    Run it again at any time: it migrates the database, puts the triggers back and counts anew.
    """
    _make_home()
    set_up(language)
    from taizhang.web import setup

    setup.migrate()
    setup.count_anew()
    if admin and not password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with setup.told_plainly():
        for line in setup.found(
            schemes=schemes, unit=unit, kind=kind, admin=admin, password=password, roles=roles
        ):
            click.echo(line)


@click.command()
@click.option("--serve/--no-serve", default=True, help="Serve it afterwards (default).")
@click.option("--port", default=8000, show_default=True)
@language_option
@click.pass_context
def demo(ctx: click.Context, serve: bool, port: int, language: str | None) -> None:
    """Make the sample year (once) and serve it."""
    _make_home(sample=True)
    set_up(language)
    from taizhang import sample
    from taizhang.web import setup

    setup.migrate()
    if sample.is_wanted():
        total = sample.size()
        with click.progressbar(length=total, label=setup.words.making_sample(), file=sys.stderr) as bar:
            sample.build(progress=bar.update)
    setup.warm()
    click.echo(setup.sample_accounts())
    if serve:
        ctx.invoke(globals()["serve"], port=port, language=language)


CONNECTIONS = 1000
"""How many browsers may hold a connection open: a few each, and more than a hundred people write at once."""


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--threads", default=8, show_default=True)
@click.option("--release/--no-release", default=True, help="Release texts whose moment has come (default).")
@language_option
def serve(port: int, host: str, threads: int, language: str | None, release: bool = True) -> None:
    """Serve the ledger of TAIZHANG_HOME."""
    set_up(language)
    import waitress

    from taizhang.publication.scheduling import Scheduler
    from taizhang.web import setup

    with setup.told_plainly():
        setup.refuse_if_not_ready()
        setup.warm()
        from taizhang.web.wsgi import application

        server = waitress.create_server(
            application, host=host, port=port, threads=threads, connection_limit=CONNECTIONS
        )
    click.echo(setup.words.serving(host, port))
    if release:
        Scheduler().start()
    server.run()


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own commands, for administrators: taizhang manage migrate."""
    set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["taizhang manage", *arguments])
