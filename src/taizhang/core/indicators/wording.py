"""How figures, changes, periods and days are printed, in Chinese and in English.

Rounding is half up and happens here, at printing, and nowhere else. Chinese numbers follow GB/T 15835—2011, 5.1.3.1:
four digits stand together, longer ones are grouped by commas (1200, 12,345); English groups from 1,000 on.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from taizhang.core.messages import Message
from taizhang.core.values import Figure, NotApplicable, Period, PeriodKind, Undefined

DASH = "—"
GROUPED_FROM = {"zh": 5, "en": 4}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
QUARTERS = {"zh": ("第一", "第二", "第三", "第四"), "en": ("first", "second", "third", "fourth")}


def rounded(figure: Figure) -> Decimal | None:
    """Return the value as it is printed: half up, to the figure's digits; None for what is no number."""
    if not isinstance(figure.value, Decimal):
        return None
    return _rounded(figure.value, figure.digits)


def number(value: Decimal, *, digits: int, language: str) -> str:
    """Print a number with its thousands set apart as the language does."""
    text = f"{_rounded(value, digits):f}"
    whole, point, part = text.lstrip("-").partition(".")
    if len(whole) >= GROUPED_FROM[_tongue(language)]:
        whole = f"{int(whole):,}"
    return f"{'-' if text.startswith('-') else ''}{whole}{point}{part}"


def said(figure: Figure, *, language: str, unit: str | None = None) -> str:
    """Print a figure with its unit: ``1200余人次``, ``83.3%``, ``35次``; what is no number is a dash.

    ``unit`` replaces the figure's own, which is in the first language of its scheme.
    """
    text = _approximated(figure, language, said_unit(figure, language=language, unit=unit))
    return DASH if text is None else text


def bare(figure: Figure, *, language: str) -> str:
    """Print a figure without its unit, per cent signs kept: ``1200余``, ``83.3%``."""
    text = _approximated(figure, language, "")
    return DASH if text is None else text


def said_unit(figure: Figure, *, language: str, unit: str | None = None) -> str:
    """Return the unit as it stands after the number, with the space English wants; percentages have none."""
    word = figure.unit if unit is None else unit
    if figure.percent or not word:
        return ""
    return word if _tongue(language) == "zh" else f" {word}"


def why_not(figure: Figure) -> Message | None:
    """Return why a figure is no number; None for one that is."""
    return figure.value.reason if isinstance(figure.value, Undefined | NotApplicable) else None


def change(now: Figure, before: Figure, *, language: str, unit: str | None = None) -> str:
    """Print what changed: ``增加3次``, ``提高2.1个百分点``, ``持平``; a dash where either is no number.

    It is the difference of the two numbers *as printed*, so that a reader who subtracts them finds the same.
    """
    difference = _difference(now, before)
    if difference is None:
        return DASH
    digits = max(now.digits, before.digits)
    amount = number(abs(difference), digits=digits, language=language)
    rough = now.approximate or before.approximate
    if _tongue(language) == "zh":
        return _change_in_chinese(now, difference, f"{'约' if rough else ''}{amount}", unit)
    return _change_in_english(now, difference, f"{'about ' if rough else ''}{amount}")


def signed_change(now: Figure, before: Figure, *, language: str) -> str:
    """Print what changed as a signed number, for tables: ``+3``, ``-2.1个百分点``, ``0``."""
    difference = _difference(now, before)
    if difference is None:
        return DASH
    text = number(difference, digits=max(now.digits, before.digits), language=language)
    points = {"zh": "个百分点", "en": " pp"}[_tongue(language)] if now.percent and difference else ""
    return f"{'+' if difference > 0 else ''}{text}{points}"


def period(period: Period, *, language: str) -> str:
    """Name a period: ``2023年上半年``, ``the first half of 2023``."""
    return _period_in_chinese(period) if _tongue(language) == "zh" else _period_in_english(period)


def part_of_year(period: Period, *, language: str) -> str:
    """Name a period where its year is plain, for the head of a table: ``3月``, ``一季度``, ``Mar``, ``Q1``."""
    month, chinese = period.start.month, _tongue(language) == "zh"
    match period.kind:
        case PeriodKind.MONTH:
            return f"{month}月" if chinese else MONTHS[month - 1][:3]
        case PeriodKind.QUARTER:
            return f"{'一二三四'[(month - 1) // 3]}季度" if chinese else f"Q{(month + 2) // 3}"
        case PeriodKind.HALF_YEAR:
            return ("上半年" if month == 1 else "下半年") if chinese else f"H{(month + 5) // 6}"
        case _:
            return _period_in_chinese(period) if chinese else _period_in_english(period)


def day(day: dt.date, *, language: str) -> str:
    """Name a day: ``2023年12月31日``, ``31 December 2023``."""
    if _tongue(language) == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _tongue(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"


def _rounded(value: Decimal, digits: int) -> Decimal:
    result = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return result or abs(result)  # no minus before a nought


def _approximated(figure: Figure, language: str, unit: str) -> str | None:
    value = rounded(figure)
    if value is None:
        return None
    text = number(value, digits=figure.digits, language=language) + ("%" if figure.percent else "")
    if not figure.approximate:
        return f"{text}{unit}"
    over = not figure.percent and value > 0 and value % 10 == 0  # 余 stands after round numbers only
    if _tongue(language) == "zh":
        return f"{text}余{unit}" if over else f"约{text}{unit}"
    return f"{'over' if over else 'about'} {text}{unit}"


def _difference(now: Figure, before: Figure) -> Decimal | None:
    one, other = rounded(now), rounded(before)
    return None if one is None or other is None else one - other


def _change_in_chinese(now: Figure, difference: Decimal, amount: str, unit: str | None) -> str:
    if not difference:
        return "持平"
    if now.percent:
        return f"{'提高' if difference > 0 else '下降'}{amount}个百分点"
    return f"{'增加' if difference > 0 else '减少'}{amount}{said_unit(now, language='zh', unit=unit)}"


def _change_in_english(now: Figure, difference: Decimal, amount: str) -> str:
    if not difference:
        return "unchanged"
    if now.percent:
        return f"{amount} percentage points {'higher' if difference > 0 else 'lower'}"
    return f"{amount} {'more' if difference > 0 else 'fewer'}"


def _period_in_chinese(period: Period) -> str:
    year, month = period.start.year, period.start.month
    match period.kind:
        case PeriodKind.YEAR:
            return f"{year}年"
        case PeriodKind.HALF_YEAR:
            return f"{year}年{'上' if month == 1 else '下'}半年"
        case PeriodKind.QUARTER:
            return f"{year}年{QUARTERS['zh'][(month - 1) // 3]}季度"
        case PeriodKind.MONTH:
            return f"{year}年{month}月"
        case _:
            end = day(period.end, language="zh")
            end = end.removeprefix(f"{year}年") if period.end.year == year else end
            return f"{day(period.start, language='zh')}至{end}"


def _period_in_english(period: Period) -> str:
    year, month = period.start.year, period.start.month
    match period.kind:
        case PeriodKind.YEAR:
            return f"{year}"
        case PeriodKind.HALF_YEAR:
            return f"the {'first' if month == 1 else 'second'} half of {year}"
        case PeriodKind.QUARTER:
            return f"the {QUARTERS['en'][(month - 1) // 3]} quarter of {year}"
        case PeriodKind.MONTH:
            return f"{MONTHS[month - 1]} {year}"
        case _:
            start = day(period.start, language="en")
            start = start.removesuffix(f" {year}") if period.end.year == year else start
            return f"{start} to {day(period.end, language='en')}"
