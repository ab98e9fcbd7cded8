"""Names that people or the program would mistake for others."""

from collections.abc import Iterable

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import placeholders
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.references.declared import SECTIONS, Complaints, Draft, lookalikes
from taizhang.core.scheme.references.fields import ENTRY_WORDS
from taizhang.core.scheme.source import KeyPath

RESERVED_FIELDS = frozenset(
    {*ENTRY_WORDS, "id", "quantity_unit", "approximate", "participations", "attendance", "reason"}
)

RESERVED_INDICATORS = frozenset({*placeholders.WORDS, placeholders.ROWS})


def check(draft: Draft) -> Complaints:
    """Refuse names that are taken, and names that nobody can tell apart."""
    for section in SECTIONS:
        yield from lookalikes((section,), draft.declared.get(section, ()))
    for kind_id, kind in draft.scheme.kinds.items():
        yield from lookalikes(("kinds", kind_id, "fields"), kind.fields)
        yield from _reserved(("kinds", kind_id, "fields"), kind.fields, RESERVED_FIELDS)
    yield from _reserved(("indicators",), draft.scheme.indicators, RESERVED_INDICATORS)


def _reserved(path: KeyPath, ids: Iterable[str], reserved: frozenset[str]) -> Complaints:
    for each in ids:
        if each in reserved:
            yield Complaint(
                (*path, each),
                Message(gettext_noop("“{id}” is a reserved name."), id=each),
                Message(
                    gettext_noop("Choose another; reserved are: {names}."), names=", ".join(sorted(reserved))
                ),
                on_key=True,
            )
