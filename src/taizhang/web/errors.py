"""Pages for what went wrong. Each says the cause and the remedy; the one for a bug needs neither database nor request."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

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


def _answer(request: HttpRequest, template: str, status: int, cause: str) -> HttpResponse:
    """Show the page in the full frame to those who have come in, so that they find their way."""
    user = getattr(request, "user", None)
    inside = user is not None and user.is_authenticated and user.is_active
    frame = "base.html" if inside else "base_plain.html"
    return render(request, template, {"frame": frame, "cause": cause}, status=status)


def _words(exception: Exception) -> str:
    """Return the first argument of an exception if it was written for the reader."""
    return exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
