"""The committed pages of rules say what the program does."""

from pathlib import Path

import pytest

from taizhang.cli.language import translator
from taizhang.proof import rules
from taizhang.proof.guide import page

GUIDE = Path(__file__).parents[4] / "docs" / "guide"


def test_the_english_page_is_current() -> None:
    assert (GUIDE / "en" / "check-rules.md").read_text(encoding="utf-8") == page("en")


def test_the_chinese_page_is_current() -> None:
    translate = translator("zh-hans")
    if any(translate(rule.title) == rule.title for rule in rules()):
        pytest.skip("the catalogue is not compiled")
    assert (GUIDE / "zh" / "check-rules.md").read_text(encoding="utf-8") == page("zh", translate)
