"""Texts that want to be run, through every place that somebody can type in, to every place that is handed out."""

import io
import zipfile

import docx
import pytest
from lxml import etree, html

from taizhang.core.desk.content import Attachment, Content, Picture
from taizhang.desk.models import Purpose
from taizhang.documents.tests.test_pictures import png
from taizhang.ledger import store
from taizhang.publication.tests.attacks import ATTACKS
from taizhang.publication.tests.test_fragment import SAFE_ON_A_PAGE
from taizhang.publication.words import file_name

AT_ONCE = 12
ON_PAGES = SAFE_ON_A_PAGE | {
    "html", "head", "body", "meta", "title", "link", "header", "nav", "form", "label", "input", "button", "main",
    "article", "section", "aside", "footer", "h1", "time", "dl", "dt", "dd", "code", "bdi", "small", "svg", "path", "mark",
    "select", "option",
}  # fmt: skip
IN_FEEDS = {
    "rss", "channel", "title", "link", "description", "language", "lastBuildDate", "item", "guid", "pubDate", "creator",
    "category", "feed", "id", "updated", "entry", "published", "author", "name", "summary", "subtitle",
}  # fmt: skip
BATCHES = [ATTACKS[start : start + AT_ONCE] for start in range(0, len(ATTACKS), AT_ONCE)]


def test_there_are_enough_of_them():
    assert len(set(ATTACKS)) >= 60


def assert_nothing_runs(said: str) -> None:
    tree = html.fromstring(said)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag in ON_PAGES, element.tag
        assert element.tag not in ("svg", "path") or not element.xpath("ancestor-or-self::*[@onload]")
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            assert name not in ("style", "srcdoc", "srcset", "formaction", "background"), name
            if name in ("href", "src", "action"):
                assert (
                    value == ""
                    or value.split(":")[0] in ("http", "https", "mailto", "tel")
                    or value[0] in "/#?"
                ), value


def content_of(attack: str, shown: str, attached: store.Stored, office) -> dict:
    return {
        "title": f"题{attack}"[:300],
        "body": f'<p>正文</p><p><img src="picture:{shown}"></p><p>{attack}</p>{attack}',
        "byline": attack,
        "pictures": (Picture(shown, f"景{attack}", f"源{attack}", "image/png"),),
        "attachments": (Attachment(attached.sha256, f"{attack}.pdf"[:200], "text/html", attached.size),),
    }


@pytest.mark.parametrize("batch", BATCHES, ids=range(len(BATCHES)))
def test_no_attack_runs_on_the_site_in_feeds_or_in_what_is_pasted(batch, office, reader, client_for):
    shown = store.keep([png()]).sha256
    attached = store.keep([b"<script>window.hit=1</script>"])
    released = [release_of(attack, shown, attached, office) for attack in batch]
    check_lists(batch, reader)
    check_feeds(reader)
    for release in released:
        check_article(release.manuscript.number, (shown, attached.sha256), reader)
        check_desk(release, client_for("publisher"))


def release_of(attack: str, shown: str, attached: store.Stored, office):
    """Return a release of a text that is made of an attack, as far as a database can hold it."""
    kept = attack.replace("\x00", "").encode("utf-8", "ignore").decode()
    manuscript = office.start(type_="notice", channels=("site",), **content_of(kept, shown, attached, office))
    office.submit(manuscript)
    for code, by in (("review", "section_head"), ("sign", "head")):
        office.approve(manuscript, code, by=by)
    return office.release(manuscript)


def check_lists(batch: tuple[str, ...], reader) -> None:
    for base in ("/public/", "/public/en/"):
        for url in ("", "columns/notice/", "notices/"):
            assert_nothing_runs(reader.get(base + url).content.decode())
    for attack in batch:
        assert_nothing_runs(reader.get("/public/search/", {"q": attack}).content.decode())
        assert_nothing_runs(reader.get("/public/", {"page": attack}).content.decode())


def check_feeds(reader) -> None:
    for feed in ("rss.xml", "atom.xml"):
        tree = etree.fromstring(reader.get(f"/public/{feed}").content)
        assert {etree.QName(each).localname for each in tree.iter()} <= IN_FEEDS
        for said in tree.xpath("//*[local-name()='description' or local-name()='summary']/text()"):
            assert not html.fragment_fromstring(said, create_parent="div").xpath("./*")  # as readers take it
    etree.fromstring(reader.get("/public/sitemap.xml").content)


def check_article(number: str, files: tuple[str, ...], reader) -> None:
    assert_nothing_runs(reader.get(f"/public/{number}/").content.decode())
    for sha256 in files:
        answer = reader.get(f"/public/{number}/files/{sha256}/")
        assert not set(answer.get("Content-Disposition", "")) & {"\r", "\n"}
        assert answer["Content-Type"] in ("image/png", "application/octet-stream")
        assert answer["X-Content-Type-Options"] == "nosniff"


def check_desk(release, client) -> None:
    page = html.fromstring(client.get(f"/publication/{release.manuscript_id}/").content.decode())
    assert not page.xpath(
        "//*[contains(@class, 'release-paper')]//script | //@onerror | //@onload | //@onclick"
    )
    for tail in ("package/", "text.docx"):
        assert client.get(f"/publication/releases/{release.pk}/{tail}").status_code == 200
    check_package(client.get(f"/publication/releases/{release.pk}/package.zip").content)


def check_package(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            assert not name.startswith(("/", "."))
            assert ".." not in name.split("/")
            assert "\\" not in name
            assert name.count("/") <= 1
        tree = html.fromstring(archive.read("article.html").decode())
        for element in tree.iter():
            assert element.tag in ON_PAGES, element.tag
            assert not [name for name in element.attrib if name.startswith("on")]
        opened = docx.Document(io.BytesIO(archive.read("article.docx")))
        targets = [rel.reltype for rel in opened.part.rels.values() if rel.is_external]
        assert targets == []


@pytest.mark.parametrize(
    "attack", ["<img src=x onerror=window.hit=1>", '" onmouseover="window.hit=1', "{{ 7|add:7 }}"]
)
def test_no_attack_runs_in_a_note(attack, publish, correct, withdraw, reader):
    corrected, gone = publish(title="更正的"), publish(title="撤回的")
    correct(corrected, note=attack)
    withdraw(gone, note=attack)
    for url in (f"{corrected.number}/", f"{gone.number}/", "notices/"):
        said = reader.get(f"/public/{url}").content.decode()
        assert_nothing_runs(said)
        assert attack in html.fromstring(said).text_content()
    assert Purpose.CORRECT in corrected.rounds.values_list("purpose", flat=True)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_a_file_name_is_one_on_every_system(attack):
    name = file_name(attack)
    assert name
    assert not name.startswith((".", " "))
    assert len(name) <= 131
    assert not set(name) & set('\\/:*?"<>|\r\n\t\x00\u202e\u2066')


def test_a_hidden_ending_can_be_seen():
    assert file_name("公告\u202efdp.exe") == "公告fdp.exe"
    assert file_name("a" * 300 + ".pdf").endswith("a.pdf")
    assert Content(title="x", body="").title == "x"
