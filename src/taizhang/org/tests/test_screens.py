import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from taizhang.conftest import FOUNDED, NOW, SCHEME, Bureau
from taizhang.org.models import Membership, Person, Post, RoleAssignment, Unit

TODAY = NOW.date()
BASE = "/organisation"


@pytest.fixture
def administrator(client_for: Callable[..., Client]) -> Client:
    return client_for("administrator", language="en")


def pages(bureau: Bureau) -> list[str]:
    unit, person = bureau.units["office"].pk, bureau.people["clerk"].pk
    return [
        f"{BASE}/",
        f"{BASE}/units/{unit}/",
        f"{BASE}/people/",
        f"{BASE}/people/{person}/",
        f"{BASE}/people/suggest/?field=p&p=S",
        f"{BASE}/groups/",
        f"{BASE}/roles/",
    ]


def changes(bureau: Bureau) -> list[str]:
    unit, person = bureau.units["office"].pk, bureau.people["clerk"].pk
    return [
        f"{BASE}/units/new/",
        f"{BASE}/units/{unit}/change/",
        f"{BASE}/units/{unit}/move/",
        f"{BASE}/units/{unit}/close/",
        f"{BASE}/people/new/",
        f"{BASE}/people/{person}/change/",
        f"{BASE}/people/{person}/leave/",
        f"{BASE}/posts/new/",
        f"{BASE}/posts/{Post.objects.filter(person=person).get().pk}/",
        f"{BASE}/groups/new/",
        f"{BASE}/groups/{Membership.objects.filter(person=person).get().pk}/",
        f"{BASE}/roles/new/",
        f"{BASE}/roles/{RoleAssignment.objects.filter(person=person).get().pk}/",
    ]


@pytest.mark.parametrize("role", ["clerk", "officer", "section_head", "deputy", "auditor", "administrator"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everybody_who_has_come_in_may_look(
    bureau: Bureau, client_for: Callable[..., Client], role: str, language: str
) -> None:
    client = client_for(role, language=language)
    assert {page: client.get(page).status_code for page in pages(bureau)} == dict.fromkeys(pages(bureau), 200)


def test_nobody_looks_from_outside(bureau: Bureau, client: Client) -> None:
    for page in (*pages(bureau), *changes(bureau)):
        assert client.get(page)["Location"].startswith("/accounts/login/"), page


def test_only_organisers_may_change(
    bureau: Bureau, administrator: Client, client_for: Callable[..., Client]
) -> None:
    for page in changes(bureau):
        assert administrator.get(page).status_code == 200, page
        for role in ("clerk", "officer", "section_head", "deputy", "auditor"):
            client = client_for(role)
            assert client.get(page).status_code == 403, (role, page)
            assert client.post(page, {}).status_code == 403, (role, page)


def test_the_tree_is_that_of_the_day(bureau: Bureau, administrator: Client) -> None:
    before = FOUNDED - dt.timedelta(days=1)
    assert administrator.get(f"{BASE}/?on={before}").context["lines"] == []
    lines = administrator.get(f"{BASE}/").context["lines"]
    assert [(line.unit.code, line.depth, line.people) for line in lines] == [
        ("bureau", 0, 0),
        ("office", 1, 5),
        ("publicity", 1, 1),
    ]
    assert str(lines[1].first.person) == "Clerk"


def test_a_unit_opened_on_the_screen_stands_in_the_tree(bureau: Bureau, administrator: Client) -> None:
    answer = administrator.post(
        f"{BASE}/units/new/",
        {
            "code": "first_branch",
            "name": "第一党支部",
            "kind": "branch",
            "parent": bureau.units["bureau"].pk,
            "since": TODAY,
            "order": 9,
        },
    )
    assert answer.status_code == 302
    assert [line.unit.code for line in administrator.get(f"{BASE}/").context["lines"]][-1] == "first_branch"


def test_what_is_refused_stands_beside_its_field_and_nothing_is_lost(
    bureau: Bureau, administrator: Client
) -> None:
    sent: dict[str, Any] = {
        "code": "office",
        "name": "第二办公室",
        "kind": "section",
        "parent": bureau.units["bureau"].pk,
        "since": TODAY,
        "order": 1,
    }
    answer = administrator.post(f"{BASE}/units/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a unit of code “office” already" in page
    assert 'aria-invalid="true"' in page
    assert 'value="第二办公室"' in page
    assert Unit.objects.filter(code="office").count() == 1


def test_a_unit_tells_what_it_was_called(bureau: Bureau, administrator: Client) -> None:
    page = f"{BASE}/units/{bureau.units['office'].pk}/"
    administrator.post(f"{page}change/", {"name": "综合科", "short_name": "", "kind": "section", "order": 1})
    assert "name was “办公室”" in administrator.get(page).content.decode()


def test_people_are_found_by_name_number_and_unit(bureau: Bureau, administrator: Client) -> None:
    def found(query: str) -> list[str]:
        return [person.name for person in administrator.get(f"{BASE}/people/?{query}").context["page"]]

    assert found("q=dep") == ["Deputy"]
    assert found("q=S002") == ["Section Head"]
    assert found("unit=publicity") == ["Section Head"]
    assert found("sort=-name")[0] == "Section Head"
    Person.objects.create(code="S200", name="Passer-by")
    assert found("q=passer") == []
    assert found("q=passer&everybody=1") == ["Passer-by"]


def test_the_list_of_people_goes_to_excel(bureau: Bureau, clerk: Client, administrator: Client) -> None:
    answer = clerk.get(f"{BASE}/people/?export=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[0] == ("Staff number", "Full name", "Unit", "Post")
    assert rows[1] == ("S000", "Clerk", "办公室", "clerk")
    assert len(rows) == 7
    assert administrator.get(f"{BASE}/people/?export=csv").status_code == 403


def test_a_person_is_typed_by_number_or_by_a_name_nobody_else_bears(
    bureau: Bureau, administrator: Client
) -> None:
    def give(person: str) -> Any:
        return administrator.post(
            f"{BASE}/posts/new/",
            {
                "person": person,
                "unit": bureau.units["publicity"].pk,
                "title": person,
                "since": TODAY,
                "order": 0,
            },
        )

    for typed in ("S000", "Clerk", "S000 Clerk"):
        assert give(typed).status_code == 302, typed
    Person.objects.create(code="S201", name="Clerk")
    assert "S000 Clerk、S201 Clerk" in give("Clerk").content.decode()
    assert "Nobody here is called" in give("Nobody").content.decode()
    assert "Nobody here is called" in give("S000 Deputy").content.decode()


def test_a_role_ends_on_the_screen(bureau: Bureau, administrator: Client, clerk: Client) -> None:
    assert clerk.get(f"{BASE}/people/?export=csv").status_code == 200
    held = RoleAssignment.objects.get(role="clerk")
    yesterday = TODAY - dt.timedelta(days=1)
    administrator.post(f"{BASE}/roles/{held.pk}/", {"since": held.since, "until": yesterday})
    assert clerk.get(f"{BASE}/people/?export=csv").status_code == 403


KEEPER_OF_A_UNIT = SCHEME.replace(
    "may: [read, record, correct, write], reach: own", "may: [organise], reach: unit"
)


@pytest.mark.parametrize("scheme_text", [KEEPER_OF_A_UNIT], ids=["the officer organises"])
def test_an_organiser_of_one_unit_gives_nothing_beyond_it(
    bureau: Bureau, client_for: Callable[..., Client]
) -> None:
    client, office = client_for("officer", language="en"), bureau.units["office"]

    def give(role: str, unit: Unit) -> int:
        sent = {"person": "S002", "role": role, "unit": unit.pk, "since": TODAY}
        return client.post(f"{BASE}/roles/new/", sent).status_code

    assert give("auditor", office) == 422
    assert give("section_head", bureau.units["publicity"]) == 422
    assert give("section_head", office) == 302
    everywhere = RoleAssignment.objects.get(role="auditor")
    assert client.get(f"{BASE}/roles/{everywhere.pk}/").status_code == 403
    assert client.get(f"{BASE}/people/{bureau.people['section_head'].pk}/change/").status_code == 403


def test_a_page_takes_few_queries_however_many_people(
    bureau: Bureau, administrator: Client, django_assert_max_num_queries: Any
) -> None:
    office = bureau.units["office"]
    crowd = Person.objects.bulk_create(Person(code=f"C{n:04}", name=f"人{n}") for n in range(300))
    Post.objects.bulk_create(Post(person=one, unit=office, title="科员", since=FOUNDED) for one in crowd)
    for page in pages(bureau):
        with django_assert_max_num_queries(12):
            administrator.get(page)
