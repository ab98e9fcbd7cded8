"""A report on screen: the official layout, in which every figure answers "why?"."""

import re
from collections.abc import Callable

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from taizhang.core.values import Figure
from taizhang.documents.html import write_html
from taizhang.documents.model import Document
from taizhang.reports.printing import Printed

# As documents.html writes a figure; what is in it was escaped there.
_FIGURE = re.compile(
    r'<data class="figure"[^>]*data-digest="([0-9a-f]+)"(?: title="([^">]*)")?>(.*?)</data>', re.DOTALL
)


def read_on_screen(document: Document, printed: Printed) -> SafeString:
    """Return ``document`` as HTML in which each figure is a link that explains it, as of the report's moment."""
    urls = {chip.digest: why_url(chip.figure) for chip in printed.chips.values()}
    html = write_html(document, fragment=True)
    return mark_safe(_FIGURE.sub(_linker(urls), html))  # noqa: S308 - every text in it was escaped by the writer


def _linker(urls: dict[str, str]) -> Callable[[re.Match[str]], str]:
    def link(found: re.Match[str]) -> str:
        digest, title, words = found.groups()
        url = urls.get(digest, "")
        if not url:
            return found[0]
        return format_html(
            '<a class="figure" href="{0}" hx-get="{0}" hx-target="#why-body" hx-swap="innerHTML" data-why'
            ' data-digest="{1}" title="{2}">{3}</a>',
            url,
            digest,
            mark_safe(title or ""),  # noqa: S308
            mark_safe(words),  # noqa: S308
        )

    return link


def why_url(figure: Figure) -> str:
    """Return the address that explains a figure; empty where there is no such page."""
    asked = {
        "indicator": figure.indicator,
        "period": str(figure.period),
        "unit": figure.scope.unit,
        "person": figure.scope.person,
        "as_of": figure.as_of.isoformat(),
    }
    try:
        return f"{reverse('why')}?{urlencode({name: value for name, value in asked.items() if value})}"
    except NoReverseMatch:
        return ""
