"""Figures, numbers and periods in the reader's words, and the address that explains a figure."""

from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from taizhang.core.values import Figure, NotApplicable, Period, PeriodKind, Undefined


def in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def number(value: Decimal, digits: int = 0) -> str:
    """Print a number, rounded half up; thousands are set apart in English only."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{rounded:f}" if in_chinese() else f"{rounded:,f}"


def value_text(figure: Figure) -> str:
    """Print a figure without its unit; a figure that is no number says which kind of nothing it is."""
    if isinstance(figure.value, Undefined):
        return gettext("unknown")
    if isinstance(figure.value, NotApplicable):
        return gettext("not applicable")
    text = number(figure.value, figure.digits) + ("%" if figure.percent else "")
    if not figure.approximate:
        return text
    return f"{text}余" if in_chinese() else f"over {text}"


def figure_text(figure: Figure) -> str:
    """Print a figure with its unit: 1200余人次."""
    if not figure.is_number or not figure.unit:
        return value_text(figure)
    return value_text(figure) + ("" if in_chinese() else " ") + figure.unit


def figure_html(figure: Figure, *, unit: bool = True) -> SafeString:
    if not figure.is_number:
        return format_html('<span class="figure-none">{}</span>', value_text(figure))
    if not unit or not figure.unit:
        return format_html("{}", value_text(figure))
    return format_html('{}<span class="figure-unit">{}</span>', value_text(figure), figure.unit)


def reason(figure: Figure) -> str:
    """Say why a figure is no number; empty for one that is."""
    if isinstance(figure.value, Undefined | NotApplicable):
        return figure.value.reason.render(gettext)
    return ""


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
    year, month = period.start.year, period.start.month
    match period.kind:
        case PeriodKind.YEAR:
            return gettext("{year}").format(year=year)
        case PeriodKind.HALF_YEAR if month == 1:
            return gettext("first half of {year}").format(year=year)
        case PeriodKind.HALF_YEAR:
            return gettext("second half of {year}").format(year=year)
        case PeriodKind.QUARTER:
            quarter = (gettext("Q1 {year}"), gettext("Q2 {year}"), gettext("Q3 {year}"), gettext("Q4 {year}"))
            return quarter[(month - 1) // 3].format(year=year)
        case PeriodKind.MONTH:
            return f"{year}年{month}月" if in_chinese() else f"{period.start:%b %Y}"
        case _:
            return f"{period.start} – {period.end}"
