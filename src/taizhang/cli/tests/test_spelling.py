import json

import pytest
from click.testing import CliRunner

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
