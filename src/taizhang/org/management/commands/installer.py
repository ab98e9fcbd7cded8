from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.org import accounts
from taizhang.org.models import Account

ACTOR = "taizhang manage installer"


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]  # Django prints it as it prints text
        "Let an account administer this installation, opening it if need be, or (--dismiss) no longer. "
        "Either is signed in the journal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--dismiss", action="store_true")

    def handle(self, *, username: str, dismiss: bool, **_options: object) -> None:
        with open_book(now=clock.now(), actor=ACTOR) as book:
            if not dismiss:
                _account, password = accounts.make_installer(username, book=book)
            elif (account := Account.objects.filter(username=username).first()) is not None:
                accounts.dismiss_installer(account, book=book)
            else:
                raise CommandError(_("There is no account {login}.").format(login=username))
        if dismiss:
            said = _("{login} no longer administers this installation.").format(login=username)
        else:
            said = _("{login} administers this installation.").format(login=username)
            if password:
                said += " " + _("Its first password: {password}").format(password=password)
        self.stdout.write(said)
