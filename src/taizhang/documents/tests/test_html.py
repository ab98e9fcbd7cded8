from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents.html import stylesheet, write_html
from taizhang.documents.model import FigureRun, Text, TypedNumber
from taizhang.documents.tests.examples import TALKS, report, with_paragraph

_VOID = {"meta", "br", "col"}


class Reader(HTMLParser):
    """Collects elements and text, and checks that every element is closed where it was opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_a_figure_says_what_it_counts_and_which_rows():
    figure = Reader(write_html(report(), fragment=True)).all("data")[1]
    assert figure["class"] == "figure"
    assert (figure["data-indicator"], figure["data-digest"]) == (TALKS.indicator, TALKS.digest)
    assert figure["title"] == TALKS.title


def test_headings_lists_and_tables_keep_their_meaning():
    page = Reader(write_html(report(), fragment=True))
    names = [name for name, _ in page.elements]
    assert names.count("h1") == 1
    assert names.count("li") == 3
    assert [attributes["scope"] for attributes in page.all("th")] == ["col", "col"]
    assert page.all("time") == [{"datetime": "2023-12-05"}]
    assert "一、2023年工作开展情况" in page.text


def test_a_lead_in_a_paragraph_is_still_a_heading():
    lead = Reader(write_html(report(), fragment=True)).all("span")[0]
    assert (lead["role"], lead["aria-level"]) == ("heading", "3")


def test_typed_numbers_are_marked_in_drafts_only():
    assert Reader(write_html(report(), fragment=True)).all("mark") == [{"class": "typed-number"}]
    assert Reader(write_html(report(status="frozen"), fragment=True)).all("mark") == []


@given(st.text(st.characters(exclude_categories=["C"])).filter(str.strip))
def test_nothing_that_is_typed_becomes_markup(text):
    run = FigureRun(text, text, "ab" * 8, text)
    page = Reader(write_html(with_paragraph(Text(text), TypedNumber(text), run), fragment=True))
    assert [name for name, _ in page.elements].count("data") == 1
    assert page.all("data")[0]["data-indicator"] == text
    assert text in page.text
    assert "script" not in [name for name, _ in page.elements]


def test_a_page_carries_its_style_sheet_and_a_fragment_does_not():
    assert "@page" in write_html(report(), fragment=False)
    fragment = write_html(report(), fragment=True)
    assert "<style" not in fragment
    assert "style=" not in fragment


def test_the_style_sheet_names_the_official_typefaces_first():
    sheet = stylesheet()
    assert sheet.index("仿宋_GB2312") < sheet.index("Noto Serif CJK SC", sheet.index("--face-body"))
    assert "http" not in sheet
