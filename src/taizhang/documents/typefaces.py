"""The typefaces of official documents: their official names, and what stands in where they are not installed.

GB/T 9704-2012 names faces, not font files. The names are those that offices in China install; the fallbacks are, in
order, what Windows calls the same face, free faces of the same kind, and Noto, which every Linux distribution packs.
"""

from dataclasses import dataclass
from typing import Literal

Face = Literal["title", "body", "heading", "kai", "song"]


@dataclass(frozen=True, slots=True)
class Typeface:
    """``name`` is asked for first; ``alternative`` is the one further name a Word file can give."""

    name: str
    alternative: str
    fallbacks: tuple[str, ...]
    pitch: Literal["fixed", "variable"] = "fixed"

    @property
    def families(self) -> tuple[str, ...]:
        """Every family to try, best first."""
        return (self.name, self.alternative, *self.fallbacks)


CHINESE: dict[Face, Typeface] = {
    "title": Typeface(
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05S",
        ("方正小标宋_GBK", "小标宋体", "华文中宋", "STZhongsong", "Noto Serif CJK SC", "Source Han Serif SC"),
    ),
    "body": Typeface(
        "仿宋_GB2312",
        "仿宋",
        ("FangSong", "FangSong_GB2312", "华文仿宋", "STFangsong", "FandolFang R", "Zhuque Fangsong (technical preview)",
         "Noto Serif CJK SC", "Source Han Serif SC"),
    ),
    "heading": Typeface(
        "黑体", "SimHei", ("华文黑体", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
    ),
    "kai": Typeface(
        "楷体_GB2312",
        "楷体",
        ("KaiTi", "KaiTi_GB2312", "华文楷体", "STKaiti", "AR PL UKai CN", "LXGW WenKai", "FandolKai",
         "Noto Serif CJK SC", "Source Han Serif SC"),
    ),
    "song": Typeface("宋体", "SimSun", ("华文宋体", "STSong", "Noto Serif CJK SC", "Source Han Serif SC")),
}  # fmt: skip

LATIN = Typeface(
    "Times New Roman", "Liberation Serif", ("Tinos", "Nimbus Roman", "Libertinus Serif"), pitch="variable"
)
