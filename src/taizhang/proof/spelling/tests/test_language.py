"""The swap is arithmetic over a reading; reading the changed text anew must say the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.proof.spelling import alphabet, language
from taizhang.proof.spelling.learning import learn
from taizhang.proof.spelling.tests.cast import LIBRARY


@pytest.fixture(scope="module")
def own():
    return learn([LIBRARY]).language


CHARACTERS = sorted(set(LIBRARY) - {"\n"})


@given(text=st.text(CHARACTERS, min_size=3, max_size=20), data=st.data())
def test_the_gain_of_a_swap_is_that_of_reading_the_changed_text(own, text, data):
    length = data.draw(st.integers(1, 2))
    place = data.draw(st.integers(0, len(text) - length))
    put = data.draw(st.text(CHARACTERS, min_size=length, max_size=length))
    before = language.read(own, alphabet.padded(text))
    after = language.read(own, alphabet.padded(text[:place] + put + text[place + length :]))
    tokens = alphabet.tokens(put)[None, :]
    gain = language.swap(before, np.array([place + alphabet.MARGIN]), tokens).gain[0]
    told = np.log(after.chances[5]).sum() - np.log(before.chances[5]).sum()
    assert gain == pytest.approx(told, abs=1e-3)


def test_known_sequences_are_likelier_than_strange_ones(own):
    def fitness(text):
        return np.log(language.read(own, alphabet.padded(text)).chances[5]).mean()

    assert fitness("保护公民的合法权益") > fitness("益权法合的民公护保")


def test_counts_of_joined_languages_are_added(own):
    doubled = own.joined(own)
    tokens = alphabet.padded("公民的合法权益")
    once, twice = language.read(own, tokens), language.read(doubled, tokens)
    assert (twice.counts[2] == 2 * once.counts[2]).all()
