"""Django, set up for a command that needs the database."""

import os

import click
import django
from django.utils import translation

from taizhang.cli.language import LANGUAGES, pick


def set_up(language: str | None = None) -> None:
    """Set Django up and speak the caller's language."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.settings")
    django.setup()
    translation.activate(pick(language))


language_option = click.option("--language", type=click.Choice(LANGUAGES), help="zh-hans or en.")
