import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.desk.corrections import changed_characters, stretches

texts = st.text(alphabet="启开动县区（）<p>𠮷", max_size=40)


def made(before: str, after: str) -> str:
    """Make the changes from last to first, as the database does."""
    text = before
    for each in reversed(stretches(before, after)):
        text = text[: each.start] + each.put + text[each.start + each.removed :]
    return text


@given(texts, texts)
def test_the_stretches_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    assert made(before, after) == after


@given(texts, texts)
def test_nothing_less_than_the_difference_in_length_is_counted(before: str, after: str) -> None:
    counted = changed_characters(before, after)
    assert abs(len(before) - len(after)) <= counted <= len(before) + len(after)
    assert (counted == 0) == (before == after)


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ("启动", "开启", 2),
        ("启动，", "启动", 1),
        ("县区", "县（区）", 2),
        ("一二三四五", "壹二三四伍", 2),
        ("", "启动", 2),
    ],
)
def test_of_each_stretch_the_longer_side_is_counted(before: str, after: str, counted: int) -> None:
    assert changed_characters(before, after) == counted
