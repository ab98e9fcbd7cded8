import pytest

from taizhang.cli.language import pick, translator


@pytest.mark.parametrize(
    ("asked", "environ", "language"),
    [
        (None, {}, "zh-hans"),
        (None, {"LANG": "C.UTF-8"}, "zh-hans"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "TAIZHANG_LANGUAGE": "zh"}, "zh-hans"),
        ("en", {"TAIZHANG_LANGUAGE": "zh-hans"}, "en"),
        (None, {"TAIZHANG_LANGUAGE": "fr", "LANG": "zh_CN.UTF-8"}, "zh-hans"),
    ],
)
def test_the_option_wins_over_the_environment_and_chinese_is_the_default(asked, environ, language) -> None:
    assert pick(asked, environ) == language


def test_english_is_what_stands_in_the_program() -> None:
    assert translator("en")("Correct the number.") == "Correct the number."
