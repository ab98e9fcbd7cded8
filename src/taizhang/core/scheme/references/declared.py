"""What every check starts from: what is sound of a scheme, what it declares, and whether a word is among it."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.schema import Scheme
from taizhang.core.scheme.source import KeyPath

SECTIONS = (
    "basis",
    "unit_kinds",
    "groups",
    "roles",
    "attendance",
    "kinds",
    "indicators",
    "duties",
    "targets",
    "quotas",
    "appraisals",
    "outlines",
)
"""The parts of a scheme that are named by ids, in the order in which they are explained."""

Complaints = Iterator[Complaint]


@dataclass(frozen=True)
class Draft:
    """What is sound of a scheme, and every id it declares, sound or not.

    ``declared`` has no entry for a section that could not be read at all: nothing is known of it then.
    """

    scheme: Scheme
    declared: Mapping[str, Collection[str]]


def lookalikes(path: KeyPath, ids: Iterable[str]) -> Complaints:
    """Refuse two ids that people cannot tell apart: by width, by case, by accents composed or not."""
    seen: dict[str, str] = {}
    for each in ids:
        plain = unicodedata.normalize("NFKC", each).casefold()
        if plain in seen:
            yield Complaint(
                (*path, each),
                Message(
                    gettext_noop("“{id}” differs from “{other}” only by width or case."),
                    id=each,
                    other=seen[plain],
                ),
                Message(gettext_noop("Give one of them a name that cannot be mistaken.")),
                on_key=True,
            )
        else:
            seen[plain] = each


_WHAT = {
    "basis": gettext_noop("There is no basis “{id}”."),
    "unit_kinds": gettext_noop("There is no kind of unit “{id}”."),
    "groups": gettext_noop("There is no group “{id}”."),
    "roles": gettext_noop("There is no role “{id}”."),
    "kinds": gettext_noop("There is no kind “{id}”."),
    "indicators": gettext_noop("There is no indicator “{id}”."),
    "quotas": gettext_noop("There is no quota “{id}”."),
}


def refer(draft: Draft, path: KeyPath, section: str, word: str) -> Complaints:
    """Complain unless ``word`` is declared in ``section``."""
    known = draft.declared.get(section)
    if known is None or word in known:
        return
    yield Complaint(
        path,
        Message(_WHAT[section], id=word),
        did_you_mean(
            word,
            known,
            Message(gettext_noop("Declare it under “{section}:”, or name one that is there: {ids}."),
                    section=section, ids=", ".join(list(known)[:12]) or "–"),
        ),
    )  # fmt: skip


def refer_all(draft: Draft, path: KeyPath, section: str, words: Iterable[str] | None) -> Complaints:
    for index, word in enumerate(words or ()):
        yield from refer(draft, (*path, index), section, word)
