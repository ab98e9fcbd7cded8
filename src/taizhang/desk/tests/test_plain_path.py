"""A text from its draft to the site, with a return, an edit that voids approvals, and a correction in proof."""

import pytest

from taizhang.core.desk.standing import Stage
from taizhang.desk.models import Release
from taizhang.desk.refused import DeskRefused, DraftConflict
from taizhang.journal.verify import verify
from taizhang.ledger.models import Entry

from .conftest import Office


def breaks() -> list[str]:
    return [str(found.message) for found in verify()]


def test_a_text_passes_every_station_and_is_released_and_counted(office: Office) -> None:
    manuscript = office.start(channels=("site", "wechat"))
    office.submit(manuscript)
    office.approve_all(manuscript)
    assert office.way(manuscript).stage is Stage.PASSED

    first = office.release(manuscript)
    second = office.release(manuscript, channel="wechat", address="https://weixin.example/1")

    entry = Entry.objects.get()
    assert (first.entry, second.entry) == (entry, entry)
    assert (entry.kind, entry.title, entry.values) == (
        "information",
        "全市科普活动周启动",
        {"outlet": "site"},
    )
    assert entry.person == office.person("editor")
    assert entry.source["shares"] == [[office.person("editor").code, "1"]]
    assert breaks() == []


def test_a_return_and_an_edit_void_every_approval(office: Office) -> None:
    manuscript = office.start()
    office.submit(manuscript)
    office.approve_all(manuscript, until="review2")
    office.send_back(manuscript, "proof2", by="proofreader")
    assert office.way(manuscript).stage is Stage.WRITING
    office.save(manuscript, office.content(body="<p>改写以后的正文。</p>"))
    office.submit(manuscript, reason="按意见修改")

    way = office.way(manuscript)
    assert (way.station.code, len(way.standing.voided), way.standing.approvals) == ("review1", 3, {})
    office.approve_all(manuscript)
    office.release(manuscript)
    assert breaks() == []


def test_an_edit_while_on_the_way_voids_too(office: Office) -> None:
    manuscript = office.start()
    office.submit(manuscript)
    office.approve_all(manuscript)
    office.save(manuscript, office.content(title="另一个标题"))
    office.submit(manuscript)

    assert office.way(manuscript).station.code == "review1"
    with pytest.raises(DeskRefused):
        office.release(manuscript)
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("until", "at", "by", "open_again"),
    [
        ("review1", "proof1", None, "proof1"),
        ("review2", "proof2", None, "review2"),
        ("review3", "proof3", None, "review1"),
    ],
)
def test_a_correction_re_opens_what_the_line_says(office: Office, until, at, by, open_again) -> None:
    manuscript = office.start()
    office.submit(manuscript)
    office.approve_all(manuscript, until=until)

    office.correct(manuscript, at, "<p>全市科普活动周在科技馆启动，各县（区）同步开展活动。</p>", by=by)

    assert office.way(manuscript).station.code == open_again
    manuscript.draft.refresh_from_db()
    assert "各县（区）" in manuscript.draft.text.body
    assert breaks() == []


def test_a_correction_may_not_be_a_new_text(office: Office) -> None:
    manuscript = office.start()
    office.submit(manuscript)
    office.approve(manuscript, "review1")
    with pytest.raises(DeskRefused, match="at most 20"):
        office.correct(
            manuscript, "proof1", "<p>完全是另一篇稿子，讲的是另一件事情，一个字也没有留下来。</p>"
        )


def test_a_draft_is_never_overwritten(office: Office) -> None:
    manuscript = office.start()
    office.save(manuscript, office.content(title="甲的标题"), on=1)
    with pytest.raises(DraftConflict) as conflict:
        office.save(manuscript, office.content(title="乙的标题"), on=1, by="editor2")

    assert conflict.value.newest.title == "甲的标题"
    assert conflict.value.kept.content["title"] == "乙的标题"
    assert manuscript.copies.count() == 1
