import datetime as dt

import pytest

from taizhang.core.scheme import diff
from taizhang.core.scheme.diff import Change, Nature
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.tests.conftest import FIXTURES

OLD = load_text((FIXTURES / "值班室.yaml").read_text("utf-8"), path="old.yaml")


def changes(*edits: tuple[str, str], effective: str = "2025-01-01") -> tuple[Change, ...]:
    text = OLD.text.replace("2024-01-01", effective)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return diff.diff(OLD, load_text(text, path="new.yaml"), language="zh-hans")


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_differs_from_itself(file) -> None:
    loaded = load_text(file.read_text("utf-8"), path=file.name)

    assert diff.diff(loaded, loaded, language="en") == ()


def test_a_new_date_alone_changes_no_rule() -> None:
    assert changes() == ()
    assert "The rules are the same." in diff.render((), old=OLD, new=OLD)


def test_order_comments_and_spelling_are_no_change() -> None:
    first, second = "  夜班次数: {", "  接待人次: {"
    lines = OLD.text.splitlines()
    here = next(n for n, line in enumerate(lines) if line.startswith(first))
    there = next(n for n, line in enumerate(lines) if line.startswith(second))
    lines[here], lines[there] = lines[there], lines[here]
    text = "\n".join(["# Another comment", *lines]).replace("kinds: 问题,", 'kinds: ["问题"],')

    assert diff.diff(OLD, load_text(text, path="new.yaml"), language="en") == ()


def test_a_changed_number_is_told_with_both_values_and_both_lines() -> None:
    (change,) = changes(
        ("    at_least: 2\n", "    at_least: 3\n"),
        ("# 一个小单位的值班制度", "# 新的一行\n# 一个小单位的值班制度"),
    )

    assert (change.nature, change.section, change.id, change.name) == (
        Nature.CHANGED,
        "duties",
        "每月值班",
        "每月值班",
    )
    (detail,) = change.details
    assert (detail.key_path, detail.old, detail.new) == ("duties.每月值班.at_least", "2", "3")
    assert (detail.old_line, detail.new_line) == (39, 40)
    assert len(change.before) == len(change.after) == 1


def test_added_and_removed_parts_are_told_with_the_line_they_have() -> None:
    added, removed = changes(
        (
            "  夜班比: {name: 夜班占比, ratio: {of: 夜班次数, to: 值班次数}, percent: true}\n",
            "  白班次数: {name: 白班次数, count: {kind: 值班, where: {班次: 白班}}}\n",
        )
    )[::-1]

    assert (added.nature, added.id, added.old_line, added.new_line) == (Nature.ADDED, "白班次数", None, 32)
    assert (removed.nature, removed.id, removed.old_line, removed.new_line) == (
        Nature.REMOVED,
        "夜班比",
        32,
        None,
    )
    assert (added.before, removed.after) == ((), ())


def test_a_block_put_in_front_does_not_make_the_others_differ() -> None:
    (change,) = changes(("    body:\n", "    body:\n      - heading: 概况\n"))

    (detail,) = change.details
    assert (detail.key_path, detail.old, str(detail.new)) == ("outlines.年报.body[0]", None, "heading: 概况")


@pytest.mark.parametrize(
    ("effective", "first"), [("2025-01-01", "2025-01"), ("2025-01-02", "2025-02"), ("2024-02-29", "2024-03")]
)
def test_a_duty_is_first_judged_in_the_first_period_that_begins_under_the_new_version(
    effective: str, first: str
) -> None:
    (change,) = changes(("    at_least: 2\n", "    at_least: 3\n"), effective=effective)

    assert str(change.touches) == f"The first period judged by it is {first}."


def test_a_yearly_target_waits_for_the_next_year() -> None:
    (change,) = changes(("at_most: 0", "at_most: 1"), effective="2024-07-01")

    assert str(change.touches) == "The first period judged by it is 2025."


def test_what_is_gone_asks_for_nothing_from_the_next_period_on() -> None:
    first = OLD.text.index("targets:\n")
    text = OLD.text[:first] + OLD.text[OLD.text.index("outlines:\n") :]
    (change,) = diff.diff(OLD, load_text(text.replace("2024-", "2025-"), path="new.yaml"), language="en")

    assert (
        str(change.touches) == "It asks for nothing from 2025 on; earlier periods stay as they were judged."
    )


def test_changes_of_the_whole_are_told_too() -> None:
    (change,) = changes(("name: 值班室工作制度", "name: 值班室工作制度（修订）"))

    assert (change.section, change.id, change.name) == ("name", "", "值班室工作制度（修订）")
    assert str(change.touches) == f"From {dt.date(2025, 1, 1)} on."


def test_the_text_names_part_files_and_lines() -> None:
    told = changes(("at_most: 0", "at_most: 1"))
    new = load_text(OLD.text.replace("2024-01-01", "2025-01-01"), path="new.yaml")

    assert diff.render(told, old=OLD, new=new) == (
        "From old.yaml (in force from 2024-01-01) to new.yaml (in force from 2025-01-01):\n\n"
        "Changed: 问题清零 (targets.销号到位), old.yaml:42 → new.yaml:42\n"
        "    targets.销号到位.at_most: 0 → 1\n"
        "    Before: For every unit of kind “科室”, every year: “未销号问题” at most 0 个.\n"
        "    Now: For every unit of kind “科室”, every year: “未销号问题” at most 1 个.\n"
        "    The first period judged by it is 2025.\n"
    )
