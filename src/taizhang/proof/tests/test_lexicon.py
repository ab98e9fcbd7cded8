"""A lexicon is checked like a scheme and marks what it says."""

import pytest

from taizhang.proof import InvalidLexicon, Lexicon, check
from taizhang.proof.lexicon import Term, load_text

GOOD = """
lexicon: 清源县用语
terms:
  - preferred: 两个维护
    wrong: [二个维护]
    note: 规范表述
    severity: error
  - preferred: 融媒体中心
    wrong: [媒体中心]
accepted: [新媒体中心]
"""


def test_wrong_forms_are_marked_with_the_preferred_one() -> None:
    (found,) = check("坚决做到二个维护。", gates=["text"], lexicon=load_text(GOOD), spelling=False)
    assert (found.code, found.severity, found.replacement) == ("lexicon", "error", "两个维护")


def test_a_form_inside_the_preferred_or_an_accepted_word_is_left_alone() -> None:
    lexicon = load_text(GOOD)
    assert check("融媒体中心和新媒体中心挂牌。", gates=["text"], lexicon=lexicon, spelling=False) == []


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("lexicon: 甲\nterms:\n  - prefered: 乙\n    wrong: [丙]\n", "l.yaml:3:5:", "“preferred”"),
        ("lexicon: 甲\nterms:\n  - preferred: 乙\n    wrong: [乙]\n", "l.yaml:4:13:", "“乙”"),
        (
            "lexicon: 甲\nterms:\n  - preferred: 乙\n    wrong: [丙]\n    severity: bad\n",
            "l.yaml:5:15:",
            "“bad”",
        ),
        ("- 甲\n", "l.yaml:1:1:", "lexicon"),
        ("lexicon: [甲\n", "l.yaml:1:10:", "bracket"),
        ("terms: []\n", "l.yaml:1:1:", "“lexicon”"),
    ],
)
def test_faults_are_told_with_place_cause_and_remedy(text: str, place: str, word: str) -> None:
    with pytest.raises(InvalidLexicon) as refused:
        load_text(text, path="l.yaml")
    assert str(refused.value).startswith(place)
    assert word in str(refused.value)


def test_a_lexicon_can_be_made_in_python() -> None:
    lexicon = Lexicon(lexicon="甲", terms=(Term(preferred="账户", wrong=("帐户",)),))
    assert [f.replacement for f in check("开立帐户。", gates=["text"], lexicon=lexicon, spelling=False)] == [
        "账户"
    ]
