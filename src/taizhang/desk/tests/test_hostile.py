"""Whatever is typed at the desk is shown, and does nothing: every page is parsed and searched for what could run."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from taizhang.desk import actions
from taizhang.desk.models import Draft

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><iframe srcdoc='<script>alert(1)</script>'>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(x)' onclick=alert(1)>x</p>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil><base href=//evil><meta http-equiv=refresh content=0;url=//evil>",
    "<img src='picture:" + "0" * 64 + "' alt='\"><script>alert(1)</script>'>",
    "<noscript><p title='</noscript><script>alert(1)</script>'>",
    "<table><td><img src=//evil/x.png></td></table>",
    "{{ 7|add:7 }}{% load x %}&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<scr\x00ipt>alert(1)</script>",
    "＜script＞alert(1)＜/script＞\u202e\u2028",
]
MUST_NOT_BE = {"iframe", "object", "embed", "base", "math", "style"}


def faults(page: str) -> list[str]:
    """Return everything in a page that could run, or reach out."""
    elements = [one for one in lxml_html.document_fromstring(page).iter() if isinstance(one.tag, str)]
    return [fault for element in elements for fault in (*_of_element(element), *_of_attributes(element))]


def _of_element(element):
    if element.tag in MUST_NOT_BE or (element.tag == "meta" and element.get("http-equiv")):
        yield element.tag
    if element.tag == "script" and not (element.get("src") or element.get("type") == "application/json"):
        yield f"script: {element.text_content()[:40]}"


def _of_attributes(element):
    for name, value in element.attrib.items():
        fault = f"{element.tag} {name}={value[:40]}"
        if name.startswith("on") or name in ("style", "srcdoc"):
            yield fault
        if name in ("href", "src", "action", "formaction", "data"):
            scheme = "".join(value.split()).lower().partition(":")[0]
            is_foreign = element.tag in ("img", "link", "script") and not value.startswith("/")
            if is_foreign or (":" in value and scheme in ("javascript", "data", "vbscript", "picture")):
                yield fault


@pytest.fixture
def client_of(office):
    def log_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(office.account(name))
        return client

    return log_in


@pytest.fixture
def poisoned(office, client_of):
    """A text that is hostile wherever something can be typed, sent back once, with comments and decisions."""
    everything = "".join(HOSTILE).replace("\x00", "")
    manuscript = office.start()
    editor = client_of("editor")
    file = SimpleUploadedFile(
        '"><img src=x onerror=alert(1)>.html', b"<script>alert(1)</script>", "text/html"
    )
    token = editor.post(reverse("desk:attach", args=[manuscript.pk]), {"file": file}).json()["token"]
    body = "".join(HOSTILE) + "".join(
        f"<p>{one.replace('<', '&lt;')}报送58篇，其中被采用63篇。</p>" for one in HOSTILE
    )
    sent = {
        "version": 1,
        "title": everything[:290],
        "html": body,
        "author": "D004 Editor",
        "part": "",
        "channel": "site",
        "byline": everything[:190],
        "attachment": token,
    }
    assert editor.post(reverse("desk:save", args=[manuscript.pk]), sent).status_code == 200
    office.submit(manuscript, reason=everything[:490])
    seen = office.seen(manuscript)
    with office.book("section_head") as book:
        said = actions.comment(
            manuscript,
            seen=seen,
            text=everything[:1900],
            quote=HOSTILE[0],
            by=office.account("section_head"),
            book=book,
        )
    with office.book("editor") as book:
        actions.resolve(said, answer=everything[:1900], by=office.account("editor"), book=book)
    for key in office.way(manuscript).version.findings.values_list("key", flat=True)[:3]:
        with office.book("section_head") as book:
            actions.decide(
                manuscript,
                key,
                seen=seen,
                choice="keep",
                reason=everything[:490],
                by=office.account("section_head"),
                book=book,
            )
    office.send_back(manuscript, "review1", opinion=everything[:1990])
    office.submit(manuscript)
    return manuscript


def test_nothing_runs_on_any_page(poisoned, office, client_of):
    pages = {
        "editor": ["manuscript", "edit", "form", "compare"],
        "section_head": ["manuscript", "review"],
        "auditor": ["manuscript", "form"],
    }
    wrong = {}
    for who, names in pages.items():
        client = client_of(who)
        addresses = [reverse(f"desk:{name}", args=[poisoned.pk]) for name in names]
        addresses += [
            reverse("desk:version", args=[poisoned.pk, 1]),
            reverse("desk:index"),
            reverse("desk:all"),
        ]
        addresses += [
            reverse("desk:statistics"),
            f"{reverse('desk:all')}?q={HOSTILE[0]}&person={HOSTILE[1]}&unit={HOSTILE[2]}",
        ]
        for address in addresses:
            response = client.get(address)
            if response.status_code == 403:
                continue
            assert response.status_code == 200, address
            if found := faults(response.content.decode()):
                wrong[address] = found
    assert wrong == {}


def test_refused_forms_show_hostile_words_as_words(poisoned, office, client_of):
    everything = "".join(HOSTILE).replace("\x00", "")
    client = client_of("section_head")
    station = office.station(poisoned, "review1")
    sent = {"station": station.pk, "seen": "stale", "act": "approve", "opinion": everything}
    response = client.post(reverse("desk:decide", args=[poisoned.pk]), sent)
    assert response.status_code == 409
    assert faults(response.content.decode()) == []
    editor = client_of("editor")
    draft = Draft.objects.get(pk=poisoned.pk)
    sent = {
        "version": draft.revision,
        "title": everything[:290],
        "plain": everything,
        "author": everything,
        "part": everything,
        "embargo": "",
        "byline": everything,
    }
    response = editor.post(reverse("desk:edit", args=[poisoned.pk]), sent)
    assert response.status_code == 422
    assert faults(response.content.decode()) == []


def test_lines_written_without_script_are_cleaned_too(office, client_of):
    manuscript = office.start()
    everything = "\n".join(
        [
            *HOSTILE,
            "[x](javascript:alert(1))",
            "**<script>alert(1)</script>**",
            "# <img src=x onerror=alert(1)>",
        ]
    )
    sent = {
        "version": 1,
        "title": "x",
        "plain": everything,
        "author": "D004",
        "part": "",
        "embargo": "",
        "byline": "",
    }
    client = client_of("editor")
    assert client.post(reverse("desk:edit", args=[manuscript.pk]), sent).status_code == 302
    assert faults(client.get(reverse("desk:manuscript", args=[manuscript.pk])).content.decode()) == []


def test_parts_that_are_swapped_in_do_nothing_either(poisoned, office, client_of):
    editor = client_of("editor")
    told = editor.post(
        reverse("desk:check", args=[poisoned.pk]),
        {"html": "".join(HOSTILE) + "<p>报送58篇，其中被采用63篇。<b>x</b></p>", "title": "x"},
    ).json()
    assert faults(f"<html><body>{told['html']}</body></html>") == []


def test_an_attachment_is_never_opened_by_a_browser(poisoned, client_of):
    (attachment,) = Draft.objects.get(pk=poisoned.pk).text.attachments
    response = client_of("editor").get(reverse("desk:attachment", args=[poisoned.pk, attachment.sha256]))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_search_for_faults_finds_what_there_is():
    assert faults(
        "<html><body><script>x</script><p onclick=x></p><a href=' java\nscript:x'>x</a></body></html>"
    ) == [
        "script: x",
        "p onclick=x",
        "a href= java\nscript:x",
    ]
