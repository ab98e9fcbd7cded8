"""The check command: formats, gates and exit statuses."""

import io
import json
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from taizhang.cli.check import check

CLEAN = "全年报送信息58篇，其中被采用36篇。\n"
WRONG = "全年报送信息58篇，其中被采用63篇。\n"


def run(*arguments: str, stdin: bytes = b""):
    return CliRunner().invoke(check, ["--language", "en", "--no-spelling", *arguments], input=stdin)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.txt"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_a_clean_draft_exits_with_0() -> None:
    assert run("-", stdin=CLEAN.encode()).exit_code == 0


def test_findings_exit_with_1_and_show_place_quote_and_evidence(draft: Path) -> None:
    result = run(str(draft))
    assert result.exit_code == 1
    assert "paragraph 1, character 11" in result.output
    assert "【其中被采用63篇】" in result.output
    assert "【全年报送信息58篇】" in result.output


def test_what_cannot_be_read_exits_with_2_and_the_rest_is_checked(draft: Path, tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.txt"), str(draft))
    assert result.exit_code == 2
    assert "part-exceeds-whole" in result.output


def test_json_has_the_text_and_places_in_it(draft: Path) -> None:
    (item,) = json.loads(run("--format", "json", str(draft)).output)
    (finding,) = item["findings"]
    assert item["text"] == WRONG
    assert item["text"][finding["start"] : finding["end"]] == finding["quote"]
    assert finding["gate"] == "number"
    assert finding["evidence"][0]["quote"] == "全年报送信息58篇"


def test_only_the_chosen_gates_run(draft: Path) -> None:
    assert run("--gate", "logic,text", str(draft)).exit_code == 0
    assert run("--gate", "spelling", str(draft)).exit_code == 2


def test_a_lexicon_with_a_fault_exits_with_2(draft: Path, tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon.yaml"
    lexicon.write_text("lexicon: 甲\nterm: []\n", encoding="utf-8")
    result = run("--lexicon", str(lexicon), str(draft))
    assert result.exit_code == 2
    assert "lexicon.yaml:2:1:" in result.output


def test_html_shows_the_text_with_marks(draft: Path) -> None:
    output = run("--format", "html", str(draft)).output
    assert '<mark class="error">其中被采用63篇</mark>' in output


def test_docx_is_the_own_document_with_comments(tmp_path: Path) -> None:
    source = tmp_path / "own.docx"
    document = docx.Document()
    document.add_paragraph(WRONG.strip()).style = "Quote"
    document.save(source)
    before = source.read_bytes()
    result = run("--format", "docx", "--output", str(tmp_path / "out"), str(source))
    assert result.exit_code == 1
    assert source.read_bytes() == before
    after = docx.Document(io.BytesIO((tmp_path / "out" / "own.checked.docx").read_bytes()))
    assert after.paragraphs[0].text == WRONG.strip()
    assert after.paragraphs[0].style.name == "Quote"
    assert len(list(after.comments)) == 1
