"""The published JSON Schema is current, says every key, and takes what the loader takes."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from taizhang.core.scheme import json_schema, shape, source
from taizhang.core.scheme.schema import Scheme
from taizhang.core.scheme.tests.conftest import FIXTURES
from taizhang.core.scheme.tests.test_explain import parts

SAMPLES = [*sorted(FIXTURES.glob("*.yaml")), *sorted(json_schema.COMMITTED.parent.rglob("2*.yaml"))]
PUBLISHED = json_schema.publish()
VALIDATOR = jsonschema.Draft202012Validator(PUBLISHED, format_checker=jsonschema.FormatChecker())


def as_json(text: str) -> Any:
    """Return a scheme as an editor sees it: dates as text."""
    return json.loads(
        json.dumps(
            source.data(source.parse(text, path="x").root),
            default=lambda value: float(value) if hasattr(value, "as_tuple") else str(value),
        )
    )


def test_the_committed_copy_is_current() -> None:
    assert json_schema.COMMITTED.read_text("utf-8") == json_schema.text(), (
        "run: taizhang scheme schema > src/taizhang/schemes/scheme.schema.json"
    )


def test_it_is_a_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}/{sample.stem}")
def test_schemes_that_load_are_valid(sample) -> None:
    VALIDATOR.validate(as_json(sample.read_text("utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    every: month\n", "    evry: month\n"),
        ("    every: month\n", "    every: fortnight\n"),
        ("at_least: 2", "at_least: two"),
        ("effective: 2024-01-01", "effective: soon"),
        ("scheme: 值班制度", "scheme: 2nd"),
        ("  每月值班:", "  每月 值班:"),
        ("科室: 科室", '科室: ""'),
        ("科室: 科室", "科室: {fr: 科室}"),
    ],
)
def test_what_has_the_wrong_shape_is_invalid(old: str, new: str, duty_room: str) -> None:
    assert old in duty_room
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(as_json(duty_room.replace(old, new, 1)))


def keys() -> Iterator[tuple[str, str]]:
    for part in {Scheme, *parts(Scheme)}:
        for key in shape.keys_of(part):
            yield part.__name__, key


@pytest.mark.parametrize(("part", "key"), sorted(keys()))
def test_every_key_is_described(part: str, key: str) -> None:
    definition = PUBLISHED if part == "Scheme" else PUBLISHED["$defs"][part]

    assert definition["properties"][key]["description"]
