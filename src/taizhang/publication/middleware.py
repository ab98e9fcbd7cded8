"""Hosts that are the public's: behind their names there is the public site and nothing else."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse


def public_hosts(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer only for the site where a host of ``settings.PUBLIC_HOSTS`` was asked; no login can be reached there."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not settings.PUBLIC_HOSTS or split_domain_port(request.get_host())[0] not in settings.PUBLIC_HOSTS:
            return get_response(request)
        if request.path == "/":
            return redirect("site:index")
        if request.path.startswith(_open()):
            return get_response(request)
        return HttpResponseNotFound("404\n", content_type="text/plain; charset=utf-8")

    return middleware


def _open() -> tuple[str, ...]:
    return (
        reverse("site:index"),
        f"/{settings.STATIC_URL.strip('/')}/",
        reverse("robots"),
        reverse("favicon"),
    )
