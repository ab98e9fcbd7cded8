"""Figures are read exactly."""

from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.proof import check, numerals, rules
from taizhang.proof.draft import normalise

rules()  # loaded once, so that no example of a property pays for it


@given(st.integers(min_value=1, max_value=99_999_999))
def test_counted_chinese_numerals_read_back(number: int) -> None:
    assert numerals.han_value(cn2an.an2cn(number)) == number


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["件", "人次", "万元", "%", "平方公里"]))
def test_arabic_numerals_read_back(number: int, unit: str) -> None:
    (numeral,) = numerals.find(f"共{number:,}{unit}")
    assert numeral.value == number * (10000 if unit == "万元" else 1)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("投入3.45亿元", "345000000", "元"),
        ("受理四百二十条", "420", "条"),
        ("增长百分之八点六", "8.6", "%"),
        ("散发2000 余份", "2000", "份"),
        ("标语11万多条", "110000", "条"),
        ("负伤率2.5‰", "2.5", "‰"),
    ],
)
def test_reads(text: str, value: str, unit: str) -> None:
    (numeral,) = numerals.find(normalise(text))
    assert (numeral.value, numeral.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(("text", "kind"), [("余", "floor"), ("左右", "about"), ("以上", "floor")])
def test_words_of_approximation(text: str, kind: str) -> None:
    wording = f"共300{text}人" if text == "余" else f"共300人{text}"
    (numeral,) = numerals.find(wording)
    assert numeral.approximation == kind


@given(st.decimals(min_value="0.1", max_value="999", places=3))
def test_rounding_and_cutting_off_both_agree(exact: Decimal) -> None:
    for shown in (round(exact, 1), Decimal(int(exact * 10)) / 10):
        (numeral,) = numerals.find(f"达{shown:.1f}%")
        assert numeral.agrees(exact)


@given(st.text(alphabet="0123456789一二三十百千万亿余多第.,，。、～—-年月日个人件%（）占其中共", max_size=60))
def test_nothing_in_figures_breaks_the_checker(text: str) -> None:
    for finding in check(text, spelling=False):
        assert text[finding.start : finding.end] == finding.quote


@given(st.text(max_size=80))
def test_normalising_keeps_every_place(text: str) -> None:
    assert len(normalise(text)) == len(text)
