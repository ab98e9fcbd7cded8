from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.paging import page_of

ROWS = list(range(137))


@given(size=st.integers(1, 60), total=st.integers(0, 200))
def test_the_pages_together_are_the_list(size: int, total: int) -> None:
    rows = list(range(total))
    first = page_of(rows, 1, size=size)
    pages = [page_of(rows, number, size=size) for number in range(1, (first.last_number or 0) + 1)]
    assert [row for page in pages for row in page] == rows
    assert [page.has_next for page in pages] == [True] * (len(pages) - 1) + [False]


@given(number=st.one_of(st.none(), st.text(max_size=5), st.integers(-(10**9), 10**9)))
def test_whatever_is_asked_for_a_page_there_is(number: int | str | None) -> None:
    page = page_of(ROWS, number, size=50)
    assert 1 <= page.number <= 3
    assert page.rows


def test_it_counts_no_further_than_the_cap_and_still_goes_on() -> None:
    page = page_of(ROWS, 2, size=10, cap=100)
    assert (page.total, page.capped, page.last_number) == (100, True, None)
    beyond = page_of(ROWS, 14, size=10, cap=100)
    assert (beyond.first, beyond.last, beyond.has_next) == (131, 137, False)


@given(number=st.integers(1, 14), cap=st.sampled_from([50, 10_000]))
def test_links_lead_to_pages_that_exist_and_to_this_one(number: int, cap: int) -> None:
    page = page_of(ROWS, number, size=10, cap=cap)
    links = [link for link in page.numbers if link is not None]
    assert page.number in links
    assert links == sorted(set(links))
    assert all(page_of(ROWS, link, size=10, cap=cap).number == link for link in links)
    assert None not in {a for a, b in zip(page.numbers, page.numbers[1:], strict=False) if a == b}


def test_nothing_is_one_empty_page() -> None:
    page = page_of([], 5)
    assert (page.number, page.first, page.last, page.last_number, len(page)) == (1, 0, 0, 1, 0)
