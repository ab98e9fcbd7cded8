"""Reading YAML into a tree that knows the place of every key and value. Nothing else reads YAML.

The part of YAML that is read is the part that means the same to everybody: mappings, lists, text, numbers, dates,
``true`` and ``false``. Anchors, aliases, merge keys, tags, directives and several documents in one file are refused.
A plain ``yes``, ``on`` or ``010`` is text, as it looks; a place that wants something else says so.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.errors import Place, SchemeError, SchemeErrors, Unreadable

MAX_BYTES = 1_000_000
MAX_DEPTH = 24

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Scalar:
    """A text, number, date or truth value. ``broken``: it was refused already and says nothing."""

    place: Place
    text: str
    plain: bool = True
    broken: bool = False

    @property
    def value(self) -> Any:
        return None if self.broken else _resolve(self.text) if self.plain else self.text


@dataclass(frozen=True)
class Sequence:
    place: Place
    items: "tuple[Node, ...]"


@dataclass(frozen=True)
class Entry:
    """A key of a mapping with its place, and what it stands for."""

    key: Place
    node: "Node"


@dataclass(frozen=True)
class Table:
    place: Place
    entries: Mapping[str, Entry]


Node = Scalar | Sequence | Table


@dataclass(frozen=True)
class Tree:
    """A file that could be read: its nodes, and what was refused on the way."""

    path: str
    root: Node
    errors: tuple[SchemeError, ...] = ()


def read_bytes(path: Path, *, shown: str) -> bytes:
    """Return the content of a file. Raises Unreadable when there is none or it is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(
            shown,
            Message(gettext_noop("The file cannot be read: {reason}."), reason=error.strerror or str(error)),
            Message(gettext_noop("Check the path and who may read it.")),
        ) from error
    if len(content) > MAX_BYTES:
        raise _unreadable(
            shown,
            Message(gettext_noop("The file is larger than {limit} bytes."), limit=MAX_BYTES),
            Message(gettext_noop("A scheme is a text of some pages. Check that this is the right file.")),
        )
    return content


def decode(content: bytes, *, path: str) -> str:
    """Return the text of UTF-8 bytes; a mark at the start (BOM) is dropped. Raises Unreadable otherwise."""
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        raise _unreadable(
            path,
            Message(
                gettext_noop("The file is not UTF-8 text; it looks like {encoding}."),
                encoding=_guess(content),
            ),
            Message(gettext_noop("Save it as UTF-8: in the editor choose “Save as”, encoding “UTF-8”.")),
            Place(before.count("\n") + 1, len(before) - before.rfind("\n")),
        ) from error


def _guess(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "binary data"
    return "GB18030 (ANSI)"


def _unreadable(path: str, cause: Message, remedy: Message, place: Place | None = None) -> Unreadable:
    place = place or Place(1, 1)
    return Unreadable([SchemeError(path, place.line, place.column, "", cause, remedy)])


def parse(text: str, *, path: str) -> Tree:
    """Read YAML. Raises SchemeErrors where the text cannot be read on; lesser faults are in ``Tree.errors``."""
    if len(text.encode()) > MAX_BYTES:
        raise _unreadable(
            path,
            Message(gettext_noop("The file is larger than {limit} bytes."), limit=MAX_BYTES),
            Message(gettext_noop("A scheme is a text of some pages. Check that this is the right file.")),
        )
    composer = _Composer(path)
    try:
        root = composer.compose(text)
    except MarkedYAMLError as error:
        syntax = _syntax_errors(error, text, path)
        unread = {each.line for each in syntax}
        told = [each for each in composer.errors if each.line not in unread]
        raise SchemeErrors([*told, *syntax]) from error
    except ReaderError as error:
        place = _place_at(text, error.position)
        raise SchemeErrors(
            [
                SchemeError(
                    path,
                    place.line,
                    place.column,
                    "",
                    Message(gettext_noop("There is an invisible control character here.")),
                    Message(gettext_noop("Delete it and type the line again.")),
                )
            ]
        ) from error
    return Tree(path, root, tuple(composer.errors))


def _place_at(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - before.rfind("\n"))


@dataclass
class _Composer:
    """Builds the tree from the parser's events, so that nothing an alias or a tag could do ever happens."""

    path: str
    errors: list[SchemeError] = field(default_factory=list)

    def compose(self, text: str) -> Node:
        events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._check_document(event, first=root is None)
                if root is not None:
                    break
            elif isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                root = self._node(event, events, ())
        return root if root is not None else self._nothing()

    def _nothing(self) -> Scalar:
        cause = Message(gettext_noop("The file is empty."))
        self.errors.append(SchemeError(self.path, 1, 1, "", cause, _fill_in((), in_brackets=False)))
        return Scalar(Place(1, 1), "", broken=True)

    def _check_document(self, event: DocumentStartEvent, *, first: bool) -> None:
        if not first:
            self._refuse(
                event,
                (),
                Message(gettext_noop("A second document starts here (“---”).")),
                Message(gettext_noop("Keep one scheme in one file; delete the line or make another file.")),
            )
        if event.version or event.tags:
            self._refuse(
                event,
                (),
                Message(gettext_noop("A scheme has no directives (lines that begin with “%”).")),
                Message(gettext_noop("Delete the line.")),
            )

    def _node(
        self,
        event: Event,
        events: Iterator[Event],
        at: KeyPath,
        *,
        key: Place | None = None,
        in_brackets: bool = False,
    ) -> Node:
        place = _start(event)
        if isinstance(event, AliasEvent):
            self._refuse(
                event,
                at,
                Message(
                    gettext_noop("“*{name}” repeats another part; a scheme has no aliases."),
                    name=event.anchor,
                ),
                Message(gettext_noop("Write the part out, so that it can be read where it stands.")),
            )
            return Scalar(place, "", broken=True)
        self._check_marks(event, at)
        if len(at) > MAX_DEPTH:
            self._refuse(
                event,
                at,
                Message(gettext_noop("Parts are nested more than {limit} deep here."), limit=MAX_DEPTH),
                Message(gettext_noop("Check the brackets and the indentation.")),
            )
            raise SchemeErrors(self.errors)
        if isinstance(event, SequenceStartEvent):
            return Sequence(place, tuple(self._items(events, at)))
        if isinstance(event, MappingStartEvent):
            return Table(place, self._entries(events, at, in_brackets=bool(event.flow_style)))
        if not isinstance(event, ScalarEvent):
            raise TypeError(event)
        return self._scalar(event, at, key=key, in_brackets=in_brackets)

    def _check_marks(self, event: Event, at: KeyPath) -> None:
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._refuse(
                event,
                at,
                Message(gettext_noop("“&{name}” is an anchor; a scheme has none."), name=anchor),
                Message(
                    gettext_noop("Delete “&{name}” and write the part out wherever it is needed."),
                    name=anchor,
                ),
            )
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(
                event,
                at,
                Message(
                    gettext_noop("“{tag}” is a tag; a scheme has none."),
                    tag=str(tag).replace("tag:yaml.org,2002:", "!!"),
                ),
                Message(gettext_noop("Delete the tag; put text that looks like a number in quotes.")),
            )

    def _scalar(self, event: ScalarEvent, at: KeyPath, *, key: Place | None, in_brackets: bool) -> Scalar:
        place = _start(event)
        plain = event.style is None or event.style == ""
        if plain and event.value in ("", "~", "null", "Null", "NULL"):
            name = str(at[-1]) if at else ""
            self._refuse(
                event,
                at,
                Message(gettext_noop("“{key}” has no value."), key=name)
                if at
                else Message(gettext_noop("The file is empty.")),
                _fill_in(at, in_brackets=in_brackets),
                place=key,
            )
            return Scalar(place, "", broken=True)
        return Scalar(place, event.value, plain)

    def _items(self, events: Iterator[Event], at: KeyPath) -> Iterator[Node]:
        for index, event in enumerate(events):
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, events, (*at, index))

    def _entries(self, events: Iterator[Event], at: KeyPath, *, in_brackets: bool) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, at)
            node = self._node(next(events), events, (*at, key), key=_start(event), in_brackets=in_brackets)
            if key in entries:
                self._refuse(
                    event,
                    (*at, key),
                    Message(
                        gettext_noop("“{key}” is here twice; the first one is on line {line}."),
                        key=key,
                        line=entries[key].key.line,
                    ),
                    Message(gettext_noop("Delete one of the two, or give it another name.")),
                )
            else:
                entries[key] = Entry(_start(event), node)
        entries.pop(_NO_KEY, None)
        return entries

    def _key(self, event: Event, events: Iterator[Event], at: KeyPath) -> str:
        if isinstance(event, ScalarEvent) and event.value == "<<" and not event.style:
            self._refuse(
                event,
                at,
                Message(gettext_noop("“<<” merges another part; a scheme has no merge keys.")),
                Message(gettext_noop("Write the part out, so that it can be read where it stands.")),
            )
            return _NO_KEY
        if isinstance(event, ScalarEvent) and event.value:
            self._check_marks(event, at)
            return str(event.value)
        self._refuse(
            event,
            at,
            Message(gettext_noop("A key is one word; here it is a list, a group or nothing.")),
            Message(
                gettext_noop("Write “key: value”; put text that begins with “{{” or “[” in quotes."),
            ),
        )
        if not isinstance(event, ScalarEvent):
            self._node(event, events, at)
        return _NO_KEY

    def _refuse(
        self, event: Event, at: KeyPath, cause: Message, remedy: Message, *, place: Place | None = None
    ) -> None:
        place = place or _start(event)
        self.errors.append(SchemeError(self.path, place.line, place.column, dotted(at), cause, remedy))


def _fill_in(at: KeyPath, *, in_brackets: bool) -> Message:
    if not at:
        return Message(gettext_noop("Start with the lines “scheme:”, “name:” and “effective:”."))
    if in_brackets:
        return Message(
            gettext_noop("Give it a value; or, if a comma of a text cut it off, put the text in quotes.")
        )
    return Message(gettext_noop("Give it a value, or delete the line."))


_NO_KEY = ""


def dotted(path: KeyPath) -> str:
    """Write a key path as people do: ``outlines.annual.body[3].text``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _start(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LONGEST_INT = 30
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _resolve(text: str) -> Any:
    """Return what a plain scalar means; whatever is not plainly something else is text."""
    if text in _TRUTH:
        return _TRUTH[text]
    if _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text or len(text) > _LONGEST_INT else int(text)
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else text
    except ValueError:
        return text


def data(node: Node) -> Any:
    """Return plain values: dict, tuple, str, int, Decimal, bool, date; None for what was refused."""
    if isinstance(node, Table):
        return {key: data(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return tuple(data(item) for item in node.items)
    return node.value


def step(node: Node, part: str | int) -> Node | None:
    """Return the child of ``node`` under a key or index, if it has one."""
    if isinstance(node, Table) and isinstance(part, str) and part in node.entries:
        return node.entries[part].node
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def existing(root: Node, path: KeyPath) -> KeyPath:
    """Return as much of a path as the file has: a key may be missing, a list of one may be written as its item."""
    node = root
    for index, part in enumerate(path):
        below = step(node, part)
        if below is None:
            return path[:index]
        node = below
    return path


def place_of(root: Node, path: KeyPath, *, key: bool = False) -> Place:
    """Return the place of the value at ``path``, or of its key; of the last key there is, where a key is missing."""
    there = existing(root, path)
    missing = isinstance(path[len(there)], str) if len(there) < len(path) else False
    place, node = root.place, root
    for index, part in enumerate(there):
        entry = node.entries[str(part)] if isinstance(node, Table) else None
        node = step(node, part) or node
        last = index == len(there) - 1
        place = entry.key if entry is not None and (key or missing or not last) else node.place
    return place


def _syntax_errors(error: MarkedYAMLError, text: str, path: str) -> list[SchemeError]:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1)
    lines = text.splitlines()
    tabs = [
        SchemeError(
            path,
            number,
            line.index("\t") + 1,
            "",
            Message(gettext_noop("A tab is used for indentation.")),
            Message(gettext_noop("Indent with spaces, two for each level.")),
        )
        for number, line in enumerate(lines, 1)
        if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    if tabs and "\\t" in str(error.problem):
        return tabs
    opened = place
    if error.context_mark is not None and ("quoted" in str(error.context) or "flow" in str(error.context)):
        opened = Place(error.context_mark.line + 1, error.context_mark.column + 1)
    place, cause, remedy = _explain_syntax(str(error.problem), place, opened, lines)
    return [SchemeError(path, place.line, place.column, "", cause, remedy)]


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


_NO_SPACE = re.compile(r"^\s*(?:- )?[^\s:：#\"']+(?:：|:(?=\S))")
_OPEN_TEXT = re.compile(r"^\s*(?:- )?(?:[^\s:]+:\s+)?[{\[].*[}\]]\s*[^\s#,\]}]")


def _explain_syntax(
    problem: str, place: Place, opened: Place, lines: list[str]
) -> tuple[Place, Message, Message]:
    """Say what the parser's ``problem`` means to somebody who writes rules. ``opened``: where quotes or brackets did."""
    for number in (place.line - 1, place.line):
        suspect = _line(lines, number)
        if _NO_SPACE.match(suspect) and "mapping values" in problem:
            return (
                Place(number, len(suspect) - len(suspect.lstrip()) + 1),
                Message(
                    gettext_noop("“{line}” has no colon with a space behind it."), line=suspect.strip()[:40]
                ),
                Message(gettext_noop("Write a half-width colon and a space: “key: value”.")),
            )
    if _OPEN_TEXT.match(_line(lines, place.line)):
        return (
            place,
            Message(gettext_noop("A text that begins with “{{” or “[” is read as a group or a list.")),
            Message(gettext_noop("Put the whole text in quotes.")),
        )
    for sign, cause, remedy in _SYNTAX:
        if sign in problem:
            return opened if "opened" in cause else place, Message(cause), Message(remedy)
    return (
        place,
        Message(gettext_noop("This cannot be read as YAML: {problem}."), problem=problem),
        Message(gettext_noop("Check quotes, colons and indentation on this line and the one before it.")),
    )


_SYNTAX = (
    (
        "mapping values are not allowed",
        gettext_noop("A colon stands where no key can be."),
        gettext_noop("Align the key with its neighbours, or put text that contains “: ” in quotes."),
    ),
    (
        "sequence entries are not allowed",
        gettext_noop("A list item begins in the middle of a line."),
        gettext_noop("Begin each “- ” on a line of its own, or write [a, b]."),
    ),
    (
        "expected <block end>",
        gettext_noop("This line does not line up with the ones above it."),
        gettext_noop(
            "Give it the indentation of its neighbours; put text that goes on after a quote in one pair of quotes."
        ),
    ),
    (
        "expected '<document start>'",
        gettext_noop("This line does not line up with the ones above it."),
        gettext_noop("Give it the indentation of its neighbours."),
    ),
    (
        "end of stream",
        gettext_noop("A quote is opened here and never closed."),
        gettext_noop("Close it with the same kind of quote."),
    ),
    (
        "could not find expected ':'",
        gettext_noop("This line has no colon."),
        gettext_noop("Write “key: value”, with a half-width colon and a space."),
    ),
    (
        "cannot start any token",
        gettext_noop("A text cannot begin with this character."),
        gettext_noop("Put the whole text in quotes."),
    ),
    (
        "unknown escape character",
        gettext_noop("In double quotes a backslash begins a special character, and this is none."),
        gettext_noop("Use single quotes, or write two backslashes."),
    ),
    (
        "but got",
        gettext_noop("A bracket is opened and not closed."),
        gettext_noop("Close it, and put commas between the items."),
    ),
)


def places(root: Node) -> dict[str, Place]:
    """Return the place of every key and list item by its dotted path."""
    found: dict[str, Place] = {}
    waiting: list[tuple[KeyPath, Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, Table):
            for key, entry in node.entries.items():
                found[dotted((*path, key))] = entry.key
                waiting.append(((*path, key), entry.node))
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                found[dotted((*path, index))] = item.place
                waiting.append(((*path, index), item))
    return found
