"""What a new version changes: part by part, in words, with both lines and the periods it touches."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme import explain, source
from taizhang.core.scheme.desk import Line
from taizhang.core.scheme.explain import Translate
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.phrases import Words, listing, number, sentences
from taizhang.core.scheme.references.declared import SECTIONS
from taizhang.core.scheme.schema import Appraisal, Duty, Label, Outline, Part, Quota, Target
from taizhang.core.scheme.source import KeyPath
from taizhang.core.values import Period, PeriodKind

GENERAL = ("scheme", "name", "about", "working_days")
"""What is said of the scheme as a whole. Its effective date is not a change but what makes it a version."""


class Nature(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Detail:
    """One value that differs. None where one version does not have it; lines of its part where it has no own."""

    key_path: str
    old: Words | None
    new: Words | None
    old_line: int | None
    new_line: int | None


@dataclass(frozen=True)
class Change:
    """What became of one part. ``before`` and ``after`` are its sentences in words, only those that differ."""

    nature: Nature
    section: str
    id: str
    name: str
    old_line: int | None
    new_line: int | None
    before: tuple[Words, ...]
    after: tuple[Words, ...]
    details: tuple[Detail, ...]
    touches: Message


def diff(old: LoadedScheme, new: LoadedScheme, *, language: str) -> tuple[Change, ...]:
    """Return the changes from ``old`` to ``new`` in the order of the sections; nothing for a mere reordering."""
    pair = _Pair(old, new, language, before=_sentences(old, language), after=_sentences(new, language))
    return tuple(_changes(pair))


def render(
    changes: Iterable[Change], *, old: LoadedScheme, new: LoadedScheme, translate: Translate = gettext_noop
) -> str:
    """Return the changes as plain text."""
    head = Message(
        _("From {old} (in force from {old_day}) to {new} (in force from {new_day}):"),
        old=old.path,
        old_day=old.effective,
        new=new.path,
        new_day=new.effective,
    )
    lines = [head.render(translate)]
    told = list(changes)
    if not told:
        lines.append(Message(_("The rules are the same.")).render(translate))
    for change in told:
        lines += ["", *_lines(change, old, new, translate)]
    return "\n".join(lines) + "\n"


Sentences = Mapping[tuple[str, str], tuple[Words, ...]]


@dataclass(frozen=True)
class _Pair:
    old: LoadedScheme
    new: LoadedScheme
    language: str
    before: Sentences
    after: Sentences

    def sentences(self, section: str, part_id: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
        """Return what only the old version says of a part, and what only the new one does."""
        key = (section, part_id)
        old = self.before.get(key, self.before.get((section, ""), ()))
        new = self.after.get(key, self.after.get((section, ""), ()))
        return tuple(each for each in old if each not in new), tuple(each for each in new if each not in old)


def _sentences(loaded: LoadedScheme, language: str) -> Sentences:
    """Return what is said of every part; articles of parts within it (the rules of an appraisal) are its own."""
    said: dict[tuple[str, str], tuple[Words, ...]] = {}
    for chapter in explain.explain(loaded, language=language):
        for article in chapter.articles:
            key = (article.section, article.id.partition(".")[0])
            said[key] = (*said.get(key, ()), *article.said)
    return said


def _changes(pair: _Pair) -> Iterator[Change]:
    for key in GENERAL:
        yield from _change(pair, (key,), getattr(pair.old.scheme, key), getattr(pair.new.scheme, key))
    yield from _desk_changes(pair)
    for section in SECTIONS:
        olds, news = getattr(pair.old.scheme, section), getattr(pair.new.scheme, section)
        for part_id in dict.fromkeys([*olds, *news]):
            yield from _change(pair, (section, part_id), olds.get(part_id), news.get(part_id))


def _desk_changes(pair: _Pair) -> Iterator[Change]:
    """Yield what became of every type, channel and line; a line whose stations moved has changed."""
    old, new = pair.old.scheme.desk, pair.new.scheme.desk
    for section in ("types", "channels", "lines"):
        olds: Mapping[str, Part] = getattr(old, section, {})
        news: Mapping[str, Part] = getattr(new, section, {})
        for part_id in dict.fromkeys([*olds, *news]):
            yield from _change(pair, ("desk", section, part_id), olds.get(part_id), news.get(part_id))
    before, after = getattr(old, "corrections", None), getattr(new, "corrections", None)
    yield from _change(pair, ("desk", "corrections"), before, after)


def _change(pair: _Pair, path: tuple[str, ...], old: Any, new: Any) -> Iterator[Change]:
    if _same(old, new):
        return
    section, part_id = path[0], ".".join(path[1:])
    nature = Nature.ADDED if old is None else Nature.REMOVED if new is None else Nature.CHANGED
    newest = new if new is not None else old
    before, after = pair.sentences(section, part_id)
    yield Change(
        nature=nature,
        section=section,
        id=part_id,
        name=_name(newest if part_id else pair.new.scheme, path[-1], pair.language),
        old_line=_line(pair.old, path) if old is not None else None,
        new_line=_line(pair.new, path) if new is not None else None,
        before=before,
        after=after,
        details=tuple(_details(pair, path, old, new)) if nature is Nature.CHANGED else (),
        touches=_touches(section, newest, pair.new.effective, nature),
    )


def _same(old: Any, new: Any) -> bool:
    """Tell whether two parts say the same. Stations are passed in the order they stand in, so order counts there."""
    if isinstance(old, Line) and isinstance(new, Line):
        return old == new and tuple(old.stations) == tuple(new.stations)
    return bool(old == new)


def _name(part: Any, otherwise: str, language: str) -> str:
    label = part if isinstance(part, Label) else getattr(part, "name", None)
    return label.said_in(language) if isinstance(label, Label) else otherwise


def _line(loaded: LoadedScheme, path: KeyPath) -> int | None:
    """Return the line of a key, or of the nearest thing around it that is written in the file."""
    for length in range(len(path), 0, -1):
        place = loaded.places.get(source.dotted(path[:length]))
        if place is not None:
            return place.line
    return None


def _details(pair: _Pair, path: KeyPath, old: Any, new: Any) -> Iterator[Detail]:
    """Yield the values below ``path`` that differ."""
    if old == new:
        return
    if isinstance(old, Part) and type(old) is type(new) and not isinstance(old, Label):
        for name, field in type(old).model_fields.items():
            yield from _details(pair, (*path, field.alias or name), getattr(old, name), getattr(new, name))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _details(pair, (*path, key), old.get(key), new.get(key))
    elif _is_parts(old) and _is_parts(new):
        yield from _list_details(pair, path, old, new)
    else:
        yield Detail(
            source.dotted(path),
            _value(old, pair.language),
            _value(new, pair.language),
            _line(pair.old, path),
            _line(pair.new, path),
        )


def _is_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(item, Part) for item in value)


def _list_details(pair: _Pair, path: KeyPath, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Detail]:
    """Yield the blocks that came, went or changed, so that one block in front does not make all others differ."""
    matcher = SequenceMatcher(
        None, [repr(item) for item in old], [repr(item) for item in new], autojunk=False
    )
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        for index in range(old_from, old_to):
            place = (*path, index)
            said = _value(old[index], pair.language)
            yield Detail(source.dotted(place), said, None, _line(pair.old, place), None)
        for index in range(new_from, new_to):
            place = (*path, index)
            said = _value(new[index], pair.language)
            yield Detail(source.dotted(place), None, said, None, _line(pair.new, place))


def _value(value: Any, language: str) -> Words | None:  # noqa: PLR0911 - one exit a type
    """Return a value as it is written in the file, more or less; nothing for what is not there."""
    if isinstance(value, Label):
        return " / ".join(dict.fromkeys(value.texts.values()))
    if isinstance(value, Part):
        return _pairs(_given(value), language)
    if isinstance(value, Mapping):
        return _pairs(value.items(), language)
    if isinstance(value, tuple):
        return listing(_value(each, language) or "–" for each in value) or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return number(value)
    return None if value in (None, "") else str(value)


def _given(part: Part) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a part that the file has, with their values."""
    for name, field in type(part).model_fields.items():
        if name in part.model_fields_set:
            yield field.alias or name, getattr(part, name)


def _pairs(items: Iterable[tuple[str, Any]], language: str) -> Words | None:
    return (
        listing(
            Message("{key}: {value}", key=key, value=_value(each, language) or "–") for key, each in items
        )
        or None
    )


def _touches(section: str, part: Any, effective: dt.date, nature: Nature) -> Message:
    """Say which periods are judged by the change."""
    if isinstance(part, Duty | Target | Outline | Quota | Appraisal):
        first = _first_period(PeriodKind(part.every), effective)
        if nature is Nature.REMOVED:
            return Message(
                _("It asks for nothing from {period} on; earlier periods stay as they were judged."),
                period=first,
            )
        return Message(_("The first period judged by it is {period}."), period=first)
    if section in ("kinds", "attendance"):
        return Message(_("For entries of {day} and later."), day=effective)
    if section == "desk":
        return Message(
            _("For texts first submitted on {day} or later; those on their way keep their line."),
            day=effective,
        )
    if section == "indicators":
        return Message(_("For figures of periods that begin on {day} or later."), day=effective)
    return Message(_("From {day} on."), day=effective)


def _first_period(kind: PeriodKind, day: dt.date) -> Period:
    """Return the first period that begins on ``day`` or later."""
    period = Period.containing(kind, day)
    return period if period.start == day else period.following


_HEADS = {
    Nature.ADDED: _("New: {name} ({path}), {new}"),
    Nature.REMOVED: _("Gone: {name} ({path}), {old}"),
    Nature.CHANGED: _("Changed: {name} ({path}), {old} → {new}"),
}


def _lines(change: Change, old: LoadedScheme, new: LoadedScheme, translate: Translate) -> Iterator[str]:
    yield Message(
        _HEADS[change.nature],
        name=change.name,
        path=f"{change.section}.{change.id}" if change.id else change.section,
        old=f"{old.path}:{change.old_line}",
        new=f"{new.path}:{change.new_line}",
    ).render(translate)
    for detail in change.details:
        yield f"    {detail.key_path}: {_said(detail.old, translate)} → {_said(detail.new, translate)}"
    yield from _told(_("Before: {text}"), change.before, translate)
    yield from _told(_("Now: {text}"), change.after, translate)
    yield f"    {change.touches.render(translate)}"


def _told(msgid: str, said: tuple[Words, ...], translate: Translate) -> Iterator[str]:
    if said:
        text = explain.rendered(sentences(said), translate).strip()
        yield from (
            f"    {line.rstrip()}" for line in Message(msgid, text=text).render(translate).splitlines()
        )


def _said(value: Words | None, translate: Translate) -> str:
    return "–" if value is None else explain.rendered(value, translate)
