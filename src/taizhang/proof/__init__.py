"""The text, number and logic gates (文字关、数字关、逻辑关), in plain Python.

>>> [finding.code for finding in check("报送信息58篇，其中被采用63篇。", gates=["number"])]
['part-exceeds-whole']
"""

from taizhang.proof.checking import check
from taizhang.proof.correcting import corrected
from taizhang.proof.finding import Evidence, Finding, Gate, Severity
from taizhang.proof.lexicon import InvalidLexicon, Lexicon
from taizhang.proof.registry import Mark, Rule, rule, rules

__all__ = [
    "Evidence",
    "Finding",
    "Gate",
    "InvalidLexicon",
    "Lexicon",
    "Mark",
    "Rule",
    "Severity",
    "check",
    "corrected",
    "rule",
    "rules",
]
