"""``taizhang report``, from filling to the proof, as somebody would type it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from taizhang.cli.report import report
from taizhang.reports.tests.conftest import draft, ledger, scheme_text, year  # noqa: F401 - fixtures

Run = Callable[..., Result]


@pytest.fixture
def run(db: None) -> Run:
    def act(*arguments: object) -> Result:
        return CliRunner().invoke(report, [*map(str, arguments), "--language", "en"])

    return act


def test_a_script_fills_a_report_and_keeps_nothing(run: Run, year: Any) -> None:  # noqa: F811
    told = run("fill", "annual", "--period", "2023")

    assert "集体学习2，研讨1，受众100人次" in told.output
    assert run("list").output == ""


def test_frozen_exported_and_proved(run: Run, draft: Any, tmp_path: Path) -> None:  # noqa: F811
    frozen = run("freeze", draft.pk).output.strip()
    file = tmp_path / "report.docx"

    assert run("export", frozen, "-o", file).exit_code == 0
    assert run("verify", frozen).exit_code == 0
    assert run("diff", file).exit_code == 0


def test_a_changed_figure_is_named_with_what_it_was(run: Run, draft: Any, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "report.docx"
    run("export", run("freeze", draft.pk).output.strip(), "-o", file)
    edited = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(edited, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace("100人次".encode(), "900人次".encode(), 1)
            new.writestr(name, data)
    file.write_bytes(edited.getvalue())

    told = run("diff", file, "--format", "json")

    assert told.exit_code == 1
    found = json.loads(told.output)
    assert found["against"] == "ledger"
    assert [(c["indicator"], c["was"], c["now"]) for c in found["changes"]] == [
        ("audience", "100人次", "900人次")
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("fill", "wealth", "--period", "2023"),
        ("fill", "annual", "--period", "2023-Q1"),
        ("fill", "annual", "--period", "soon"),
        ("verify", "00000000-0000-0000-0000-000000000000"),
        ("export", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, bureau: Any, arguments: tuple[str, ...]) -> None:
    told = run(*arguments)

    assert told.exit_code == 2
    assert "Traceback" not in told.output
    assert told.output.strip()


def test_what_is_no_word_file_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    file.write_text("no zip")

    assert run("diff", file).exit_code == 2
