from pathlib import Path

import pytest

from taizhang.core.scheme import cases
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.tests.conftest import FIXTURES
from taizhang.core.scheme.tests.test_load import edited, place

HISTORY = History([load_text((FIXTURES / "值班室.yaml").read_text("utf-8"), path="值班室.yaml")])

TEXT = """\
scheme: 值班制度
units: {局: "", 一科: 局, 二科: 局}
cases:
  - name: 夜班也是值班
    period: 2024
    unit: 局
    entries:
      - {kind: 值班, on: 2024-01-05, unit: 一科, values: {班次: 夜班}, quantity: 20, quantity_unit: 人次, approximate: true, times: 3}
      - {kind: 值班, on: 2024-02-05, unit: 二科, values: {班次: 白班}, quantity: 2, quantity_unit: 起}
    figures:
      值班次数: 4
      夜班次数: 3
      夜班比: 75
      接待人次: {value: 60, approximate: true, left_out: 1}
  - name: 没有值班就没有占比
    period: 2024-03
    figures: {夜班比: undefined, 值班次数: 0}
  - name: 上半年末门还没有销号
    period: 2024-H1
    unit: 一科
    entries:
      - {id: 灯, kind: 问题, on: 2023-11-05}
      - {id: 门, kind: 问题, on: 2024-02-05}
      - {kind: 销号, on: 2024-03-01, about: 灯}
      - {kind: 销号, on: 2024-07-01, about: 门}
    figures: {未销号: 1}
  - name: 二月底还不知道后来补记的值班，也还不知道撤回
    period: 2024
    unit: 一科
    as_of: 2024-02-29
    entries:
      - {kind: 值班, on: 2024-01-05, recorded: 2024-03-02}
      - {kind: 值班, on: 2024-01-06, withdrawn: 2024-03-05}
      - {kind: 值班, on: 2024-01-07, withdrawn: 2024-02-05}
    figures: {值班次数: 1}
"""


def failures(text: str) -> list[str]:
    loaded = cases.load_text(text, path="c.yaml", history=HISTORY)
    return [failure.render() for failure in cases.run_cases(loaded, history=HISTORY)]


def faults(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(SchemeErrors) as refused:
        cases.load_text(text, path="c.yaml", history=HISTORY)
    return [(fault.line, fault.column, str(fault)) for fault in refused.value.errors]


def test_cases_that_hold_say_nothing() -> None:
    assert failures(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("未销号: 1", "未销号: 2", "c.yaml:26:15: 上半年末门还没有销号: “未销号” should be 2 and is 1."),
        ("夜班次数: 3", "夜班次数: 2.5", "c.yaml:12:7: 夜班也是值班: “夜班次数” should be 2.5 and is 3."),
        (
            "approximate: true, left_out",
            "left_out",
            "c.yaml:14:7: 夜班也是值班: “接待人次” should be 60, 1 left out and is roughly 60, 1 left out.",
        ),
        (
            "夜班比: undefined",
            "夜班比: 0",
            "c.yaml:17:15: 没有值班就没有占比: “夜班比” should be 0 and is undefined (“值班次数” is 0, and nothing can be divided by 0.).",
        ),
    ],
)
def test_a_case_that_fails_says_where_what_and_why(old: str, new: str, said: str) -> None:
    assert failures(TEXT.replace(old, new)) == [said]


@pytest.mark.parametrize(
    ("old", "new", "at", "cause"),
    [
        (
            "times: 3",
            "times: 0",
            "0}\n      - {kind: 值班, on: 2024-02",
            "“times” is 0; it must be at least 1.",
        ),
        (
            "scheme: 值班制度",
            "scheme: 会议制度",
            "会议制度",
            "These are cases of “会议制度”, but lie beside “值班制度”.",
        ),
        ("二科: 局}", "二科: 局里}", "局里", "There is no unit “局里”."),
        ("period: 2024-H1", "period: 2024-H3", "2024-H3", "“2024-H3” is not a period."),
        ("period: 2024-03", "period: 2023-03", "2023-03", "No scheme was in force on 2023-03-01;"),
        ("夜班比: 75", "夜班币: 75", "夜班币", "There is no indicator “夜班币”."),
        ("unit: 二科", "unit: 三科", "三科", "There is no unit “三科”."),
        ("{kind: 值班, on: 2024-01-07", "{kind: 值日, on: 2024-01-07", "值日", "There is no kind “值日”."),
        ("about: 灯", "about: 窗", "窗", "There is no entry “窗” before this one."),
        ("{班次: 夜班}", "{班此: 夜班}", "班此", "There is no field “班此”."),
        ("{班次: 夜班}", "{班次: 晚班}", "晚班", "There is no choice “晚班”."),
        ("quantity_unit: 起", "quantity_unit: 个", "个", "It is not told in “个”."),
        (", quantity_unit: 起", "", "2}\n    figures", "“值班” is told in several units."),
        ("about: 门", "person: 张三", "person", "Entries of “销号” have no “person”."),
    ],
)
def test_cases_that_name_what_is_not_there_are_refused(old: str, new: str, at: str, cause: str) -> None:
    text = edited(TEXT, old, new)

    ((line, column, told),) = faults(text)

    assert (line, column) == place(text, at), told
    assert cause in told


def test_all_cases_of_a_folder_are_run(tmp_path: Path, duty_room: str) -> None:
    (tmp_path / "2024-01-01.yaml").write_text(duty_room, "utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "cases" / "b.yaml").write_text(TEXT.replace("值班次数: 4", "值班次数: 5"), "utf-8")

    (failure,) = cases.run_folder(tmp_path)

    assert (Path(failure.path).name, failure.indicator) == ("b.yaml", "值班次数")
