"""Every scheme that ships with the program is sound, has cases, and gives the figures that its cases say."""

from pathlib import Path

import pytest

import taizhang
from taizhang.core.scheme import cases
from taizhang.core.scheme.history import load_folder

SCHEMES = sorted({file.parent for file in (Path(taizhang.__file__).parent / "schemes").glob("*/*.yaml")})


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: folder.name)
def test_the_cases_of_a_scheme_hold(folder: Path) -> None:
    assert [failure.render() for failure in cases.run_folder(folder)] == []


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: folder.name)
def test_every_indicator_of_a_scheme_is_in_a_case(folder: Path) -> None:
    history = load_folder(folder)
    files = [cases.load(file, history=history) for file in sorted((folder / "cases").glob("*.yaml"))]
    shown = {indicator for file in files for case in file.cases.cases for indicator in case.figures}

    assert {
        indicator for version in history.versions for indicator in version.scheme.indicators
    } - shown == set()
