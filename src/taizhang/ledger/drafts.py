"""A draft is what somebody wants recorded; here it is held against its kind's declaration, field by field."""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.schema import FactField, Kind, Scheme
from taizhang.core.values import Period, PeriodKind
from taizhang.ledger.models import Entry
from taizhang.ledger.store import Stored

MAX_QUANTITY = Decimal(99_999_999_999)
MAX_DECIMALS = 4
MAX_TITLE = 300


@dataclass(frozen=True)
class Attachment:
    """A file already in the store, with the name and type it came under."""

    stored: Stored
    name: str
    content_type: str


@dataclass(frozen=True)
class Draft:
    """A fact as told, before it is recorded. Ids are database ids; ``values`` are the kind's own fields.

    ``id`` lets a form be sent twice and recorded once.
    """

    kind: str
    unit_id: int
    occurred_on: dt.date
    title: str = ""
    person_id: int | None = None
    counts_for: dt.date | None = None
    quantity: Decimal | None = None
    quantity_unit: str = ""
    approximate: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    about_id: uuid.UUID | None = None
    participations: Mapping[int, str] = field(default_factory=dict)
    evidence: tuple[Attachment, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None


class DraftRefused(Exception):  # noqa: N818
    """The draft does not fit its kind; ``problems`` says where and why ("" is the draft as a whole)."""

    def __init__(self, problems: Mapping[str, Message]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in problems.items()))
        self.problems = dict(problems)


def check(draft: Draft, *, scheme: Scheme, today: dt.date, about: Entry | None = None) -> Draft:
    """Return the draft with every value in its one spelling; raise DraftRefused with all problems at once."""
    kind = scheme.kinds.get(draft.kind)
    if kind is None:
        raise DraftRefused(
            {"": Message(gettext_noop("The scheme has no kind of entry “{kind}”."), kind=draft.kind)}
        )
    problems: dict[str, Message] = {}
    values = _values(draft, kind, problems)
    _check_title(draft, kind, problems)
    _check_dates(draft, kind, today, problems)
    quantity, unit = _quantity(draft, kind, problems)
    _check_people(draft, kind, scheme, problems)
    _check_about(draft, kind, about, problems)
    if kind.evidence == "required" and not draft.evidence:
        problems["evidence"] = Message(gettext_noop("Attach at least one file as evidence."))
    if problems:
        raise DraftRefused(problems)
    return Draft(
        **{
            **draft.__dict__,
            "title": draft.title.strip(),
            "values": values,
            "quantity": quantity,
            "quantity_unit": unit,
            "counts_for": _counts_for(draft, kind),
        }
    )


def _check_title(draft: Draft, kind: Kind, problems: dict[str, Message]) -> None:
    if kind.title.required and not _is_visible(draft.title):
        problems["title"] = REQUIRED
    elif len(draft.title) > MAX_TITLE:
        problems["title"] = Message(gettext_noop("At most {n} characters."), n=MAX_TITLE)


def _is_visible(text: str) -> bool:
    """Tell whether anything of a text can be seen: a title of zero-width characters could not even be clicked."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


REQUIRED = Message(gettext_noop("This must be filled in."))


def _check_dates(draft: Draft, kind: Kind, today: dt.date, problems: dict[str, Message]) -> None:
    if draft.occurred_on > today and not kind.planned:
        problems["occurred_on"] = Message(
            gettext_noop("{day} has not come yet; today is {today}. Record it when it has happened."),
            day=draft.occurred_on,
            today=today,
        )


def _counts_for(draft: Draft, kind: Kind) -> dt.date:
    """The day that decides the period: the act's own, or the start of the period it was said to count for."""
    day = draft.counts_for or draft.occurred_on
    if kind.counts_for is None:
        return draft.occurred_on
    if draft.counts_for is None:
        return draft.occurred_on
    return Period.containing(PeriodKind(kind.counts_for), day).start


def _quantity(draft: Draft, kind: Kind, problems: dict[str, Message]) -> tuple[Decimal | None, str]:
    rule = kind.quantity
    if rule is None:
        if draft.quantity is not None:
            problems["quantity"] = Message(gettext_noop("This kind of entry carries no quantity."))
        return None, ""
    if draft.quantity is None:
        if rule.required:
            problems["quantity"] = REQUIRED
        return None, ""
    unit = draft.quantity_unit or (rule.units[0] if len(rule.units) == 1 else "")
    if unit not in rule.units:
        problems["quantity_unit"] = Message(
            gettext_noop("Choose the unit: {units}."), units="、".join(rule.units)
        )
    if (problem := _number_problem(draft.quantity, whole=rule.whole, least=rule.min)) is not None:
        problems["quantity"] = problem
    if draft.approximate and not rule.approximate:
        problems["approximate"] = Message(gettext_noop("This kind of entry takes exact numbers only."))
    return draft.quantity, unit


def _number_problem(
    number: Decimal, *, whole: bool, least: Decimal | None, most: Decimal | None = None
) -> Message | None:
    """Return what is wrong with a number: the first of its kind, its size, its fineness."""
    if not number.is_finite() or (whole and number != number.to_integral_value()):
        return Message(gettext_noop("Whole numbers only."))
    if _too_fine(number):
        return Message(gettext_noop("At most {n} decimals."), n=MAX_DECIMALS)
    lowest = -MAX_QUANTITY if least is None else max(least, -MAX_QUANTITY)
    highest = MAX_QUANTITY if most is None else min(most, MAX_QUANTITY)
    if number < lowest:
        return Message(gettext_noop("At least {n}."), n=lowest)
    if number > highest:
        return Message(gettext_noop("At most {n}."), n=highest)
    return None


def _too_fine(number: Decimal) -> bool:
    return number.is_finite() and int(number.as_tuple().exponent) < -MAX_DECIMALS


def _check_people(draft: Draft, kind: Kind, scheme: Scheme, problems: dict[str, Message]) -> None:
    if draft.person_id is None and kind.person is not None and kind.person.required:
        problems["person"] = REQUIRED
    if draft.person_id is not None and kind.person is None:
        problems["person"] = Message(gettext_noop("This kind of entry names no person."))
    if draft.participations and kind.attendance is None:
        problems["participations"] = Message(gettext_noop("This kind of entry takes no attendance."))
    unknown = sorted(set(draft.participations.values()) - set(scheme.attendance))
    if unknown:
        problems["participations"] = Message(
            gettext_noop("“{state}” is not one of the attendance states: {states}."),
            state=unknown[0],
            states="、".join(scheme.attendance),
        )


def _check_about(draft: Draft, kind: Kind, about: Entry | None, problems: dict[str, Message]) -> None:
    if kind.about is None:
        if draft.about_id is not None:
            problems["about"] = Message(gettext_noop("This kind of entry is about no other entry."))
    elif draft.about_id is None:
        if kind.about.required:
            problems["about"] = REQUIRED
    elif about is None or about.kind not in kind.about.kinds:
        problems["about"] = Message(
            gettext_noop("Choose an entry that this one may be about: {kinds}."),
            kinds="、".join(kind.about.kinds),
        )


def _values(draft: Draft, kind: Kind, problems: dict[str, Message]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in draft.values:
        if name not in kind.fields:
            problems[name] = Message(
                gettext_noop("The kind “{kind}” has no field “{field}”."), kind=draft.kind, field=name
            )
    for name, rule in kind.fields.items():
        given = draft.values.get(name)
        if given is None or given in ("", []):
            if rule.required:
                problems[name] = REQUIRED
            continue
        value, problem = _field_value(given, rule)
        if problem is not None:
            problems[name] = problem
        else:
            values[name] = value
    return values


def _field_value(given: Any, rule: FactField) -> tuple[Any, Message | None]:  # noqa: PLR0911 - an exit a type
    match rule.type:
        case "integer" | "number":
            return _number(given, rule)
        case "date":
            return _date(given)
        case "yes_no":
            return bool(given), None
        case "choice":
            return _chosen(given, rule)
        case "choices":
            return _all_chosen(given, rule)
        case "unit" | "person":
            return int(given), None
        case _:
            return _text(given, rule)


def _date(given: Any) -> tuple[Any, Message | None]:
    try:
        return str(given if isinstance(given, dt.date) else dt.date.fromisoformat(str(given))), None
    except ValueError:
        return None, Message(gettext_noop("“{value}” is not a date."), value=given)


def _text(given: Any, rule: FactField) -> tuple[Any, Message | None]:
    text = str(given).strip()
    longest = rule.max_length or (10_000 if rule.type == "long_text" else 300)
    if len(text) > longest:
        return None, Message(gettext_noop("At most {n} characters."), n=longest)
    if rule.type == "link" and not text.startswith(("https://", "http://")):
        return None, Message(gettext_noop("A link starts with https:// or http://."))
    return text, None


def _number(given: Any, rule: FactField) -> tuple[Any, Message | None]:
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        return None, Message(gettext_noop("“{value}” is not a number."), value=given)
    problem = _number_problem(number, whole=rule.type == "integer", least=rule.min, most=rule.max)
    if problem is not None:
        return None, problem
    return (int(number) if rule.type == "integer" else f"{number.normalize():f}"), None


def _chosen(given: Any, rule: FactField) -> tuple[Any, Message | None]:
    choices = rule.choices or {}
    if str(given) in choices:
        return str(given), None
    return None, Message(
        gettext_noop("“{value}” is not one of: {choices}."), value=given, choices="、".join(choices)
    )


def _all_chosen(given: Any, rule: FactField) -> tuple[Any, Message | None]:
    for one in given:
        _value, problem = _chosen(one, rule)
        if problem is not None:
            return None, problem
    return sorted({str(one) for one in given}), None
