"""The few words that the writers themselves put on paper, by the language of the document."""

import datetime as dt
from dataclasses import dataclass

from taizhang.documents.model import Document, Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """``attachments`` and ``colon`` are joined; ``typed`` explains the marked numbers of a draft."""

    attachment: str
    attachments: str
    colon: str
    draft: str
    typed: str
    notes: str


_PHRASES: dict[Language, Phrases] = {
    "zh-hans": Phrases("附件", "附件", "：", "草稿", "加底色的数字为手工填写，未与台账核对", "说明"),
    "en": Phrases(
        "Attachment",
        "Attachments",
        ": ",
        "Draft",
        "highlighted numbers were typed by hand, not counted",
        "Notes",
    ),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def for_language(language: Language) -> Phrases:
    """Return the words for documents in ``language``."""
    return _PHRASES[language]


def date_of_issue(day: dt.date, language: Language) -> str:
    """Return ``day`` as printed under the issuer: full year, nothing padded (GB/T 9704-2012, 7.3.5.4)."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def draft_notice(document: Document, *, has_typed_numbers: bool) -> str | None:
    """Return what the head of every page of a draft says; None for a frozen document."""
    if document.status != "draft":
        return None
    words = for_language(document.language)
    if not (has_typed_numbers and document.marks_typed_numbers):
        return words.draft
    return f"{words.draft}{words.colon}{words.typed}"
