"""The page of rules in the guide, written from the registry: ``python -m taizhang.proof.guide zh > docs/…``.

A page can never say something else than the program: a test holds the committed pages against this module.
"""

import sys
from collections.abc import Callable

from taizhang.proof.finding import Gate, Severity
from taizhang.proof.registry import Rule, rules

_HEADINGS = {
    "zh": {
        "title": "# 校核规则一览",
        "note": "本页由程序中登记的规则生成（`python -m taizhang.proof.guide zh`），例句同时是规则的测试。",
        Gate.TEXT: "## 文字关",
        Gate.NUMBER: "## 数字关",
        Gate.LOGIC: "## 逻辑关",
        Severity.ERROR: "错误",
        Severity.WARNING: "警告",
        Severity.HINT: "提示",
        "good": "正",
        "bad": "误",
        "source": "依据",
    },
    "en": {
        "title": "# The rules of the checker",
        "note": "Written from the registered rules (`python -m taizhang.proof.guide en`); the examples are the rules' tests.",
        Gate.TEXT: "## Text gate",
        Gate.NUMBER: "## Number gate",
        Gate.LOGIC: "## Logic gate",
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.HINT: "hint",
        "good": "right",
        "bad": "wrong",
        "source": "source",
    },
}


def page(language: str, translate: Callable[[str], str] = str) -> str:
    """Return the page in Markdown; ``translate`` puts the titles into the language (English as they are)."""
    words = _HEADINGS[language]
    parts = [words["title"], words["note"]]
    for gate in Gate:
        parts.append(words[gate])
        parts.extend(_entry(rule, words, translate) for rule in rules(gate))
    return "\n\n".join(parts) + "\n"


def _entry(rule: Rule, words: dict[str, str], translate: Callable[[str], str]) -> str:
    lines = [f"### {translate(rule.title)}", "", f"`{rule.code}` · {words[rule.severity]}"]
    if rule.source:
        lines[-1] += f" · {words['source']} {rule.source}"
    lines += ["", *_example(words["good"], rule.good)]
    if rule.bad:
        lines += ["", *_example(words["bad"], rule.bad)]
    return "\n".join(lines)


def _example(label: str, text: str) -> list[str]:
    shown = text.replace("\u200b", "<U+200B>").split("\n")
    return [f"{label}：", "", "```text", *shown, "```"]


if __name__ == "__main__":
    sys.stdout.write(page(sys.argv[1] if len(sys.argv) > 1 else "en"))
