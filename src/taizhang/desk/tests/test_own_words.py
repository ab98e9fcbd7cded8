"""At the desk the organisation's own lexicon and spelling are used."""

import pytest

from taizhang.core.desk.content import Content
from taizhang.desk import checking
from taizhang.proof.spelling.learning import learn
from taizhang.proof.spelling.model import save_learned

BODY = "<p>媒体融合中心依法保户公民的合法权益。</p>"


@pytest.fixture
def codes(settings, tmp_path):
    settings.HOME = tmp_path
    content = Content(title="简报", body=BODY)
    return lambda: {found.code for found in checking.findings(content)}


def test_a_lexicon_that_comes_and_goes_is_noticed(codes, tmp_path):
    assert codes() == {"typo"}
    path = tmp_path / "lexicon.yaml"
    path.write_text("lexicon: 甲\nterms:\n  - wrong: [媒体融合中心]\n", encoding="utf-8")
    assert codes() == {"typo", "lexicon"}
    path.write_text("lexicon: [", encoding="utf-8")
    assert codes() == {"typo"}


def test_what_was_learned_is_not_doubted(codes, tmp_path):
    path = tmp_path / "own.spelling"
    save_learned(path, learn(["本办法自发布之日起施行。"], terms=["保户"]))
    assert codes() == set()
    path.write_bytes(b"damaged")
    assert codes() == {"typo"}
