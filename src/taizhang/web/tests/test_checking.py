"""The page that checks a draft, through HTTP."""

import html
import io
import re
import tempfile
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from taizhang.documents.reading import read
from taizhang.proof.spelling.learning import learn
from taizhang.proof.spelling.model import save_learned
from taizhang.web import checking
from taizhang.web.check_marks import marked

INDEX = reverse("check:index")
WRONG = "全年报送信息58篇，其中被采用63篇。"
TYPO = "干部职工产生归宿感。"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "'--><svg/onload=alert(1)>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "&lt;b&gt;&amp;#x27;",
    "\u202e\u2066</title>\u0000<b>",
    "javascript:alert(1)//%0a<a href='javascript:alert(1)'>",
)


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text_on(page: str) -> str:
    """The text that the page shows, without its marks."""
    inside = page.split("data-draft>", 1)[1].split('<div class="findings"', 1)[0]
    inside = re.sub(r"</div></div>\s*$", "", inside)
    return html.unescape(re.sub(r"<[^>]*>", "", inside))


def key_on(page: str, of: str) -> str:
    """The key of the finding on whose card these words stand."""
    card = next(card for card in page.split('<li class="finding')[1:] if of in card)
    found = re.search(r'name="reason-([^"]+)"', card)
    assert found
    return found[1]


def pages(client: Client, **fields: object) -> str:
    return client.post(INDEX, fields).content.decode()


def test_a_pasted_text_comes_back_with_its_faults_and_their_evidence(clerk):
    page = pages(clerk, text=WRONG)
    assert text_on(page) == WRONG
    assert "place-number-" in page
    assert 'class="finding-evidence"' in page
    assert "报送信息58篇" in page.split('class="finding-evidence"')[1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", WRONG.encode()),
        ("a.txt", WRONG.encode("gb18030")),
        ("a.md", f"# 总结\n\n{WRONG}".encode()),
        ("a.html", f"<meta charset=utf-8><p>{WRONG}</p>".encode()),
        ("工作 总结.docx", word("总结", WRONG)),
    ],
)
def test_every_kind_of_file_is_read(clerk, name, content):
    response = clerk.post(INDEX, {"file": upload(content, name)})
    assert response.status_code == 200
    assert WRONG in text_on(response.content.decode())
    assert name in response.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Word file"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        ("a.docx", b"PK\x03\x04 broken", "damaged"),
        ("a.pdf", b"%PDF-1.4 broken", "damaged"),
        ("a.xlsx", b"PK", "cannot be read"),
        ("a.txt", b"\x00\x01\x02\x03" * 500, "no text in UTF-8"),
        ("a.txt", b"   \n", "no text to check"),
        ("a.txt", "一".encode() * 1_000_001, "1000001"),
        ("a.txt", b"a" * (checking.MOST_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_cannot_be_checked_says_why(clerk, name, content, cause):
    response = clerk.post(INDEX, {"file": upload(content, name)})
    assert response.status_code == 422
    assert cause in html.unescape(response.content.decode())


def test_a_scan_says_that_it_has_no_text(clerk):
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    stream = io.BytesIO()
    document.save(stream)
    response = clerk.post(INDEX, {"file": upload(stream.getvalue(), "scan.pdf")})
    assert response.status_code == 422
    assert "only pictures" in response.content.decode()


def test_a_refused_text_is_still_in_the_form(clerk):
    page = pages(clerk, text="  ", spelling="1")
    assert "There is no text to check" in page
    assert 'name="text"' in page


def test_a_million_characters_are_checked(clerk):
    text = ("今年以来，我局认真开展各项工作，取得了成效。\n" * 50_000)[:1_000_000]
    response = clerk.post(INDEX, {"text": text})
    assert response.status_code == 200
    assert text_on(response.content.decode()) == text


def test_marking_grows_with_the_text_and_not_with_its_square():
    class Counted(str):
        __slots__ = ()
        cut = 0

        def __getitem__(self, at):
            piece = super().__getitem__(at)
            Counted.cut += len(piece)
            return piece

    text = Counted("一二三\n" * 10_000)
    marked(text, [])
    assert Counted.cut == len(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(clerk, hostile):
    text = f"{hostile}{WRONG}{hostile}"
    reason = {f"reason-{key_on(pages(clerk, text=text), '63')}": hostile}
    fields = {"text": text, "name": f"{hostile}.docx", **reason}
    for page in (
        pages(clerk, **fields),
        clerk.post(reverse("check:report"), fields).content.decode(),
        pages(clerk, file=upload(text.encode(), f"{hostile}.txt".replace("/", "_"))),
    ):
        body = page.split("</head>")[-1]
        assert "alert(1)</script>" not in body
        assert "<img src=x" not in body
        assert "<svg/onload" not in body
        assert "<b>" not in body.replace("<b>warning</b>", "").replace("<b>error</b>", "").replace(
            "<b>hint</b>", ""
        )
        assert "<a href='javascript" not in body
        assert "SECRET_KEY }}" in body or "SECRET_KEY" not in text
    assert text_on(pages(clerk, text=text)) == text.replace("\0", "")


def test_a_file_name_cannot_break_out_of_the_header(clerk):
    fields = {"text": WRONG, "name": 'a"; x=\r\nSet-Cookie: b=1\r\n\r\n"总结.txt'}
    response = clerk.post(reverse("check:copy", args=["txt"]), fields)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response["Content-Disposition"]


def test_a_ticked_suggestion_is_taken_into_the_text(clerk):
    key = key_on(pages(clerk, text=TYPO), "归宿感")
    page = pages(clerk, text=TYPO, accept=key)
    assert text_on(page) == "干部职工产生归属感。"
    copy = clerk.post(reverse("check:copy", args=["txt"]), {"text": TYPO, "accept": key})
    assert copy.content.decode() == "干部职工产生归属感。"


def test_what_is_ignored_says_why_and_counts_no_more(clerk):
    before = pages(clerk, text=TYPO)
    assert "1 place to look at" in before
    reason = {f"reason-{key_on(before, '归宿感')}": "引用原话"}
    page = pages(clerk, text=TYPO, **reason)
    assert "No fault found" in page
    assert 'value="引用原话"' in page
    report = clerk.post(reverse("check:report"), {"text": TYPO, **reason}).content.decode()
    assert "引用原话" in report.split("Ignored")[-1]


def test_a_reason_stays_with_its_place_when_the_text_before_it_changes(clerk):
    reason = {f"reason-{key_on(pages(clerk, text=TYPO), '归宿感')}": "引用原话"}
    assert "引用原话" in pages(clerk, text="新的一段。\n" + TYPO, **reason)


def test_the_word_file_comes_back_with_comments_and_the_same_text(clerk):
    content = word("总结", "", TYPO, WRONG)
    reason = {f"reason-{key_on(pages(clerk, file=upload(content, '总结.docx')), '归宿感')}": "引用原话"}
    response = clerk.post(
        reverse("check:commented"), {"file": upload(content, "总结.docx"), "use": "text", **reason}
    )
    assert response.status_code == 200
    assert "%E6%80%BB%E7%BB%93" in response["Content-Disposition"]
    assert read(response.content, name="a.docx").text == read(content, name="a.docx").text
    comments = "\n".join(c.text for c in docx.Document(io.BytesIO(response.content)).comments)
    assert "63篇" in comments
    assert "Ignored: 引用原话" in comments


def test_without_its_file_a_word_document_cannot_be_commented(clerk):
    response = clerk.post(reverse("check:commented"), {"text": WRONG, "name": "总结.docx"})
    assert response.status_code == 422
    assert "总结.docx" in response.content.decode()


def test_comments_on_a_pasted_text_stand_at_their_places(clerk):
    response = clerk.post(reverse("check:commented"), {"text": f"总结\n\n\n{TYPO}"})
    found = docx.Document(io.BytesIO(response.content))
    marked_paragraphs = [p.text for p in found.paragraphs if p._p.xpath(".//w:commentRangeStart")]
    assert marked_paragraphs == [TYPO]


def test_a_clean_copy_holds_the_text(clerk):
    response = clerk.post(reverse("check:copy", args=["docx"]), {"text": "总结\n第一段。"})
    assert [p.text for p in docx.Document(io.BytesIO(response.content)).paragraphs] == ["总结", "第一段。"]
    assert clerk.post(reverse("check:copy", args=["exe"]), {"text": "总结"}).status_code == 404


def test_what_was_accepted_is_written_into_the_own_word_file(clerk):
    document = docx.Document()
    document.add_paragraph("干部职工产生").add_run("归宿感").bold = True
    document.paragraphs[0].add_run("。")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "报送", "58篇"
    stream = io.BytesIO()
    document.save(stream)
    content = stream.getvalue()
    page = pages(clerk, file=upload(content, "总结.docx"))
    assert "Corrected Word file" in page
    fields = {"name": "总结.docx", "text": text_on(page).replace("58篇", "59篇")}
    address = reverse("check:copy", args=["docx"])
    accepted = clerk.post(
        address, {**fields, "accept": key_on(page, "归宿感"), "file": upload(content, "总结.docx")}
    )
    copy = docx.Document(io.BytesIO(accepted.content))
    assert [(run.text, run.bold) for run in copy.paragraphs[0].runs] == [
        ("干部职工产生", None),
        ("归属感", True),
        ("。", None),
    ]
    assert [cell.text for cell in copy.tables[0].rows[0].cells] == ["报送", "59篇"]
    assert "%E6%80%BB%E7%BB%93.clean.docx" in accepted["Content-Disposition"]
    missing = clerk.post(address, fields)
    assert missing.status_code == 422
    assert "once more" in missing.content.decode()


def test_a_refused_download_keeps_what_was_ticked_and_ignored(clerk):
    text = f"{TYPO}\n{WRONG}"
    page = pages(clerk, text=text)
    reason = {f"reason-{key_on(page, '63篇')}": "另有说明"}
    fields = {"name": "总结.docx", "text": text, "accept": (key := key_on(page, "归宿感")), **reason}
    refused = clerk.post(reverse("check:copy", args=["docx"]), fields).content.decode()
    assert "once more" in refused
    assert f'value="{key}" checked' in refused
    assert 'value="另有说明"' in refused
    assert text_on(refused) == text


def test_paragraphs_added_on_the_page_are_not_forced_into_the_word_file(clerk):
    content = word("第一段。", "第二段。")
    fields = {"name": "a.docx", "text": "第一段。\n新的一段。\n第二段。\n", "file": upload(content, "a.docx")}
    refused = clerk.post(reverse("check:copy", args=["docx"]), fields)
    assert refused.status_code == 422
    assert "paragraphs or table cells were added" in refused.content.decode()


def test_the_words_of_another_draft_do_not_get_into_a_word_file(clerk):
    content = word("第一段。")
    fields = {"name": "b.docx", "text": "别的稿子。\n", "file": upload(content, "a.docx")}
    copy = clerk.post(reverse("check:copy", args=["docx"]), fields)
    assert read(copy.content, name="a.docx").text == "第一段。\n"


def test_what_the_organisation_taught_is_used_and_damage_told(clerk, settings):
    draft = "依法保户公民的合法权益。"
    assert "1 place to look at" in pages(clerk, text=draft, spelling="1")
    path = Path(settings.HOME) / "own.spelling"
    save_learned(path, learn(["本办法自发布之日起施行。"], terms=["保户"]))
    assert "No fault found" in pages(clerk, text=draft, spelling="1")
    path.write_bytes(b"no model")
    page = html.unescape(pages(clerk, text=draft, spelling="1"))
    assert "1 place to look at" in page
    assert "own.spelling is not a spelling model" in page


def test_nothing_is_left_on_the_disk(clerk, settings, tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    def no_file(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", no_file)
    before = set(Path(settings.HOME).rglob("*"))
    big = word(*[TYPO] * 10) + b""
    for name, content in (("a.docx", big), ("a.txt", TYPO.encode() * 150_000)):
        assert clerk.post(INDEX, {"file": upload(content, name)}).status_code in (200, 422)
        clerk.post(reverse("check:commented"), {"file": upload(content, name)})
    assert set(Path(settings.HOME).rglob("*")) == before


def test_the_script_gets_the_result_alone(clerk):
    page = clerk.post(INDEX, {"text": WRONG}, headers={"X-Check-Part": "1"}).content.decode()
    assert "<html" not in page
    assert text_on(page) == WRONG


def test_strangers_must_log_in_unless_the_site_is_open(bureau, settings):
    stranger = Client(headers={"accept-language": "en"})
    assert "/login/" in stranger.get(INDEX).url
    assert "/login/" in stranger.post(INDEX, {"text": WRONG}).url
    settings.CHECK_OPEN = True
    assert stranger.get(INDEX).status_code == 200
    page = stranger.post(
        INDEX, {"text": WRONG, "hold": "1", "unit": "bureau", "period": "2023"}
    ).content.decode()
    assert text_on(page) == WRONG
    assert 'name="hold"' not in page
    assert bureau.units["bureau"].name not in page


def test_a_form_from_elsewhere_is_refused(bureau):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bureau.account("clerk"))
    assert client.post(INDEX, {"text": WRONG}).status_code == 403


def test_the_own_lexicon_is_used_and_a_faulty_one_is_told(clerk, settings):
    path = Path(settings.HOME) / "lexicon.yaml"
    path.write_text("lexicon: x\nterms:\n  - {preferred: 两个维护, wrong: [二个维护]}\n", encoding="utf-8")
    assert "二个维护" in pages(clerk, text="做到二个维护。").split('<li class="finding', 1)[1]
    path.write_text("lexicon: x\nterm: 1\n", encoding="utf-8")
    assert "without the organisation" in html.unescape(pages(clerk, text="做到二个维护。"))


# Against the ledger


@pytest.fixture
def three_studies(post_entry):
    for _count in range(3):
        post_entry("study")


def held(client: Client, text: str, **more: str) -> str:
    return pages(client, **{"text": text, "hold": "1", "unit": "bureau", "period": "2023", **more})


def test_a_claim_that_the_ledger_contradicts_is_marked_and_explained(clerk, three_studies):
    page = held(clerk, "全年开展集体学习4次。")
    assert "place-ledger-warning" in page
    assert "The ledger says 3" in page
    why = re.search(r'href="(/why/[^"]+)"', page)
    assert why
    assert clerk.get(html.unescape(why[1])).status_code == 200


def test_a_claim_that_the_ledger_bears_out_is_listed(clerk, three_studies):
    page = held(clerk, "全年开展集体学习3次。")
    assert "place-ledger-warning" not in page
    assert "1 figure of the text agrees" in page


@pytest.mark.parametrize(
    "text",
    [
        "去年开展集体学习4次。",
        "2022年开展集体学习4次。",
        "上半年开展集体学习4次。",
        "计划开展集体学习4次。",
        "全年至少开展集体学习4次。",
        "宣传科开展集体学习4次。",
        "开展青年集体学习4次。",
        "开展集体学习4小时。",
        "文件要求“开展集体学习4次”。",
        "每月开展集体学习4次。",
        "三、下一步工作打算\n开展集体学习4次。",
    ],
)
def test_what_may_mean_something_else_is_not_compared(clerk, three_studies, text):
    page = held(clerk, text)
    assert "place-ledger-warning" not in page
    assert "agrees" not in page


def test_only_figures_that_the_visitor_may_see_are_told(client_for, three_studies):
    assert "The ledger says" not in held(client_for("officer", language="en"), "全年开展集体学习4次。")
    assert 'name="hold"' not in client_for("administrator", language="en").get(INDEX).content.decode()


def test_an_unknown_unit_or_period_is_refused(clerk):
    assert "no unit" in held(clerk, WRONG, unit="nowhere")
    assert "is not a period" in held(clerk, WRONG, period="sometime")
