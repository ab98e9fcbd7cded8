"""The pages of the desk, over HTTP."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.desk.models import Act, Comment, Draft, FindingDecision, Manuscript, Version

MOST_QUERIES = 12
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082".replace(" ", "")
)
FAULTY = "<p>报送信息58篇，其中被采用63篇。</p>"


@pytest.fixture
def client_of(office):
    def log_in(name: str, *, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(office.account(name))
        return client

    return log_in


def url(name: str, manuscript: Manuscript, *more) -> str:
    return reverse(f"desk:{name}", args=[manuscript.pk, *more])


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def decide(client, office, manuscript, code, act="approve", **more):
    told = {
        "station": office.station(manuscript, code).pk,
        "seen": office.seen(manuscript),
        "act": act,
        "opinion": "同意。",
        "read_aloud": "1",
    }
    return client.post(url("decide", manuscript), {**told, **more})


# The queue


def test_a_text_waits_for_the_reviewer_and_not_for_the_author(office, client_of):
    manuscript = office.start()
    office.submit(manuscript)
    queue = page(client_of("section_head"), reverse("desk:index"))
    assert url("review", manuscript) in queue
    assert "48 hours" not in queue
    mine = page(client_of("editor"), reverse("desk:index"))
    assert "Nothing waits for you" in mine
    assert url("manuscript", manuscript) in mine
    assert url("review", manuscript) not in mine


def test_an_overdue_text_is_red(office, client_of, now):
    manuscript = office.start()
    office.submit(manuscript)
    now(now().replace(day=29))
    queue = page(client_of("section_head"), reverse("desk:index"))
    assert "left-late" in queue
    assert "overdue by" in queue
    assert "count-bad" in page(client_of("section_head"), reverse("desk:waiting"))


def test_the_list_filters_and_finds_only_what_may_be_seen(office, client_of):
    shown, other = office.start(title="科普活动周启动"), office.start(title="防汛工作简报")
    office.submit(shown)
    client = client_of("editor")
    address = reverse("desk:all")
    assert "防汛" in page(client, f"{address}?q=防汛")
    assert "科普" not in page(client, f"{address}?q=防汛")
    assert "科普" in page(
        client, f"{address}?state=on_the_way&station=review1&type=news&unit=office&period=2023"
    )
    assert "防汛" not in page(client, f"{address}?state=on_the_way")
    assert "No manuscript fits" in page(client, f"{address}?state=released")
    assert "Nobody here is called" in page(client, f"{address}?person=无此人")
    assert "科普" in page(client, f"{address}?person=Editor&sort=-number")
    auditor = page(client_of("auditor"), address)
    assert "科普" in auditor
    assert other.number not in auditor, "a draft is for those who write it"


def test_the_list_as_a_workbook(office, client_of):
    office.submit(office.start(title="=HYPERLINK(0)"))
    response = client_of("editor").get(reverse("desk:export"))
    assert response["Content-Type"].endswith("sheet")
    assert response["Content-Disposition"].endswith('filename="Manuscripts-20231120.xlsx"')
    assert response.content[:2] == b"PK"
    chinese = client_of("editor", language="zh-hans").get(reverse("desk:export"))
    assert chinese["Content-Disposition"].endswith("''%E7%A8%BF%E4%BB%B6-20231120.xlsx")


# Writing


def test_a_manuscript_begins_with_its_author_and_opens_in_the_editor(office, client_of):
    client = client_of("editor")
    unit = office.bureau.units["office"].pk
    response = client.post(
        reverse("desk:new"), {"title": "新稿", "type": "news", "unit": unit, "channel": "site"}
    )
    manuscript = Manuscript.objects.get()
    assert response.url == url("edit", manuscript)
    shown = page(client, response.url)
    assert "新稿" in shown
    assert "D004 Editor" in shown
    assert [share.part for share in manuscript.draft.text.shares] == [1]


def saved(client, manuscript, **more):
    draft = Draft.objects.get(pk=manuscript.pk)
    sent = {
        "version": draft.revision,
        "title": "题目",
        "html": "<p>正文</p>",
        "author": ["D004 Editor"],
        "part": [""],
        "channel": ["site"],
    }
    return client.post(url("save", manuscript), {**sent, **more})


def test_what_is_pasted_is_cleaned(office, client_of):
    manuscript = office.start()
    word = (
        '<p class="MsoNormal" style="mso-x:1"><o:p></o:p><span lang="EN-US">正文</span><script>alert(1)</script>'
        '<a href="javascript:alert(1)" onclick="x()">链接</a><img src="https://elsewhere/x.png" onerror="x()"></p>'
    )
    assert saved(client_of("editor"), manuscript, html=word).status_code == 200
    body = Draft.objects.get(pk=manuscript.pk).text.body
    assert "正文" in body
    assert not re.search(r"script|onclick|onerror|style|Mso|elsewhere", body)


def test_two_writers_lose_nothing(office, client_of):
    manuscript = office.start()
    assert saved(client_of("editor"), manuscript, html="<p>我写的</p>").json()["version"] == 2
    response = saved(client_of("editor2"), manuscript, html="<p>他写的</p>", version=1)
    assert response.status_code == 409
    told = response.json()
    assert "What you typed is kept" in told["reason"]
    beside = page(client_of("editor2"), told["compare"])
    assert "他" in beside
    assert "<del>" in beside
    assert Draft.objects.get(pk=manuscript.pk).text.body == "<p>我写的</p>"
    client_of("editor2").post(told["compare"], {"version": 2})
    assert Draft.objects.get(pk=manuscript.pk).text.body == "<p>他写的</p>"


def test_shares_are_read_and_refused_in_words(office, client_of):
    manuscript, client = office.start(), client_of("editor")
    assert saved(client, manuscript, author=["D004 Editor", "D005"], part=["60", "40%"]).status_code == 200
    parts = [f"{share.part:.2f}" for share in Draft.objects.get(pk=manuscript.pk).text.shares]
    assert parts == ["0.60", "0.40"]
    refused = saved(client, manuscript, author=["D004 Editor"], part=["lots"])
    assert refused.status_code == 422
    assert "lots" in refused.json()["reason"]


def test_without_script_the_text_is_written_as_lines(office, client_of):
    manuscript = office.start(
        body="<h2>一</h2><p>旧的 <strong>要点</strong></p><table><tbody><tr><td>1</td></tr></tbody></table>"
    )
    client = client_of("editor")
    assert "# 一\n旧的 **要点**\n〔3：1〕" in page(client, url("edit", manuscript))
    sent = {
        "version": 1,
        "title": "题目",
        "plain": "# 一\n新的\n- 甲\n- 乙\n〔3：1〕",
        "author": "D004",
        "part": "",
        "channel": "site",
    }
    assert client.post(url("edit", manuscript), sent).status_code == 302
    assert Draft.objects.get(pk=manuscript.pk).text.body == (
        "<h2>一</h2><p>新的</p><ul><li><p>甲</p></li><li><p>乙</p></li></ul><table><tbody><tr><td>1</td></tr></tbody></table>"
    )


def test_a_refused_form_keeps_what_was_typed(office, client_of):
    manuscript = office.start()
    sent = {
        "version": 1,
        "title": "题目",
        "plain": "写了很多",
        "author": "没有这个人",
        "part": "",
        "embargo": "",
        "byline": "",
    }
    response = client_of("editor").post(url("edit", manuscript), sent)
    assert response.status_code == 422
    assert "写了很多" in response.content.decode()
    assert "没有这个人" in response.content.decode()


def test_a_picture_comes_into_the_text_by_its_token_only(office, client_of):
    manuscript, client = office.start(), client_of("editor")
    sent = client.post(
        url("upload", manuscript), {"file": SimpleUploadedFile("a.png", PNG, "image/png")}
    ).json()
    shown = url("picture", manuscript, sent["sha256"])
    assert client.get(shown).status_code == 404
    picture = f'<img src="picture:{sent["sha256"]}" alt="签约现场" data-source="办公室"'
    saved(client, manuscript, html=f"<p>图</p>{picture}>")
    assert Draft.objects.get(pk=manuscript.pk).text.pictures == ()
    saved(client, manuscript, html=f'<p>图</p>{picture} data-token="{sent["token"]}">')
    assert Draft.objects.get(pk=manuscript.pk).text.pictures[0].source == "办公室"
    answer = client.get(shown)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    saved(client, manuscript, html=f"<p>图</p>{picture}>")  # known by now
    assert len(Draft.objects.get(pk=manuscript.pk).text.pictures) == 1
    assert client_of("officer").get(shown).status_code in (200, 404)


def test_what_is_no_picture_is_refused(office, client_of):
    manuscript = office.start()
    svg = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
    response = client_of("editor").post(url("upload", manuscript), {"file": svg})
    assert response.status_code == 422
    assert "no picture" in response.json()["reason"]


def test_findings_are_shown_while_writing(office, client_of):
    manuscript = office.start()
    told = client_of("editor").post(url("check", manuscript), {"html": FAULTY, "title": ""}).json()
    assert "58" in told["html"]
    assert told["findings"][0]["quote"]
    assert Version.objects.count() == 0


def test_submitting_says_what_is_missing(office, client_of):
    manuscript = office.start(title="", body="")
    client = client_of("editor")
    response = client.post(url("submit", manuscript), {"version": 1, "seen": ""}, follow=True)
    words = response.content.decode()
    assert "The text has no title" in words
    assert "The text is empty" in words
    assert Version.objects.count() == 0


def test_an_older_version_is_written_on(office, client_of):
    manuscript = office.start(body="<p>第一稿</p>")
    office.submit(manuscript)
    office.save(manuscript, office.content(body="<p>第二稿</p>"))
    office.submit(manuscript)
    client = client_of("editor")
    response = client.post(url("restore", manuscript, 1), {"version": 2})
    assert response.url == url("edit", manuscript)
    assert Draft.objects.get(pk=manuscript.pk).text.body == "<p>第一稿</p>"
    compared = page(client, url("compare", manuscript))
    assert "<del>" in compared
    assert "<ins>" in compared


# At a station


def test_the_reviewer_sees_findings_decides_and_approves(office, client_of):
    manuscript = office.start(body=FAULTY)
    office.submit(manuscript)
    office.approve(manuscript, "review1")
    client = client_of("proofreader")
    screen = page(client, url("review", manuscript))
    assert 'class="place place-error"' in screen
    assert "must be decided first" in screen
    refused = decide(client, office, manuscript, "proof1", opinion="我看过了")
    assert refused.status_code == 409
    assert "我看过了" in refused.content.decode()
    key = re.search(r'id="f-(\w+)"', screen)[1]
    sent = {"key": key, "seen": office.seen(manuscript), "choice": "keep", "reason": ""}
    assert (
        "why it may stay"
        in client.post(url("finding", manuscript), sent, headers={"HX-Request": "true"}).content.decode()
    )
    assert FindingDecision.objects.count() == 0
    for key in set(re.findall(r'id="f-(\w+)"', screen)):
        client.post(
            url("finding", manuscript),
            {**sent, "key": key, "reason": "两年合计"},
            headers={"HX-Request": "true"},
        )
    assert "place-kept" in page(client, url("review", manuscript))
    assert decide(client, office, manuscript, "proof1").status_code == 302
    assert office.way(manuscript).station.code == "review2"


def test_sending_back_needs_an_opinion_and_reaches_the_author(office, client_of):
    manuscript = office.start()
    office.submit(manuscript)
    client = client_of("section_head")
    assert decide(client, office, manuscript, "review1", "return", opinion=" ").status_code == 409
    assert (
        decide(client, office, manuscript, "review1", "return", opinion="数字请核实 <b>").status_code == 302
    )
    for address in (url("edit", manuscript), url("manuscript", manuscript)):
        assert "数字请核实 &lt;b&gt;" in page(client_of("editor"), address)


def test_a_text_that_changed_meanwhile_says_so_and_keeps_the_opinion(office, client_of):
    manuscript = office.start(body="<p>全年学习三十五次。</p>")
    office.submit(manuscript)
    client, seen = client_of("section_head"), office.seen(manuscript)
    page(client, url("review", manuscript))
    office.save(manuscript, office.content(body="<p>全年学习四十二次。</p>"))
    office.submit(manuscript)
    response = decide(client, office, manuscript, "review1", seen=seen, opinion="写得好")
    words = response.content.decode()
    assert response.status_code == 409
    assert "The text changed since you opened it" in words
    assert "写得好" in words
    assert "<del>" in words
    assert not Act.objects.filter(what="approve").exists()


def test_what_changed_since_i_last_saw_it(office, client_of):
    manuscript = office.start(body="<p>全年学习三十五次。</p>")
    office.submit(manuscript)
    office.send_back(manuscript, "review1")
    office.save(manuscript, office.content(body="<p>全年学习四十二次。</p>"))
    office.submit(manuscript)
    screen = page(client_of("section_head"), url("review", manuscript))
    assert "1 change since you last saw this text" in screen
    assert "<del>三十五</del><ins>四十二</ins>" in screen


def test_voided_approvals_are_shown_as_such(office, client_of):
    manuscript = office.start()
    office.submit(manuscript)
    office.approve_all(manuscript, until="proof1")
    office.save(manuscript, office.content(body="<p>改</p>"))
    office.submit(manuscript)
    shown = page(client_of("editor"), url("manuscript", manuscript))
    assert 'class="voided"' in shown
    assert "The text was edited after it." in shown


def test_comments_on_a_passage_are_settled(office, client_of):
    manuscript = office.start(body="<p>请核实这个数字。</p>")
    office.submit(manuscript)
    reviewer = client_of("section_head")
    sent = {
        "seen": office.seen(manuscript),
        "quote": "这个数字",
        "start": 3,
        "text": "<script>x</script> 来源？",
    }
    reviewer.post(url("comment", manuscript), sent)
    said = Comment.objects.get()
    screen = page(reviewer, url("review", manuscript))
    assert "place-comment" in screen
    assert "&lt;script&gt;x&lt;/script&gt;" in screen
    author = client_of("editor")
    answer = author.post(
        url("resolve", manuscript, said.pk), {"answer": "统计年鉴"}, headers={"HX-Request": "true"}
    )
    assert "统计年鉴" in answer.content.decode()
    assert "place-comment" not in page(reviewer, url("review", manuscript))


def test_a_correction_in_proof(office, client_of):
    manuscript = office.start(body="<h2>一</h2><p>科普活动周起动。</p><p>第二<em>段</em>。</p>")
    office.submit(manuscript)
    office.approve(manuscript, "review1")
    client = client_of("proofreader")
    assert "At most 20 characters" in page(client, url("correct", manuscript))
    lines = "# 一\n科普活动周启动。\n〔3：第二段。〕"
    sent = {"seen": office.seen(manuscript), "title": "全市科普活动周启动", "plain": lines, "reason": "错字"}
    assert client.post(url("correct", manuscript), sent).status_code == 302
    newest = office.way(manuscript).version
    assert newest.is_correction
    assert newest.body == "<h2>一</h2><p>科普活动周启动。</p><p>第二<em>段</em>。</p>"
    refused = client.post(url("correct", manuscript), {**sent, "plain": lines + "长" * 60})
    assert refused.status_code == 409
    assert "长长长" in refused.content.decode()


def test_a_station_is_for_who_sits_there(office, client_of):
    manuscript = office.start()
    office.submit(manuscript)
    for name in ("editor", "publisher", "auditor"):
        assert client_of(name).get(url("review", manuscript)).status_code == 403, name
    assert client_of("deputy").get(url("review", manuscript)).url == url("manuscript", manuscript)
    assert decide(client_of("editor"), office, manuscript, "review1").status_code == 403
    assert not Act.objects.filter(what="approve").exists()


# The record


def test_the_approval_form_says_everything(office, client_of):
    manuscript = office.passed()
    office.release(manuscript, address="https://example.org/1")
    client = client_of("editor", language="zh-hans")
    sheet = page(client, url("form", manuscript))
    for words in (
        "发布审批表",
        "一审",
        "三校",
        "签发",
        "Section Head",
        "同意",
        office.seen(manuscript)[:16],
        "https://example.org/1",
    ):
        assert words in sheet, words
    word = client.get(url("form_file", manuscript, "docx"))
    assert word.content[:2] == b"PK"
    assert client.get(url("form_file", manuscript, "pdf")).content[:4] == b"%PDF"
    assert client.get(url("form_file", manuscript, "exe")).status_code == 404


def test_a_released_text_is_reopened_with_a_reason(office, client_of):
    manuscript = office.passed()
    office.release(manuscript)
    client = client_of("editor")
    assert "Correct or withdraw" in page(client, url("manuscript", manuscript))
    assert client.post(url("reopen", manuscript), {"purpose": "correct", "reason": ""}).url == url(
        "manuscript", manuscript
    )
    assert client.post(url("reopen", manuscript), {"purpose": "correct", "reason": "错字"}).url == url(
        "edit", manuscript
    )
    assert "Note to readers" in page(client, url("edit", manuscript))


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("section_head", "index"), ("editor", "index"), ("editor", "all"), ("auditor", "all"), ("editor", "manuscript"),
        ("section_head", "review"), ("editor", "edit"), ("editor", "form"), ("editor", "compare"), ("section_head", "waiting"),
    ],
)  # fmt: skip
def test_no_page_asks_more_than_twelve_things(who, name, office, client_of):
    texts = [office.start(body=FAULTY) for _number in range(6)]
    for one in texts:
        office.submit(one)
        office.save(one, office.content(body="<p>第二稿</p>"))
        office.submit(one)
    with office.book("section_head") as book:
        from taizhang.desk import actions

        actions.comment(
            texts[0], seen=office.seen(texts[0]), text="好", by=office.account("section_head"), book=book
        )
    client = client_of(who)
    bare = name in ("index", "all", "waiting")
    address = reverse(f"desk:{name}") if bare else url(name, texts[0])
    page(client, address)
    with CaptureQueriesContext(connection) as asked:
        page(client, address)
    assert len(asked) <= MOST_QUERIES, [query["sql"][:110] for query in asked]


@pytest.mark.parametrize("name", ["manuscript", "form", "version", "statistics"])
def test_pages_of_what_is_released_ask_as_little(name, office, client_of):
    manuscript = office.passed(channels=("site", "wechat"))
    for channel in ("site", "wechat"):
        office.release(manuscript, channel=channel)
    client = client_of("editor")
    address = (
        reverse("desk:statistics")
        if name == "statistics"
        else url(name, manuscript, *([1] if name == "version" else []))
    )
    page(client, address)
    with CaptureQueriesContext(connection) as asked:
        page(client, address)
    assert len(asked) <= MOST_QUERIES, [query["sql"][:110] for query in asked]


def test_a_save_whose_answer_never_came_is_no_conflict(office, client_of):
    manuscript, client = office.start(), client_of("editor")
    assert saved(client, manuscript, html="<p>一</p>", token="first").json()["version"] == 2
    again = saved(client, manuscript, html="<p>一二</p>", version=1, token="second", unanswered=["first"])
    assert again.json()["version"] == 3
    assert Draft.objects.get(pk=manuscript.pk).text.body == "<p>一二</p>"
    other = saved(
        client_of("editor2"), manuscript, html="<p>三</p>", version=1, token="x", unanswered=["first"]
    )
    assert other.status_code == 409
