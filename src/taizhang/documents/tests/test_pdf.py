import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.documents import pdf
from taizhang.documents.model import Document, FigureRun, Heading, Paragraph, Text, TypedNumber, plain
from taizhang.documents.pdf import MissingTypeface, write_pdf
from taizhang.documents.tests.examples import report, with_paragraph

EMBEDDED = typst.Fonts(include_system_fonts=False)
HAS_CHINESE = "Noto Serif CJK SC" in pdf.installed_fonts().families()

needs_chinese = pytest.mark.skipif(not HAS_CHINESE, reason="needs a Chinese typeface: fonts-noto-cjk")


def pages(document: Document) -> list[str]:
    """Return the words on each page, as a reader of the file finds them."""
    with pypdfium2.PdfDocument(write_pdf(document)) as file:
        return [page.get_textpage().get_text_range() for page in file]


def left_edge_of(document: Document, page: int, words: str) -> float:
    """Return how far from the left edge of a page some words begin, in millimetres."""
    with pypdfium2.PdfDocument(write_pdf(document)) as file:
        text = file[page].get_textpage()
        place, _ = text.search(words).get_next()
        return text.get_charbox(place, loose=True)[0] / 72 * 25.4


@needs_chinese
def test_the_same_document_gives_the_same_archive_file():
    data = write_pdf(report())
    assert data.startswith(b"%PDF-1.7")
    assert data == write_pdf(report())
    assert b"pdfaid" in data


@needs_chinese
def test_a_full_page_holds_22_lines_of_28_characters():
    words = "台账记录一次事实处处可查" * 300
    page = pages(report(blocks=(Paragraph(plain(words)),), status="frozen"))[1]
    lines = [line for line in page.splitlines() if "—" not in line]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}


@needs_chinese
def test_everything_the_document_says_is_printed():
    text = "".join("".join(pages(report())).split())
    for words in (
        "一、2023年工作开展情况",
        "（一）强化组织领导。全年开展中心组集体学习35次",
        "附件：1.数据来源表",
        "2023年12月5日",
    ):
        assert words in text
    assert "草稿" in text
    assert "草稿" not in "".join(pages(report(status="frozen")))


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages():
    blocks = tuple(Paragraph(plain("words " * 60)) for _ in range(40))
    document = Document("Title", blocks, language="en", status="frozen")
    assert left_edge_of(document, 0, "— 1 —") > 160
    assert 32 < left_edge_of(document, 1, "— 2 —") < 34


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        '"); panic("',
        "$x$ *b* _i_ `c` @r <l> \\u{41}",
        "= Heading",
        "#{sys.inputs}",
        "//x",
        "[a](b)",
    ],
)
def test_what_a_writer_types_is_never_read_as_code(words):
    run = FigureRun(words, words, "ab" * 8)
    document = Document(
        "T", (Heading(1, plain(words)), Paragraph((Text(words), TypedNumber(words), run))), language="en"
    )
    text = "".join("".join(pages(document)).split())
    assert text.count("".join(words.split())) == 4


@settings(max_examples=20)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_any_latin_text_can_be_printed_without_fonts_of_the_system(words):
    document = Document("Title", (Paragraph(plain(words)),), language="en")
    assert write_pdf(document, fonts=EMBEDDED).startswith(b"%PDF")


def test_without_a_chinese_typeface_the_error_says_what_to_install():
    with pytest.raises(MissingTypeface, match=r"仿宋_GB2312.*fonts-noto-cjk"):
        write_pdf(report(), fonts=EMBEDDED)
    with pytest.raises(MissingTypeface, match="你"):
        write_pdf(Document("T", (Paragraph(plain("你")),), language="en"), fonts=EMBEDDED)


@needs_chinese
def test_a_character_that_no_typeface_has_is_refused_instead_of_printed_as_a_box():
    with pytest.raises(MissingTypeface, match=r"U\+3FFF0"):
        write_pdf(with_paragraph(Text("人名\U0003fff0")))


def test_it_can_be_told_which_typefaces_stand_in():
    assert pdf.substitutes(EMBEDDED)["仿宋_GB2312"] == ""
    assert set(pdf.substitutes(EMBEDDED)) == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"}
