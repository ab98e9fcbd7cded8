"""From what pydantic finds wrong to what a clerk can act on: the place, the cause in words, the remedy."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import shape, source
from taizhang.core.scheme.appraisal import RULES
from taizhang.core.scheme.schema import MEASURES, Label
from taizhang.core.scheme.source import KeyPath, Node, Scalar, Sequence, Table


@dataclass(frozen=True)
class Complaint:
    """A fault by key path. ``on_key``: the key is at fault, not its value."""

    path: KeyPath
    cause: Message
    remedy: Message
    on_key: bool = False


@dataclass(frozen=True)
class _Raw:
    """One error of pydantic: where in the file, what is left of its location, and its kind."""

    path: KeyPath
    rest: tuple[str | int, ...]
    type: str
    context: Mapping[str, Any]


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the word that was probably meant, or nothing."""
    known = list(words)
    by_lower = {each.casefold(): each for each in known}
    match = difflib.get_close_matches(word.casefold(), by_lower, n=1, cutoff=0.6 if word.isascii() else 0.5)
    return by_lower[match[0]] if match else ""


def did_you_mean(word: str, words: Iterable[str], otherwise: Message) -> Message:
    """Return “did you mean …?”, or ``otherwise`` where nothing comes near."""
    near = nearest(word, words)
    return Message(gettext_noop("Did you mean “{near}”?"), near=near) if near else otherwise


def from_pydantic(errors: Iterable[Mapping[str, Any]], root: Node, model: Any) -> list[Complaint]:
    """Turn the errors of validating ``source.data(root)`` against ``model`` into complaints."""
    raw = sorted((_locate(error, root) for error in errors), key=lambda each: tuple(map(str, each.path)))
    found: list[Complaint] = []
    for path, group in groupby(raw, key=lambda each: each.path):
        node = _node_at(root, path)
        if isinstance(node, Scalar) and node.broken:
            continue
        found.extend(_about(path, list(group), node, model))
    return _without_typos_twice(found, model)


def _locate(error: Mapping[str, Any], root: Node) -> _Raw:
    path: list[str | int] = []
    rest: list[str | int] = []
    node = root
    for part in error["loc"]:
        child = source.step(node, part)
        if child is None:
            rest.append(part)
        else:
            path.append(part)
            node = child
    return _Raw(tuple(path), tuple(rest), error["type"], error.get("ctx") or {})


def _node_at(root: Node, path: KeyPath) -> Node:
    node = root
    for part in path:
        node = source.step(node, part) or node
    return node


def _about(path: KeyPath, raws: list[_Raw], node: Node, model: Any) -> Iterator[Complaint]:
    """Yield one complaint for each missing key, and one for everything else that is wrong at ``path``."""
    yield from (_missing(path, str(raw.rest[-1]), model) for raw in raws if raw.type == "missing")
    is_empty = isinstance(node, Sequence) and not node.items
    others = [raw for raw in raws if raw.type != "missing" and (is_empty or raw.type != "too_short")]
    if others:
        telling = min(others, key=lambda raw: _rank(raw.type))
        yield _tell(path, telling, node, model)


def _rank(kind: str) -> int:
    """Order the errors of the arms of a union by how much they tell."""
    if kind in _CUSTOM or kind == "extra_forbidden":
        return 0
    if kind in _LIMITS or kind == "string_pattern_mismatch":
        return 1
    return 2 if kind == "literal_error" else 3


def _tell(path: KeyPath, raw: _Raw, node: Node, model: Any) -> Complaint:
    if raw.type == "extra_forbidden":
        return _unknown_key(path, model)
    if raw.type == "string_pattern_mismatch":
        return _bad_id(path, node, on_key="[key]" in raw.rest)
    if raw.type in _CUSTOM:
        return _custom(path, raw, node)
    if raw.type in _LIMITS:
        return _limit(path, raw, node)
    return _wrong_value(path, node, shape.at(model, path))


def _name(path: KeyPath) -> str:
    """Return the last key of the path that is a word."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _missing(path: KeyPath, key: str, model: Any) -> Complaint:
    part = shape.at(model, (*path, key))
    return Complaint(
        path,
        Message(gettext_noop("“{part}” lacks the key “{key}”."), part=_name(path), key=key)
        if path
        else Message(gettext_noop("The file lacks the key “{key}”."), key=key),
        Message(gettext_noop("Add “{key}:” with {expected}."), key=key, expected=shape.expected(part)),
        on_key=True,
    )


def _known_keys(path: KeyPath, model: Any) -> tuple[str, ...]:
    part = shape.part_in(shape.at(model, path))
    return tuple(shape.keys_of(part)) if part else ()


def _unknown_key(path: KeyPath, model: Any) -> Complaint:
    known = _known_keys(path[:-1], model)
    return Complaint(
        path,
        Message(gettext_noop("Unknown key “{key}”."), key=path[-1]),
        did_you_mean(
            str(path[-1]),
            known,
            Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known)),
        ),
        on_key=True,
    )


def _bad_id(path: KeyPath, node: Node, *, on_key: bool) -> Complaint:
    word = str(path[-1]) if on_key or not isinstance(node, Scalar) else node.text
    return Complaint(
        path,
        Message(gettext_noop("“{id}” cannot be an id."), id=word),
        Message(
            gettext_noop(
                "An id has letters, Chinese characters, digits and “_”, begins with no digit, "
                "and is at most 40 characters long."
            )
        ),
        on_key=on_key,
    )


_LIMITS = {
    "greater_than": (gettext_noop("“{key}” is {value}; it must be more than {limit}."), "gt"),
    "greater_than_equal": (gettext_noop("“{key}” is {value}; it must be at least {limit}."), "ge"),
    "less_than": (gettext_noop("“{key}” is {value}; it must be less than {limit}."), "lt"),
    "less_than_equal": (gettext_noop("“{key}” is {value}; it must be at most {limit}."), "le"),
    "too_short": (gettext_noop("“{key}” is an empty list."), "min_length"),
    "string_too_long": (gettext_noop("“{key}” is longer than {limit} characters."), "max_length"),
}


def _limit(path: KeyPath, raw: _Raw, node: Node) -> Complaint:
    msgid, limit = _LIMITS[raw.type]
    remedy = {
        "too_short": gettext_noop("Put at least one item in it, or delete the key."),
        "string_too_long": gettext_noop("Shorten it."),
    }.get(raw.type, gettext_noop("Correct the number."))
    value = node.text if isinstance(node, Scalar) else ""
    return Complaint(
        path, Message(msgid, key=_name(path), value=value, limit=raw.context.get(limit, "")), Message(remedy)
    )


def _wrong_value(path: KeyPath, node: Node, annotation: Any) -> Complaint:
    if annotation is None:
        annotation = str
    key = _name(path)
    if not isinstance(node, Scalar):
        cause = Message(
            gettext_noop("“{key}” holds a group of keys.")
            if isinstance(node, Table)
            else gettext_noop("“{key}” holds a list."),
            key=key,
        )
        return Complaint(path, cause, _write(annotation))
    words = shape.allowed(annotation)
    near = nearest(node.text, words)
    if near:
        cause = Message(gettext_noop("“{value}” is not possible for “{key}”."), value=node.text, key=key)
        return Complaint(
            path,
            cause,
            Message(
                gettext_noop("Did you mean “{near}”? Possible: {allowed}."),
                near=near,
                allowed=", ".join(words),
            ),
        )
    return Complaint(path, *_surprise(node, annotation, key))


_COLON = re.compile(r"^[^:：]{1,40}[:：]")
_YES_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def _surprise(node: Scalar, annotation: Any, key: str) -> tuple[Message, Message]:
    """Name the traps of YAML where one was stepped into, else say what is wanted."""
    cause = Message(gettext_noop("“{value}” is not possible for “{key}”."), value=node.text[:60], key=key)
    wanted = [str if arm is Label else arm for arm in shape.leaves(annotation)]
    if bool in wanted and node.text.lower() in _YES_NO:
        return cause, Message(gettext_noop("Write {word}."), word=_YES_NO[node.text.lower()])
    if str in wanted and node.plain:
        return (
            Message(gettext_noop("“{value}” is read as {kind}, and “{key}” is text."), value=node.text, key=key,
                    kind=_read_as(node)),
            Message(gettext_noop('Put it in quotes: "{value}".'), value=node.text),
        )  # fmt: skip
    if not node.plain and not isinstance(source.Scalar(node.place, node.text).value, str):
        return (
            Message(
                gettext_noop("“{key}” is {value} in quotes, which makes it text."), value=node.text, key=key
            ),
            Message(gettext_noop("Take the quotes away.")),
        )
    if re.fullmatch(r"[-+]?0[0-9_]+", node.text):
        return (
            Message(
                gettext_noop("“{value}” begins with 0, which some programs read as octal."), value=node.text
            ),
            Message(gettext_noop("Write the number without the leading 0.")),
        )
    if _COLON.match(node.text) and not set(wanted) & {str, bool, int}:
        return (
            Message(gettext_noop("“{value}” has no colon with a space behind it."), value=node.text[:60]),
            Message(gettext_noop("Write a half-width colon and a space: “key: value”.")),
        )
    return cause, _write(annotation)


def _read_as(node: Scalar) -> Message:
    return Message(
        {
            "bool": gettext_noop("true or false"),
            "date": gettext_noop("a date"),
        }.get(type(node.value).__name__, gettext_noop("a number"))
    )


def _write(annotation: Any) -> Message:
    return Message(gettext_noop("Write {expected}."), expected=shape.expected(annotation))


_CUSTOM: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "label_language": (
        gettext_noop("“{key}” is not a language of labels."),
        gettext_noop("Possible: zh, en."),
        ("{key}",),
    ),
    "label_empty": (
        gettext_noop("“{part}” is empty."),
        gettext_noop("Write the words that people will read."),
        (),
    ),
    "choices_missing": (
        gettext_noop("“{part}” is a choice and has no choices."),
        gettext_noop("Add “choices:” with an id and words for each, or give it another type."),
        (),
    ),
    "choices_unused": (
        gettext_noop("“{part}” has choices, but its type is not choice or choices."),
        gettext_noop("Write “type: choice”, or delete the choices."),
        ("choices",),
    ),
    "limits_unused": (
        gettext_noop("“{part}” has a limit that its type does not use."),
        gettext_noop("min and max belong to integer and number, max_length to text, long_text and link."),
        ("min", "max", "max_length"),
    ),
    "min_above_max": (
        gettext_noop("In “{part}” min is above max: no value fits."),
        gettext_noop("Swap the two, or correct one."),
        ("min",),
    ),
    "roster_group": (
        gettext_noop("“roster: group” and “group” belong together."),
        gettext_noop("Write both, or neither (then everybody of the unit is expected)."),
        ("group", "roster"),
    ),
    "one_measure": (
        gettext_noop("“{part}” needs exactly one measure; it has {count}."),
        gettext_noop("Keep one of: count, sum, distinct, participations, coverage, open, followed, ratio, difference."),
        (),
    ),
    "audience_empty": (
        gettext_noop("“{part}” binds nobody."),
        gettext_noop("Name units by code (units: [...]) or kinds of units (unit_kinds: [...])."),
        (),
    ),
    "target_bound": (
        gettext_noop("“{part}” needs exactly one of at_least and at_most."),
        gettext_noop("Keep one; for a range write two targets."),
        ("at_most",),
    ),
    "when_comparison": (
        gettext_noop("“when” needs exactly one comparison."),
        gettext_noop("Keep one of: at_least, at_most, more_than, less_than, equals."),
        (),
    ),
    "nobody_meant": (
        gettext_noop("“{part}” means nobody."),
        gettext_noop("Name persons, posts, roles, groups, units or unit_kinds."),
        (),
    ),
    "span_unbounded": (
        gettext_noop("“{part}” has no bound."),
        gettext_noop("Write at_least (this or more), below (less than this), or both."),
        (),
    ),
    "span_crossed": (
        gettext_noop("In “{part}” at_least is not under below: no number lies between."),
        gettext_noop("Swap the two, or correct one."),
        ("at_least",),
    ),
    "quota_empty": (
        gettext_noop("“{part}” asks for nothing."),
        gettext_noop("Add “submit:” or “publish:”, each with the kind of entries and at_least."),
        (),
    ),
    "shares_numbers": (
        gettext_noop("“numbers” belongs to “split: ratio” and “split: parts”, which need it."),
        gettext_noop("Write both, such as “split: ratio, numbers: [3, 2]”, or neither."),
        ("numbers", "split"),
    ),
    "several_empty": (
        gettext_noop("“several” says nothing."),
        gettext_noop("Write best, one_per, further or at_most; without “several” all are added up."),
        (),
    ),
    "several_order": (
        gettext_noop("“order” puts the values of “one_per” in order, and that is not there."),
        gettext_noop("Add “one_per:” with the field, or delete “order:”."),
        ("order",),
    ),
    "each_points": (
        gettext_noop("“{part}” needs exactly one of points and scale."),
        gettext_noop("Write “points:” where all are worth the same, else “scale:” with a line for each."),
        ("scale", "points"),
    ),
    "short_empty": (
        gettext_noop("“short” takes nothing away."),
        gettext_noop("Write “submit: -1” or “publish: -1”: the points for each missing one."),
        (),
    ),
    "late_limit": (
        gettext_noop("“late” needs exactly one of deadline and due."),
        gettext_noop("Write the date field with the last day (deadline), or a day of the period (due)."),
        ("due", "deadline"),
    ),
    "limit_empty": (
        gettext_noop("A limit limits nothing."),
        gettext_noop("Write at_most, at_least, or both."),
        (),
    ),
    "limit_crossed": (
        gettext_noop("At least more than at most: no number keeps to it."),
        gettext_noop("Swap the two, or correct one."),
        ("at_least",),
    ),
    "one_rule": (
        gettext_noop("“{part}” needs exactly one kind of rule; it has {rules}."),
        gettext_noop("Keep one of: fixed, met, short, each, total, rate, answer, late, veto."),
        (),
    ),
    "escalation_empty": (
        gettext_noop("Nothing follows from “{part}”."),
        gettext_noop("Write talk (a role), multiply (a factor) or points."),
        (),
    ),
    "escalation_rules": (
        gettext_noop("“rules” says what is multiplied, and nothing is."),
        gettext_noop("Add “multiply:” with the factor, or delete “rules:”."),
        ("rules",),
    ),
    "one_seat": (
        gettext_noop("A seat is for exactly one of role, group and person."),
        gettext_noop("Make a seat of its own of each (each begins with “- ”)."),
        (),
    ),
    "seat_reach": (
        gettext_noop("“reach” says where a role is held, and this seat names no role."),
        gettext_noop("Delete it."),
        ("reach",),
    ),
    "review_level": (
        gettext_noop("“{part}”: a review has a level, and no other station has."),
        gettext_noop("Write “level: 1” and so on at reviews, and delete it elsewhere."),
        ("level",),
    ),
    "reopens_unused": (
        gettext_noop("“{part}” makes no corrections: only a proof does."),
        gettext_noop("Delete “reopens:”, or write “does: proof”."),
        ("reopens",),
    ),
    "time_twice": (
        gettext_noop("“{part}” is allowed both hours and working days."),
        gettext_noop("Keep one of: hours, working_days."),
        ("working_days",),
    ),
    "case_empty": (
        gettext_noop("The case expects nothing."),
        gettext_noop("Add “figures:” with indicators, or “appraisal:” and “sheet:” with points."),
        (),
    ),
    "case_sheet": (
        gettext_noop("“appraisal” and “sheet” belong together."),
        gettext_noop("Write both, or neither."),
        ("sheet", "appraisal"),
    ),
    "one_block": (
        gettext_noop("A block has exactly one of heading, text, list, rows and table."),
        gettext_noop("Make a block of its own of each (each begins with “- ”)."),
        (),
    ),
}  # fmt: skip


def _custom(path: KeyPath, raw: _Raw, node: Node) -> Complaint:
    cause, remedy, keys = _CUSTOM[raw.type]
    entries = node.entries if isinstance(node, Table) else {}
    present = [key for template in keys if (key := template.format(**raw.context)) in entries]
    measures = [key for key in entries if key in MEASURES]
    if raw.type == "one_measure" and len(measures) > 1:
        present = [measures[1]]
    rules = [key for key in entries if key in RULES]
    if raw.type == "one_rule" and len(rules) > 1:
        present = [rules[1]]
    values = {"part": _name(path), "count": len(measures), "rules": len(rules), **raw.context}
    return Complaint(
        (*path, present[0]) if present else path,
        Message(cause, **values),
        Message(remedy),
        on_key=bool(present) or isinstance(node, Table),
    )


def _without_typos_twice(found: list[Complaint], model: Any) -> list[Complaint]:
    """Drop “lacks the key name” where “unknown key nmae, did you mean name?” says it already."""
    meant = {
        (complaint.path[:-1], nearest(str(complaint.path[-1]), _known_keys(complaint.path[:-1], model)))
        for complaint in found
        if complaint.cause.msgid == "Unknown key “{key}”."
    }
    return [
        complaint
        for complaint in found
        if (complaint.path, complaint.cause.values.get("key")) not in meant
        or "lacks" not in complaint.cause.msgid
    ]
