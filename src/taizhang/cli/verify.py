import sys

import click

from taizhang.cli.django_site import language_option, set_up


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
def verify(form: str, language: str | None) -> None:
    """Walk the journal's chain and everything it signs; name whatever does not fit. Exit 0 whole, 1 broken."""
    set_up(language)
    import json

    from django.utils.translation import gettext

    from taizhang.journal.models import Line
    from taizhang.journal.verify import verify as walk
    from taizhang.web import setup

    with setup.told_plainly():
        with click.progressbar(length=setup.signed_objects(), file=sys.stderr, label="verify") as bar:
            breaks = list(walk(progress=bar.update))
        head = Line.objects.order_by("-seq").first()
    if form == "json":
        found = [{"line": b.line, "object": b.object, "message": b.message.render(gettext)} for b in breaks]
        click.echo(
            json.dumps(
                {"whole": not breaks, "head": [head.seq, head.hash] if head else None, "breaks": found},
                ensure_ascii=False,
            )
        )
    else:
        for found_break in breaks:
            click.echo(found_break.message.render(gettext))
        click.echo(setup.words.verified(head, len(breaks)))
    sys.exit(1 if breaks else 0)
