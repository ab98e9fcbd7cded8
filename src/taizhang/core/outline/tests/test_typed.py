from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.outline.typed import typed_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("集体学习35次，研讨9次", ["35", "9"]),
        ("受教育人数1200余人次", ["1200余"]),
        ("整改率83.3%，覆盖百分之八十", ["83.3%", "百分之八十"]),
        ("召开三次会议、二十一场宣讲，两名同志参加", ["三", "二十一", "两"]),
        ("５０余人，投入１２.5万元", ["５０余", "１２.5万"]),
        ("投入1,200,000元，三千万元", ["1,200,000", "三千万"]),
        ("共2023条，每场12-15人", ["2023", "12", "15"]),
        ("There were 12 sessions in 2023, 1,200 people", ["12", "1,200"]),
    ],
)
def test_numbers_typed_by_hand_are_found(text, expected):
    assert [found.text for found in typed_numbers(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "2023年12月31日前完成，12月底回头看，9:30开会",
        "二〇二三年十二月，十月中旬",
        "国办发〔2023〕12号，《关于2023年5项工作的通知》",
        "坚持三审三校，两个确立，四个意识，十四五规划，党的二十大精神",
        "“三抓三促”行动，举一反三，进一步，一个也不能少",
        "一是加强学习。二是强化督查。",
        "1.加强领导\n2．抓好落实\n一、总体情况\n（一）学习（2）宣讲",
        "第二批主题教育，第12次会议",
        "用A4纸，按GB/T 9704-2012，12345-6",
    ],
)
def test_dates_codes_ordinals_and_set_phrases_are_not(text):
    assert typed_numbers(text) == []


@given(st.text(alphabet="一二十百千万第年月次个0123456789，。%-（）“”", max_size=40))
def test_places_are_those_of_the_text(text):
    found = typed_numbers(text)
    assert all(text[number.start : number.end] == number.text for number in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
