import numpy as np

from taizhang.proof.spelling import alphabet, confusion
from taizhang.proof.spelling.confusion import Sound
from taizhang.proof.spelling.model import shipped


def relation(written, meant):
    found = shipped().confusions.between(alphabet.tokens(written), alphabet.tokens(meant))
    return Sound(int(confusion.sound(found)[0])), float(confusion.shape(found)[0])


def test_a_relation_keeps_sound_and_shape():
    packed = confusion.relation(np.array([Sound.BLURRED]), np.array([1.0]))
    assert confusion.sound(packed).tolist() == [Sound.BLURRED]
    assert confusion.shape(packed).tolist() == [1.0]


def test_the_table_knows_what_sounds_alike():
    assert relation("户", "护")[0] is Sound.SAME
    assert relation("只", "制")[0] is Sound.SAME_BUT_TONE
    assert relation("身", "生")[0] is Sound.BLURRED


def test_the_table_knows_what_looks_alike():
    assert relation("末", "未")[1] > 0.7
    assert relation("去", "法")[1] > 0.7


def test_pairs_are_found_as_the_list_of_each_character_says():
    table = shipped().confusions
    owner, others, relations = table.of(alphabet.tokens("户枧"))
    written = alphabet.tokens("户枧")[owner]
    assert (table.between(written, others) == relations).all()


def test_homophones_of_a_word_are_words():
    table = shipped().homophones
    word = alphabet.tokens("同酬")
    _, words = table.of(word[:1], word[1:])
    assert "统筹" in {"".join(map(chr, pair)) for pair in words.tolist()}
