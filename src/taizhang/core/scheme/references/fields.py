"""The fields of entries, and the values that a rule may ask of them."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.references.declared import Complaints
from taizhang.core.scheme.schema import Choice, FactField, Kind
from taizhang.core.scheme.source import KeyPath

ENTRY_WORDS = (
    "occurred_on",
    "unit",
    "person",
    "title",
    "quantity",
    "about",
    "counts_for",
    "evidence",
    "recorded_at",
    "recorded_by",
)
"""What a list may show of every entry, beside its kind's own fields."""


def carries(kind: Kind, word: str) -> bool:
    """Return whether entries of the kind have this one of the common parts."""
    if word in ("person", "quantity", "about", "counts_for"):
        return getattr(kind, word) is not None
    return word != "evidence" or kind.evidence != "none"


def no_field(path: KeyPath, kind: str, name: str, known: Iterable[str]) -> Complaint:
    names = list(known)
    return Complaint(
        path,
        Message(gettext_noop("The kind “{kind}” has no field “{field}”."), kind=kind, field=name),
        did_you_mean(
            name, names, Message(gettext_noop("Possible here: {keys}."), keys=", ".join(names) or "–")
        ),
        on_key=path[-2:-1] in (("where",), ("item",)),
    )


def where_value(path: KeyPath, name: str, rule: FactField, value: Choice) -> Complaints:
    if rule.type in ("unit", "person"):
        yield Complaint(
            path,
            Message(
                gettext_noop("“{field}” names a {type}, and a rule cannot pick one out."),
                field=name,
                type=rule.type,
            ),
            Message(gettext_noop("Take it out: figures are asked for by unit and person anyway.")),
        )
        return
    cause = Message(gettext_noop("“{value}” is not a value of “{field}”."), value=value, field=name)
    if rule.type in ("choice", "choices"):
        choices = rule.choices or {}
        if value not in choices:
            all_of_them = Message(gettext_noop("Possible here: {keys}."), keys=", ".join(choices))
            yield Complaint(path, cause, did_you_mean(str(value), choices, all_of_them))
        return
    fits, remedy = _VALUES.get(rule.type, _TEXT_VALUE)
    if not fits(value):
        yield Complaint(path, cause, Message(remedy))


def _is_number(value: Choice) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_VALUES: Mapping[str, tuple[Callable[[Choice], bool], str]] = {
    "yes_no": (lambda value: isinstance(value, bool), gettext_noop("Write true or false.")),
    "integer": (
        lambda value: _is_number(value) and int(value) == value,
        gettext_noop("Write a whole number without quotes."),
    ),
    "number": (_is_number, gettext_noop("Write a number without quotes.")),
}

_TEXT_VALUE: tuple[Callable[[Choice], bool], str] = (
    lambda value: isinstance(value, str),
    gettext_noop("Put it in quotes: it is compared as text."),
)


def number_fields(kind: Kind) -> list[str]:
    return [name for name, rule in kind.fields.items() if rule.type in ("integer", "number")]
