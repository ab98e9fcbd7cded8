"""How a screen makes a change: open the book, act, and put what was refused beside the field it is about."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _

from taizhang.journal.actions import Book, open_book
from taizhang.org.actions import ChangeRefused
from taizhang.org.middleware import Visit


def made(visit: Visit, form: forms.Form, act: Callable[[Book], object]) -> bool:
    """Do ``act`` if the form is in order; tell whether it was done. What was refused stands in the form then."""
    if not form.is_valid():
        return False
    try:
        with open_book(now=visit.now, actor=visit.signature) as book:
            act(book)
    except ChangeRefused as refused:
        for name, message in refused.problems.items():
            form.add_error(name if name in form.fields else None, message.render(_))
        return False
    return True


def refusal(form: forms.Form) -> str:
    """Return what was refused about the change as a whole, for a message."""
    return " ".join(str(error) for error in form.non_field_errors())
