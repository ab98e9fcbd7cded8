import io
import json
import zipfile

import docx
import pytest
from docx.shared import Emu
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from taizhang.documents import docx_styles, manifest
from taizhang.documents.docx import write_docx
from taizhang.documents.model import Column, Document, FigureRun, Table, Text, TypedNumber, plain
from taizhang.documents.tests.examples import SESSIONS, TABLED, TALKS, report, with_paragraph
from taizhang.documents.wordml import W

NS = {"w": W}


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def attributes(element: etree._Element) -> dict[str, str]:
    return {etree.QName(name).localname: value for name, value in element.attrib.items()}


def test_the_same_document_gives_the_same_bytes():
    assert write_docx(report()) == write_docx(report())


def test_word_can_open_it_and_finds_title_author_and_language():
    opened = docx.Document(io.BytesIO(write_docx(report())))
    assert opened.paragraphs[0].text == "2023年宣传思想和意识形态工作总结"
    properties = opened.core_properties
    assert (properties.title, properties.author) == ("2023年宣传思想和意识形态工作总结", "某某市自然资源局")
    assert properties.language == "zh-CN"


def test_the_page_has_the_official_type_area_and_grid():
    section = docx.Document(io.BytesIO(write_docx(report()))).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    width = Emu(section.page_width - section.left_margin - section.right_margin)
    height = Emu(section.page_height - section.top_margin - section.bottom_margin)
    assert (round(width.mm), round(height.mm)) == (156, 225)
    grid = attributes(part(write_docx(report()), "word/document.xml").find(".//w:docGrid", NS))
    assert grid["type"] == "linesAndChars"
    assert 22 <= height.pt * 20 / int(grid["linePitch"]) < 23
    assert 28 <= width.pt / (16 + int(grid["charSpace"]) / 4096) < 29


def test_the_line_and_the_tightened_type_agree_with_the_grid():
    styles = part(write_docx(report()), "word/styles.xml")
    body = styles.find(".//w:style[@w:styleId='BodyText']", NS)
    spacing = attributes(body.find("w:pPr/w:spacing", NS))
    assert (spacing["line"], spacing["lineRule"]) == ("579", "exact")
    tight = 16 + docx_styles.TIGHTENING / 20
    assert 26 * tight + 2 * 16 < docx_styles.TYPE_WIDTH / 20 < 29 * tight


@pytest.mark.parametrize(
    ("style", "face", "half_points"),
    [
        ("BodyText", "仿宋_GB2312", "32"),
        ("Title", "方正小标宋简体", "44"),
        ("Heading1", "黑体", "32"),
        ("Heading2", "楷体_GB2312", "32"),
        ("Heading3", "仿宋_GB2312", "32"),
        ("Footer", "宋体", "28"),
    ],
)
def test_each_style_names_the_official_typeface_and_size(style, face, half_points):
    found = part(write_docx(report()), "word/styles.xml").find(f".//w:style[@w:styleId='{style}']", NS)
    fonts = attributes(found.find("w:rPr/w:rFonts", NS))
    assert fonts["eastAsia"] == face
    assert fonts["ascii"]
    assert attributes(found.find("w:rPr/w:sz", NS))["val"] == half_points


def test_every_named_font_has_an_alternative_word_can_use():
    for font in part(write_docx(report()), "word/fontTable.xml"):
        assert 0 < len(attributes(font.find("w:altName", NS))["val"]) <= 31


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages():
    data = write_docx(report())
    for name, side in (("odd", "right"), ("even", "left")):
        footer = part(data, f"word/footer_{name}.xml")
        assert attributes(footer.find(".//w:jc", NS))["val"] == side
        assert attributes(footer.find(".//w:ind", NS))[side + "Chars"] == "100"
        assert "".join(footer.itertext()).split() == ["—", "PAGE", "1", "—"]
    assert part(data, "word/settings.xml").find("w:evenAndOddHeaders", NS) is not None


def test_every_figure_is_a_control_that_cannot_be_deleted_by_accident():
    controls = part(write_docx(report()), "word/document.xml").findall(".//w:sdt", NS)
    assert ["".join(control.itertext()) for control in controls] == [SESSIONS.text, TALKS.text, TABLED.text]
    for control in controls:
        assert attributes(control.find("w:sdtPr/w:lock", NS)) == {"val": "sdtLocked"}
    aliases = [attributes(control.find("w:sdtPr/w:alias", NS))["val"] for control in controls]
    assert aliases == [SESSIONS.title, TALKS.title, TABLED.title]


def test_the_manifest_lists_what_was_printed():
    data = write_docx(report())
    content = json.loads(part(data, "customXml/item1.xml").text)
    assert content["meta"] == {"report": "2023-1"}
    assert [figure["text"] for figure in content["figures"]] == [SESSIONS.text, TALKS.text, TABLED.text]
    assert content["figures"][1]["digest"] == TALKS.digest
    assert (content["figures"][1]["before"], content["figures"][1]["after"]) == (
        "受教育人数",
        "，另有17人参加。",
    )


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=80),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)
def test_a_tag_fits_words_limit_and_still_names_its_figure(indicator, text):
    document = with_paragraph(FigureRun(text, indicator, "ab" * 32))
    (entry,) = manifest.manifest_of(document).entries
    tag = manifest.tag_for(entry, total=1)
    assert len(tag.encode("utf-16-le")) // 2 <= 64
    assert manifest.parse_tag(tag).names(entry)
    assert manifest.parse_tag(tag).fits(text)


def test_a_manifest_survives_being_written_and_read():
    printed = manifest.manifest_of(report())
    assert manifest.from_json(manifest.to_json(printed)) == printed


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version":1,"meta":{},"figures":[{"sequence":2}]}', "[" * 99999]
)
def test_a_damaged_manifest_is_refused(text):
    with pytest.raises(manifest.UnreadableManifest):
        manifest.from_json(text)


def test_typed_numbers_are_marked_in_drafts_only():
    def marked(**changes: object) -> list[str]:
        runs = part(write_docx(report(**changes)), "word/document.xml").findall(".//w:r", NS)
        return [
            "".join(run.itertext())
            for run in runs
            if (style := run.find("w:rPr/w:rStyle", NS)) is not None
            and "TypedNumber" in style.attrib.values()
        ]

    assert marked() == ["17人"]
    assert marked(status="frozen") == []


def test_a_draft_says_so_at_the_head_of_every_page():
    with zipfile.ZipFile(io.BytesIO(write_docx(report()))) as archive:
        assert {"word/header_odd.xml", "word/header_even.xml"} <= set(archive.namelist())
    with zipfile.ZipFile(io.BytesIO(write_docx(report(status="frozen")))) as archive:
        assert not any("header" in name for name in archive.namelist())


def test_tables_repeat_their_header_and_do_not_split_rows():
    rows = part(write_docx(report()), "word/document.xml").findall(".//w:tr", NS)
    assert [row.find("w:trPr/w:tblHeader", NS) is not None for row in rows] == [True, False]
    assert all(row.find("w:trPr/w:cantSplit", NS) is not None for row in rows)


def test_two_tables_in_a_row_stay_two():
    table = Table((Column(),), (), ((plain("甲"),),))
    body = part(write_docx(Document("题", (table, table))), "word/document.xml").find("w:body", NS)
    names = [etree.QName(element).localname for element in body]
    assert names[-5:] == ["tbl", "p", "tbl", "p", "sectPr"]


def test_what_a_writer_types_cannot_become_markup():
    data = write_docx(with_paragraph(Text("</w:t><w:p/>&amp;\n甲"), TypedNumber("<1>")))
    words = "".join(part(data, "word/document.xml").itertext())
    assert "</w:t><w:p/>&amp;甲<1>" in words


def test_an_english_document_keeps_the_page_and_drops_the_grid():
    root = part(write_docx(report(language="en")), "word/document.xml")
    assert attributes(root.find(".//w:pgMar", NS))["top"] == str(docx_styles.MARGIN_TOP)
    assert root.find(".//w:docGrid", NS) is None
