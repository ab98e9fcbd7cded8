"""Exact arithmetic on claims, and how its results are written."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import combinations

from taizhang.proof.claims import Claim

PERCENT = {"%": Decimal(100), "‰": Decimal(1000), "‱": Decimal(10000)}
_MYRIAD, _HUNDRED_MILLION = Decimal(10**4), Decimal(10**8)
_PRECISION = 28
_WHOLE_STEPS = frozenset({_MYRIAD, _HUNDRED_MILLION})
_MANY, _TWO = 5, 2


def written(value: Decimal, unit: str = "") -> str:
    """Write a value as the text would: 12300万元 as 1.23亿元, 2240 as 2240.

    >>> written(Decimal(123000000), "元"), written(Decimal("2.50"), "%")
    ('1.23亿元', '2.5%')
    """
    for scale, name in ((_HUNDRED_MILLION, "亿"), (_MYRIAD, "万")):
        if abs(value) >= scale and (value % (scale / 100) == 0 or unit == "元"):
            return f"{_trim(_round(value / scale, 4))}{name}{unit}"
    return f"{_trim(_round(value, 2))}{unit}"


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places))


def _trim(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def total(parts: Sequence[Claim]) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest sum the written parts can stand for."""
    low = high = Decimal(0)
    for part in parts:
        least, greatest = part.numeral.bounds()
        low += least
        high += greatest
    return low, high


def sums_to(parts: Sequence[Claim], whole: Claim) -> bool:
    """Say whether the parts add up to the whole; the last written digit may be off by one for rounding."""
    if whole.numeral.approximation or any(part.numeral.approximation for part in parts):
        low, high = total(parts)
        return whole.numeral.agrees(low, high)
    steps = [_step(claim, [*parts, whole]) for claim in (*parts, whole)]
    coarsest = max(steps)
    missed = abs(exact_sum(parts) - whole.value)
    if coarsest > max(steps[:-1]):
        return missed < coarsest
    if steps.count(coarsest) <= _TWO and coarsest != 1:
        return missed < coarsest
    slack = Decimal(0) if coarsest == 1 else coarsest * (1 if len(parts) < _MANY else 2)
    return missed <= slack


def one_digit_off(one: Decimal, other: Decimal) -> bool:
    """Say whether two values are written with the same digits but for one, or with two that changed places."""
    first, second = (f"{value.normalize():f}" for value in (one, other))
    if len(first) != len(second) or first == second:
        return False
    wrong = sum(a != b for a, b in zip(first, second, strict=True))
    return wrong == 1 or (wrong == 2 and sorted(first) == sorted(second))  # noqa: PLR2004


def _step(claim: Claim, others: Sequence[Claim]) -> Decimal:
    """Beside 3.8万, 5万 means 5.0万: a whole number of 万 or 亿 is as exact as the finest figure beside it."""
    step = claim.numeral.step
    if step in _WHOLE_STEPS:
        return max(Decimal(1), min(step / 10, *(other.numeral.step for other in others)))
    return step


def exact_sum(parts: Sequence[Claim]) -> Decimal:
    return sum((part.value for part in parts), Decimal(0))


def some_run_sums_to(run: Sequence[Claim], whole: Claim, *, least: int = 2) -> bool:
    """Say whether any neighbours in ``run`` (at least ``least`` of them) add up to ``whole``."""
    loose = whole.numeral.approximation or any(part.numeral.approximation for part in run)
    near = 2 * max(claim.numeral.step for claim in (*run, whole))
    for first in range(len(run)):
        value = Decimal(0)
        for last in range(first, len(run)):
            value += run[last].value
            if last - first + 1 < least or not (loose or abs(value - whole.value) <= near):
                continue
            if sums_to(run[first : last + 1], whole):
                return True
    return False


def some_subset_sums_to(parts: Sequence[Claim], whole: Claim, *, least: int = 1, most: int = 4) -> bool:
    """Say whether some of ``parts`` (at most ``most``; only the first ten are tried) add up to ``whole``."""
    few = parts[:10]
    return any(
        sums_to(chosen, whole)
        for count in range(least, min(most, len(few)) + 1)
        for chosen in combinations(few, count)
    )


def quotient(
    numerator: Claim, denominator: Claim, scale: Decimal = Decimal(1)
) -> tuple[Decimal, Decimal] | None:
    """Return the bounds of ``numerator / denominator * scale``, or None where it is undefined."""
    low_n, high_n = _bounds(numerator, denominator)
    low_d, high_d = _bounds(denominator, numerator)
    if low_d <= 0:
        return None
    with localcontext() as context:
        context.prec = _PRECISION
        return low_n / high_d * scale, high_n / low_d * scale


def _bounds(claim: Claim, other: Claim) -> tuple[Decimal, Decimal]:
    numeral = claim.numeral
    if numeral.approximation or numeral.step not in _WHOLE_STEPS:
        return numeral.bounds()
    return replace(numeral, step=_step(claim, [claim, other])).bounds()


def growth(now: Claim, base: Claim, scale: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the bounds of ``(now - base) / base * scale``, or None where it is undefined."""
    bounds = quotient(now, base, scale)
    return None if bounds is None else (bounds[0] - scale, bounds[1] - scale)


def absolute(bounds: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """Return the bounds of the absolute value."""
    low, high = bounds
    if low >= 0:
        return low, high
    if high <= 0:
        return -high, -low
    return Decimal(0), max(-low, high)


def middle(bounds: tuple[Decimal, Decimal]) -> Decimal:
    return (bounds[0] + bounds[1]) / 2


def places(claims: Sequence[Claim]) -> tuple[tuple[int, int], ...]:
    """Return the places of claims with the words before them, as evidence."""
    return tuple((claim.begin, claim.end) for claim in claims)
