"""The text of a report survives its ways: into JSON, into the editor and back, onto paper."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.outline.model import Form, Listing
from taizhang.core.values import Period, Scope
from taizhang.reports import editing
from taizhang.reports.body import (
    AsOf,
    BadBody,
    Body,
    Bullets,
    Heading,
    Numbered,
    Paragraph,
    Place,
    RowLines,
    Table,
    Words,
    from_json,
    joined,
    to_json,
)
from taizhang.reports.paper import typed_in
from taizhang.reports.printing import Printed

NOTHING = Printed("zh-hans", dt.date(2023, 12, 31), {}, {})
PERIODS = st.sampled_from(["2023", "2023-H1", "2023-Q3", "2023-07", "2023-01-05..2023-02-03"]).map(
    Period.parse
)
SCOPES = st.builds(Scope, unit=st.sampled_from(["", "bureau", '"<']))
PLACES = st.builds(Place, st.sampled_from(["studies", "研讨"]), st.sampled_from(Form), SCOPES, PERIODS)
LISTINGS = st.builds(
    Listing,
    st.just("findings"),
    SCOPES,
    PERIODS,
    item=st.just("{title} & <b>"),
    separator=st.just("；"),
    empty=st.just("无"),
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
INLINES = st.lists(
    st.one_of(st.builds(Words, TEXT, st.booleans()), PLACES, LISTINGS, st.just(AsOf())),
    min_size=1,
    max_size=6,
).map(joined)
CELLS = st.tuples(INLINES, INLINES)
BLOCKS = st.one_of(
    st.builds(Heading, st.integers(1, 4), INLINES),
    st.builds(Paragraph, INLINES),
    st.builds(Bullets, st.lists(INLINES, min_size=1, max_size=3).map(tuple)),
    st.builds(Numbered, st.lists(INLINES, min_size=1, max_size=3).map(tuple)),
    st.builds(RowLines, LISTINGS),
    st.builds(Table, CELLS, st.lists(CELLS, min_size=1, max_size=3).map(tuple), TEXT),
)
BODIES = st.builds(Body, st.just("总结"), st.lists(BLOCKS, max_size=5).map(tuple))


@given(BODIES)
def test_a_text_comes_back_from_json_as_it_was(body: Body) -> None:
    assert from_json(json.loads(json.dumps(to_json(body)))) == body


@given(BODIES)
def test_a_text_comes_back_from_the_editor_as_it_was(body: Body) -> None:
    html = editing.to_html(body, NOTHING)

    assert editing.from_html(html, title=body.title) == body


def test_what_a_browser_sends_inside_a_figure_is_thrown_away() -> None:
    forged = '<p>学习<span data-figure="studies" data-form="full" data-unit="" data-period="2023">9999次</span></p>'

    body = editing.from_html(forged, title="总结")

    assert body.blocks == (
        Paragraph((Words("学习"), Place("studies", Form.FULL, Scope(), Period.year(2023)))),
    )


def test_scripts_styles_and_strange_elements_do_not_come_in() -> None:
    body = editing.from_html(
        '<p onclick="x()">一<script>alert(1)</script><img src=x onerror=y><a href="javascript:z()">二</a></p>'
        "<style>p{}</style><iframe></iframe>三",
        title="总结",
    )

    assert body.blocks == (Paragraph((Words("一二"),)), Paragraph((Words("三"),)))


@pytest.mark.parametrize(
    "broken",
    [
        'data-figure="studies" data-period="2023-13"',
        'data-figure="studies" data-form="loud" data-period="2023"',
    ],
)
def test_a_place_that_is_none_is_refused_by_name(broken: str) -> None:
    with pytest.raises(BadBody, match="studies"):
        editing.from_html(f"<p><span {broken}>5</span></p>", title="总结")


def test_only_numbers_outside_figures_and_lists_count_as_typed() -> None:
    place = Place("studies", Form.FULL, Scope(), Period.year(2023))
    body = Body(
        "总结",
        (
            Heading(1, (Words("情况"),)),
            Paragraph((Words("学习"), place, Words("，另有30次"))),
            RowLines(Listing("findings", Scope(), Period.year(2023))),
            Bullets(((Words("共5项"),),)),
        ),
    )

    assert [(typed.run, typed.start, typed.text) for typed in typed_in(body)] == [(1, 6, "30"), (3, 1, "5")]
