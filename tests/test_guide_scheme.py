"""The guide's page on schemes has every key, and its examples work."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from taizhang.core.scheme import cases, shape
from taizhang.core.scheme.cases import Cases
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.schema import Label, Part, Scheme

GUIDES = sorted((Path(__file__).parents[1] / "docs" / "guide").glob("*/scheme.md"))
ROW = re.compile(r"^\| `(\w+)`( \\\*)? \|", re.MULTILINE)
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def parts(annotation: object) -> set[type[Part]]:
    found: set[type[Part]] = set()
    for branch in shape.branches(annotation):
        if isinstance(branch, type) and issubclass(branch, Part) and branch is not Label:
            found |= {branch}.union(*(parts(field.annotation) for field in branch.model_fields.values()))
        elif get_args(branch):
            found |= parts(get_args(branch)[1 if shape.is_mapping(branch) else 0])
    return found


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.parent.name)
def test_every_key_stands_in_a_table_with_a_mark_if_it_must_be_there(guide: Path) -> None:
    listed = Counter((key, bool(mark)) for key, mark in ROW.findall(guide.read_text("utf-8")))

    assert listed == Counter(
        (key, field.is_required())
        for part in parts(Scheme) | parts(Cases)
        for key, field in shape.keys_of(part).items()
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.parent.name)
def test_its_scheme_is_sound_and_its_case_holds(guide: Path) -> None:
    examples = EXAMPLE.findall(guide.read_text("utf-8"))
    history = History([load_text(examples[0], path="2024-01-01.yaml")])
    loaded = cases.load_text(examples[-1], path="cases.yaml", history=history)

    assert [failure.render() for failure in cases.run_cases(loaded, history=history)] == []


def test_the_guide_is_in_both_languages() -> None:
    assert [guide.parent.name for guide in GUIDES] == ["en", "zh"]
