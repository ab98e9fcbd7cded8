"""A scheme's desk is refused with place, cause and remedy where nobody could mean it, and explained where they do."""

import datetime as dt
from pathlib import Path

import pytest

import taizhang
from taizhang.core.desk.track import NoLine, choose_line, due_at, track_of
from taizhang.core.scheme import diff
from taizhang.core.scheme.desk import line_for
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.load import load_text
from taizhang.core.scheme.schema import WorkingDays

EXAMPLES = Path(taizhang.__file__).parent / "schemes" / "examples"
TEXTS = {
    name: next((EXAMPLES / name).glob("*.yaml")).read_text("utf-8")
    for name in ("changzhi", "secrecy", "press")
}


def changed(name: str, old: str, new: str) -> str:
    assert old in TEXTS[name]
    return TEXTS[name].replace(old, new, 1)


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        ("press", "does: review, level: 1", "does: review", "a review has a level"),
        ("press", "does: proof,", "does: proof, level: 2,", "a review has a level"),
        ("press", "does: review, level: 3,", "does: review, level: 3, reopens: all,", "makes no corrections"),
        (
            "press",
            "seats: {role: desk_editor}",
            "seats: {role: desk_editor, person: P1}",
            "exactly one of role",
        ),
        ("press", "seats: {role: desk_editor}", "seats: {person: P1, reach: all}", "names no role"),
        (
            "press",
            "seats: {role: desk_editor}",
            "seats: {role: desk_editors}",
            "There is no role “desk_editors”",
        ),
        ("secrecy", "{group: secrecy_group}", "{group: secret_group}", "There is no group “secret_group”"),
        ("press", "apart_from: proof1", "apart_from: proof9", "There is no other station “proof9”"),
        ("press", "apart_from: proof1", "apart_from: proof2", "There is no other station “proof2”"),
        ("press", "level: 2", "level: 5", "A review of level 3 after one of level 5"),
        ("secrecy", "working_days: 2}", "working_days: 2, hours: 3}", "both hours and working days"),
        ("secrecy", "channels: bulletin\n", "channels: bulletins\n", "There is no channel “bulletins”"),
        ("changzhi", "types: important\n", "types: importance\n", "There is no type of text “importance”"),
        ("secrecy", "corrections: public", "corrections: publik", "There is no line “publik”"),
        (
            "secrecy",
            "posts: {kind: information}",
            "posts: {kind: informations}",
            "There is no kind “informations”",
        ),
        ("changzhi", "{channel: microblog}}", "{chanel: microblog}}", "The kind has no field “chanel”"),
        ("changzhi", "{channel: microblog}}", "{channel: weibo}}", "“weibo” is not a value of “channel”"),
        ("changzhi", ", microblog: {channel: microblog}}", "}", "needs “channel”, and no value is given"),
        ("changzhi", "address: link", "address: channel", "no field for a web address"),
        ("changzhi", "by_channel: {wechat", "by_channel: {wechats", "There is no channel “wechats”"),
        (
            "secrecy",
            "    public:\n",
            "    public:\n      types: disclosure\n",
            "No line is for texts of type “internal”",
        ),
        ("changzhi", "      types: important\n", "", "No text takes this line"),
        (
            "changzhi",
            "reads_aloud: true}",
            "reads_aloud: true, reopens: station}",
            "see what “proof3” corrects",
        ),
        (
            "press",
            "clause: {basis: quality, text: 坚持稿件",
            "clause: {basis: quantity, text: 坚持稿件",
            "There is no basis",
        ),
    ],
)
def test_what_nobody_can_mean_is_refused_where_it_stands(name: str, old: str, new: str, cause: str) -> None:
    with pytest.raises(SchemeErrors) as refused:
        load_text(changed(name, old, new), path="x.yaml")
    assert any(cause in str(error) and error.line > 1 for error in refused.value.errors), refused.value


def test_a_line_without_a_review_is_refused() -> None:
    text = changed(
        "secrecy",
        "section: {name: {zh: 一审, en: First review}, does: review, level: 1",
        "section: {name: 阅, does: sign_off",
    )
    text = text.replace(
        "deputy: {name: {zh: 二审, en: Second review}, does: review, level: 2",
        "deputy: {name: 阅, does: sign_off",
        1,
    )
    with pytest.raises(SchemeErrors, match="Nobody reviews on this line"):
        load_text(text, path="x.yaml")


def test_a_kind_that_needs_what_a_release_has_not_is_refused() -> None:
    text = changed(
        "secrecy",
        "    title: {name: {zh: 标题, en: Headline}}\n",
        "    title: {name: 标题}\n    evidence: required\n",
    )
    with pytest.raises(SchemeErrors, match="which a release does not have"):
        load_text(text, path="x.yaml")


def test_a_text_takes_the_first_line_for_its_type_and_channel() -> None:
    desk = load_text(TEXTS["secrecy"], path="x.yaml").scheme.desk
    assert line_for(desk, type_="internal", channel="bulletin") == "bulletin"
    assert line_for(desk, type_="disclosure", channel="site") == "public"
    assert choose_line(desk, type_="disclosure", channels=("site",)) == "public"
    for channels in ((), ("site", "bulletin"), ("nowhere",)):
        with pytest.raises(NoLine):
            choose_line(desk, type_="disclosure", channels=channels)
    with pytest.raises(NoLine):
        choose_line(desk, type_="poem", channels=("site",))


def test_what_a_correction_re_opens_is_settled_by_its_place() -> None:
    stops = track_of(load_text(TEXTS["secrecy"], path="x.yaml").scheme.desk.lines["public"]).stops
    assert [(stop.id, stop.reopens_from) for stop in stops if stop.is_proof] == [("proof1", 2), ("proof2", 1)]
    assert stops[1].gates == {"text": 1, "number": 1, "logic": 1}


def test_time_allowed_is_counted_in_hours_or_to_the_end_of_a_working_day() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    friday = dt.datetime(2023, 11, 17, 16, 0, tzinfo=zone)
    by = {
        stop.id: stop
        for stop in track_of(load_text(TEXTS["secrecy"], path="x").scheme.desk.lines["public"]).stops
    }
    days = WorkingDays()
    assert due_at(by["section"], friday, calendar=days) == dt.datetime(2023, 11, 21, 0, 0, tzinfo=zone)
    assert due_at(by["secrecy"], friday, calendar=days) == dt.datetime(2023, 11, 22, 0, 0, tzinfo=zone)
    assert due_at(by["proof1"], friday, calendar=days) is None


def test_a_change_of_stations_is_told_and_touches_later_texts_only() -> None:
    old = load_text(TEXTS["secrecy"], path="old.yaml")
    new = load_text(
        changed("secrecy", "opinion: required, working_days: 2", "working_days: 3").replace(
            "2024-01-01", "2025-01-01", 1
        ),
        path="new.yaml",
    )
    (change,) = diff.diff(old, new, language="zh")
    assert (change.section, change.id) == ("desk", "lines.public")
    assert {detail.key_path.rpartition(".")[2] for detail in change.details} == {"opinion", "working_days"}
    assert "those on their way keep their line" in str(change.touches)


def test_stations_put_in_another_order_are_a_change() -> None:
    text = TEXTS["press"]
    second = next(line for line in text.splitlines(keepends=True) if line.startswith("        proof1:"))
    third = next(line for line in text.splitlines(keepends=True) if line.startswith("        proof2:"))
    swapped = (
        text.replace(second, "\0")
        .replace(third, second)
        .replace("\0", third)
        .replace("2024-01-01", "2025-01-01", 1)
    )
    changes = diff.diff(load_text(text, path="old"), load_text(swapped, path="new"), language="zh")
    assert [change.id for change in changes] == ["lines.book"]
