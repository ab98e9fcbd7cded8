"""What a user sees. The sentences are written for these tests; the shipped model has not read them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.proof import spelling
from taizhang.proof.spelling import correction
from taizhang.proof.spelling.learning import learn
from taizhang.proof.spelling.model import shipped
from taizhang.proof.spelling.tests.cast import LIBRARY


def corrected(text, **options):
    for suspect in reversed(spelling.find(text, **options)):
        text = text[: suspect.start] + suspect.right + text[suspect.end :]
    return text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("依法保户公民的合法权益。", "依法保护公民的合法权益。"),
        ("各级人民政府应当加强对安全生严工作的领导。", "各级人民政府应当加强对安全生产工作的领导。"),
        ("构成犯罪的，依法追究刑事则任。", "构成犯罪的，依法追究刑事责任。"),
        ("由县级以上人民政府同酬安排资金。", "由县级以上人民政府统筹安排资金。"),
    ],
)
def test_an_error_is_corrected(wrong, right):
    assert corrected(wrong) == right


def test_a_suspect_names_place_characters_and_tier():
    (suspect,) = spelling.find("第一条　依法保户公民的合法权益。")
    assert (suspect.start, suspect.end, suspect.wrong, suspect.right) == (7, 8, "户", "护")
    assert suspect.tier == "must"
    assert shipped().must <= suspect.score <= 1


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "abc 123", "第一条 为了规范行政处罚的设定和实施，制定本法。", "\ud83d", "𠮷野家", "户"],
)
def test_where_nothing_is_wrong_nothing_is_found(text):
    assert spelling.find(text) == []


def test_an_accepted_term_is_not_doubted():
    text = "依法保户公民的合法权益。"
    assert spelling.find(text, accepted=["保户"]) == []
    assert spelling.find(text, accepted=["保险户"]) != []


def test_what_is_doubted_again_and_again_in_one_text_is_not_called_an_error():
    line = "依法保户公民的合法权益。\n"
    assert {suspect.tier for suspect in spelling.find(line)} == {"must"}
    assert {suspect.tier for suspect in spelling.find(line * 4)} == {"suspect"}


def test_an_organisation_teaches_its_own_names():
    text = "云岫片区的网格员负责。"
    model = replace(shipped(), suspect=0.0)
    taught = model.knowing(learn([LIBRARY]))
    places = {suspect.start for suspect in spelling.find(text, model=model)}
    assert places & {0, 1}
    assert not {suspect.start for suspect in spelling.find(text, model=taught)} & {0, 1}


def test_a_text_in_traditional_characters_is_not_corrected_to_simplified_ones():
    assert spelling.find("國務院辦公廳關於檢查政務新媒體建設情況的通報，請各單位認真執行。") == []


def test_taught_terms_are_not_doubted():
    taught = shipped().knowing(learn([LIBRARY], terms=["保户"]))
    assert spelling.find("依法保户公民的合法权益。", model=taught) == []


def test_places_do_not_depend_on_what_stands_in_other_blocks():
    line = "各级人民政府应当加强领导。\n"
    ahead = line * (2 * correction.BLOCK // len(line))
    (suspect,) = spelling.find(ahead + "依法保户公民的合法权益。\n" + line * 500)
    assert suspect.start == len(ahead) + 3


@settings(max_examples=60, deadline=None)
@given(st.text("人民政府应当保户护公的合法权益，。\n1aｂ𠮷", max_size=60))
def test_suspects_are_in_order_apart_and_quote_the_text(text):
    end = 0
    for suspect in spelling.find(text, model=replace(shipped(), suspect=0.05)):
        assert end <= suspect.start < suspect.end
        assert text[suspect.start : suspect.end] == suspect.wrong != suspect.right
        assert len(suspect.right) == len(suspect.wrong)
        assert suspect.right not in suspect.alternatives
        end = suspect.end


@given(st.text("甲乙。\n", max_size=200))
def test_blocks_cover_the_text(part):
    text = part * 200
    assert "".join(text[first:last] for first, last in correction.blocks(text)) == text
