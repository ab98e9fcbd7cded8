"""Whatever the bytes are, a reading or a reason comes back."""

import contextlib
import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents import reading
from taizhang.documents.reading import Unreadable, read
from taizhang.documents.reading_word import Comment, annotate


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_body(xml: str) -> bytes:
    document = docx.Document()
    document.element.body.insert(0, parse_xml(xml))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_the_usual_encodings(encoding: str) -> None:
    text = "全年报送信息58篇。\n其中采用36篇。\n"
    assert read(text.encode(encoding), name="a.txt").text == text


def test_places_are_counted_in_paragraphs() -> None:
    found = read("第一段\n\n第二段内容\n".encode(), name="a.txt")
    assert found.place_of(found.text.index("内容")) == (2, 4)


def test_markdown_loses_its_marks() -> None:
    text = read("# 总结\n- **重点**工作[见此](http://a)\n1. 第一\n".encode(), name="a.md").text
    assert text == "总结\n重点工作见此\n1. 第一\n"


def test_web_pages_lose_what_is_not_seen() -> None:
    page = "<html><head><title>x</title><style>p{}</style></head><body><p>甲<b>乙</b></p><script>1</script><table><tr><td>丙<td>丁</table></body>"
    assert read(page.encode("gbk"), name="a.html").text.split("\n") == ["甲乙", "丙 | 丁", ""]


def test_tables_are_lines_of_cells() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ["季度", "件数", "合计", "31"], strict=True
    ):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    assert read(stream.getvalue(), name="a.docx").text == "季度 | 件数\n合计 | 31\n"


def test_tracked_deletions_are_gone_and_insertions_stay() -> None:
    xml = f'<w:p {nsdecls("w")}><w:r><w:t>共</w:t></w:r><w:del w:id="1" w:author="a"><w:r><w:delText>九</w:delText></w:r></w:del><w:ins w:id="2" w:author="a"><w:r><w:t>十</w:t></w:r></w:ins><w:r><w:t>件</w:t></w:r></w:p>'
    assert read(with_body(xml), name="a.docx").text.startswith("共十件\n")


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        f'<w:p {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>正文</w:t></w:r><w:r>'
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read(with_body(xml), name="a.docx").text.startswith("正文\n框内\n")


def test_comments_leave_the_text_and_every_other_part_alone() -> None:
    before = word_file("全年报送信息58篇，其中被采用63篇。", "结束。")
    text = read(before, name="a.docx").text
    start = text.index("其中")
    after = annotate(
        before, [Comment(start, start + 5, "过大"), Comment(start + 2, start + 8, "重叠")], author="校核"
    )
    old, new = zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after))
    changed = {
        name for name in new.namelist() if name not in old.namelist() or old.read(name) != new.read(name)
    }
    assert changed == {
        "[Content_Types].xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/comments.xml",
    }
    assert read(after, name="a.docx").text == text
    assert [c.text for c in docx.Document(io.BytesIO(after)).comments] == ["过大", "重叠"]


def test_comments_are_added_to_those_that_are_there() -> None:
    once = annotate(word_file("甲乙丙"), [Comment(0, 1, "一")], author="a")
    twice = annotate(once, [Comment(1, 2, "二")], author="b")
    assert [c.text for c in docx.Document(io.BytesIO(twice)).comments] == ["一", "二"]


def test_runs_keep_their_format_when_split() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("前面后面").bold = True
    stream = io.BytesIO()
    document.save(stream)
    after = docx.Document(io.BytesIO(annotate(stream.getvalue(), [Comment(2, 4, "x")], author="a")))
    assert [(r.text, r.bold) for r in after.paragraphs[0].runs if r.text] == [("前面", True), ("后面", True)]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"\xd0\xcf\x11\xe0rest", "a.docx", "old Word"),
        (b"PK\x03\x04broken", "a.docx", "damaged"),
        (packed({"x": b"y"}), "a.docx", "damaged"),
        (b"%PDF-1.4 broken", "a.pdf", "damaged"),
        (b"\x00\x01\x02\x03" * 50, "a.txt", "no text"),
        (b"x", "a.xls", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(content, name=name)


def test_entities_are_never_expanded() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
    relations = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>'
    with pytest.raises(Unreadable, match="entities"):
        read(packed({"_rels/.rels": relations, "word/document.xml": laughs}), name="a.docx")


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(Unreadable, match="unpacks"):
        read(packed({f"{n}.xml": b"0" * 2**26 for n in range(5)}), name="a.docx")


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(Unreadable, match="at most"):
        read(b"0" * 11, name="a.txt")


@given(st.binary(max_size=300), st.sampled_from(["a.docx", "a.txt", "a.md", "a.html", "a.pdf", "-"]))
def test_any_bytes_give_a_reading_or_a_reason(content: bytes, name: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(read(content, name=name).text, str)


@given(st.integers(min_value=0, max_value=3000), st.binary(min_size=1, max_size=8))
def test_damaged_word_files_give_a_reading_or_a_reason(at: int, noise: bytes) -> None:
    whole = word_file("全年报送信息58篇。")
    place = at % len(whole)
    with contextlib.suppress(Unreadable):
        assert read(whole[:place] + noise + whole[place + len(noise) :], name="a.docx").format == "docx"
