"""What the checker hands back: findings, each with its place and its evidence."""

from dataclasses import dataclass
from enum import StrEnum

from taizhang.core.messages import Message


class Gate(StrEnum):
    """The three gates of proofreading: 文字关, 数字关, 逻辑关."""

    TEXT = "text"
    NUMBER = "number"
    LOGIC = "logic"


class Severity(StrEnum):
    """How sure a finding is: an error must be right 95 times in 100; a hint is only worth a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A second place of the text that the finding rests on."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a draft. ``start`` and ``end`` are characters of the checked text.

    ``replacement`` is text that may stand in the place of ``quote`` (an editor can accept it with one
    click); ``suggestion`` says in words what to do where no text can be offered.
    """

    gate: Gate
    code: str
    severity: Severity
    start: int
    end: int
    quote: str
    message: Message
    suggestion: Message | None = None
    replacement: str | None = None
    evidence: tuple[Evidence, ...] = ()
