"""What in the outline of a circular refers to what. Checked with the rest of its appraisal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.scheme.circular import (
    FIGURES,
    NAMES,
    TABLES,
    WORDS,
    Breakdown,
    Circular,
    CircularBlock,
    CircularTable,
    Place,
    pieces,
)
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.placeholders import BadPlaceholder
from taizhang.core.scheme.references.declared import Complaints, Draft, refer
from taizhang.core.scheme.references.fields import no_field
from taizhang.core.scheme.source import KeyPath

NO_FIGURE = gettext_noop("A circular has no figure “{id}”.")
NO_NAMES = gettext_noop("A circular has no names of “{id}”.")
NO_TABLE = gettext_noop("A circular has no table “{id}”.")
WORD_WANTED = gettext_noop("“{id}” is a word and not a figure.")


def check(
    draft: Draft, path: KeyPath, circular: Circular, appraisal: Appraisal, read: Iterable[str]
) -> Complaints:
    """Yield every fault of an outline; ``read`` are the kinds of entries that the appraisal looks at."""
    checked = _Checked(draft, path, circular, appraisal, frozenset(read))
    yield from checked.breakdowns()
    for key in ("title", "addressee", "issuer"):
        yield from checked.words((*path, key), getattr(circular, key))
    for index, block in enumerate(circular.body):
        yield from checked.block((*path, "body", index), block)


def faults_of(text: str, *, values: Mapping[str, Sequence[str]]) -> list[tuple[Message, Message]]:
    """Return what is wrong with prose that somebody wrote into an outline: causes and remedies.

    ``values`` are those of its breakdowns, by name.
    """
    try:
        places = [piece for piece in pieces(text) if isinstance(piece, Place)]
    except BadPlaceholder as error:
        return [(error.cause, error.remedy)]
    figures = [*FIGURES, *(f"{name}:{value}" for name, found in values.items() for value in found)]
    known = {"names": NAMES, "figure": figures, "word": WORDS}
    causes = {"names": NO_NAMES, "figure": NO_FIGURE}
    return [
        _unknown(causes[place.kind], place.name, known[place.kind])
        for place in dict.fromkeys(places)
        if place.name not in known[place.kind]
    ]


def _known(circular: Circular) -> list[str]:
    return [*FIGURES, *(f"{name}:…" for name in circular.breakdowns)]


def _unknown(cause: str, name: str, known: Sequence[str]) -> tuple[Message, Message]:
    possible = Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known))
    return Message(cause, id=name), did_you_mean(name, known, possible)


@dataclass(frozen=True)
class _Checked:
    draft: Draft
    path: KeyPath
    circular: Circular
    appraisal: Appraisal
    read: frozenset[str]

    def breakdowns(self) -> Complaints:
        for name, breakdown in self.circular.breakdowns.items():
            here = (*self.path, "breakdowns", name)
            if name in (*FIGURES, *TABLES, *WORDS, "names"):
                yield Complaint(
                    here,
                    Message(gettext_noop("“{id}” is something else in a circular already."), id=name),
                    Message(gettext_noop("Choose another name.")),
                    on_key=True,
                )
            yield from self._breakdown(here, breakdown)

    def _breakdown(self, here: KeyPath, breakdown: Breakdown) -> Complaints:
        yield from refer(self.draft, (*here, "kind"), "kinds", breakdown.kind)
        kind = self.draft.scheme.kinds.get(breakdown.kind)
        if kind is None:
            return
        if breakdown.kind not in self.read:
            yield Complaint(
                (*here, "kind"),
                Message(
                    gettext_noop("No quota and no rule of this appraisal looks at “{id}”."), id=breakdown.kind
                ),
                Message(
                    gettext_noop("Leave it out, or name a kind that is looked at: {ids}."),
                    ids=", ".join(sorted(self.read)) or "–",
                ),
            )
        choices = [name for name, field in kind.fields.items() if field.type == "choice"]
        if breakdown.by not in kind.fields:
            yield no_field((*here, "by"), breakdown.kind, breakdown.by, choices)
        elif breakdown.by not in choices:
            yield Complaint(
                (*here, "by"),
                Message(gettext_noop("The field “{field}” has no choices to sort by."), field=breakdown.by),
                Message(gettext_noop("Possible here: {keys}."), keys=", ".join(choices) or "–"),
            )

    def words(self, path: KeyPath, text: str) -> Complaints:
        """Complain of anything but words in a title or a signature."""
        for place in self._places(path, text):
            if isinstance(place, Complaint):
                yield place
            elif place.kind != "word":
                yield Complaint(
                    path,
                    Message(
                        gettext_noop("“{placeholder}” cannot stand in “{key}”."),
                        placeholder=f"{{{place.name}}}",
                        key=path[-1],
                    ),
                    Message(gettext_noop("Only words can stand there: {words}."), words=", ".join(WORDS)),
                )

    def _places(self, path: KeyPath, text: str) -> Iterator[Place | Complaint]:
        try:
            yield from dict.fromkeys(piece for piece in pieces(text) if isinstance(piece, Place))
        except BadPlaceholder as error:
            yield Complaint(path, error.cause, error.remedy)

    def block(self, path: KeyPath, block: CircularBlock) -> Complaints:
        if block.when:
            yield from self._figure((*path, "when", "of"), block.when.of)
        for key in ("heading", "text"):
            yield from self._prose((*path, key), getattr(block, key) or "")
        for index, item in enumerate(block.list or ()):
            yield from self._prose((*path, "list", index), item)
        if block.table:
            yield from self._table((*path, "table"), block.table)

    def _prose(self, path: KeyPath, text: str) -> Complaints:
        for place in self._places(path, text):
            if isinstance(place, Complaint):
                yield place
            elif place.kind == "names" and place.name not in NAMES:
                yield Complaint(path, *_unknown(NO_NAMES, place.name, NAMES))
            elif place.kind == "figure":
                yield from self._figure(path, place.name)

    def _figure(self, path: KeyPath, name: str) -> Complaints:
        first, colon, value = name.partition(":")
        breakdown = self.circular.breakdowns.get(first)
        if breakdown is not None and colon:
            yield from self._value(path, breakdown, value)
        elif name in WORDS:
            yield Complaint(path, Message(WORD_WANTED, id=name), _unknown("", name, _known(self.circular))[1])
        elif name not in FIGURES:
            yield Complaint(path, *_unknown(NO_FIGURE, name, _known(self.circular)))

    def _value(self, path: KeyPath, breakdown: Breakdown, value: str) -> Complaints:
        kind = self.draft.scheme.kinds.get(breakdown.kind)
        field = kind.fields.get(breakdown.by) if kind else None
        if field is not None and field.choices and value not in field.choices:
            yield Complaint(
                path,
                Message(
                    gettext_noop("“{field}” is never “{value}”."), field=breakdown.by, value=value
                ),
                _unknown("", value, list(field.choices))[1],
            )  # fmt: skip

    def _table(self, path: KeyPath, table: CircularTable) -> Complaints:
        known = [*TABLES, *self.circular.breakdowns]
        if table.of not in known:
            yield Complaint((*path, "of"), *_unknown(NO_TABLE, table.of, known))
        if table.of == "ranking" and not self.appraisal.ranking:
            yield Complaint(
                (*path, "of"),
                Message(
                    gettext_noop("The appraisal ranks nobody, so there is no table in the order of points.")
                ),
                Message(gettext_noop("Leave the table out, or write “ranking: true” in the appraisal.")),
            )
        if table.columns and table.of != "units":
            yield Complaint(
                (*path, "columns"),
                Message(gettext_noop("Only the table of units has columns to choose.")),
                Message(gettext_noop("Leave “columns” out.")),
                on_key=True,
            )
        for index, name in enumerate(table.columns):
            yield from self._figure((*path, "columns", index), name)
