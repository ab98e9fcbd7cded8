"""What the model counts: official texts, and a dictionary for the words that they lack."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jieba
import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import alphabet, ngrams
from taizhang.proof.spelling.language import Language
from taizhang.proof.spelling.ngrams import CountTable

#: Least count of a sequence of texts by order; longer ones that came once are mostly chance.
LEAST: Final = {2: 1, 3: 1, 4: 2, 5: 2}
#: What one occurrence in the dictionary's frequencies counts beside one in the texts; lowest perplexity.
DICTIONARY_WEIGHT: Final = 0.02
#: What a term of an official list counts.
TERM_WEIGHT: Final = 20.0
#: What a sentence to learn from counts: it is of today's language, of which there is little beside the laws.
SENTENCE_WEIGHT: Final = 4.0
#: Dictionary words rarer than this are not believed.
LEAST_FREQUENCY: Final = 3
#: Characters rarer than this in texts and dictionary together are never proposed.
LEAST_CHARACTER: Final = 10.0

#: Lengths of the words that the features look for.
_VOCABULARY: Final = range(2, 5)
#: Two characters are taken for a word of the texts from this count on, if they stand together so many times more often
#: than chance would have it.
_BOUND: Final = (30, 20)

_LONGEST_ENTRY: Final = 12
_PAIR: Final = 2

Floats = npt.NDArray[np.float64]
Counted = tuple[ngrams.Keys, Floats]


def texts(path: Path) -> Iterator[str]:
    """Texts of a .jsonl or .jsonl.gz file (field ``text``) or the one text of any other."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (str(json.loads(line)["text"]) for line in lines)
    elif path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            yield from (str(json.loads(line)["text"]) for line in lines)
    else:
        yield path.read_text(encoding="utf-8")


def dictionary() -> dict[str, int]:
    """Words of jieba's dictionary with their frequencies."""
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        entries = (line.split() for line in lines)
        return {entry[0]: int(entry[1]) for entry in entries if len(entry[0]) <= _LONGEST_ENTRY}


def weights(words: Mapping[str, int], terms: Iterable[str]) -> dict[str, float]:
    """What each word counts in the language."""
    found = {word: frequency * DICTIONARY_WEIGHT for word, frequency in words.items()}
    for term in terms:
        found[term] = found.get(term, 0.0) + TERM_WEIGHT
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """What texts and words hold, counted once, for the languages that are made from it.

    ``texts`` and ``words`` are distinct sequence keys and their counts by order; ``singles`` are of single tokens.
    """

    texts: Mapping[int, Counted]
    words: Mapping[int, Counted]
    singles: Floats

    def language(self, sentences: Sequence[alphabet.Tokens] = ()) -> Language:
        """Language of all of them and of ``sentences`` besides, each of which counts :data:`SENTENCE_WEIGHT`."""
        every = [self._merged(sentences, order) for order in ngrams.ORDERS]
        table = ngrams.build(
            np.concatenate([keys for keys, _ in every]), np.concatenate([level for _, level in every])
        )
        singles = self.singles + sum(
            SENTENCE_WEIGHT * np.bincount(tokens, minlength=0x10000) for tokens in sentences
        )
        return Language(singles.astype(np.float32), (table,), ngrams.sieve(every[0][0]), float(singles.sum()))

    def _merged(self, sentences: Sequence[alphabet.Tokens], order: int) -> tuple[ngrams.Keys, ngrams.Levels]:
        """Sequences that came often enough in texts and sentences together, or are in the dictionary."""
        said, times = ngrams.count(sentences, order)
        (text_keys, text_counts), (word_keys, weights) = self.texts[order], self.words[order]
        distinct, which = np.unique(np.concatenate([text_keys, said, word_keys]), return_inverse=True)
        read = len(text_keys) + len(said)
        counts = np.bincount(
            which[:read],
            weights=np.concatenate([text_counts, SENTENCE_WEIGHT * times]),
            minlength=len(distinct),
        )
        total = np.where(counts < LEAST[order], 0, counts)
        total += np.bincount(which[read:], weights=weights, minlength=len(distinct))
        keep = total >= LEAST_FREQUENCY * DICTIONARY_WEIGHT
        return distinct[keep], ngrams.level(np.maximum(total[keep], 1))


def count(read: Sequence[alphabet.Tokens], weighted: Mapping[str, float]) -> Counts:
    """Counts of texts and of words with their weights."""
    lists = _by_length(weighted)
    singles = np.zeros(0x10000)
    for tokens in read:
        singles += np.bincount(tokens, minlength=0x10000)
    for matrix, weight in lists:
        for column in matrix.T:
            singles += np.bincount(column, weights=weight, minlength=0x10000)
    texts = {}
    for order in ngrams.ORDERS:
        keys, counts = ngrams.count(read, order)
        texts[order] = keys, counts.astype(np.float64)
    return Counts(texts, {order: _words(lists, order) for order in ngrams.ORDERS}, singles)


def vocabulary(words: Mapping[str, int], terms: Iterable[str]) -> CountTable:
    """Table of the words of two to four characters (longer ones by their first and last four)."""
    listed = {word: float(frequency) for word, frequency in words.items() if frequency >= LEAST_FREQUENCY}
    for term in terms:
        for part in {term[:4], term[-4:]}:
            listed[part] = max(listed.get(part, 0.0), TERM_WEIGHT / DICTIONARY_WEIGHT)
    keys, levels = [], []
    for matrix, weight in _by_length(
        {word: value for word, value in listed.items() if len(word) in _VOCABULARY}
    ):
        keys.append(_row_keys(matrix))
        levels.append(ngrams.level(np.maximum(weight, 1)))
    distinct, index = np.unique(np.concatenate(keys), return_index=True)
    return ngrams.build(distinct, np.concatenate(levels)[index])


def frequencies(language: Language) -> dict[str, float]:
    """Characters that may be proposed: those of GB 2312 that are common enough, with their counts."""
    codes = np.flatnonzero(language.singles >= LEAST_CHARACTER)
    return {
        chr(c): float(language.singles[c])
        for c in codes.tolist()
        if alphabet.is_han(np.array(c)) and _usual(chr(c))
    }


def pairs(words: Mapping[str, int], read: Sequence[alphabet.Tokens]) -> set[str]:
    """Words of two characters for the homophones: of the dictionary, and what the texts have for words."""
    known = {word for word, frequency in words.items() if len(word) == _PAIR and frequency >= LEAST_FREQUENCY}
    together: Counter[int] = Counter()
    single = np.zeros(0x10000, dtype=np.int64)
    for tokens in read:
        joined, counts = np.unique(tokens[:-1].astype(np.uint32) << 16 | tokens[1:], return_counts=True)
        together.update(dict(zip(joined.tolist(), counts.tolist(), strict=True)))
        single += np.bincount(tokens, minlength=0x10000)
    bound = {
        chr(pair >> 16) + chr(pair & 0xFFFF)
        for pair, count in together.items()
        if count >= _BOUND[0]
        and count * single.sum() > _BOUND[1] * single[pair >> 16] * single[pair & 0xFFFF]
    }
    return {word for word in known | bound if alphabet.is_han(alphabet.tokens(word)).all()}


def _usual(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _by_length(weighted: Mapping[str, float]) -> list[tuple[alphabet.Tokens, Floats]]:
    """Words as matrices of tokens, one a length, with their weights."""
    found = []
    for length in range(1, _LONGEST_ENTRY + 1):
        own = {word: weight for word, weight in weighted.items() if len(word) == length}
        if own:
            found.append((alphabet.tokens("".join(own)).reshape(-1, length), np.array(list(own.values()))))
    return found


def _row_keys(matrix: alphabet.Tokens) -> ngrams.Keys:
    order = matrix.shape[1]
    keys: ngrams.Keys = (matrix.astype(np.uint64) * ngrams.MULTIPLIERS[order, :order]).sum(
        axis=1, dtype=np.uint64
    )
    return keys


def _words(lists: Sequence[tuple[alphabet.Tokens, Floats]], order: int) -> Counted:
    keys, weights = [], []
    for matrix, weight in lists:
        for first in range(matrix.shape[1] - order + 1):
            keys.append(_row_keys(matrix[:, first : first + order]))
            weights.append(weight)
    distinct, which = np.unique(np.concatenate(keys), return_inverse=True)
    return distinct, np.bincount(which, weights=np.concatenate(weights)).astype(np.float64)
