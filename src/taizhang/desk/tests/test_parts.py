"""What the pages are made of, without a page: lines, marks, statistics, tokens."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core import signing
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.desk.content import Content, Picture
from taizhang.desk import plain_form, presenting, rich_text, sending, showing, statistics, uploads
from taizhang.desk.access import Visitor
from taizhang.desk.comments import threads
from taizhang.desk.models import Comment
from taizhang.desk.showing import Mark
from taizhang.desk.statistics import Asked
from taizhang.journal.clock import day_of
from taizhang.org.access import access_of
from taizhang.rules.queries import history

NOW = dt.datetime(2023, 11, 20, 10, tzinfo=dt.UTC)
WORDS = st.text(alphabet="全市科普活动，。0123 <&*[]()#-〔〕", max_size=30)
BODY = (
    '<h2>一</h2><p>正文<strong>要点</strong>与<a href="https://a.cn/x">链接</a><br>换行</p>'
    "<ul><li><p>甲</p></li><li>乙</li></ul><ol><li><p>丙</p></li></ol>"
    "<table><tbody><tr><td>1</td></tr></tbody></table><p>含<em>斜体</em>的一段</p>"
)


# Lines


def test_lines_say_what_lines_can_say():
    assert plain_form.to_lines(BODY) == (
        "# 一\n正文**要点**与[链接](https://a.cn/x)⏎换行\n- 甲\n- 乙\n1. 丙\n〔5：1〕\n〔6：含斜体的一段〕"
    )


def test_lines_that_nobody_touched_change_nothing():
    assert plain_form.to_html(plain_form.to_lines(BODY), before=BODY) == BODY


def test_what_lines_cannot_say_is_put_where_its_line_stands():
    lines = plain_form.to_lines(BODY).split("\n")
    moved = plain_form.to_html("\n".join([lines[5], "新的一段", lines[0]]), before=BODY)
    assert moved == "<table><tbody><tr><td>1</td></tr></tbody></table><p>新的一段</p><h2>一</h2>"


@given(st.lists(WORDS.filter(str.strip), max_size=5))
def test_any_words_come_back_as_words(words):
    html = rich_text.clean(plain_form.to_html("\n".join(words), before=""))
    assert rich_text.clean(html) == html
    assert "<script" not in html


@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=5))
def test_paragraphs_survive_the_way_through_lines(words):
    from html import escape

    body = rich_text.clean("".join(f"<p>{escape(one.strip())}</p>" for one in words))
    assert plain_form.to_html(plain_form.to_lines(body), before=body) == body


# Marks


def shown(body: str, *marks: tuple[int, int, str]) -> str:
    content = Content(title="", body=body)
    found = [Mark(start, end, card, "error", 'a "title" <b>') for start, end, card in marks]
    return showing.text_html(content, manuscript="0" * 8 + "-0000-0000-0000-" + "0" * 12, marks=found)


def test_a_mark_never_covers_a_tag(db):
    html = shown("<p>一二<strong>三四</strong>五</p>", (1, 4, "f-1"))
    assert rich_text.plain(rich_text.clean(html)).text == "一二三四五\n"
    assert html.count('data-cards="f-1"') == 2
    assert html.count('id="m-f-1"') == 1
    assert "&quot;title&quot; &lt;b&gt;" in html


def test_marks_over_each_other_and_over_entities(db):
    html = shown("<p>甲&amp;乙丙</p>", (0, 3, "f-1"), (1, 4, "f-2"))
    assert rich_text.plain(rich_text.clean(html)).text == "甲&乙丙\n"
    assert 'data-cards="f-1 f-2"' in html


def test_a_picture_is_shown_with_its_words_whatever_they_are():
    sha256 = "a" * 64
    body = f'<p>x</p><img src="picture:{sha256}" alt="a > b"><p>y</p>'
    content = Content(title="", body=body, pictures=(Picture(sha256, '"><script>', "<b>", "image/png"),))
    html = showing.text_html(content, manuscript="00000000-0000-0000-0000-000000000000")
    assert html.count("<img") == 1
    assert "<script>" not in html
    assert html.endswith("<p>y</p>")


# Time


@pytest.mark.parametrize(
    ("minutes", "tone"), [(-1, "late"), (60, "soon"), (8 * 60, "soon"), (9 * 60, ""), (72 * 60, "")]
)
def test_time_left(minutes, tone):
    assert presenting.left(NOW + dt.timedelta(minutes=minutes), NOW).tone == tone


def test_names_are_said_in_the_readers_language():
    both = {"zh": "一审", "en": "First"}
    with translation.override("zh-hans"):
        assert presenting.named({"": "一审"}) == presenting.named(both) == "一审"
        assert presenting.named({"en": "First"}) == "First"
    with translation.override("en"):
        assert presenting.named(both) == "First"


# What is sent


def test_authors_share_evenly_and_wholly(office):
    people = ["D004", "D005", "D000"]
    shares = sending.shares_of(people, ["", "", ""])
    assert sum(share.part for share in shares) == Decimal(1)
    assert len({share.person for share in shares}) == 3


@pytest.mark.parametrize("part", ["-1", "101", "NaN", "1e9", "一半", "Infinity"])
def test_a_share_that_is_none_is_refused(office, part):
    with pytest.raises(sending.Unsendable):
        sending.shares_of(["D004"], [part])


def test_a_token_is_for_one_account_and_one_kind():
    token = signing.dumps(["file", "a" * 64, "x.txt", "text/plain", 1, 7], salt=uploads.SALT, compress=True)
    (found,) = uploads.attachments([token], before=(), account_id=7)
    assert found.name == "x.txt"
    assert list(uploads.attachments([token], before=(), account_id=8)) == []
    assert list(uploads.attachments([token[:-1] + "x", "a" * 64, ""], before=(), account_id=7)) == []
    assert uploads.picture_of(token, account_id=7) is None


def test_filters_are_cut_to_what_a_database_takes():
    from taizhang.desk import listing

    read = listing.read(QueryDict("q=a%00b&state=" + "x" * 300))
    assert read.q == "ab"
    assert len(read.state) == 100


# Comments


def test_a_comment_finds_its_passage_in_the_next_version(office):
    manuscript = office.start(body="<p>数字一处，数字两处。</p>")
    office.submit(manuscript)
    with office.book("section_head") as book:
        from taizhang.desk import actions

        actions.comment(
            manuscript,
            seen=office.seen(manuscript),
            text="核实",
            quote="数字",
            start=5,
            by=office.account("section_head"),
            book=book,
        )
    office.save(manuscript, office.content(body="<p>前面加一句。数字一处，数字两处。</p>"))
    newest = office.submit(manuscript)
    (thread,) = threads(manuscript, newest)
    assert thread.start == 6
    office.save(manuscript, office.content(body="<p>都删了。</p>"))
    (thread,) = threads(manuscript, office.submit(manuscript))
    assert thread.start is None
    assert Comment.objects.count() == 1


# Statistics


def test_stations_are_counted(office, now):
    begin = now()
    texts = [office.start(body="<p>报送信息58篇，其中被采用63篇。</p>"), office.start()]
    for one in texts:
        office.submit(one)
    now(begin + dt.timedelta(hours=3))
    office.approve(texts[0], "review1")
    now(begin + dt.timedelta(days=9))
    office.send_back(texts[1], "review1")
    visitor = Visitor(access_of(office.account("auditor"), day=day_of(now()), schemes=history()))
    asked = Asked(begin - dt.timedelta(days=1), begin + dt.timedelta(days=30), None, now())
    found = statistics.count(asked, visitor, calendar=history().in_force(day_of(now())).scheme.working_days)
    by_code = {one.code: one for one in found.tallies}
    first = by_code["review1"]
    assert (first.approved, first.returned, first.return_rate, first.late) == (1, 1, 50, 1)
    assert (first.median, first.longest) == (dt.timedelta(hours=3), dt.timedelta(days=9))
    assert (by_code["proof1"].waiting, by_code["proof1"].overdue) == (1, 0)
    assert found.texts == 2
    assert [one.code for one in found.recurring if one.found] != []
    nothing = statistics.count(
        Asked(begin - dt.timedelta(days=99), begin - dt.timedelta(days=90), None, now()),
        visitor,
        calendar=history().in_force(day_of(now())).scheme.working_days,
    )
    assert nothing.texts == 0
