"""Planted faults are found where they stand; clean sentences stay clean."""

import time

import pytest

from taizhang.proof import check
from taizhang.proof.tests import drafts, drafts_by_kind

BAD = (*drafts.BAD, *drafts_by_kind.BAD)
CLEAN = (*drafts.CLEAN, *drafts_by_kind.CLEAN)


@pytest.mark.parametrize(("text", "wrong"), [(text, wrong) for _, text, wrong in BAD])
def test_the_planted_fault_is_found(text: str, wrong: str) -> None:
    spots = [(at, at + len(wrong)) for at in range(len(text)) if text.startswith(wrong, at)]
    places = [
        (place.start, place.end)
        for finding in check(text, gates=["number", "logic"])
        if finding.severity != "hint"
        for place in (finding, *finding.evidence)
    ]
    assert any(a < d and c < b for a, b in places for c, d in spots)


@pytest.mark.parametrize("text", CLEAN)
def test_a_clean_sentence_stays_clean(text: str) -> None:
    assert [f for f in check(text, spelling=False) if f.severity != "hint"] == []


def test_advertising_makes_no_claims() -> None:
    text = "全年报送信息58篇。\n【素材库】公众号：每天更新材料1000多篇，会员群+网盘群同步更新，加客服微信，其中采用2000篇。"
    assert list(check(text, gates=["number"])) == []


def test_findings_come_in_order_and_quote_the_text() -> None:
    text = "二、说明\n（一）共86户，其中100户。\n（三）定于2024年2月30日召开，，会议。"
    found = check(text, spelling=False)
    assert [f.start for f in found] == sorted(f.start for f in found)
    assert all(text[f.start : f.end] == f.quote for f in found)
    assert {"part-exceeds-whole", "numbering", "impossible-date", "doubled-mark"} <= {f.code for f in found}


def test_a_gate_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="grammar"):
        check("", gates=["grammar"])


def test_full_width_digits_are_read_like_half_width_ones() -> None:
    assert [f.code for f in check("报送信息５８篇，其中采用６３篇。", gates=["number"])] == [
        "part-exceeds-whole"
    ]


@pytest.mark.parametrize("run", ["9", "（", "“", "、", "第9", "9%", "5人、", "——", "《"])
def test_a_long_run_of_one_thing_takes_no_longer_than_its_length(run: str) -> None:
    started = time.process_time()
    check(run * (40_000 // len(run)), gates=["number", "logic"])
    assert time.process_time() - started < 10
