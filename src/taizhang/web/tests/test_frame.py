import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import taizhang
from taizhang.conftest import Bureau
from taizhang.web.navigation import PLACES

PACKAGE = Path(taizhang.__file__).parent
FORBIDDEN_BY_POLICY = re.compile(r"""\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\ssrc=)""")
TAGS_OF_TEMPLATES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")  # {% include … with one=… %} is no event
TO_BE_PASTED = {"package_article.html"}  # leaves the site: where it is pasted, only inline styles survive


def templates() -> list[Path]:
    return [path for path in PACKAGE.rglob("templates/**/*.html") if "documents" not in path.parts]


def test_no_template_holds_what_the_content_policy_forbids() -> None:
    read = {path.name: TAGS_OF_TEMPLATES.sub("", path.read_text(encoding="utf-8")) for path in templates()}
    found = {name: FORBIDDEN_BY_POLICY.findall(text) for name, text in read.items()}
    assert {name for name, what in found.items() if what} == TO_BE_PASTED


def test_pages_load_nothing_from_elsewhere(bureau: Bureau, clerk: Client) -> None:
    answer = clerk.get("/")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', answer.content.decode())
    assert addresses
    assert [one for one in addresses if not one.startswith(("/", "#", "?"))] == []
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_language_is_the_browsers_until_one_is_chosen(bureau: Bureau, language: str) -> None:
    client = Client(headers={"accept-language": language})
    tag = {"zh-hans": "zh-Hans", "en": "en"}
    other = "en" if language == "zh-hans" else "zh-hans"
    assert f'lang="{tag[language]}"' in client.get("/accounts/login/").content.decode()
    client.post("/i18n/setlang/", {"language": other, "next": "/accounts/login/"})
    assert f'lang="{tag[other]}"' in client.get("/accounts/login/").content.decode()


def test_the_navigation_offers_what_the_roles_allow(
    bureau: Bureau, client_for: Callable[..., Client]
) -> None:
    assert 'href="/ledger/"' in client_for("clerk").get("/").content.decode()
    assert 'href="/ledger/"' not in client_for("administrator").get("/organisation/").content.decode()


def test_every_place_has_keys_of_its_own_and_the_list_of_shortcuts_names_them() -> None:
    told = (PACKAGE / "web/templates/components/shortcuts.html").read_text(encoding="utf-8")
    listed = re.findall(r'<kbd>g</kbd> <kbd>(.)</kbd></dt><dd>{% translate "(.*?)" %}', told)
    assert sorted((f"g {key}", name) for key, name in listed) == sorted(
        (place.keys, msgid(place.label)) for place in PLACES
    )
    assert len({place.keys for place in PLACES}) == len(PLACES)


def msgid(label: object) -> str:
    with override("en"):
        return str(label)


def test_the_gallery_is_for_those_who_shape_the_office(
    bureau: Bureau, client_for: Callable[..., Client]
) -> None:
    assert client_for("administrator").get("/design/").status_code == 200
    assert client_for("clerk").get("/design/").status_code == 403


def test_one_entry_of_the_navigation_says_where_one_is(bureau: Bureau, clerk: Client) -> None:
    for page, place in (("/", "/"), ("/duties/gaps/", "/duties/gaps/"), ("/ledger/", "/ledger/")):
        here = re.findall(r'<a href="([^"]+)" aria-current="page"', clerk.get(page).content.decode())
        assert here == [place]


def test_a_wrong_host_gets_a_page_and_not_a_fault(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "<h1" in response.content.decode()
