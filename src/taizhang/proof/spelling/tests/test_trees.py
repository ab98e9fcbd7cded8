import numpy as np
import pytest

from taizhang.proof.spelling.trees import Forest


def forest(scouts=2, floor=-np.inf):
    """Two trees of one split each: feature 0 at most 1 adds 2 else -2; feature 1 at most 0 adds 1 else -1."""
    return Forest(
        features=np.array([[0], [1]], dtype=np.uint8),
        thresholds=np.array([[1], [0]], dtype=np.float32),
        values=np.array([[2, -2], [1, -1]], dtype=np.float32),
        scouts=scouts,
        floor=floor,
    )


def test_the_log_odds_are_the_sum_of_the_leaves():
    rows = np.array([[1, 0], [2, 0], [2, 1]], dtype=np.float32)
    assert forest().probabilities(rows) == pytest.approx(1 / (1 + np.exp([-3, 1, 3])))


def test_rows_under_the_floor_after_the_scouts_are_given_up():
    rows = np.array([[1, 0], [2, 0]], dtype=np.float32)
    assert forest(scouts=1, floor=0).probabilities(rows) == pytest.approx([1 / (1 + np.exp(-3)), 0])


def test_no_rows_have_no_probabilities():
    assert len(forest().probabilities(np.zeros((0, 2), dtype=np.float32))) == 0


def test_deeper_trees_are_walked_to_their_leaves():
    deep = Forest(
        features=np.array([[0, 1, 1]], dtype=np.uint8),
        thresholds=np.array([[0.5, 0.5, np.inf]], dtype=np.float32),
        values=np.array([[1, 2, 3, 3]], dtype=np.float32),
        scouts=1,
        floor=-np.inf,
    )
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    assert deep.sums(rows, 0, 1).tolist() == [1, 2, 3, 3]
