from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    return {"visit": getattr(request, "visit", None), "is_sample": bool(settings.CLOCK_OFFSET)}
