import click

from taizhang.cli.django_site import language_option, set_up


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@language_option
def remind(dry_run: bool, language: str | None) -> None:
    """Tell people what waits for them at the desk, where e-mail or a group chat is set up.

    TAIZHANG_REMIND_GROUP holds the addresses of group chats, TAIZHANG_REMIND_PERSON that of a person's mail with
    {email} in it, both as Apprise writes them. Have it run each morning; it remembers nothing.
    """
    set_up(language)
    from django.conf import settings
    from django.utils.translation import gettext as _

    from taizhang.desk import reminding
    from taizhang.journal import clock
    from taizhang.org.queries import unit_tree

    now = clock.now()
    found = reminding.reminders(now=now, day=clock.day_of(now), tree=unit_tree())
    if dry_run:
        click.echo("\n\n".join(reminding.text_for(one, now=now) for one in found))
        return
    if not (settings.REMIND_GROUP or settings.REMIND_PERSON):
        raise click.ClickException(
            _(
                "Nothing is set up to send to. Set TAIZHANG_REMIND_GROUP or TAIZHANG_REMIND_PERSON, "
                "or look with --dry-run."
            )
        )
    sent = reminding.send(found, now=now)
    for one in sent:
        words = _("sent to {to}") if one.arrived else _("NOT sent to {to}")
        click.echo(words.format(to=one.to))
    if not all(one.arrived for one in sent):
        raise click.exceptions.Exit(1)
