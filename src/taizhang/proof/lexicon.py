"""An organisation's own lexicon: preferred forms, wrong forms, notes and sources, in a simple YAML file.

::

    lexicon: 清源县融媒体中心用语
    terms:
      - preferred: 两个维护
        wrong: [二个维护, 两个维护性]
        note: 党内规范表述
        source: 《……》第3条
        severity: error
    accepted: [数智, 行政检察]

A file with a fault is refused with all its faults, each with line, column, cause and remedy.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import complaints, source
from taizhang.core.scheme.errors import SchemeError, SchemeErrors
from taizhang.core.scheme.source import Table, Tree


class InvalidLexicon(SchemeErrors):
    """A lexicon is refused; ``errors`` has every fault with its place, cause and remedy."""


class UnreadableLexicon(InvalidLexicon):
    """There is no text to judge: no such file, too large, or not UTF-8."""


class Term(BaseModel):
    """A preferred form and the forms it replaces. An empty ``preferred`` means: do not use at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preferred: str = ""
    wrong: tuple[str, ...] = Field(min_length=1)
    note: str = ""
    source: str = ""
    severity: Literal["error", "warning", "hint"] = "warning"


class Lexicon(BaseModel):
    """The checked content of a lexicon file. ``accepted`` words are never marked by the spelling model."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    lexicon: str
    terms: tuple[Term, ...] = ()
    accepted: tuple[str, ...] = ()

    @cached_property
    def _by_wrong(self) -> dict[str, Term]:
        return {wrong: term for term in self.terms for wrong in term.wrong}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        words = sorted(self._by_wrong, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words))) if words else None

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Yield the wrong forms in ``text``, but for those that are part of their preferred form or accepted."""
        if self._pattern is None:
            return
        for found in self._pattern.finditer(text):
            term = self._by_wrong[found[0]]
            if not self._covered(text, found, (term.preferred, *self.accepted)):
                yield found.start(), found.end(), term

    @staticmethod
    def _covered(text: str, found: re.Match[str], longer: tuple[str, ...]) -> bool:
        for word in longer:
            at = word.find(found[0]) if word else -1
            while at >= 0:
                if text.startswith(word, found.start() - at) and found.start() >= at:
                    return True
                at = word.find(found[0], at + 1)
        return False


def load_file(path: str | Path) -> Lexicon:
    """Read a lexicon from a file. Raises InvalidLexicon with every fault."""
    return load_text(_read(path), path=str(path))


def explain_file(path: str | Path) -> tuple[Lexicon, tuple[int, ...]]:
    """Return a lexicon with the line that each of its terms stands in. Raises InvalidLexicon with every fault."""
    tree, lexicon = _parsed(_read(path), path=str(path))
    places = (source.place_of(tree.root, ("terms", index)) for index in range(len(lexicon.terms)))
    return lexicon, tuple(place.line for place in places)


def _read(path: str | Path) -> str:
    try:
        return source.decode(source.read_bytes(Path(path), shown=str(path)), path=str(path))
    except SchemeErrors as error:
        raise UnreadableLexicon(error.errors) from error


def load_text(text: str, *, path: str = "lexicon.yaml") -> Lexicon:
    """Read a lexicon from text; ``path`` is how messages call it. Raises InvalidLexicon with every fault."""
    return _parsed(text, path=path)[1]


def _parsed(text: str, *, path: str) -> tuple[Tree, Lexicon]:
    try:
        tree = source.parse(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), path=path)
    except SchemeErrors as error:
        raise InvalidLexicon(error.errors) from error
    errors = list(tree.errors)
    if not isinstance(tree.root, Table):
        raise InvalidLexicon(errors or [_no_lexicon(path)])
    raw = source.data(tree.root)
    try:
        lexicon = Lexicon.model_validate(raw)
    except ValidationError as error:
        errors += [_placed(each, tree) for each in error.errors(include_url=False)]
        raise InvalidLexicon(errors) from error
    errors += [_error(tree, at, *words) for at, *words in _contradictions(lexicon)]
    if errors:
        raise InvalidLexicon(errors)
    return tree, lexicon


def _no_lexicon(path: str) -> SchemeError:
    return SchemeError(
        path,
        1,
        1,
        "",
        Message(gettext_noop("This is no lexicon: the file is not a group of keys.")),
        Message(gettext_noop("Start with the lines “lexicon:” and “terms:”.")),
    )


_KEYS = ("lexicon", "terms", "accepted", "preferred", "wrong", "note", "source", "severity")


def _placed(error: Any, tree: Tree) -> SchemeError:
    path = tuple(error["loc"])
    kind = error["type"]
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        cause = Message(gettext_noop("Unknown key “{key}”."), key=key)
        remedy = complaints.did_you_mean(
            key, _KEYS, Message(gettext_noop("The keys are: {keys}."), keys="、".join(_KEYS))
        )
    elif kind == "missing":
        cause = Message(gettext_noop("The key “{key}” is missing."), key=key)
        remedy = Message(gettext_noop("Add “{key}”."), key=key)
    elif kind == "literal_error":
        cause = Message(gettext_noop("“{value}” is no severity."), value=error.get("input"))
        remedy = Message(gettext_noop("Write error, warning or hint."))
    elif kind == "too_short":
        cause = Message(gettext_noop("“{key}” is empty."), key=key)
        remedy = Message(gettext_noop("Name at least one wrong form."))
    else:
        cause = Message(gettext_noop("The value of “{key}” has the wrong form."), key=key)
        remedy = Message(
            gettext_noop(
                "Lists are written [a, b], words as plain text, in quotes if they look like numbers."
            )
        )
    place = source.place_of(tree.root, path, key=kind == "extra_forbidden")
    return SchemeError(
        tree.path, place.line, place.column, source.dotted(source.existing(tree.root, path)), cause, remedy
    )


def _error(tree: Tree, at: tuple[str | int, ...], cause: Message, remedy: Message) -> SchemeError:
    place = source.place_of(tree.root, at)
    return SchemeError(tree.path, place.line, place.column, source.dotted(at), cause, remedy)


def _contradictions(lexicon: Lexicon) -> Iterator[tuple[tuple[str | int, ...], Message, Message]]:
    """Yield the terms that contradict each other or themselves, with their place."""
    seen: dict[str, int] = {}
    preferred = {term.preferred: index for index, term in enumerate(lexicon.terms) if term.preferred}
    for index, term in enumerate(lexicon.terms):
        for number, wrong in enumerate(term.wrong):
            at: tuple[str | int, ...] = ("terms", index, "wrong", number)
            if not wrong.strip():
                yield (
                    at,
                    Message(gettext_noop("A wrong form is empty.")),
                    Message(gettext_noop("Write the form, or leave it out.")),
                )
            elif wrong == term.preferred or wrong in preferred:
                yield (
                    at,
                    Message(gettext_noop("“{word}” is preferred and wrong at once."), word=wrong),
                    Message(gettext_noop("Take it out of one of the two lists.")),
                )
            elif wrong in seen:
                yield (
                    at,
                    Message(gettext_noop("“{word}” is listed twice."), word=wrong),
                    Message(gettext_noop("Keep one of the two entries.")),
                )
            seen[wrong] = index
