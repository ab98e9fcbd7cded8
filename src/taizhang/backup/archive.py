"""The archive: a zip whose last member, the manifest, has the size and the SHA-256 of every other."""

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from taizhang.core.messages import Message, gettext_noop

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
ANCHORS = "journal-anchors.txt"
HOME_SETTINGS = "home.json"
EVIDENCE = "evidence"
CHUNK = 1 << 20
ALLOWED = re.compile(
    r"database\.sqlite3|database\.dump|journal-anchors\.txt|home\.json|evidence/([0-9a-f]{2})/\1[0-9a-f]{62}"
)
"""What an archive may hold. A name outside of this could lead out of the folder it is unpacked into."""
_SAME_DAY = (1980, 1, 1, 0, 0, 0)  # so that the same content makes the same bytes

_WRITTEN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError)  # the last: “is encrypted”
_NO_ARCHIVE = (*_DAMAGED, KeyError, ValueError, TypeError, AttributeError)
Progress = Callable[[int], object]


class UnsoundArchive(Exception):  # noqa: N818
    """The file is no archive of this program, or not as it was written. Nothing was changed."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's last line."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: made when, by which version, from which database, up to which line of the journal.

    ``made_at`` is ISO 8601; ``database`` a key of DATABASES; ``migrations`` the newest applied one of each app.
    """

    program: str
    made_at: str
    database: str
    migrations: dict[str, list[str]]
    head: Head | None
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Return how many bytes the members have, unpacked."""
        return sum(member.size for member in self.members)


class Writer:
    """Writes an archive. Without its manifest, which comes last, a file is no archive: a torn one is refused."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.members: list[Member] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, chunks: Iterable[bytes]) -> Member:
        """Write a member; return it with its digest."""
        hasher, size = hashlib.sha256(), 0
        with self._zip.open(self._entry(name), "w", force_zip64=True) as file:
            for chunk in chunks:
                hasher.update(chunk)
                size += len(chunk)
                file.write(chunk)
        member = Member(name, size, hasher.hexdigest())
        self.members.append(member)
        return member

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, _SAME_DAY)
        entry.compress_type = zipfile.ZIP_STORED if name.startswith(EVIDENCE) else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

    def finish(self, manifest: Manifest) -> None:
        content = {"format": FORMAT, **asdict(manifest)}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        self._zip.writestr(self._entry(MANIFEST), text.encode() + b"\n")


def chunks_of(path: Path, progress: Progress = lambda _done: None) -> Iterator[bytes]:
    """Yield a file's bytes; tell ``progress`` how many were read."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
            progress(len(chunk))


def read_manifest(path: Path) -> Manifest:
    """Return an archive's manifest. Raises UnsoundArchive when it has none, or other members than it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if any(entry.compress_type not in _WRITTEN or entry.header_offset < 0 for entry in entries):
                raise zipfile.BadZipFile("not as we write it")
            content = json.loads(archive.read(MANIFEST))
        manifest = _manifest(content)
    except _NO_ARCHIVE as error:
        raise UnsoundArchive(
            Message(
                gettext_noop("“{file}” is no whole backup of Taizhang. Take another one."), file=path.name
            )
        ) from error
    said = [member.name for member in manifest.members]
    wrong = sorted({name for name in names if names.count(name) > 1} | (set(names) ^ {*said, MANIFEST}))
    wrong += [name for name in said if not ALLOWED.fullmatch(name)]
    if wrong:
        raise UnsoundArchive(
            Message(
                gettext_noop("“{member}” in the backup is not as its manifest says. Take another backup."),
                member=wrong[0],
            )
        )
    return manifest


def _manifest(content: dict[str, object]) -> Manifest:
    """Read what ``finish`` wrote. Raises KeyError, TypeError or ValueError."""
    if content.pop("format") != FORMAT:
        raise ValueError("format")
    manifest = Manifest(**content)  # type: ignore[arg-type]
    if manifest.database not in DATABASES:
        raise ValueError("database")
    return Manifest(
        program=str(manifest.program),
        made_at=str(manifest.made_at),
        database=manifest.database,
        migrations=dict(manifest.migrations),
        head=Head(**manifest.head) if manifest.head else None,  # type: ignore[arg-type]
        members=tuple(Member(**member) for member in manifest.members),  # type: ignore[arg-type]
    )


def unpack(path: Path, manifest: Manifest, *, into: Path, progress: Progress = lambda _done: None) -> None:
    """Write every member below ``into`` and hold it against its digest. Raises UnsoundArchive."""
    with zipfile.ZipFile(path) as archive:
        for member in manifest.members:
            target = into / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                found = _unpack(archive, member, target, progress)
            except _DAMAGED as error:
                raise _altered(member) from error
            if found != member.sha256:
                raise _altered(member)


def _unpack(archive: zipfile.ZipFile, member: Member, target: Path, progress: Progress) -> str:
    hasher, size = hashlib.sha256(), 0
    with archive.open(member.name) as source, target.open("wb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > member.size:
                raise _altered(member)
            hasher.update(chunk)
            file.write(chunk)
            progress(len(chunk))
    return hasher.hexdigest()


def _altered(member: Member) -> UnsoundArchive:
    return UnsoundArchive(
        Message(
            gettext_noop("“{member}” in the backup is damaged: its digest differs. Take another backup."),
            member=member.name,
        )
    )
