"""Figures and periods in the reader's words, and the address that explains a figure."""

from decimal import Decimal
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from taizhang.core.indicators import wording
from taizhang.core.scheme.history import History
from taizhang.core.values import Figure, NotApplicable, Period, Undefined


def language() -> str:
    return get_language() or "zh-hans"


def number(value: Decimal, digits: int = 0) -> str:
    return wording.number(value, digits=digits, language=language())


def unit_word(figure: Figure, schemes: History | None) -> str:
    """Return the figure's unit in the reader's language, as the scheme that judged it says it."""
    version = schemes.find(figure.period.start) if schemes else None
    declared = version.scheme.indicators.get(figure.indicator) if version else None
    if declared is None or declared.unit is None or not figure.unit:
        return figure.unit
    return declared.unit.said_in(language())


def value_text(figure: Figure) -> str:
    """Print a figure without its unit; a figure that is no number says which kind of nothing it is."""
    if isinstance(figure.value, Undefined):
        return gettext("unknown")
    if isinstance(figure.value, NotApplicable):
        return gettext("not applicable")
    return wording.bare(figure, language=language())


def figure_text(figure: Figure, *, schemes: History | None = None) -> str:
    """Print a figure with its unit: 1200余人次."""
    if not figure.is_number:
        return value_text(figure)
    return wording.said(figure, language=language(), unit=unit_word(figure, schemes))


def figure_html(figure: Figure, *, unit: bool = True, schemes: History | None = None) -> SafeString:
    if not figure.is_number:
        return format_html('<span class="figure-none">{}</span>', value_text(figure))
    word = wording.said_unit(figure, language=language(), unit=unit_word(figure, schemes)) if unit else ""
    if not word:
        return format_html("{}", value_text(figure))
    return format_html('{}<span class="figure-unit">{}</span>', value_text(figure), word)


def reason(figure: Figure) -> str:
    """Say why a figure is no number; empty for one that is."""
    why_not = wording.why_not(figure)
    return why_not.render(gettext) if why_not else ""


def why_url(figure: Figure) -> str:
    """Return the address of the page that explains the figure; empty where there is none."""
    try:
        path = reverse("why")
    except NoReverseMatch:
        return ""
    asked = {
        "indicator": figure.indicator,
        "period": str(figure.period),
        "unit": figure.scope.unit,
        "person": figure.scope.person,
        "as_of": figure.as_of.isoformat(),
    }
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def period_name(period: Period) -> str:
    """Name a period: 2023年, 2023年上半年, 2023年第一季度, 2023年1月."""
    return wording.period(period, language=language())


def part_of_year(period: Period) -> str:
    """Name a period where its year is plain: 一季度, 3月."""
    return wording.part_of_year(period, language=language())
