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
    """Return the name of the whole organisation, for those who have come in."""
    if not request.user.is_authenticated:
        return ""
    root = request.visit.access.tree.root  # type: ignore[attr-defined]
    return root.name if root else ""
