"""Conditions of a scheme, made into tests that run over rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.scheme.appraisal import Condition, Following, Rows, Span
from taizhang.core.scheme.schema import Choice, FactField, Kind, Where

Followers = Mapping[Key, Sequence[Work]]
"""The rows that are about an entry, by its id."""

Test = Callable[[Work, Followers], bool]
ValueTest = Callable[[Mapping[str, Any]], bool]


def everything(tests: Sequence[Test]) -> Test:
    """Return a test that holds where all of them do."""
    if not tests:
        return lambda _work, _followers: True
    if len(tests) == 1:
        return tests[0]
    return lambda work, followers: all(test(work, followers) for test in tests)


def rows_test(rows: Rows, kinds: Mapping[str, Kind]) -> Test:
    """Return the test for what ``rows`` means, but for the kind: rows are sorted by kind beforehand."""
    return everything(list(_tests(rows, kinds[rows.kind], kinds)))


def condition_test(condition: Condition, kind: Kind, kinds: Mapping[str, Kind]) -> Test:
    return everything(list(_tests(condition, kind, kinds)))


def followings(*conditions: Condition) -> set[str]:
    """Return the kinds of later entries that conditions look at."""
    looked = (each for condition in conditions for each in (condition.followed_by, condition.not_followed_by))
    return {each.kind for each in looked if each is not None}


def _tests(condition: Condition, kind: Kind, kinds: Mapping[str, Kind]) -> Iterable[Test]:
    if condition.where:
        yield _own(values_test(condition.where, kind.fields))
    if condition.item:
        yield _of_item(condition.item, kind, kinds)
    for name, span in condition.number.items():
        yield _number(name, span)
    if condition.followed_by:
        yield _followed(condition.followed_by, kinds)
    if condition.not_followed_by:
        followed = _followed(condition.not_followed_by, kinds)
        yield lambda work, followers: not followed(work, followers)


def _own(test: ValueTest) -> Test:
    return lambda work, _followers: test(work.values)


def _of_item(where: Where, kind: Kind, kinds: Mapping[str, Kind]) -> Test:
    """Return a test of the fields of the item a row is about; each kind of item has its own reading of them."""
    items = kind.about.kinds if kind.about else ()
    tests = {
        each: values_test(where, kinds[each].fields)
        for each in items
        if all(name in kinds[each].fields for name in where)
    }

    def test(work: Work, _followers: Followers) -> bool:
        item = work.item
        return item is not None and item.kind in tests and tests[item.kind](item.values)

    return test


def _number(name: str, span: Span) -> Test:
    def test(work: Work, _followers: Followers) -> bool:
        number = number_of(work, name)
        return number is not None and span.holds(number)

    return test


def number_of(work: Work, name: str) -> Decimal | None:
    """Return a number field of a row, or its quantity; None where it has none."""
    value = work.quantity if name == "quantity" else work.values.get(name)
    return None if value is None else Decimal(str(value))


def _followed(following: Following, kinds: Mapping[str, Kind]) -> Test:
    holds = values_test(following.where, kinds[following.kind].fields)

    def test(work: Work, followers: Followers) -> bool:
        return any(each.kind == following.kind and holds(each.values) for each in followers.get(work.id, ()))

    return test


def values_test(where: Where, fields: Mapping[str, FactField]) -> ValueTest:
    """Return a test whether every field has one of the values asked for."""
    tests = [_field_test(name, fields[name], wanted) for name, wanted in where.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda values: all(test(values) for test in tests)


def _field_test(name: str, rule: FactField, wanted: Sequence[Choice]) -> ValueTest:
    match rule.type:
        case "yes_no":
            truths = frozenset(one for one in wanted if isinstance(one, bool))
            return lambda values: values.get(name) in truths and isinstance(values.get(name), bool)
        case "integer" | "number":
            numbers = frozenset(Decimal(one) for one in wanted if not isinstance(one, str | bool))
            return lambda values: values.get(name) is not None and Decimal(str(values[name])) in numbers
        case "choices":
            several = frozenset(map(str, wanted))
            return lambda values: not several.isdisjoint(values.get(name) or ())
        case _:
            texts = frozenset(map(str, wanted))
            return lambda values: values.get(name) in texts
