"""Traits that one person may have at once: parts told by different traits (女党员、少数民族党员) may overlap."""

import re
from collections.abc import Sequence

from taizhang.proof.claims import Claim

_TRAITS = tuple(
    re.compile(words)
    for words in (
        r"男|女|妇",
        r"民族|汉族",
        r"学历|本科|大专|中专|研究生|硕士|博士|学士",
        r"党员|团员|民主党派|无党派",
        r"岁|青年|中年|老年|老人|未成年|年轻",
        r"职称|高级|中级|初级|技师",
        r"残疾|低保|独居|留守|特困|困难|孤|重病|单亲",
        r"专职|兼职|在编|聘用|志愿",
        r"退役|军属|军人",
    )
)


def overlap(parts: Sequence[Claim]) -> bool:
    """Say whether the parts are told by traits of more than one kind."""
    kinds = {
        number
        for part in parts
        for number, trait in enumerate(_TRAITS)
        if trait.search(part.label.removeprefix("其中")[-8:])
    }
    return len(kinds) > 1
