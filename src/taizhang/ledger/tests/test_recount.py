"""The counts that are kept cannot lie unseen: verification counts them again."""

import datetime as dt

import pytest
from django.db.models import F

from taizhang.core.values import Period
from taizhang.journal.verify import verify
from taizhang.ledger import cells, store
from taizhang.ledger.drafts import Attachment
from taizhang.ledger.models import KeptCell, KeptSpan
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history


@pytest.fixture
def kept(post_entry):
    for day in ("2023-10-02", "2023-10-09", "2023-11-01"):
        post_entry("study", occurred_on=day, attendance={"clerk": "attended"})
    post_entry("outreach", occurred_on="2023-10-03")
    for found, closed in (("2023-10-04", "2023-10-20"), ("2023-10-05", "2023-11-03")):
        minutes = (Attachment(store.keep([b"minutes"]), "minutes.txt", "text/plain"),)
        finding = post_entry("finding", occurred_on=found, evidence=minutes)
        post_entry("closure", occurred_on=closed, about=finding, by="deputy")
    cells.warm(schemes=history(), tree=unit_tree(), period=Period.parse("2023"))


def objects() -> set[str]:
    return {found.object for found in verify()}


def test_what_was_kept_by_the_program_is_right(kept):
    assert KeptCell.objects.exists()
    assert objects() == set()


@pytest.mark.parametrize("column", ["counted", "total", "added"])
def test_an_altered_count_is_found_by_kind_and_month(kept, column):
    KeptCell.objects.filter(span__kind="outreach").update(**{column: F(column) + 1})
    assert objects() == {"outreach 2023-10"}


def test_a_count_that_was_taken_out_is_found(kept):
    KeptCell.objects.filter(span__kind="study", span__bucket=dt.date(2023, 10, 1)).delete()
    assert objects() == {"study 2023-10"}


def test_a_count_that_was_put_in_is_found(kept, bureau):
    span = KeptSpan.objects.filter(kind="study", bucket=dt.date(2023, 9, 1)).first()
    unit = bureau.units["office"].pk
    KeptCell.objects.create(span=span, unit_id=unit, counted=5, total=0, added=0, approximate=0)
    assert objects() == {"study 2023-09"}


def test_nothing_kept_is_nothing_wrong(kept):
    cells.empty()
    assert objects() == set()
