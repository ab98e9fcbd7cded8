"""The public site, as a reader meets it."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime
from lxml import etree, html

from taizhang.documents.tests.test_pictures import png
from taizhang.journal import guard
from taizhang.ledger import store
from taizhang.publication.tests.conftest import with_picture

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def page(response):
    return html.fromstring(response.content.decode())


def titles(response) -> list[str]:
    return [each.text_content() for each in page(response).xpath("//ol[@class='list']/li/h2/a")]


def test_what_was_released_is_listed_newest_first_and_can_be_read(reader, publish):
    first, second = publish(title="第一篇"), publish(title="第二篇", type_="news")
    assert titles(reader.get("/public/")) == ["第二篇", "第一篇"]
    shown = page(reader.get(f"/public/{first.number}/"))
    assert shown.xpath("//h1")[0].text_content() == "第一篇"
    assert "全市科普活动周在科技馆启动" in shown.xpath("//div[@class='text']")[0].text_content()
    assert first.releases.get().digest in shown.text_content()
    neighbour = shown.xpath("//nav[@class='neighbours']//a/@href")
    assert neighbour == [f"/public/{second.number}/"]


def test_nothing_that_was_not_released_is_there(reader, office):
    manuscript = office.passed()
    assert titles(reader.get("/public/")) == []
    assert reader.get(f"/public/{manuscript.number}/").status_code == 404


def test_a_release_on_another_channel_is_not_on_the_site(reader, publish):
    manuscript = publish(channel="paper")
    assert reader.get(f"/public/{manuscript.number}/").status_code == 404


def test_columns_hold_their_own_type_only(reader, publish):
    publish(title="信息一篇")
    assert titles(reader.get("/public/columns/news/")) == ["信息一篇"]
    assert titles(reader.get("/public/columns/notice/")) == []
    assert reader.get("/public/columns/none/").status_code == 404
    shown = page(reader.get("/public/")).xpath("//nav[@class='columns']//a/@href")
    assert shown == ["/public/", "/public/columns/news/"], "an empty column is not offered"


def test_long_lists_come_in_pages(reader, publish, monkeypatch):
    monkeypatch.setattr("taizhang.publication.site_views.PAGE", 2)
    for number in range(5):
        publish(title=f"第{number}篇")
    assert titles(reader.get("/public/?page=2")) == ["第2篇", "第1篇"]
    assert titles(reader.get("/public/?page=nonsense")) == ["第4篇", "第3篇"]
    assert page(reader.get("/public/?page=2")).xpath("//nav[@class='pages']//strong")[0].text == "2"


def test_a_correction_shows_the_new_text_and_its_note_and_keeps_its_place(reader, publish, correct):
    manuscript, later = publish(title="错误的题目"), publish(title="后一篇")
    correct(manuscript, title="改正的题目", note="原文日期有误，现予更正。")
    shown = page(reader.get(f"/public/{manuscript.number}/"))
    assert shown.xpath("//h1")[0].text_content() == "改正的题目"
    assert "原文日期有误，现予更正。" in shown.xpath("//aside[@class='note']")[0].text_content()
    assert titles(reader.get("/public/")) == ["后一篇", "改正的题目"]
    assert "错误的题目" not in reader.get("/public/").content.decode()
    assert titles(reader.get("/public/notices/")) == ["改正的题目"]
    assert later


def test_a_withdrawn_text_leaves_a_note_and_nothing_else(reader, publish, withdraw):
    manuscript = publish(title="不该发的题目", **with_picture())
    sha256 = hashlib.sha256(png()).hexdigest()
    assert reader.get(f"/public/{manuscript.number}/files/{sha256}/").status_code == 200
    withdraw(manuscript, note="因内容不准确，现予撤回。")
    response = reader.get(f"/public/{manuscript.number}/")
    assert response.status_code == 410
    said = response.content.decode()
    assert "因内容不准确，现予撤回。" in said
    assert "不该发的题目" not in said
    for url in ("/public/", "/public/search/?q=不该发的", "/public/rss.xml", "/public/atom.xml",
                "/public/sitemap.xml", "/public/notices/"):  # fmt: skip
        body = reader.get(url).content.decode()
        assert "不该发的题目" not in body, url
        assert manuscript.number not in body or url == "/public/notices/", url
    assert reader.get(f"/public/{manuscript.number}/files/{sha256}/").status_code == 404


def test_a_text_altered_behind_the_programs_back_is_not_shown(reader, publish, tmp_path):
    kept, altered = publish(title="原样"), publish(title="原题")
    guard.remove()
    altered.versions.update(title="改过的题")
    guard.install()
    response = reader.get(f"/public/{altered.number}/")
    assert response.status_code == 503
    assert "改过的题" not in response.content.decode()
    for url in ("/public/", "/public/search/?q=改过", "/public/rss.xml", "/public/atom.xml"):
        assert "改过的题" not in reader.get(url).content.decode()
    assert titles(reader.get("/public/")) == ["原样"]
    assert kept


def test_a_text_and_all_its_digests_altered_together_are_not_shown(reader, publish):
    from taizhang.desk.actions import digest_of

    manuscript = publish(title="原题")
    version = manuscript.versions.get()
    version.title = "改过的题"
    guard.remove()
    manuscript.versions.update(title="改过的题", digest=digest_of(manuscript, version.text))
    manuscript.releases.update(digest=digest_of(manuscript, version.text))
    guard.install()
    assert reader.get(f"/public/{manuscript.number}/").status_code == 503
    assert titles(reader.get("/public/")) == []


def test_a_forged_release_row_shows_nothing(reader, office):
    from taizhang.desk.models import Release

    manuscript = office.passed()
    way = office.way(manuscript)
    guard.remove()
    Release.objects.create(
        manuscript=manuscript, round=way.round, version=way.version, channel="site", digest=way.version.digest,
        person=office.person("publisher"), at=office.now(), by="nobody",
    )  # fmt: skip
    guard.install()
    assert titles(reader.get("/public/")) == []
    assert reader.get(f"/public/{manuscript.number}/").status_code == 503


def test_search_finds_every_word_anywhere(reader, publish):
    publish(title="科普活动周", body="<p>在科<strong>技馆</strong>启动</p>")
    publish(title="防汛工作", body="<p>全市部署 100% 到位</p>")
    assert titles(reader.get("/public/search/?q=科技馆")) == ["科普活动周"]
    assert titles(reader.get("/public/search/?q=启动 活动")) == ["科普活动周"]
    assert titles(reader.get("/public/search/?q=0%25 到")) == ["防汛工作"]
    assert titles(reader.get("/public/search/?q=strong")) == []
    assert titles(reader.get("/public/search/?q=_")) == []
    assert titles(reader.get("/public/search/?q=科技馆&column=notice")) == []
    assert titles(reader.get("/public/search/?q=科技馆&year=2023")) == ["科普活动周"]
    assert titles(reader.get("/public/search/?q=科技馆&year=2022")) == []
    for nonsense in ("?q=%00", "?year=9999&q=科", "?year=0001&q=科", "?q=" + "x" * 500, "?page=-1&q=科", ""):
        assert reader.get(f"/public/search/{nonsense}").status_code == 200, nonsense


def test_feeds_say_what_is_new_and_what_was_corrected(reader, publish, correct):
    manuscript = publish(title="甲 & <乙>")
    correct(manuscript, note="更正说明")
    rss = etree.fromstring(reader.get("/public/rss.xml").content)
    assert rss.xpath("//item/title/text()") == ["甲 & <乙>"]
    assert rss.xpath("//item/link/text()") == [f"http://testserver/public/{manuscript.number}/"]
    assert "更正说明" in rss.xpath("//item/description/text()")[0]
    atom = etree.fromstring(reader.get("/public/columns/news/atom.xml").content)
    entry = atom.xpath("//a:entry", namespaces=ATOM)[0]
    first, last = manuscript.releases.order_by("at")
    assert entry.findtext("a:published", namespaces=ATOM) == f"{localtime(first.at):%Y-%m-%dT%H:%M:%S+08:00}"
    assert entry.findtext("a:updated", namespaces=ATOM) == f"{localtime(last.at):%Y-%m-%dT%H:%M:%S+08:00}"
    assert atom.xpath("//a:link[@rel='self']/@href", namespaces=ATOM) == [
        "http://testserver/public/columns/news/atom.xml"
    ]


def test_the_site_map_and_the_robots_file_name_what_may_be_read(reader, publish):
    manuscript = publish()
    places = etree.fromstring(reader.get("/public/sitemap.xml").content).xpath(
        "//*[local-name()='loc']/text()"
    )
    assert places == [f"http://testserver/public/{manuscript.number}/"]
    robots = reader.get("/robots.txt").content.decode()
    assert "Allow: /public/" in robots
    assert robots.index("Allow: /public/") < robots.index("Disallow: /")


def test_pictures_are_shown_and_attachments_are_kept_and_neither_is_run(reader, publish):
    manuscript = publish(**with_picture())
    shown = page(reader.get(f"/public/{manuscript.number}/"))
    picture = shown.xpath("//div[@class='text']//img")[0]
    assert picture.get("alt") == "启动现场"
    response = reader.get(picture.get("src"))
    assert b"".join(response.streaming_content) == png()
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    response = reader.get(shown.xpath("//section[@class='files']//a/@href")[0])
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_picture_that_is_html_inside_is_not_shown_as_anything(reader, publish):
    from taizhang.core.desk.content import Picture

    trap = store.keep([b"<html><script>window.hit=1</script>"])
    manuscript = publish(
        body=f'<p>x</p><p><img src="picture:{trap.sha256}"></p>',
        pictures=(Picture(trap.sha256, "x", "y", "text/html"),),
    )
    response = reader.get(f"/public/{manuscript.number}/files/{trap.sha256}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_an_altered_file_is_not_handed_out(reader, publish):
    manuscript = publish(**with_picture())
    sha256 = hashlib.sha256(png()).hexdigest()
    store.path_of(sha256).write_bytes(b"other")
    assert reader.get(f"/public/{manuscript.number}/files/{sha256}/").status_code == 404


def test_a_file_of_no_public_text_is_not_there(reader, publish, office):
    secret = office.passed(**with_picture())
    public = publish(title="别的")
    sha256 = hashlib.sha256(png()).hexdigest()
    assert reader.get(f"/public/{public.number}/files/{sha256}/").status_code == 404
    assert reader.get(f"/public/{secret.number}/files/{sha256}/").status_code == 404


URLS = ("", "columns/news/", "search/?q=科", "notices/", "rss.xml", "atom.xml", "sitemap.xml")


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("base", ["/public/", "/public/en/"])
def test_every_page_is_open_without_cookies_and_lets_nothing_run(reader, publish, base, url):
    publish()
    response = reader.get(base + url)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert reader.post(base + url).status_code == 405


def test_the_page_speaks_the_language_of_its_address(reader, publish):
    manuscript = publish()
    chinese = reader.get(f"/public/{manuscript.number}/", headers={"accept-language": "en"}).content.decode()
    english = reader.get(
        f"/public/en/{manuscript.number}/", headers={"accept-language": "zh"}
    ).content.decode()
    assert '<html lang="zh-Hans">' in chinese
    assert '<html lang="en">' in english
    assert "Skip to content" in english
    assert "Skip to content" not in chinese
    assert f'hreflang="en" href="/public/en/{manuscript.number}/"' in chinese
    assert 'href="/public/en/columns/news/"' in english


def test_the_site_can_be_switched_off(reader, publish, settings):
    manuscript = publish()
    settings.PUBLIC_SITE = False
    for url in (*URLS, f"{manuscript.number}/"):
        assert reader.get(f"/public/{url}").status_code == 404
    assert "Allow" not in reader.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    "url", ["", "columns/news/", "search/?q=科", "notices/", "rss.xml", "sitemap.xml", "{}/"]
)
def test_a_page_asks_the_database_little(reader, publish, correct, url):
    manuscripts = [publish(title=f"科普{n}") for n in range(4)]
    correct(manuscripts[1], note="更正")
    url = "/public/" + url.format(manuscripts[1].number)
    reader.get(url)
    with CaptureQueriesContext(connection) as asked:
        reader.get(url)
    assert len(asked) <= 12, [query["sql"][:90] for query in asked]


def test_a_page_is_fit_for_those_who_listen_to_it(reader, publish):
    manuscript = publish(**with_picture())
    for url in ("/public/", f"/public/{manuscript.number}/", "/public/search/?q=科"):
        shown = page(reader.get(url))
        assert len(shown.xpath("//h1")) == 1
        assert len(shown.xpath("//main")) == 1
        assert shown.xpath("//a[@class='skip']/@href") == ["#main"]
        assert not shown.xpath("//img[not(@alt)]")
        assert not shown.xpath("//script | //@style | //style")
        for field in shown.xpath("//input | //select"):
            assert shown.xpath(f"//label[@for='{field.get('id')}']"), field.get("id")
        for nav in shown.xpath("//nav | //aside"):
            assert nav.get("aria-label") or nav.get("aria-labelledby")
        ids = shown.xpath("//@id")
        assert len(ids) == len(set(ids))
