"""Text as the model reads it: one 16-bit token a character, so that places in the two are the same."""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.uint16]

#: What stands before the first and after the last character, and for a line break.
BOUNDARY: Final = 0x0A
#: Boundary tokens on each side of a read text: the longest sequence and the longest replacement, less one.
MARGIN: Final = 6

FIRST_HAN: Final = 0x4E00
LAST_HAN: Final = 0x9FFF

_LAST: Final = 0xFFFF
_UNKNOWN: Final = 0xFFFD


@cache
def _folding() -> Tokens:
    """Token by code point. Digits are one token, Latin letters another, widths are folded, spaces are boundaries."""
    table = np.arange(0x10000, dtype=np.uint16)
    for code in (*range(0x3000), *range(0x3000, 0x3040), *range(0xFF00, 0xFFF0)):
        table[code] = _fold(chr(code))
    return table


def _fold(char: str) -> int:
    if char.isspace():
        return BOUNDARY
    if char.isdigit():
        return ord("0")
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == 1 and folded.isascii():
        return ord("0") if folded.isdigit() else ord("a") if folded.isalpha() else ord(folded)
    return ord(char)


def tokens(text: str) -> Tokens:
    """Tokens of ``text`` alone, one a character."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _folding()[np.where(codes > _LAST, _UNKNOWN, codes)]


def padded(text: str) -> Tokens:
    """Tokens of ``text`` between two margins; character ``i`` is token ``i + MARGIN``."""
    return np.pad(tokens(text), MARGIN, constant_values=BOUNDARY)


def is_han(read: Tokens) -> npt.NDArray[np.bool_]:
    """Which tokens are Chinese characters of the basic block."""
    return (read >= FIRST_HAN) & (read <= LAST_HAN)
