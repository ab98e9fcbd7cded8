from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def site(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    visit = getattr(request, "visit", None)
    return {
        "visit": visit,
        "is_sample": bool(settings.CLOCK_OFFSET),
        "organisation": SimpleLazyObject(lambda: _organisation(request)),
    }


def _organisation(request: HttpRequest) -> str:
    """Return the name of the whole organisation, for those who have come in.

    A request that is refused early (a wrong host) has neither user nor visit, and still gets its page.
    """
    if not hasattr(request, "visit") or not request.user.is_authenticated:
        return ""
    root = request.visit.access.tree.root
    return root.name if root else ""
