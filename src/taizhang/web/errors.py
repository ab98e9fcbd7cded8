"""Pages for what went wrong. Each says the cause and the remedy; the one for a bug needs neither database nor request."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.journal.actions import ClockWentBack

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for what is too large to take in."""
    if isinstance(exception, TOO_LARGE):
        return _answer(request, "413.html", 413, "")
    return _answer(request, "400.html", 400, _words(exception))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "403.html", 403, _words(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _answer(request, "404.html", 404, "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    return _answer(request, "403_csrf.html", 403, "")


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - whatever it holds may be what is broken
    return HttpResponse(render_to_string("500.html"), status=500)


class Explained:
    """Answers what no page can help with, and somebody in the office can: no rules yet, a clock set back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NoSchemeInForce):
            return _answer(request, "400.html", 400, exception.message.render(gettext))
        if isinstance(exception, DataError):  # PostgreSQL takes no NUL in a text; SQLite does
            return _answer(
                request, "400.html", 400, gettext("Something in it cannot be kept or searched for.")
            )
        if isinstance(exception, ClockWentBack):
            return _answer(request, "400.html", 503, str(exception))
        return None


def _answer(request: HttpRequest, template: str, status: int, cause: str) -> HttpResponse:
    """Show the page in the full frame to those who have come in, so that they find their way."""
    user = getattr(request, "user", None)
    inside = user is not None and user.is_authenticated and user.is_active
    frame = "base.html" if inside else "base_plain.html"
    return render(request, template, {"frame": frame, "cause": cause}, status=status)


def _words(exception: Exception) -> str:
    """Return the first argument of an exception if it was written for the reader."""
    return exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
