import json

import pytest
from click.testing import CliRunner

from taizhang.cli.check import check
from taizhang.cli.spelling import spelling
from taizhang.proof.spelling.model import load_learned


@pytest.fixture
def cli(monkeypatch):
    monkeypatch.setenv("TAIZHANG_LANGUAGE", "en")
    return lambda *arguments: CliRunner().invoke(spelling, list(map(str, arguments)))


def test_learn_writes_what_the_texts_taught(cli, tmp_path):
    text, terms, out = tmp_path / "办法.txt", tmp_path / "terms.txt", tmp_path / "own.spelling"
    text.write_text("云岫片区的网格员负责云岫片区的信息报送工作。", encoding="utf-8")
    terms.write_text("云岫 片长  # 本地叫法\n", encoding="utf-8")
    result = cli("learn", text, "--terms", terms, "-o", out)
    assert result.exit_code == 0, result.output
    assert "1 texts, 22 characters, and 2 terms" in result.output
    assert load_learned(out).terms == {"云岫", "片长"}


def test_what_is_learned_lies_in_the_home_and_check_uses_it(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path / "home"))
    library, terms = tmp_path / "library", tmp_path / "terms.txt"
    (library / "2023").mkdir(parents=True)
    (library / "2023" / "办法.txt").write_text("本办法自发布之日起施行。", encoding="utf-8")
    (library / "~$办法.docx").write_bytes(b"locked by Word")
    terms.write_text("保户", encoding="utf-8")
    draft = "依法保户公民的合法权益。".encode()
    arguments = ["--language", "en", "--gate", "text", "-"]
    assert CliRunner().invoke(check, arguments, input=draft).exit_code == 1
    result = cli("learn", library, "--terms", terms)
    assert result.exit_code == 0, result.output
    assert "Left out" not in result.output
    assert CliRunner().invoke(check, arguments, input=draft).exit_code == 0
    assert CliRunner().invoke(check, ["--no-own", *arguments], input=draft).exit_code == 1


def test_a_damaged_file_of_ones_own_is_told_and_nothing_is_checked_without_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    (tmp_path / "own.spelling").write_bytes(b"no model")
    result = CliRunner().invoke(check, ["--language", "en", "-"], input="依法行政。".encode())
    assert result.exit_code == 2
    assert "own.spelling is not a spelling model" in result.output


def test_learn_leaves_out_what_cannot_be_read_and_says_so(cli, tmp_path):
    broken, out = tmp_path / "broken.docx", tmp_path / "own.spelling"
    broken.write_bytes(b"no zip")
    result = cli("learn", broken, "-o", out)
    assert result.exit_code == 2
    assert "broken.docx" in result.output
    assert not out.exists()


def test_score_counts_sentences(cli, tmp_path):
    file = tmp_path / "own.jsonl"
    pair = {"wrong": "依法保户公民的合法权益。", "right": "依法保护公民的合法权益。"}
    file.write_text(json.dumps(pair, ensure_ascii=False) + "\n", encoding="utf-8")
    result = cli("score", "--every", file)
    assert result.exit_code == 0, result.output
    assert "own.jsonl: F1 100.0, precision 100.0, recall 100.0" in result.output
