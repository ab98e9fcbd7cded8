from hypothesis import given
from hypothesis import strategies as st

from taizhang.proof.spelling import alphabet


@given(st.text())
def test_every_character_is_one_token(text):
    assert len(alphabet.tokens(text)) == len(text)


def test_digits_letters_widths_and_spaces_are_folded():
    assert alphabet.tokens("2０").tolist() == [ord("0")] * 2
    assert alphabet.tokens("aＺ").tolist() == [ord("a")] * 2
    assert alphabet.tokens("，,").tolist() == [ord(",")] * 2
    assert alphabet.tokens(" \n\u3000").tolist() == [alphabet.BOUNDARY] * 3


def test_numerals_written_as_characters_stay_characters():
    assert alphabet.tokens("三").tolist() == [ord("三")]
