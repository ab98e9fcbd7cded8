"""A scheme read aloud says everything that is in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args

import pytest

from taizhang.core.scheme import shape
from taizhang.core.scheme.errors import Place
from taizhang.core.scheme.explain import chinese_numeral, explain, render
from taizhang.core.scheme.load import LoadedScheme, load_text
from taizhang.core.scheme.schema import Label, Part, Scheme
from taizhang.core.scheme.tests.conftest import FIXTURES

CLUB = load_text((FIXTURES / "reading-club.yaml").read_text("utf-8"), path="club.yaml")
EVERY_KEY = load_text((FIXTURES / "every-key.yaml").read_text("utf-8"), path="every-key.yaml")

Path = tuple[str | int, ...]


TWINS = {
    f"{name}_twin": kind.model_copy(update={"name": Label(texts={"en": f"Twin of {name}"})})
    for name, kind in EVERY_KEY.scheme.kinds.items()
}


def said(scheme: Scheme) -> str:
    """Return all that is said of a scheme, with a twin of every kind so that each can be named in another's place."""
    twinned = scheme.model_copy(update={"kinds": {**scheme.kinds, **TWINS}})
    nowhere = defaultdict(lambda: Place(1, 1))
    told = LoadedScheme(twinned, EVERY_KEY.path, EVERY_KEY.text, EVERY_KEY.digest, nowhere)
    return render(explain(told, language="en"), path=EVERY_KEY.path)


def keys(value: Any, path: Path = ()) -> Iterator[tuple[Path, type[Part]]]:
    """Yield where every key of the file stands, and in which part."""
    if isinstance(value, Part) and not isinstance(value, Label):
        for name in type(value).model_fields:
            if name in value.model_fields_set:
                yield (*path, name), type(value)
                yield from keys(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping | tuple):
        for key, each in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from keys(each, (*path, key))


EXAMPLES: dict[tuple[str, str], list[Path]] = {}
for place, kind_of_part in keys(EVERY_KEY.scheme):
    EXAMPLES.setdefault((kind_of_part.__name__, str(place[-1])), []).append(place)


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = getattr(value, str(key)) if isinstance(value, Part) else value[key]
    return value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Return a copy with another value at ``path``."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, Part):
        return value.model_copy(update={str(first): replaced(getattr(value, str(first)), rest, new)})
    if isinstance(value, Mapping):
        return {**value, first: replaced(value[str(first)], rest, new)}
    return tuple(replaced(each, rest, new) if index == first else each for index, each in enumerate(value))


# Values that name other parts: what else can be named there.
OTHERS: dict[str, Any] = {
    "kind": "{}_twin".format,
    "of": lambda of: {"quantity": "pages", "pages": "quantity", "person": "unit", "topic": "unit"}.get(
        of, "seats"
    ),
    "to": lambda _: "seats",
    "minus": lambda _: ("seats",),
    "leader": lambda _: "auditor",
    "where": lambda _: {},
    "deadline": lambda _: "reminder",
    "per": lambda _: "quantity",
    "one_per": lambda _: "tier",
    "units": lambda units: units if isinstance(units, Part) else ("another",),
}


def other(value: Any, name: str, part: type[Part]) -> Any:  # noqa: PLR0911 - one exit a type
    """Return another value that could stand under the key."""
    words = shape.allowed(part.model_fields[name].annotation)
    if name in OTHERS and part.__name__ not in ("Due", "PersonRule"):
        return OTHERS[name](value)
    match value:
        case bool():
            return not value
        case str():
            return next((word for word in words if word != value), value + "Z")
        case int() | Decimal():
            return value + 1
        case dt.date():
            return value + dt.timedelta(days=1)
        case tuple():
            return value[:-1] or (*value, *value)
        case Label():
            return Label(texts={"en": f"{value}Z"})
        case _:
            return {}


LEAVES = sorted(
    (part, name)
    for (part, name), places in EXAMPLES.items()
    if not isinstance(at(EVERY_KEY.scheme, places[0]), Part | Mapping)
    or isinstance(at(EVERY_KEY.scheme, places[0]), Label)
    or name == "where"
)


@pytest.mark.parametrize(("part", "name"), LEAVES)
def test_what_stands_under_a_key_is_said(part: str, name: str) -> None:
    """Changing it changes what is said. (A key that holds other parts is said by them.)"""
    for place in EXAMPLES[part, name]:
        value = at(EVERY_KEY.scheme, place)
        holder = type(at(EVERY_KEY.scheme, place[:-1]))
        new = other(value, name, holder)
        if new != value and said(replaced(EVERY_KEY.scheme, place, new)) != said(EVERY_KEY.scheme):
            return
    pytest.fail(f"no word of the explanation depends on {part}.{name}")


def parts(annotation: Any) -> Iterator[type[Part]]:
    for branch in shape.branches(annotation):
        if isinstance(branch, type) and issubclass(branch, Part) and branch is not Label:
            yield branch
            yield from (part for field in branch.model_fields.values() for part in parts(field.annotation))
        elif get_args(branch):
            yield from parts(get_args(branch)[1 if shape.is_mapping(branch) else 0])


def test_the_example_has_every_key_of_the_schema() -> None:
    known = {(part.__name__, name) for part in parts(Scheme) for name in part.model_fields}

    assert known - set(EXAMPLES) == set()


def test_articles_are_numbered_through_and_know_their_part_and_line() -> None:
    chapters = explain(CLUB, language="en")
    articles = [article for chapter in chapters for article in chapter.articles]

    assert [str(article.label) for article in articles] == [
        f"Article {n}" for n in range(1, len(articles) + 1)
    ]
    duty = next(article for article in articles if article.id == "monthly_evening")
    assert (duty.section, duty.line) == ("duties", CLUB.line_of("duties.monthly_evening"))
    assert str(duty.text) == (
        "For every unit of kind “Club”, every month: “Evenings” at least 1 times. "
        "Only in periods that begin in month 1, 2, 3, 9, 10, 11, 12. "
        "Due on day 31 of the same month, if that is no working day, the last working day before it. "
        "A warning is shown 5 days before. “Chair” answers for it. Unit C1 does it. In person: The secretary. "
        "Evidence: Minutes. It needs no verification. The club meets. According to Statute of the club, § 2."
    )


def test_labels_are_said_in_the_language_asked_for() -> None:
    articles = [article for chapter in explain(CLUB, language="zh-hans") for article in chapter.articles]

    assert "读书会" in str(articles[0].text)
    assert str(articles[9].label) == "Article 十"


@pytest.mark.parametrize(
    ("value", "numeral"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (31, "三十一"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (999, "九百九十九"),
    ],
)
def test_articles_are_counted_in_chinese(value: int, numeral: str) -> None:
    assert chinese_numeral(value) == numeral
