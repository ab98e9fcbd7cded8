"""From a file to a scheme that can be relied on, or to every fault in it. The only way into a ``Scheme``."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme import complaints, references, source
from taizhang.core.scheme.complaints import Complaint
from taizhang.core.scheme.errors import Place, SchemeError, SchemeErrors, Unreadable
from taizhang.core.scheme.references.declared import SECTIONS, Draft
from taizhang.core.scheme.schema import Clause, Scheme
from taizhang.core.scheme.source import Table, Tree
from taizhang.core.values import Citation

_KEYS = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")

__all__ = ["LoadedScheme", "SchemeError", "SchemeErrors", "Unreadable", "load_file", "load_text"]


@dataclass(frozen=True)
class LoadedScheme:
    """One version of a scheme with the text it was read from.

    ``digest`` is the SHA-256 of the text with line ends as LF, in hex. ``places`` has the place of every key by its
    dotted path (``indicators.open_findings``, ``outlines.annual.body[3].text``).
    """

    scheme: Scheme
    path: str
    text: str
    digest: str
    places: Mapping[str, Place]

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def effective(self) -> dt.date:
        return self.scheme.effective

    def line_of(self, path: str) -> int:
        """Return the line of a part. Raises KeyError for a part that the file does not have."""
        return self.places[path].line

    def lines_of(self, path: str) -> str:
        """Return the text of a part as it stands in the file, comments and all, without the lines after it."""
        first = self.places[path]
        following = [
            place.line
            for place in self.places.values()
            if place.line > first.line and place.column <= first.column
        ]
        last = min(following, default=self.text.count("\n") + 2) - 1
        return "\n".join(self.text.splitlines()[first.line - 1 : last]).rstrip()

    def citation(self, section: str, id: str = "", /) -> Citation:  # noqa: A002 - the schema's own word
        """Return where a part stands: ``citation("indicators", "open")``, ``citation("indicators.open")``.

        Raises KeyError for a part that the file does not have.
        """
        path = f"{section}.{id}" if id else section
        clause = self._clause_of(path)
        basis = self.scheme.basis.get(clause.basis) if clause else None
        return Citation(
            scheme=self.scheme.scheme,
            effective=self.scheme.effective,
            path=self.path,
            line=self.line_of(self.nearest(path)) if "[" in path else self.line_of(path),
            digest=self.digest,
            basis=str(basis.title) if basis else "",
            clause=clause.at if clause else "",
            quote=clause.text if clause else "",
        )

    def _clause_of(self, path: str) -> Clause | None:
        """Return the clause of a part, or of the nearest part around it that cites one."""
        part: Any = self.scheme
        clause: Clause | None = None
        for key, index in _KEYS.findall(path):
            part = part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)
            if index and isinstance(part, tuple):
                part = part[int(index)]
            clause = getattr(part, "clause", None) or clause
        return clause

    def nearest(self, path: str) -> str:
        """Return ``path``, or what is written in the file of it: a list of one item may stand without brackets."""
        while path and path not in self.places:
            path = path.rpartition("[" if path.endswith("]") else ".")[0]
        return path


def load_file(path: str | Path) -> LoadedScheme:
    """Read a scheme from a file. Raises SchemeErrors with every fault, Unreadable where there is no text at all."""
    text = source.decode(source.read_bytes(Path(path), shown=str(path)), path=str(path))
    return load_text(text, path=str(path))


def load_text(text: str, *, path: str) -> LoadedScheme:
    """Read a scheme from text; ``path`` is how messages and citations call it. Raises SchemeErrors."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    tree = source.parse(text, path=path)
    scheme, found = _validate(tree)
    errors = [*tree.errors, *(placed(complaint, tree) for complaint in found)]
    if scheme is None or errors:
        raise SchemeErrors(_once(errors))
    return LoadedScheme(
        scheme=scheme,
        path=path,
        text=text,
        digest=hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest(),
        places=source.places(tree.root),
    )


def placed(complaint: Complaint, tree: Tree) -> SchemeError:
    place = source.place_of(tree.root, complaint.path, key=complaint.on_key)
    there = source.existing(tree.root, complaint.path)
    key_path = source.dotted(there)
    return SchemeError(tree.path, place.line, place.column, key_path, complaint.cause, complaint.remedy)


def _once(errors: Iterable[SchemeError]) -> list[SchemeError]:
    return list({(error.line, error.column, str(error)): error for error in errors}.values())


def _validate(tree: Tree) -> tuple[Scheme | None, list[Complaint]]:
    if not isinstance(tree.root, Table):
        return None, [] if tree.errors else [_NOT_A_SCHEME]
    raw = source.data(tree.root)
    try:
        scheme = Scheme.model_validate(raw, strict=True)
    except ValidationError as error:
        shapes = complaints.from_pydantic(error.errors(include_url=False), tree.root, Scheme)
        sound = _sound_part(raw, error)
        relations = list(references.check(Draft(sound, _declared(raw)))) if sound else []
        return None, [*shapes, *relations]
    return scheme, [*references.check(Draft(scheme, _declared(raw))), *_dated_elsewhere(scheme, tree.path)]


_NOT_A_SCHEME = Complaint(
    (),
    Message(gettext_noop("This is no scheme: the file is not a group of keys.")),
    Message(gettext_noop("Start with the lines “scheme:”, “name:” and “effective:”.")),
)


def _declared(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return every id of every section, sound or not; no entry for a section that is there and is no group."""
    return {
        section: tuple(raw.get(section, {}))
        for section in SECTIONS
        if isinstance(raw.get(section, {}), Mapping)
    }


def _sound_part(raw: Mapping[str, Any], error: ValidationError) -> Scheme | None:
    """Return the scheme without its broken parts, so that the others can be checked against each other."""
    rest = {"name": "–", "scheme": "_", "effective": dt.date.min, "unit_kinds": {}, "roles": {}, "kinds": {}}
    rest |= {key: dict(value) if isinstance(value, Mapping) else value for key, value in raw.items()}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        section, *inner = each["loc"] or ("",)
        if section in SECTIONS:
            if inner and isinstance(rest.get(str(section)), dict):
                rest[str(section)].pop(inner[0], None)  # type: ignore[attr-defined]
            else:
                rest[str(section)] = {}
        else:
            rest.pop(str(section), None)
    blank = {"name": "–", "scheme": "_", "effective": dt.date.min}
    try:
        return Scheme.model_validate(blank | rest, strict=True)
    except ValidationError:
        return None


def _dated_elsewhere(scheme: Scheme, path: str) -> Iterable[Complaint]:
    """Complain where a file named by a date takes effect on another."""
    try:
        named = dt.date.fromisoformat(PurePath(path).stem)
    except ValueError:
        return
    if named != scheme.effective:
        yield Complaint(
            ("effective",),
            Message(gettext_noop("The file is named {named} and takes effect on {effective}."), named=named,
                    effective=scheme.effective),
            Message(gettext_noop("Rename the file or correct the date.")),
        )  # fmt: skip
