"""A Word file takes what was corrected in its text, and keeps everything else."""

import io
import itertools
import zipfile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents.reading import read
from taizhang.documents.reading_word import Change, Uncorrectable, correct
from taizhang.documents.rewording import changes
from taizhang.documents.tests.editing import member, replaced


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word_file(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def reworded(content: bytes, old: str, new: str) -> bytes:
    text = read(content, name="a.docx").text
    return correct(content, changes(text, text.replace(old, new)))


def applied(text: str, found: list[Change]) -> str:
    for change in reversed(found):
        text = text[: change.start] + change.words + text[change.end :]
    return text


def test_only_the_part_that_holds_the_words_is_changed():
    before = word_file("依法保户权益。", "结束。")
    after = reworded(before, "保户", "保护")
    old, new = zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after))
    assert old.namelist() == new.namelist()
    assert [name for name in new.namelist() if old.read(name) != new.read(name)] == ["word/document.xml"]
    assert member(after, "word/document.xml").count(b"<w:r>") == member(before, "word/document.xml").count(
        b"<w:r>"
    )
    assert read(after, name="a.docx").text == "依法保护权益。\n结束。\n"


def test_every_character_keeps_the_type_it_stood_in():
    document = docx.Document()
    paragraph = document.add_paragraph("全面")
    paragraph.add_run("从言").bold = True
    paragraph.add_run("制党").italic = True
    after = docx.Document(io.BytesIO(reworded(saved(document), "从言制党", "从严治党")))
    assert [(run.text, run.bold, run.italic) for run in after.paragraphs[0].runs] == [
        ("全面", None, None),
        ("从严", True, None),
        ("治党", None, True),
    ]


def test_longer_and_shorter_words_and_several_in_one_run():
    after = reworded(word_file("的的确，其中中被采用"), "的的确，其中中", "的确，其中")
    assert read(after, name="a.docx").text == "的确，其中被采用\n"
    content = word_file("甲丙。乙丁。")
    after = correct(content, [Change(1, 1, "某某"), Change(3, 5, "")])
    assert read(after, name="a.docx").text == "甲某某丙。。\n"


def test_words_in_tables_and_in_both_copies_of_a_text_box():
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "保户", "保户"
    after = docx.Document(io.BytesIO(reworded(saved(document), "保户", "保护")))
    assert [cell.text for cell in after.tables[0].rows[0].cells] == ["保护", "保护"]
    box = "<w:txbxContent><w:p><w:r><w:t>保户</w:t></w:r></w:p></w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = (
        f'<w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    content = word_file("正文。")
    main = member(content, "word/document.xml").replace(b"</w:p>", f"{both}</w:p>".encode(), 1)
    corrected = reworded(replaced(content, {"word/document.xml": main}), "保户", "保护")
    assert member(corrected, "word/document.xml").decode().count("保护") == 2
    assert "保户" not in member(corrected, "word/document.xml").decode()


@pytest.mark.parametrize(
    ("old", "new"), [("一。\n二", "一。二"), ("一。", "一。\n新。"), ("三 | 四", "三四")]
)
def test_paragraphs_and_cells_are_not_joined_or_parted(old, new):
    document = docx.Document()
    for line in ("一。", "二。"):
        document.add_paragraph(line)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "三", "四"
    content = saved(document)
    with pytest.raises(Uncorrectable):
        reworded(content, old, new)


@given(st.lists(st.text("甲乙丙 。\n", max_size=12)), st.lists(st.text("甲乙丙 。\n", max_size=12)))
def test_changes_turn_the_one_text_into_the_other(before, after):
    old, new = "".join(before), "".join(after)
    found = changes(old, new)
    assert applied(old, found) == new
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(st.text("甲乙丙。", min_size=1, max_size=40), st.data())
def test_any_rewording_of_a_paragraph_reaches_the_file(line, data):
    new = data.draw(st.text("甲乙丁。", min_size=1, max_size=40))
    document = docx.Document()
    paragraph = document.add_paragraph()
    for at in range(0, len(line), 3):
        paragraph.add_run(line[at : at + 3])
    content = saved(document)
    after = correct(content, changes(f"{line}\n", f"{new}\n"))
    assert read(after, name="a.docx").text == f"{new}\n"
