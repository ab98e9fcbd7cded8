"""The commands about schemes, run as a user runs them: in a process without Django's settings."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import taizhang.core.scheme.tests
from taizhang.cli.language import translator
from taizhang.core.scheme import json_schema
from taizhang.core.scheme.explain import explain, render
from taizhang.core.scheme.load import load_file

FIXTURES = Path(taizhang.core.scheme.tests.__file__).parent / "fixtures"
DUTY_ROOM = FIXTURES / "值班室.yaml"


def taizhang_scheme(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", "from taizhang.cli import main; main()", "scheme", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environ | {"PYTHONUTF8": "1", "TAIZHANG_LANGUAGE": "en"},
        check=False,
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.yaml"
    file.write_text(DUTY_ROOM.read_text("utf-8").replace("    at_least: 2", "    atleast: 2"), "utf-8")
    return file


def test_check_of_a_sound_scheme_says_so_and_exits_0() -> None:
    done = taizhang_scheme("check", DUTY_ROOM)

    assert (done.returncode, done.stdout) == (0, "Nothing is wrong in 1 file(s).\n")


def test_check_tells_every_fault_and_exits_1(broken: Path) -> None:
    done = taizhang_scheme("check", DUTY_ROOM, broken)

    assert done.returncode == 1
    assert done.stdout == f"{broken}:39:5: Unknown key “atleast”. Did you mean “at_least”?\n"


def test_check_refuses_two_versions_of_one_day(tmp_path: Path) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_text(DUTY_ROOM.read_text("utf-8"), "utf-8")

    done = taizhang_scheme("check", DUTY_ROOM, twin)

    assert done.returncode == 1
    assert "takes effect on the same day, 2024-01-01." in done.stdout


def test_check_of_what_cannot_be_read_exits_2(broken: Path, tmp_path: Path) -> None:
    done = taizhang_scheme("check", broken, tmp_path / "none.yaml")

    assert done.returncode == 2
    assert "none.yaml:1:1: The file cannot be read: No such file or directory." in done.stdout


def test_check_answers_programs_in_json(broken: Path) -> None:
    done = taizhang_scheme("check", "--format", "json", broken)

    (fault,) = json.loads(done.stdout)["faults"]
    assert (fault["path"], fault["line"], fault["column"], fault["key"]) == (
        str(broken),
        39,
        5,
        "duties.每月值班.atleast",
    )
    assert (fault["cause"], fault["remedy"]) == ("Unknown key “atleast”.", "Did you mean “at_least”?")


def test_check_runs_the_cases_beside_a_scheme(tmp_path: Path) -> None:
    scheme = tmp_path / "2024-01-01.yaml"
    scheme.write_text(DUTY_ROOM.read_text("utf-8"), "utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(
        'scheme: 值班制度\nunits: {局: ""}\ncases:\n  - {name: 空, period: 2024, figures: {值班次数: 1}}\n',
        "utf-8",
    )

    done = taizhang_scheme("check", "--cases", scheme)

    assert done.returncode == 1
    assert done.stdout.endswith("a.yaml:4:39: 空: “值班次数” should be 1 and is 0.\n")
    assert taizhang_scheme("check", scheme).returncode == 0


def test_explain_reads_the_scheme_aloud() -> None:
    done = taizhang_scheme("explain", DUTY_ROOM)

    assert done.returncode == 0
    assert done.stdout.startswith("Chapter 1  General\n")
    assert "For every unit of kind “科室”, every month: “值班次数” at least 2 次." in done.stdout


def test_every_word_of_an_explanation_is_there_in_chinese() -> None:
    translate = translator("zh-hans")
    asked: set[str] = set()

    def listening(text: str) -> str:
        asked.add(text)
        return translate(text)

    loaded = load_file(FIXTURES / "every-key.yaml")
    told = render(explain(loaded, language="zh-hans"), path="x", translate=listening)

    assert told.startswith("第一章  总则\n\n第一条  名称和效力\n")
    words_only = {text: re.sub(r"{.*?}", "", text) for text in asked}
    assert [
        text for text, words in words_only.items() if re.search("[a-z]", words) and translate(text) == text
    ] == []


def test_explain_and_diff_refuse_a_broken_scheme(broken: Path) -> None:
    for done in (taizhang_scheme("explain", broken), taizhang_scheme("diff", DUTY_ROOM, broken)):
        assert (done.returncode, done.stdout) == (1, "")
        assert "Unknown key “atleast”." in done.stderr


def test_diff_tells_what_changed(tmp_path: Path) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(DUTY_ROOM.read_text("utf-8").replace("at_least: 2", "at_least: 3"), "utf-8")

    done = taizhang_scheme("diff", DUTY_ROOM, newer)

    assert done.returncode == 0
    assert "    duties.每月值班.at_least: 2 → 3\n" in done.stdout


def test_schema_prints_what_is_published() -> None:
    assert taizhang_scheme("schema").stdout == json_schema.COMMITTED.read_text("utf-8")
