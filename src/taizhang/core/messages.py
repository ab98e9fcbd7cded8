"""Messages that a user will read, kept apart from the language they are read in."""

from collections.abc import Callable
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark ``text`` for translation without translating it (the name is what xgettext looks for)."""
    return text


class Message:
    """An English message id with its values; put into a language where it is shown.

    >>> str(Message("Unknown key “{key}”.", key="knids"))
    'Unknown key “knids”.'
    """

    __slots__ = ("msgid", "values")

    def __init__(self, msgid: str, /, **values: Any) -> None:
        self.msgid = msgid
        self.values = values

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Return the text in the language of ``translate`` (Django's or gettext's ``gettext``)."""
        values = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return translate(self.msgid).format_map(values)

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        return f"Message({self.msgid!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.msgid, self.values) == (other.msgid, other.values)

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted(self.values))))
