"""What is wrong with a scheme: always a place, a cause and a remedy, and always all of it at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from taizhang.core.messages import Message, gettext_noop


@dataclass(frozen=True, order=True)
class Place:
    """A point in a file; lines and columns are counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class SchemeError:
    """One fault. ``key_path`` is dotted from the top of the file (``kinds.study.fields.form``)."""

    path: str
    line: int
    column: int
    key_path: str
    cause: Message
    remedy: Message

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Return ``file:line:column: cause remedy`` in the language of ``translate``."""
        cause, remedy = self.cause.render(translate), self.remedy.render(translate)
        return f"{self.path}:{self.line}:{self.column}: {cause} {remedy}"

    def __str__(self) -> str:
        return self.render()


class SchemeErrors(ValueError):  # noqa: N818 - plural on purpose: it carries every fault of a file
    """A file is refused. ``errors`` has every fault that was found, in the order of the file."""

    def __init__(self, errors: Iterable[SchemeError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.path, error.line, error.column)))
        super().__init__("\n".join(map(str, self.errors)))

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        return "\n".join(error.render(translate) for error in self.errors)


class Unreadable(SchemeErrors):
    """There is no text to judge: no such file, too large, or not UTF-8."""
