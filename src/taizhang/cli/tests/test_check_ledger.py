"""Drafts held against the ledger by the check command."""

import json

import pytest
from click.testing import CliRunner, Result

from taizhang.cli.check import check

DRAFT = "全年开展集体学习4次。"


def run(*arguments: str) -> Result:
    command = ["--language", "en", "--no-spelling", "--format", "json", *arguments, "-"]
    return CliRunner().invoke(check, command, input=DRAFT.encode())


@pytest.fixture
def three_studies(post_entry):
    for _count in range(3):
        post_entry("study")


def test_a_claim_that_the_ledger_contradicts_is_found(three_studies):
    result = run("--ledger", "--period", "2023")
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)[0]["findings"]
    assert finding["code"] == "against-ledger"
    assert finding["gate"] == "number"
    assert "The ledger says 3" in finding["message"]


def test_without_the_number_gate_or_the_option_nothing_is_compared(three_studies):
    assert run("--ledger", "--period", "2023", "--gate", "text").exit_code == 0
    assert run().exit_code == 0


def test_a_unit_or_period_that_is_none_exits_with_2(three_studies):
    assert "no unit “nowhere”" in run("--ledger", "--period", "2023", "--unit", "nowhere").output
    assert run("--ledger", "--period", "sometime").exit_code == 2
    assert run("--ledger").exit_code == 2
    assert run("--period", "2023").exit_code == 2
