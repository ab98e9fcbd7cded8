import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.proof.spelling import alphabet, ngrams


@given(st.sets(st.integers(0, 2**64 - 1), max_size=300), st.integers(0, ngrams.LEVELS))
def test_every_key_built_in_is_found_at_its_level(numbers, level):
    keys = np.array(sorted(numbers), dtype=np.uint64)
    table = ngrams.build(keys, np.full(len(keys), level, dtype=np.uint8))
    assert (table.levels(keys) == level).all()


def test_keys_that_share_all_their_cells_make_the_table_larger():
    keys = np.array([0, 1, 2, 2176, 690940], dtype=np.uint64)
    table = ngrams.build(keys, np.arange(5, dtype=np.uint8))
    assert (table.levels(keys) == np.arange(5)).all()


def test_a_key_that_was_not_built_in_is_seldom_found():
    random = np.random.default_rng(1)
    table = ngrams.build(random.integers(0, 2**63, 5_000).astype(np.uint64), np.zeros(5_000, dtype=np.uint8))
    strangers = random.integers(2**63, 2**64, 50_000, dtype=np.uint64)
    assert (table.levels(strangers) != ngrams.ABSENT).mean() < 2 / 1000


def test_repeated_keys_are_refused():
    with pytest.raises(ValueError, match="repeat"):
        ngrams.build(np.array([7, 7], dtype=np.uint64), np.zeros(2, dtype=np.uint8))


@given(st.text("甲乙丙丁", min_size=6, max_size=12), st.integers(2, 5), st.data())
def test_replacing_a_token_changes_the_key_by_a_product(text, order, data):
    tokens = alphabet.tokens(text)
    place = data.draw(st.integers(0, order - 1))
    changed = tokens.copy()
    changed[place] = ord("戊")
    shift = (ord("戊") - int(tokens[place])) * int(ngrams.MULTIPLIERS[order, place])
    assert int(ngrams.keys(changed, order)[0]) == (int(ngrams.keys(tokens, order)[0]) + shift) % 2**64


def test_counting_counts_over_pieces_and_drops_what_is_rare():
    keys, counts = ngrams.count([alphabet.tokens("安全安全"), alphabet.tokens("安全")], 2, at_least=2)
    assert counts.tolist() == [3]
    assert keys.tolist() == ngrams.keys(alphabet.tokens("安全"), 2).tolist()


def test_levels_are_two_to_an_octave():
    assert ngrams.level(np.array([1, 2, 4, 1_000, 10**9])).tolist() == [0, 2, 4, 20, 31]
