"""Every scheme that ships with the program is sound, has cases, and gives the figures that its cases say."""

from pathlib import Path

import pytest

import taizhang
from taizhang.core.scheme import cases
from taizhang.core.scheme.history import load_folder

SHIPPED = Path(taizhang.__file__).parent / "schemes"
SCHEMES = sorted({file.parent for file in SHIPPED.rglob("*.yaml") if file.parent.name != cases.FOLDER})
POINTS = 120


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


def test_points_are_worked_out_by_hand_for_many_situations() -> None:
    loaded = [
        cases.load(file, history=load_folder(folder))
        for folder in SCHEMES
        for file in sorted((folder / cases.FOLDER).glob("*.yaml"))
    ]
    worked_out = [case for file in loaded for case in file.cases.cases if case.sheet]

    assert len(worked_out) >= POINTS
    assert [case.name for case in worked_out if not case.note] == []


@pytest.mark.parametrize("folder", SCHEMES, ids=lambda folder: folder.name)
def test_every_appraisal_of_a_scheme_is_in_a_case(folder: Path) -> None:
    history = load_folder(folder)
    files = [cases.load(file, history=history) for file in sorted((folder / cases.FOLDER).glob("*.yaml"))]
    shown = {case.appraisal for file in files for case in file.cases.cases if case.sheet}

    assert {name for version in history.versions for name in version.scheme.appraisals} - shown == set()
