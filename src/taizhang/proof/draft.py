"""A draft prepared for the rules: its text, its sentences, its claims, each worked out once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

from taizhang.proof import claims
from taizhang.proof.lexicon import Lexicon
from taizhang.proof.spelling import Model

_Result = TypeVar("_Result")
_WIDE = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_MARKS = str.maketrans("％．＋／　﹪();!?\xa0", "%.+/ %（）；！？ ")
_TRADITIONAL = str.maketrans(
    "對總體問題檢查發現個處項條數據報準備開關門間員進務業產會議當黨導領實際計畫劃辦單位與為將應該從後來"
    "時東華國縣區鄉鎮鐵運動種類結構網站媒檔號碼萬億餘達過還這經濟財資費貸額貧戶農林漁牧工廠礦責任審稿連續"
    "輪選舉學習講課訓練參觀調研訪談組織機構團隊級別長專題標題質優佳給統計圖書館藝術場館樓間層達標識採錄",
    "对总体问题检查发现个处项条数据报准备开关门间员进务业产会议当党导领实际计画划办单位与为将应该从后来"
    "时东华国县区乡镇铁运动种类结构网站媒档号码万亿余达过还这经济财资费贷额贫户农林渔牧工厂矿责任审稿连续"
    "轮选举学习讲课训练参观调研访谈组织机构团队级别长专题标题质优佳给统计图书馆艺术场馆楼间层达标识采录",
)
_TABLE = {**_WIDE, **_MARKS, **_TRADITIONAL}
_HALF = re.compile(r"[,:](?!\d)|(?<!\d)[,:]")
_GROUPED = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_FULL = {",": "，", ":": "："}
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?[”’）]*")
_ADVERT = re.compile(
    r"公众号|会员|客服|网盘|素材|代笔|代写|润笔|扫码|微信|加群|小伙伴|最新最全|资料库|下载|svip|vip|paidbegin|paidend"
    r"|材料来(?:源|自)|关注我们|转载|点击阅读|每日更新|好评",
    re.IGNORECASE,
)
_ADVERT_STRONG = re.compile(r"公众号：|##paid|svip|材料来(?:源|自)[：:]|代笔客服|素材库】", re.IGNORECASE)
_ADVERT_CUES = 3
_ARTICLE = re.compile(r"^[ \t]*第[一二三四五六七八九十百零\d]+条", re.MULTILINE)
_AMENDED = re.compile(
    r"第[一二三四五六七八九十百零\d]+条[^。；\n]{0,16}(?:修改为|后增加|删去|删除)|作为第[一二三四五六七八九十百零]+条"
)
_ARTICLES = 3
_LONGEST_ADVERT = 400


class Readable(Protocol):
    """Anything that has a plain text and a title, such as ``documents.reading.Reading``."""

    @property
    def text(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text."""

    start: int
    end: int


def normalise(text: str) -> str:
    """Return ``text`` with widths and marks made one, character for character, so that places stay.

    Full-width digits, letters and percent become half width; half-width punctuation beside Chinese becomes
    full width; the traditional characters that the rules look for become simplified.
    """
    text = _GROUPED.sub(",", text)
    return _HALF.sub(lambda match: _FULL[match[0]], text.translate(_TABLE))


class Draft:
    """The text under check with what every rule asks for."""

    def __init__(
        self, text: str, *, title: str = "", lexicon: Lexicon | None = None, model: Model | None = None
    ) -> None:
        self.text = text
        self.title = title
        self.lexicon = lexicon
        self.model = model
        self._done: dict[Callable[[Draft], Any], Any] = {}

    def once(self, work: Callable[["Draft"], _Result]) -> _Result:
        """Return ``work(self)``, worked out at the first call: what several rules look at is read once."""
        if work not in self._done:
            self._done[work] = work(self)
        result: _Result = self._done[work]
        return result

    @cached_property
    def norm(self) -> str:
        return normalise(self.text)

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Non-empty lines, without the blanks at their ends."""
        return tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^\s\n](?:[^\n]*[^\s\n])?", self.norm))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        return tuple(Span(m.start(), m.end()) for m in _SENTENCE.finditer(self.norm))

    @cached_property
    def adverts(self) -> tuple[Span, ...]:
        """Lines left over from a scraped page: advertising, paywall marks, sources."""
        if not _ADVERT.search(self.norm):
            return ()
        return tuple(p for p in self.paragraphs if is_advert(self.norm[p.start : p.end]))

    @cached_property
    def statements(self) -> tuple["claims.Statement", ...]:
        """Sentences that hold at least one claim, with their claims."""
        adverts = {p.start for p in self.adverts}
        return tuple(claims.statements(self.norm, self.paragraphs, skip=adverts))

    @cached_property
    def statutory(self) -> bool:
        """Whether the text is a law or a set of rules: its articles repeat words and thresholds on purpose."""
        return len(_ARTICLE.findall(self.norm)) >= _ARTICLES or len(_AMENDED.findall(self.norm)) >= _ARTICLES

    @cached_property
    def claims(self) -> tuple["claims.Claim", ...]:
        return tuple(claim for statement in self.statements for claim in statement.claims)


def is_advert(line: str) -> bool:
    """Say whether a line is advertising or a paywall mark rather than the draft's own words."""
    if len(line) > _LONGEST_ADVERT:
        return False
    if _ADVERT_STRONG.search(line) and len(line) < _LONGEST_ADVERT // 2:
        return True
    return len({match[0].lower() for match in _ADVERT.finditer(line)}) >= _ADVERT_CUES
