"""What the trees know of a candidate: how the text reads with it and without it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import confusion, language, ngrams
from taizhang.proof.spelling.alphabet import Tokens, is_han
from taizhang.proof.spelling.candidates import RARITY, Candidates, ranks
from taizhang.proof.spelling.language import LONGEST, Floats, Places, Reading
from taizhang.proof.spelling.ngrams import ABSENT, CountTable

_NO_SECOND = np.float32(-9)
_LONGEST_WORD = 4

Columns = dict[str, Floats]


def table(reading: Reading, vocabulary: CountTable, candidates: Candidates) -> Floats:
    """One row of features a candidate, in the order of :func:`names`."""
    found = columns(reading, vocabulary, candidates)
    return np.stack([column.astype(np.float32, copy=False) for column in found.values()], axis=1)


def columns(reading: Reading, vocabulary: CountTable, candidates: Candidates) -> Columns:
    """Features by name. Counts are ``log(1 + count)``; "now" is the text as it stands, "then" with the candidate."""
    now = language.around(reading, candidates.places, length=candidates.length)
    then = candidates.swap.counts
    return {
        **_standing(candidates),
        **_relations(candidates),
        **_counts("now", now, candidates.length),
        **_counts("then", then, candidates.length),
        **_associations(reading, candidates, now=now, then=then),
        **_words(reading, vocabulary, candidates),
        **_surroundings(reading, candidates),
    }


def _log(counts: npt.NDArray[np.floating]) -> Floats:
    found: Floats = np.log1p(counts).astype(np.float32)
    return found


def _standing(candidates: Candidates) -> Columns:
    """The candidate among the others of its place."""
    scores = candidates.swap.gain + RARITY[confusion.sound(candidates.relations)].sum(axis=1)
    rank = ranks(candidates.places, scores)
    best = np.full(int(candidates.places.max(initial=0)) + 1, _NO_SECOND, dtype=np.float32)
    second = best.copy()
    best[candidates.places[rank == 0]] = scores[rank == 0]
    second[candidates.places[rank == 1]] = scores[rank == 1]
    rival = np.where(rank == 0, second[candidates.places], best[candidates.places])
    return {"gain": candidates.swap.gain, "rank": rank.astype(np.float32), "margin": scores - rival}


def _relations(candidates: Candidates) -> Columns:
    found: Columns = {}
    for off in range(candidates.length):
        found[f"sound {off}"] = confusion.sound(candidates.relations[:, off]).astype(np.float32)
        found[f"shape {off}"] = confusion.shape(candidates.relations[:, off])
    return found


def _counts(when: str, counts: Mapping[tuple[int, int], Floats], length: int) -> Columns:
    found = {
        f"{when} {order}{off:+d}": _log(counts[order, off])
        for order in (1, 2, 3)
        for off in range(1 - order, length)
    }
    for order in (4, LONGEST):
        rows = np.stack([counts[order, off] for off in range(1 - order, length)])
        found[f"{when} {order} most"] = _log(rows.max(axis=0))
        found[f"{when} {order} known"] = (rows > 0).sum(axis=0).astype(np.float32)
    return found


def _associations(
    reading: Reading,
    candidates: Candidates,
    *,
    now: Mapping[tuple[int, int], Floats],
    then: Mapping[tuple[int, int], Floats],
) -> Columns:
    """How much more often neighbours stand together than chance would have it."""
    places, last = candidates.places, candidates.length - 1
    left, right = reading.tokens[places - 1], reading.tokens[places + last + 1]
    standing = reading.tokens[places[:, None] + np.arange(candidates.length)]
    found: Columns = {}
    for when, counts, middle in (("now", now, standing), ("then", then, candidates.replacements)):
        found[f"{when} bound left"] = _bound(reading, counts[2, -1], left, middle[:, 0])
        found[f"{when} bound right"] = _bound(reading, counts[2, last], middle[:, -1], right)
        if last:
            found[f"{when} bound within"] = _bound(reading, counts[2, 0], middle[:, 0], middle[:, 1])
    return found


def _bound(reading: Reading, together: Floats, one: Tokens, two: Tokens) -> Floats:
    singles, total = reading.language.singles, np.float32(reading.language.total)
    found: Floats = np.log((together + np.float32(0.1)) * total / ((singles[one] + 5) * (singles[two] + 5)))
    return found


def _words(reading: Reading, vocabulary: CountTable, candidates: Candidates) -> Columns:
    """Dictionary words that hold the place: the longest, and how usual the most usual one is."""
    standing = reading.tokens[candidates.places[:, None] + np.arange(candidates.length)]
    change = candidates.replacements - standing.astype(np.uint64)
    found: Columns = {}
    for when, shift in (("now", np.zeros_like(change)), ("then", change)):
        longest = np.zeros(len(candidates.places), dtype=np.float32)
        usual = longest.copy()
        for order in range(2, _LONGEST_WORD + 1):
            for off in range(1 - order, candidates.length):
                levels = vocabulary.levels(
                    _shifted(reading, candidates.places + off, shift, order=order, off=off)
                )
                word = levels != ABSENT
                longest[word] = order
                usual = np.where(word, np.maximum(usual, levels.astype(np.float32) + 1), usual)
        found[f"{when} longest word"] = longest
        found[f"{when} usual word"] = usual
    return found


def _shifted(reading: Reading, starts: Places, shift: ngrams.Keys, *, order: int, off: int) -> ngrams.Keys:
    """Keys of the sequences from ``starts`` with the replaced tokens in them."""
    own = reading.keys[order][starts]
    for token in range(max(off, 0), min(off + order, shift.shape[1])):
        own += shift[:, token] * ngrams.MULTIPLIERS[order, token - off]
    return own


def _surroundings(reading: Reading, candidates: Candidates) -> Columns:
    """How well the text reads about the place, for trouble seldom comes where all else is known."""
    logs = np.log(reading.chances[LONGEST])
    pairs = _log(reading.counts[2])
    places, after = candidates.places, candidates.places + candidates.length
    last = len(reading.tokens) - 1
    far = np.stack(
        [logs[np.clip(at, 0, last)] for at in (places - 4, places - 3, places - 2, after + 2, after + 3)]
    )
    sides = is_han(reading.tokens[places - 1]) + 2 * is_han(reading.tokens[after])
    return {
        **{f"chance {off:+d}": logs[np.minimum(places + off, last)] for off in (-1, 0, 1, 2)},
        "chance far": far.mean(axis=0),
        "pair before": pairs[places - 2],
        "pair behind": pairs[after],
        "sides": sides.astype(np.float32),
    }
