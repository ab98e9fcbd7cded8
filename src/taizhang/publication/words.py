"""Words of a text on their way out: what no reader can see or no file can hold is taken out."""

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\r\n\t]+')
_LONGEST_NAME = 120


def printable(text: str) -> str:
    """Return ``text`` without control characters; line ends are ``\\n``. What is left fits every file that we write."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Return ``text`` as one line, without signs that turn the direction of reading: for titles and names."""
    return " ".join(_DIRECTIONS.sub("", printable(text)).split())


def file_name(name: str, *, otherwise: str = "file") -> str:
    """Return ``name`` as a file may be called on every system, its ending where it can be seen."""
    plain = _NOT_IN_A_NAME.sub("_", line(unicodedata.normalize("NFC", name))).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= 10:  # noqa: PLR2004 - longer than any ending in use
        return f"{stem[:_LONGEST_NAME].rstrip(' .') or otherwise}.{ending}"
    return plain[:_LONGEST_NAME] or otherwise
