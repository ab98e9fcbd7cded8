"""Reads the clock once a request and gives views what they need to decide: the time, the rules, the rights."""

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.journal import clock
from taizhang.org.access import Access, access_of
from taizhang.org.models import Account
from taizhang.rules.queries import history


class Visit:
    """What a view works with: ``request.visit``. Each part is read when first asked for, once a request."""

    def __init__(self, account: Account | AnonymousUser) -> None:
        self.account = account
        self.now: dt.datetime = clock.now()

    @property
    def today(self) -> dt.date:
        return clock.day_of(self.now)

    @cached_property
    def schemes(self) -> History:
        return history()

    @property
    def scheme(self) -> LoadedScheme:
        """The version in force today; raises NoSchemeInForce."""
        return self.schemes.in_force(self.today)

    @cached_property
    def access(self) -> Access:
        """What the account may do; raises PermissionDenied for nobody."""
        access = access_of(self.account, day=self.today, schemes=self.schemes)
        if access is None:
            raise PermissionDenied
        return access

    @property
    def signature(self) -> str:
        return self.access.account.signature


class VisitRequest(HttpRequest):
    """A request as our views see it (a type only: the middleware adds the visit)."""

    visit: Visit
    user: Account
    htmx: bool


def access(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.visit = Visit(request.user)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


class LoginRequired(LoginRequiredMiddleware):
    """Asks who somebody is only where a page needs to know: an open page touches neither session nor cookie."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
