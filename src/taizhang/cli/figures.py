import json
import sys

import click

from taizhang.cli.django_site import language_option, set_up


@click.command()
@click.option("--unit", default="", help="Code of the unit; the whole organisation if not given.")
@click.option("--person", default="", help="Staff number, for one person's figures.")
@click.option("--period", required=True, help="2023, 2023-H1, 2023-Q1, 2023-01 or 2023-01-15..2023-02-20.")
@click.option("--as-of", "as_of", default="", help="A day or a moment: what the ledger knew then.")
@click.option("--indicator", "indicators", multiple=True, help="Only these (may be repeated).")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@language_option
def figures(
    unit: str,
    person: str,
    period: str,
    as_of: str,
    indicators: tuple[str, ...],
    form: str,
    language: str | None,
) -> None:
    """Every figure of a unit and period, counted from the ledger."""
    set_up(language)
    from taizhang.web import figures_listed, setup

    with setup.told_plainly():
        listed = figures_listed.listed(
            unit=unit, person=person, period=period, as_of=as_of, indicators=indicators
        )
    if form == "json":
        click.echo(json.dumps(listed.as_json(), ensure_ascii=False, indent=1))
    else:
        listed.print_table(sys.stdout)
