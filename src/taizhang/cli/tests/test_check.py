"""The check command: formats, gates and exit statuses."""

import html
import io
import json
import re
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


def test_html_marks_both_places_and_links_them(draft: Path) -> None:
    output = run("--format", "html", str(draft)).output
    assert 'class="error k0-0" href="#f0-0"' in output
    assert 'class="rests k0-0"' in output
    assert '<a href="#e0-0-0">paragraph 1, character 1</a>' in output
    inside = output.split("<div class='draft'>")[1].split("</div>")[0]
    assert html.unescape(re.sub("<[^>]*>", "", inside)) == WRONG


def test_html_escapes_what_the_draft_says(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("<script>alert(1)</script>" + WRONG, encoding="utf-8")
    output = run("--format", "html", str(path)).output
    assert "<script>" not in output


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


def test_accepted_suggestions_are_written_into_a_copy_of_the_own_file(tmp_path: Path) -> None:
    source = tmp_path / "own.docx"
    document = docx.Document()
    paragraph = document.add_paragraph("干部职工产生")
    paragraph.add_run("归宿感").bold = True
    document.add_paragraph(WRONG.strip())
    document.save(source)
    before = source.read_bytes()
    result = run("--accept", "error", "--output", str(tmp_path / "out"), str(source))
    assert result.exit_code == 1
    assert "1 suggestions taken in, 0 left" in result.output
    assert source.read_bytes() == before
    copy = docx.Document(tmp_path / "out" / "own.clean.docx")
    assert [(run.text, run.bold) for run in copy.paragraphs[0].runs] == [
        ("干部职工产生", None),
        ("归属感", True),
    ]
    assert copy.paragraphs[1].text == WRONG.strip()


def test_rules_are_accepted_by_their_code_and_unknown_ones_refused(tmp_path: Path) -> None:
    source = tmp_path / "draft.txt"
    source.write_text("干部职工产生归宿感。\n", encoding="utf-8")
    assert run("--accept", "set-phrase", "-o", str(tmp_path), str(source)).exit_code == 1
    assert (tmp_path / "draft.clean.txt").read_text(encoding="utf-8") == "干部职工产生归宿感。\n"
    run("--accept", "confused-word,hint", "-o", str(tmp_path), str(source))
    assert (tmp_path / "draft.clean.txt").read_text(encoding="utf-8") == "干部职工产生归属感。\n"
    refused = run("--accept", "everything", str(source))
    assert refused.exit_code == 2
    assert "“everything” is neither" in refused.output


def test_drafts_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "总结.txt").write_text(f"{folder}。{WRONG}", encoding="utf-8")
    result = run("--format", "docx", "-o", str(tmp_path), *map(str, sorted(tmp_path.glob("*/总结.txt"))))
    assert result.exit_code == 1
    texts = {docx.Document(path).paragraphs[0].text[0] for path in tmp_path.glob("*.docx")}
    assert texts == {"a", "b"}


def test_the_lexicon_of_the_home_is_used_without_naming_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    lexicon = (
        "lexicon: 甲\nterms:\n  - wrong: [媒体融合中心]\n    note: 已更名\n    source: 清委编〔2019〕12号\n"
    )
    (tmp_path / "lexicon.yaml").write_text(lexicon, encoding="utf-8")
    result = run("-", stdin="媒体融合中心挂牌。".encode())
    assert result.exit_code == 1
    assert "not to use “媒体融合中心”（已更名；清委编〔2019〕12号）" in result.output
    assert run("--no-own", "-", stdin="媒体融合中心挂牌。".encode()).exit_code == 0


def test_a_text_too_long_for_the_spelling_model_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taizhang.cli.check._MOST_SPELLED", 10)
    draft = "依法保户公民的合法权益。".encode()
    result = CliRunner().invoke(check, ["--language", "en", "-"], input=draft)
    assert result.exit_code == 0
    assert "checked without the spelling model" in result.output
    asked = CliRunner().invoke(check, ["--language", "en", "--spelling", "-"], input=draft)
    assert asked.exit_code == 1
