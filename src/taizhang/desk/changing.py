"""How a page of the desk makes a change: in a book of its own, with what was refused told in the reader's language."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from taizhang.desk.refused import DeskRefused
from taizhang.journal.actions import Book, open_book
from taizhang.org.middleware import Visit


def refusals(visit: Visit, act: Callable[[Book], object]) -> list[str]:
    """Do ``act``; return why it was refused. Nothing: it was done."""
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            act(book)
    except DeskRefused as error:
        return said(error)
    return []


def said(error: DeskRefused) -> list[str]:
    """Return the reasons of a refusal in the reader's language."""
    return [reason.render(_) for reason in error.reasons]


def tell(request: HttpRequest, problems: Iterable[str]) -> None:
    """Show what was refused on the next page."""
    for problem in problems:
        messages.error(request, problem)
