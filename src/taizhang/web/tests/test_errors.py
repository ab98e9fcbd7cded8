from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from taizhang.conftest import Bureau
from taizhang.web import urls
from taizhang.web.errors import server_error


def fails(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(_request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    *urls.urlpatterns,
    path("fails/400/", fails(BadRequest("The period is no period."))),
    path("fails/403/", fails(PermissionDenied("Another section's rows."))),
    path("fails/413/", fails(RequestDataTooBig("too big"))),
    path("fails/500/", fails(ZeroDivisionError("secret detail"))),
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@pytest.fixture
def failing(settings: Any, clerk: Client) -> Client:
    settings.ROOT_URLCONF = __name__
    clerk.raise_request_exception = False
    return clerk


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/fails/400/", 400, "The period is no period."),
        ("/fails/403/", 403, "Another section&#x27;s rows."),
        ("/fails/413/", 413, "Send fewer or smaller files"),
        ("/fails/500/", 500, "tell the administrator"),
        ("/nowhere/", 404, "Entries are never deleted"),
    ],
)
def test_an_error_says_cause_and_remedy(failing: Client, address: str, status: int, says: str) -> None:
    answer = failing.get(address)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_somebody_from_outside_gets_a_page_without_the_navigation(failing: Client) -> None:
    assert 'id="side"' in failing.get("/nowhere/").content.decode()
    stranger = Client(headers={"accept-language": "en"})
    answer = stranger.get("/nowhere/")
    assert answer.status_code == 404
    assert 'id="side"' not in answer.content.decode()


def test_the_page_for_a_bug_asks_no_database(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert server_error(HttpRequest()).status_code == 500


def test_a_stale_form_is_told_so(bureau: Bureau) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(bureau.account("clerk"))
    answer = client.post("/accounts/password/", {})
    assert answer.status_code == 403
    assert "This form has become too old" in answer.content.decode()
