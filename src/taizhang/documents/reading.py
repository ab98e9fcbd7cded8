"""Reading drafts into plain text with the place of every paragraph: .docx .txt .md .html .pdf.

Whatever the bytes are, the answer is a ``Reading`` or ``Unreadable`` with a message: nothing is executed,
no entity is expanded, nothing is fetched, and what would take too long or too much memory is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from taizhang.core.messages import Message, gettext_noop
from taizhang.documents import reading_pdf, reading_web, reading_word
from taizhang.documents.unreadable import Unreadable

__all__ = [
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "Paragraph",
    "Reading",
    "Unreadable",
    "decode",
    "read",
    "read_file",
]

MOST_BYTES = 64 * 1024 * 1024
MOST_CHARACTERS = 5_000_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ue000-\uf8ff]")
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MOST_CONTROL = 0.02


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text: characters ``start`` to ``end``, the ``number``-th (from 1) non-empty one."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. ``title`` is the file's name without its ending; ``format`` the ending it was read by."""

    text: str
    title: str
    format: str
    paragraphs: tuple[Paragraph, ...]

    def place_of(self, offset: int) -> tuple[int, int]:
        """Return the number of the paragraph that holds a character, and which character of it, both from 1."""
        low, high = 0, len(self.paragraphs)
        while low < high:
            middle = (low + high) // 2
            if self.paragraphs[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        if low == len(self.paragraphs):
            return len(self.paragraphs), 1
        found = self.paragraphs[low]
        return found.number, max(1, offset - found.start + 1)


def read_file(path: str | Path) -> Reading:
    """Read a file by the ending of its name. Raises Unreadable."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise Unreadable(_too_large(size))
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(
            Message(
                gettext_noop("“{name}” cannot be opened: {reason}."),
                name=path.name,
                reason=error.strerror or str(error),
            )
        ) from error
    return read(content, name=path.name)


def read(content: bytes, *, name: str = "-") -> Reading:
    """Read the bytes of a file; ``name`` gives the format by its ending (none: text). Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_too_large(len(content)))
    ending = PurePath(name).suffix.lower().lstrip(".") or "txt"
    if content.startswith(_OLD_WORD) and ending not in {"txt", "md"}:
        raise Unreadable(
            Message(
                gettext_noop(
                    "An old Word file (.doc) or one with a password. Save it as .docx without a password and try again."
                )
            )
        )
    reader = _READERS.get(ending)
    if reader is None:
        raise Unreadable(
            Message(
                gettext_noop("Files of the kind “.{ending}” cannot be read. Readable are: {endings}."),
                ending=ending,
                endings=" ".join(f".{each}" for each in sorted(_READERS)),
            )
        )
    text = reader(content)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(
            Message(
                gettext_noop(
                    "The text has {count} characters; at most {most} are checked at once. Split the file."
                ),
                count=len(text),
                most=MOST_CHARACTERS,
            )
        )
    return Reading(text, PurePath(name).stem if name != "-" else "", ending, paragraphs(text))


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return the non-empty lines of a text."""
    found = re.finditer(r"[^\s\n](?:[^\n]*[^\s\n])?", text)
    return tuple(Paragraph(m.start(), m.end(), number) for number, m in enumerate(found, start=1))


def decode(content: bytes) -> str:
    """Return the text of bytes in UTF-8, UTF-16 with a mark, or GB18030, with line ends as LF. Raises Unreadable."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _tidy(content, encoding)
    for encoding in ("utf-8", "gb18030"):
        try:
            return _tidy(content, encoding)
        except Unreadable:
            continue
    raise Unreadable(
        Message(gettext_noop("This is no text in UTF-8 or GB18030. Save it as UTF-8 and try again."))
    )


def _tidy(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            Message(gettext_noop("This is no text in UTF-8 or GB18030. Save it as UTF-8 and try again."))
        ) from error
    if len(_CONTROL.findall(text[:20000])) > max(2, len(text[:20000]) * _MOST_CONTROL):
        raise Unreadable(
            Message(
                gettext_noop("This is no text: it holds control characters. Is the ending of the name right?")
            )
        )
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n"))


def _markdown(content: bytes) -> str:
    return reading_web.from_markdown(decode(content))


def _html(content: bytes) -> str:
    return reading_web.from_html(content, decode)


def _too_large(size: int) -> Message:
    return Message(
        gettext_noop("The file has {size} MB; at most {most} MB are read. Split it."),
        size=size // (1024 * 1024),
        most=MOST_BYTES // (1024 * 1024),
    )


_READERS: Mapping[str, Callable[[bytes], str]] = {
    "docx": reading_word.read_text,
    "docm": reading_word.read_text,
    "txt": decode,
    "text": decode,
    "md": _markdown,
    "markdown": _markdown,
    "html": _html,
    "htm": _html,
    "pdf": reading_pdf.read_text,
}
