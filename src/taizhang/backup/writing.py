"""Making a backup while the ledger is in use."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

import taizhang
from taizhang.backup import databases
from taizhang.backup.archive import (
    ANCHORS,
    DATABASES,
    EVIDENCE,
    HOME_SETTINGS,
    Head,
    Manifest,
    Progress,
    Writer,
    chunks_of,
)
from taizhang.backup.databases import BackupRefused, Snapshot
from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import anchor, clock

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BackedUp:
    """The archive that was made, and evidence that the ledger names but the disk does not have as it was."""

    path: Path
    manifest: Manifest
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


def size() -> int:
    """Return about how many bytes will be read, for a progress bar."""
    return databases.size() + sum(path.stat().st_size for path in _evidence_files())


def back_up(file: Path, *, progress: Progress = lambda _done: None) -> BackedUp:
    """Write everything of this ledger into ``file`` (in a folder: under a name with the moment).

    Raises BackupRefused. ``file`` appears only when it is whole.
    """
    target = _target(file)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        part = Path(scratch) / "archive.zip"
        part.touch(0o600)
        done = _write(part, Path(scratch), progress)
        part.replace(target)
    return BackedUp(target, *done)


def _target(file: Path) -> Path:
    target = file / f"taizhang-{timezone.localtime(clock.now()):%Y%m%d-%H%M%S}.zip" if file.is_dir() else file
    if target.exists():
        raise BackupRefused(
            Message(gettext_noop("“{file}” is there already. Choose another name."), file=str(target))
        )
    if not target.parent.is_dir():
        raise BackupRefused(
            Message(gettext_noop("There is no folder “{folder}”. Make it first."), folder=str(target.parent))
        )
    return target


def _write(
    part: Path, scratch: Path, progress: Progress
) -> tuple[Manifest, tuple[str, ...], tuple[str, ...]]:
    # The notes first: whatever was noted by now is in the snapshot, unless the journal was cut off. The evidence
    # last: whatever the snapshot names was on the disk before it was named. See docs/algorithms/backup.md.
    notes = anchor.read()
    with databases.snapshot(scratch, progress=progress) as snapshot, Writer(part) as archive:
        archive.add(DATABASES[connection.vendor], snapshot.chunks)
        archive.add(ANCHORS, [_with_head(notes, snapshot.head)])
        if (home := Path(settings.HOME) / HOME_SETTINGS).exists():
            archive.add(HOME_SETTINGS, chunks_of(home))
        found = {
            path.name: archive.add(f"{EVIDENCE}/{path.parent.name}/{path.name}", chunks_of(path, progress))
            for path in _evidence_files()
        }
        manifest = _manifest(snapshot, archive)
        archive.finish(manifest)
    missing = tuple(sorted(snapshot.evidence - set(found)))
    return manifest, missing, tuple(name for name, member in found.items() if member.sha256 != name)


def _with_head(notes: list[tuple[int, str]], head: Head | None) -> bytes:
    if head and (head.seq, head.hash) not in notes:
        notes = [*notes, (head.seq, head.hash)]
    return "".join(f"{seq} {hash_}\n" for seq, hash_ in notes).encode("ascii")


def _evidence_files() -> Iterator[Path]:
    """Yield every stored file in the order of its name; files that are just being stored have other names."""
    for path in sorted(Path(settings.EVIDENCE_ROOT).glob("??/*")):
        if SHA256.fullmatch(path.name) and path.name.startswith(path.parent.name):
            yield path


def _manifest(snapshot: Snapshot, archive: Writer) -> Manifest:
    return Manifest(
        program=taizhang.__version__,
        made_at=timezone.localtime(clock.now()).isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=dict(snapshot.migrations),
        head=snapshot.head,
        members=tuple(archive.members),
    )
