"""The lexicon command: a file is checked and explained like a scheme."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from taizhang.cli.lexicon import lexicon

GOOD = """lexicon: 清源县用语
terms:
  - preferred: 融媒体中心
    wrong: [媒体融合中心, 融媒中心]
    note: 机构规范名称
    source: 清委编〔2019〕12号
    severity: error
  - wrong: [二把手]
accepted: [数智]
"""


@pytest.fixture
def cli(tmp_path: Path):
    def run(command: str, text: str | bytes):
        path = tmp_path / "用语.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(lexicon, [command, "--language", "en", str(path)])

    return run


def test_a_sound_lexicon_is_counted(cli) -> None:
    result = cli("check", GOOD)
    assert result.exit_code == 0
    assert "nothing wrong. 2 terms, 1 accepted words." in result.output


def test_every_fault_has_file_line_column_and_remedy(cli) -> None:
    result = cli(
        "check", "lexicon: 甲\nterms:\n  - prefered: 乙\n    wrong: [丙]\n  - preferred: 丁\n    wrong: []\n"
    )
    assert result.exit_code == 1
    assert "用语.yaml:3:5: Unknown key “prefered”. Did you mean “preferred”?" in result.output
    assert "用语.yaml:6:" in result.output


def test_what_is_no_text_exits_with_2(cli, tmp_path: Path) -> None:
    assert cli("check", b"\xff\xfe\x00").exit_code == 2
    assert cli("explain", b"\xff\xfe\x00").exit_code == 2
    assert CliRunner().invoke(lexicon, ["check", str(tmp_path / "none.yaml")]).exit_code == 2


def test_a_lexicon_is_read_aloud_with_its_lines(cli) -> None:
    assert cli("explain", GOOD).output.splitlines() == [
        "清源县用语",
        "Line 3: write “融媒体中心”, not “媒体融合中心”“融媒中心” (error).",
        "    机构规范名称",
        "    Source: 清委编〔2019〕12号",
        "Line 8: do not write “二把手” (warning).",
        "Never doubted: 数智.",
    ]
