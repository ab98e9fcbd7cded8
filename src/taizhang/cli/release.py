"""Releasing what is due."""

import click

from taizhang.cli.django_site import language_option, set_up


@click.command()
@language_option
def release(language: str | None) -> None:
    """Release the texts whose moment has come, if nothing speaks against it.

    “taizhang serve” does so by itself every few seconds. Run this every minute by cron where several nodes serve, or
    where serving and releasing are kept apart (“taizhang serve --no-release”): a text is never released twice.
    """
    set_up(language)
    from taizhang.publication import scheduling
    from taizhang.web import setup

    with setup.told_plainly():
        setup.refuse_if_not_ready()
        settled = 0
        for one in scheduling.run():
            settled += 1
            click.echo(scheduling.words.settled(one))
    if not settled:
        click.echo(scheduling.words.nothing())
