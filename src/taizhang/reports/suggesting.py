"""Which figure of the ledger a number typed by hand may have been meant for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.outline.model import Form
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Figure, Period, Scope
from taizhang.proof import numerals
from taizhang.reports.body import Place
from taizhang.reports.paper import Typed

MOST = 4


@dataclass(frozen=True)
class Suggestion:
    """A figure that reads what was typed: how it is called, how it would read, and the place to put there."""

    name: str
    text: str
    place: Place


def value_of(typed: Typed) -> Decimal | None:
    """Return the number that was typed; None where it cannot be read."""
    read = next(iter(numerals.find(typed.text + typed.after[:2])), None)
    return read.value if read is not None else None


def asks_for(scheme: Scheme, scope: Scope, period: Period) -> list[Ask]:
    """Return every figure of the scheme for the report's unit and period."""
    return [Ask(name, scope, period) for name in scheme.indicators]


def suggestions(
    typed: Iterable[Typed], found: Mapping[Ask, Figure], *, scheme: Scheme, language: str
) -> list[tuple[Typed, list[Suggestion]]]:
    """Return every number typed with the figures that read the same now."""
    by_value: dict[tuple[Decimal, bool], list[Figure]] = {}
    for figure in found.values():
        if (value := wording.rounded(figure)) is not None:
            by_value.setdefault((value.normalize(), figure.percent), []).append(figure)
    return [(one, _for(one, by_value, scheme, language)) for one in typed]


def _for(
    typed: Typed, by_value: Mapping[tuple[Decimal, bool], list[Figure]], scheme: Scheme, language: str
) -> list[Suggestion]:
    value = value_of(typed)
    if value is None:
        return []
    percent = typed.text.endswith(("%", "％")) or typed.text.startswith("百分之")
    return [
        Suggestion(
            scheme.indicators[figure.indicator].name.said_in(language),
            wording.bare(figure, language=language),
            Place(figure.indicator, Form.NUMBER, figure.scope, figure.period),
        )
        for figure in by_value.get((value.normalize(), percent), [])[:MOST]
    ]
