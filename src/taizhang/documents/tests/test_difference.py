import time

from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents import difference
from taizhang.documents.difference import Piece

TEXTS = st.text(alphabet="全市科技局学习研讨，。0123,4%ab \n", max_size=80)


def shown(old: str, new: str) -> str:
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in difference.pieces(old, new))


def test_whole_words_change():
    assert (
        shown("全年开展集体学习35次。", "全年组织集体学习42次。")
        == "全年[-开展-][+组织+]集体学习[-35-][+42+]次。"
    )


def test_a_number_stays_whole():
    assert difference.words_of("听众4,500余人次，占83.3%") == ["听众", "4,500", "余人次", "，", "占", "83.3%"]


def test_one_letter_between_two_changes_belongs_to_the_change():
    assert shown("张三的书稿", "李四的文件") == "[-张三的书稿-][+李四的文件+]"


def test_a_paragraph_put_in_leaves_the_others_alone():
    old = ["一、总体情况", "全年开展集体学习35次。"]
    new = ["一、总体情况", "坚持稳中求进。", "全年开展集体学习36次。"]
    kinds = [(line.kind, line.old, line.new) for line in difference.lines(old, new)]
    assert kinds == [("same", 0, 0), ("added", None, 1), ("changed", 1, 2)]


def test_another_paragraph_is_not_a_changed_one():
    (removed, added) = difference.lines(["全市科技创新大会召开。"], ["Nothing in common at all"])
    assert (removed.kind, added.kind) == ("removed", "added")


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(old, new):
    found = difference.pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "added") == old
    assert "".join(piece.text for piece in found if piece.kind != "removed") == new


@given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
def test_every_paragraph_of_both_is_told_once_in_order(old, new):
    found = difference.lines(old, new)
    assert [line.old for line in found if line.old is not None] == list(range(len(old)))
    assert [line.new for line in found if line.new is not None] == list(range(len(new)))
    assert all(line.kind != "changed" or old[line.old] != new[line.new] for line in found)


def test_nothing_changed():
    assert difference.pieces("不审不发", "不审不发") == (Piece("same", "不审不发"),)


def test_a_long_text_is_compared_at_once():
    paragraph = "全年开展政策宣讲24场，受众4500余人次，印发工作信息350篇，被采用320篇。"
    old = [f"{number}、{paragraph}" for number in range(150)]
    new = [line.replace("24场", "25场") if number % 3 else line for number, line in enumerate(old)]
    began = time.process_time()
    found = difference.lines(old, new)
    assert sum(line.kind == "changed" for line in found) == 100
    assert time.process_time() - began < 5
