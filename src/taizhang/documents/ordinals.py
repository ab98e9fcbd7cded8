"""Ordinals and widths of Chinese type."""

import unicodedata

_DIGITS = "〇一二三四五六七八九"
_CIRCLED = 20


def width(text: str) -> int:
    """Return the width of ``text`` in half characters: two for a Chinese character, one for a digit or letter."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese numerals, larger numbers in digits.

    >>> [chinese(number) for number in (1, 10, 11, 20, 99)]
    ['一', '十', '十一', '二十', '九十九']
    """
    if number > 99:  # noqa: PLR2004
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def official(level: int, number: int) -> str:
    """Return the ordinal of a level (GB/T 9704-2012, 7.3.3): 一、 （一） 1. （1） and, below them, ①.

    >>> [official(level, 2) for level in (1, 2, 3, 4, 5)]
    ['二、', '（二）', '2.', '（2）', '②']
    """
    match level:
        case 1:
            return f"{chinese(number)}、"
        case 2:
            return f"（{chinese(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
        case _:
            return chr(ord("①") + number - 1) if number <= _CIRCLED else f"{number})"


class Counter:
    """Counts the headings of one run of text; a heading starts the count of the levels below it anew."""

    def __init__(self, *, is_chinese: bool) -> None:
        self._is_chinese = is_chinese
        self._counts = [0, 0, 0, 0]
        self._level = 0

    def heading(self, level: int) -> str:
        """Count one heading and return its ordinal, with the space that follows it."""
        self._level = level
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (4 - level)
        if self._is_chinese:
            return official(level, self._counts[level - 1])
        return ".".join(str(count) for count in self._counts[:level] if count) + " "

    def item(self, number: int) -> str:
        """Return the ordinal of a list item: of the level below the last heading, but no higher than ``1.``."""
        return official(max(3, self._level + 1), number) if self._is_chinese else f"{number}.\t"
