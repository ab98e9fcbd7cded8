"""Boosted decision trees, evaluated by NumPy: no library of gradient boosting is needed to use the model.

See ``docs/adr`` for why the trees are shipped and not the library.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: Rows walked together, so that what is read for them stays in the cache.
_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Forest:
    """Complete binary trees of one depth; node ``i`` of a tree has the children ``2i + 1`` and ``2i + 2``.

    ``features`` and ``thresholds`` are trees x inner nodes: a row goes to the first child where its feature is at most
    the threshold. ``values`` are trees x leaves: what a leaf adds to the log-odds. After ``scouts`` trees, rows whose
    log-odds are under ``floor`` are given up.
    """

    features: npt.NDArray[np.uint8]
    thresholds: Floats
    values: Floats
    scouts: int
    floor: float

    def probabilities(self, rows: Floats) -> Floats:
        """Probability of each row of features (rows x features), 0 where it was given up."""
        odds = np.full(len(rows), -np.inf, dtype=np.float32)
        for first in range(0, len(rows), _ROWS):
            block = rows[first : first + _ROWS]
            sums = self.sums(block, 0, self.scouts)
            stay = np.flatnonzero(sums >= self.floor)
            odds[first + stay] = sums[stay] + self.sums(block[stay], self.scouts, len(self.values))
        with np.errstate(over="ignore"):
            return (1 / (1 + np.exp(-odds))).astype(np.float32)

    def sums(self, rows: Floats, first: int, last: int) -> Floats:
        """What trees ``first`` to ``last`` add for each row, all trees walked at once."""
        inner, leaves = self.features.shape[1], self.values.shape[1]
        features, thresholds = self.features.ravel(), self.thresholds.ravel()
        flat = rows.ravel()
        own = (np.arange(len(rows), dtype=np.int32) * np.int32(rows.shape[1]))[:, None]
        root = (np.arange(first, last, dtype=np.int32) * np.int32(inner))[None, :]
        node = np.zeros((len(rows), last - first), dtype=np.int32)
        for _ in range(inner.bit_length()):
            at = root + node
            goes_on = flat[own + features[at]] > thresholds[at]
            node += node
            node += 1
            node += goes_on
        leaf = node - np.int32(inner) + (np.arange(first, last, dtype=np.int32) * np.int32(leaves))[None, :]
        total: Floats = self.values.ravel()[leaf].sum(axis=1, dtype=np.float32)
        return total
