"""A circular comes from an outline, counts its figures from the sheets, and ranks nobody unless the scheme says so."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.appraisals import actions, circulars, running
from taizhang.appraisals.models import Circular, Run, Talk
from taizhang.appraisals.tallying import tally
from taizhang.appraisals.tests.conftest import with_appraisals
from taizhang.appraisals.tests.months import three_months
from taizhang.appraisals.tests.test_screens import without_links_of_figures
from taizhang.documents.docx_reader import read as read_docx
from taizhang.journal.actions import open_book
from taizhang.journal.verify import verify
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

OUTLINE = """\
    ranking: RANKING
    circular:
      title: "{unit}信息工作通报（{period}）"
      addressee: 各科室
      breakdowns: {levels: {kind: adoption, by: level}}
      body:
        - text: "{appraisal}：考核{scored}{subjects}，完成率{met_rate}，省级采用{levels:province}条，市级{levels:city}条。"
        - text: 请{names:missed}查找原因。
          when: {of: missed, more_than: 0}
        - text: 全部完成，望继续保持。
          when: {of: missed, equals: 0}
        - table: {of: units, columns: [scored, missed, "levels:province"], caption: 各单位}
        - table: {of: levels, caption: 采用级别}
        TABLE
    rules:"""


def own(text, *, ranking=False):
    """Return a scheme whose appraisal has an outline of its own."""
    outline = OUTLINE.replace("RANKING", "true" if ranking else "false")
    outline = outline.replace("        TABLE\n", "        - table: {of: ranking}\n" if ranking else "")
    return text.replace("    rules:", outline, 1)


@pytest.fixture
def own_outline():
    return False


@pytest.fixture
def ranking():
    return False


@pytest.fixture
def scheme_text(own_outline, ranking):
    text = with_appraisals()
    return own(text, ranking=ranking) if own_outline else text


@pytest.fixture
def october(bureau, submit, at, through):
    """October locked: the officer fulfilled, the section head missed."""
    at("2023-10-30")
    submit("2023-10-09", adopted="province")
    submit("2023-10-10", adopted="city")
    return through("2023-10")


def filler_of(run, language="zh-hans"):
    compiled = running.compiled_for(run.appraisal, run.span, history())
    return circulars.Filler.of(run, compiled, tree=unit_tree(), language=language, day=dt.date(2023, 11, 20))


def text_of(blocks):
    """Return the words of kept blocks as they are printed."""
    return re.sub(r"\s+", "", "\n".join(_texts(blocks)))


def _texts(value):
    match value:
        case {"kind": _}:
            for key in ("runs", "items", "caption", "head", "rows"):
                yield from _texts(value.get(key, ""))
        case {"figure": _, "text": text}:
            yield text
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value


def test_without_an_outline_the_usual_one_is_filled(october):
    text = text_of(filler_of(october).blocks(filler_of(october).words()))
    assert "考核2人" in text
    assert "完成任务1人，未完成1人" in text
    assert "共报送2条，采用2条" in text
    assert "SectionHead" in text
    assert "全部完成" not in text


@pytest.mark.parametrize("own_outline", [True])
def test_the_outline_of_the_scheme_is_filled_with_its_conditions_and_tables(october):
    filler = filler_of(october)
    assert filler.words().title == "科学技术局信息工作通报（2023年10月）"
    text = text_of(filler.blocks(filler.words()))
    assert "信息考核：考核2人，完成率50.0%，省级采用1条，市级1条" in text
    assert "请SectionHead（宣传科）查找原因" in text
    assert "望继续保持" not in text
    assert "采用级别" in text


@pytest.mark.parametrize(("own_outline", "ranking"), [(True, True)])
def test_only_the_switch_brings_a_table_in_the_order_of_points(october):
    blocks = filler_of(october).blocks(filler_of(october).words())
    ranked = next(block for block in blocks if block.get("of") == "ranking")
    assert [row[0] for row in ranked["rows"]] == [["Officer"], ["Section Head"]]


@pytest.mark.parametrize("own_outline", [True])
def test_without_the_switch_no_points_stand_in_a_circular(october):
    filler = filler_of(october)
    assert filler.tally.ranked == []
    assert "ranking" not in {block.get("of") for block in filler.blocks(filler.words())}


def test_names_stand_in_the_order_of_the_organisation_whatever_the_points(bureau, submit, at, through):
    at("2023-10-30")
    submit("2023-10-09", by="section_head")
    run = through("2023-10")
    assert [named.name for named in filler_of(run).tally.named["missed"]] == ["Officer", "Section Head"]


def test_figures_of_late_proofs_objections_and_talks(bureau, now, submit, at, through):
    three_months(bureau, now)
    october = Run.objects.get(period="2023-10")
    counted = filler_of(october).tally
    assert counted.number("objections") == 1
    assert counted.number("upheld") == 0
    assert filler_of(Run.objects.get(period="2023-09")).tally.number("talks") == 2
    assert counted.number("talks_open") == 2
    assert counted.number("late") == 0


def test_a_late_proof_is_counted_once_though_it_earns_twice(bureau, submit, at, through):
    through("2023-10")
    at("2023-11-20")
    submit("2023-10-09", adopted="city")
    assert filler_of(through("2023-11")).tally.number("late") == 2


def test_a_talk_closed_without_having_been_held_is_named(bureau, submit, at, through):
    through("2023-08")
    through("2023-09")
    at("2023-10-30")
    submit("2023-10-09", adopted="city")
    submit("2023-10-10")
    filler = filler_of(through("2023-10"))
    assert filler.tally.number("talks_never_held") == 1
    assert filler.tally.number("talks_closed") == 1
    assert "另有1件约谈未进行，因本期完成任务而销号：Officer（办公室）" in text_of(
        filler.blocks(filler.words())
    )


def test_a_share_of_nothing_is_no_number_and_fulfils_no_condition(bureau, at, computed):
    at("2023-11-06")
    run = computed("2023-10")
    compiled = running.compiled_for(run.appraisal, run.span, history())
    empty = tally(run, compiled, breakdowns={}, language="en")
    empty.refs.clear()
    assert empty.number("met_rate") is None


# The page


def page(client, run, **fields):
    url = reverse("appraisals:new_circular", args=[run.appraisal, run.period])
    response = client.post(url, fields, follow=True) if fields else client.get(url)
    assert response.status_code == 200
    return without_links_of_figures(re.sub(r"\s+", " ", response.content.decode()))


def posted(run, **changed):
    words = filler_of(run, "en").words()
    prose = {f"block_{place}": circulars.prose_of(block) for place, block in filler_of(run, "en").editable()}
    return {
        "title": words.title,
        "addressee": words.addressee,
        "issuer": words.issuer,
        "reason": "",
        **prose,
        **changed,
    }


def test_the_words_are_changed_looked_at_and_issued_with_the_figures_counted(october, client_for):
    clerk = client_for("clerk", language="en")
    assert "From the usual outline" in page(clerk, october)
    changed = {"block_2": "{met} of {scored} made it, well done."}
    looked = page(clerk, october, look="1", **posted(october, **changed))
    assert "1 of 2 made it, well done." in looked
    assert not Circular.objects.exists()
    page(clerk, october, **posted(october, **changed))
    made = Circular.objects.get()
    assert "1of2madeit" in text_of(made.content["blocks"])
    assert list(verify()) == []


def test_a_place_for_no_figure_is_refused_and_what_was_typed_is_kept(october, client_for):
    clerk = client_for("clerk", language="en")
    shown = page(clerk, october, **posted(october, block_2="{mett} made it"))
    assert "Did you mean “met”?" in shown
    assert "{mett} made it" in shown
    assert not Circular.objects.exists()


def test_a_paragraph_left_empty_is_left_out(october, client_for):
    page(client_for("clerk", language="en"), october, **posted(october, block_2=""))
    assert "submitted" not in text_of(Circular.objects.get().content["blocks"][:3])


def test_a_second_circular_supersedes_with_a_reason_and_starts_from_the_words_of_the_first(
    october, client_for
):
    clerk = client_for("clerk", language="en")
    page(clerk, october, **posted(october, title="First", block_2="Mine: {met}."))
    assert "Mine: {met}." in page(clerk, october)
    assert "Say why another one is" in page(clerk, october, **posted(october, title="Second"))
    page(clerk, october, **posted(october, title="Second", reason="a name was wrong"))
    assert Circular.objects.get(supersedes__isnull=False).reason == "a name was wrong"
    assert list(verify()) == []


def test_an_issued_circular_stays_word_for_word_when_sheets_change_later(
    october, submit, at, now, bureau, client_for
):
    page(client_for("clerk", language="en"), october, **posted(october))
    before = circulars.document(Circular.objects.get())
    at("2023-11-20")
    submit("2023-10-11", by="section_head", adopted="city")
    sheet = october.sheets.get(person=bureau.people["section_head"], superseded_at=None)
    with open_book(now=now(), actor="deputy Deputy") as book:
        actions.correct(sheet, reason="lost", schemes=history(), tree=unit_tree(), book=book)
    assert circulars.document(Circular.objects.get()) == before


def test_a_circular_from_before_there_were_outlines_is_printed_as_it_was(october, bureau, now):
    content = {
        "title": "通报", "addressee": "各科室", "opening": "情况如下。", "closing": "请补上。", "issuer": "科学技术局",
        "units": [{"unit": "办公室", "sheets": 2, "asked": 4, "submitted": 1, "wanted": 2, "adopted": 0, "met": 0,
                   "missed": 2, "exempt": 0}],
        "short": [{"name": "Officer", "unit": "办公室", "lines": ["信息任务：报送1/2"]}],
        "talks": [["Officer", "办公室", 2]], "ranked": [], "sheets": "0" * 64, "issued_on": "2023-11-15",
        "head_seq": 1, "head_hash": "0" * 64,
    }  # fmt: skip
    old = Circular(run=october, language="zh-hans", title="通报", content=content, at=now(), by="x")
    text = str(circulars.document(old))
    for words in ("情况如下。", "请补上。", "信息任务：报送1/2", "办公室，连续2期"):
        assert words in text


def test_a_circular_is_downloaded_in_the_official_layout(bureau, now, client_for):
    three_months(bureau, now)
    circular = Circular.objects.get()
    officer = client_for("officer", language="en")
    response = officer.get(reverse("appraisals:download_circular", args=[circular.pk, "docx"]))
    text = str(read_docx(response.content))
    assert "办公室" in text
    assert "未完成任务情况" in text
    assert Talk.objects.count() == 2
    assert "应当约谈2人次" in text


@pytest.mark.parametrize("own_outline", [False, True])
def test_the_page_asks_little(october, client_for, own_outline):
    client = client_for("clerk")
    url = reverse("appraisals:new_circular", args=["monthly", "2023-10"])
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= 12, "\n".join(query["sql"] for query in asked)
