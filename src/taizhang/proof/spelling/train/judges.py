"""Fits the trees that judge candidates, and writes them as arrays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import lightgbm
import numpy as np
import numpy.typing as npt

from taizhang.proof.spelling import alphabet, correction, language
from taizhang.proof.spelling.alphabet import Tokens
from taizhang.proof.spelling.model import Model
from taizhang.proof.spelling.sentences import Sentence
from taizhang.proof.spelling.train.noise import Noise
from taizhang.proof.spelling.trees import Forest

ROUNDS: Final = {1: 160, 2: 100}
#: After these trees a row whose log-odds are so low is given up, see :class:`trees.Forest`.
SCOUTS: Final = 24
LOST: Final = 0.002

PARAMETERS: Final[dict[str, Any]] = {
    "objective": "binary",
    "num_leaves": 31,
    "max_depth": 8,
    "learning_rate": 0.1,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "seed": 7,
    "verbose": -1,
}
#: A real error teaches as much as this many made ones.
REAL: Final = 2.0

Rows = tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], float]


def examples(model: Model, lessons: Iterable[tuple[Tokens, Tokens, float]]) -> dict[int, list[Rows]]:
    """What ``model`` proposes in ``lessons`` (padded tokens as they stand and as meant, and their weight), by length."""
    rows: dict[int, list[Rows]] = {length: [] for length in ROUNDS}
    for standing, meant, weight in lessons:
        for length, table, right in _examples(model, standing, meant):
            rows[length].append((table, right, weight))
    return rows


def fit(rows: Sequence[Mapping[int, Sequence[Rows]]]) -> dict[int, Forest]:
    """Judges by length, fitted to all ``rows`` together."""
    return {
        length: _fit([row for part in rows for row in part[length]], rounds)
        for length, rounds in ROUNDS.items()
    }


def lessons(
    files: Sequence[tuple[Sequence[Sentence], int]], noise: Noise, random: np.random.Generator
) -> Iterator[tuple[Tokens, Tokens, float]]:
    """Each file's sentences as they are, then so many times clean but for made errors."""
    for sentences, times in files:
        meant = alphabet.padded("\n".join(sentence.right for sentence in sentences))
        yield alphabet.padded("\n".join(sentence.wrong for sentence in sentences)), meant, REAL
        for _ in range(times):
            yield noise.spoil(meant, random), meant, 1.0


def _examples(
    model: Model, standing: Tokens, meant: Tokens
) -> Iterator[tuple[int, npt.NDArray[np.float32], npt.NDArray[np.bool_]]]:
    """By length: features, and whether the candidate is what was meant, no character of it standing there already."""
    for found, table in correction.propose(model, language.read(model.language, standing)):
        at = found.places[:, None] + np.arange(found.length)
        right = (found.replacements == meant[at]) & (meant[at] != standing[at])
        yield found.length, table, right.all(axis=1)


def _fit(rows: Sequence[Rows], rounds: int) -> Forest:
    features = np.concatenate([table for table, _, _ in rows])
    right = np.concatenate([answer for _, answer, _ in rows])
    weights = np.concatenate([np.full(len(answer), weight) for _, answer, weight in rows])
    booster = lightgbm.train(PARAMETERS, lightgbm.Dataset(features, right, weight=weights), rounds)
    forest = portable(booster.dump_model()["tree_info"])
    scouted = forest.sums(features[right], 0, SCOUTS)
    return replace(forest, scouts=SCOUTS, floor=float(np.quantile(scouted, LOST)))


def portable(trees: Sequence[dict[str, Any]]) -> Forest:
    """Trees of LightGBM's dump (numerical splits, no missing values) as arrays; sums equal the library's."""
    depth = max(_depth(tree["tree_structure"]) for tree in trees)
    features = np.zeros((len(trees), 2**depth - 1), dtype=np.uint8)
    thresholds = np.full(features.shape, np.inf)
    values = np.zeros((len(trees), 2**depth), dtype=np.float32)
    for tree, number in zip(trees, range(len(trees)), strict=True):
        for node, split in _splits(tree["tree_structure"], 0):
            features[number, node], thresholds[number, node] = split["split_feature"], split["threshold"]
        for node, steps, value in _leaves(tree["tree_structure"], 0, depth):
            first = (node + 1 << steps) - 2**depth
            values[number, first : first + 2**steps] = value
    return Forest(features, _rounded_down(thresholds), values, scouts=len(trees), floor=-np.inf)


def _depth(node: dict[str, Any]) -> int:
    return 0 if "leaf_value" in node else 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))


def _splits(node: dict[str, Any], place: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Inner nodes with their places in the complete tree."""
    if "leaf_value" not in node:
        yield place, node
        yield from _splits(node["left_child"], 2 * place + 1)
        yield from _splits(node["right_child"], 2 * place + 2)


def _leaves(node: dict[str, Any], place: int, depth: int) -> Iterator[tuple[int, int, float]]:
    """Leaves with their places and how many steps the complete tree goes on below them."""
    if "leaf_value" in node:
        yield place, depth, float(node["leaf_value"])
    else:
        yield from _leaves(node["left_child"], 2 * place + 1, depth - 1)
        yield from _leaves(node["right_child"], 2 * place + 2, depth - 1)


def _rounded_down(thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Greatest float32 not above each threshold, so that no float32 feature changes sides."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near).astype(np.float32)
