"""A body in every form that is handed out."""

import re

import nh3
import pytest
from lxml import html

from taizhang.core.desk.content import Content, Picture
from taizhang.documents import model
from taizhang.documents.tests.test_pictures import png
from taizhang.publication import fragment
from taizhang.publication.tests.attacks import ATTACKS

HALL, MAP = "a" * 64, "b" * 64
BODY = f"""
<h1>一、总体情况</h1>
<p>全年开展<strong>集体学习</strong>35次，见<a href="https://example.cn/x">通报</a>。<img src="picture:{HALL}" alt="假"></p>
<h3>（一）学习</h3>
<ul><li>第一<ul><li>其一</li></ul></li><li>第二</li></ul>
<ol start="3"><li>三</li><li>四</li></ol>
<table><caption>表1</caption><tr><th>指标</th><th>数值</th></tr><tr><td colspan="2">采用</td></tr><tr><td>刊登</td></tr></table>
<figure><img src="picture:{MAP}"><figcaption>位置</figcaption></figure>
<p class="right evil">某局<br>2023年</p>
"""
CONTENT = Content(
    title="通报",
    body=BODY,
    pictures=(Picture(HALL, "会场全景", "本局供图"), Picture(MAP, "示意图", "")),
)


def page(content: Content) -> str:
    return fragment.for_page(content, address=lambda p: f"/files/{p.sha256[:4]}.png", table_label="表格")


def paste(content: Content, show=lambda picture, number: f"pictures/{number}.png") -> str:
    return fragment.for_pasting(content, show=show)


def test_a_page_has_its_headings_below_the_title_and_its_pictures_as_figures():
    tree = html.fragment_fromstring(page(CONTENT), create_parent="div")
    assert [each.tag for each in tree.iter("h1", "h2", "h3", "h4")] == ["h2", "h3"]
    figures = list(tree.iter("figure"))
    assert [each.find("img").get("src") for each in figures] == ["/files/aaaa.png", "/files/bbbb.png"]
    assert [each.find("img").get("alt") for each in figures] == ["会场全景", "示意图"]
    assert [each.text_content() for each in tree.iter("figcaption")] == ["本局供图", "位置"]
    assert figures[0].getprevious().tag == "p"
    assert tree.find(".//div[@class='scroll']/table") is not None
    assert tree.xpath(".//p/@class") == ["right"]
    assert tree.xpath(".//a/@rel") == ["noopener noreferrer"]


def test_a_picture_that_is_not_the_texts_own_is_left_out():
    assert "img" not in page(Content(title="", body=f'<p>x<img src="picture:{"c" * 64}"></p>'))


def test_words_around_a_picture_stay():
    said = page(Content(title="", body=f'<p>前<img src="picture:{HALL}">后</p>尾', pictures=CONTENT.pictures))
    assert re.sub("<[^>]+>", "", said).replace("本局供图", "") == "前后尾"


def test_what_is_pasted_carries_its_looks_and_no_class():
    said = paste(CONTENT)
    tree = html.fragment_fromstring(said, create_parent="div")
    assert all(each.get("style") for each in tree.iter("p", "h2", "h3", "li", "table", "td", "th", "img"))
    assert not tree.xpath(".//@class[not(parent::span)]")
    assert tree.xpath(".//img/@src") == ["pictures/1.png", "pictures/2.png"]
    assert "text-align:right" in tree.xpath(".//p[contains(., '某局')]/@style")[0]


def test_where_pictures_cannot_be_pasted_their_words_stand():
    said = paste(CONTENT, show=lambda _picture, _number: "")
    assert "〔会场全景〕" in said
    assert "<img" not in said


def test_plain_words_keep_order_numbers_and_addresses():
    assert fragment.plain(CONTENT).split("\n") == [
        "一、总体情况",
        "全年开展集体学习35次，见通报（https://example.cn/x）。",
        "〔会场全景〕",
        "（本局供图）",
        "（一）学习",
        "· 第一",
        "· 其一",
        "· 第二",
        "3. 三",
        "4. 四",
        "表1",
        "指标\t数值",
        "采用",
        "刊登",
        "〔示意图〕",
        "位置",
        "某局",
        "2023年",
    ]


def test_a_document_has_the_same_in_blocks():
    found = fragment.blocks(CONTENT, bytes_of={HALL: png(), MAP: b"none"}.get)
    kinds = [type(block).__name__ for block in found]
    assert kinds == [
        "Heading", "Paragraph", "Picture", "Heading", "BulletList", "Paragraph", "Paragraph", "Table", "Paragraph", "Paragraph",
    ]  # fmt: skip
    assert [block.level for block in found if isinstance(block, model.Heading)] == [1, 2]
    table = next(block for block in found if isinstance(block, model.Table))
    assert len(table.columns) == 2
    assert len(table.header) == 1
    assert [model.text_of(cell) for cell in table.rows[0]] == ["采用", ""]
    assert model.text_of(next(b for b in found if isinstance(b, model.Picture)).caption) == "（本局供图）"


def test_a_gist_is_short():
    assert len(fragment.gist(CONTENT, longest=20)) == 20
    assert fragment.gist(Content(title="", body="<p>短</p>")) == "短"


SAFE_ON_A_PAGE = {
    "div", "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "b", "em", "i", "u",
    "s", "sub", "sup", "a", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "figure",
    "figcaption", "img", "span",
}  # fmt: skip


def assert_harmless(said: str, *, styles: bool = False) -> None:
    """Hold HTML against what may be in it, as lxml reads it and as a browser's parser does."""
    tree = html.fragment_fromstring(said, create_parent="div")
    for element in tree.iter():
        assert element.tag in SAFE_ON_A_PAGE, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert styles or name != "style"
            if name == "style":
                assert not re.search(r"url|position|expression|@|\\", value), value
            if name == "href":
                assert re.match(r"(https?:|mailto:|tel:)", value), value
            if name == "src":
                assert re.match(r"(/files/|pictures/)", value), value
            if name == "class":
                assert value in {"scroll", "source", "right", "center", "noindent"}, value
    everything = {"*": {"class", "style", "role", "tabindex", "aria-label", "href", "src", "alt", "title"}}
    seen_by_a_browser = nh3.clean(said, tags=SAFE_ON_A_PAGE, attributes=everything, link_rel=None)
    assert seen_by_a_browser.replace("<span>", "").count("<") <= said.count("<")


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_attack_survives_in_any_form(attack):
    picture = Picture(HALL, attack, attack)
    wrapped = f'<p>{attack}</p>{attack}<ul><li>{attack}</li></ul><figure><img src="picture:{HALL}"></figure>'
    content = Content(title=attack, body=wrapped, pictures=(picture,))
    assert_harmless(page(content))
    assert_harmless(paste(content), styles=True)
    fragment.plain(content)
    fragment.blocks(content, bytes_of={HALL: png()}.get)
