"""Putting a backup in place: everything is checked before anything is touched, and what was there is kept aside."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from taizhang.backup import databases
from taizhang.backup.archive import (
    ANCHORS,
    DATABASES,
    EVIDENCE,
    HOME_SETTINGS,
    Head,
    Manifest,
    Progress,
    UnsoundArchive,
    read_manifest,
    unpack,
)
from taizhang.backup.databases import BackupRefused
from taizhang.core.messages import Message, gettext_noop
from taizhang.journal import clock


@dataclass(frozen=True)
class Restored:
    """What was put in place, and where what was there before lies (None: nothing was)."""

    manifest: Manifest
    aside: Path | None
    schema_aside: str


def restore(file: Path, *, replace: bool, progress: Progress = lambda _done: None) -> Restored:
    """Put the archive in place of the home and the database. Raises UnsoundArchive and BackupRefused.

    Whatever is raised, the ledger that was there stays as it was.
    """
    manifest = read_manifest(file)
    _refuse_wrong_database(manifest)
    _refuse_newer(manifest)
    home = Path(settings.HOME)
    if not replace and (databases.has_data() or any(_there(home))):
        raise BackupRefused(
            Message(
                gettext_noop(
                    "There is a ledger in {home} already. With --replace it is put aside, and the backup takes its place."
                ),
                home=str(home),
            )
        )
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as scratch:
        unpacked = Path(scratch)
        unpack(file, manifest, into=unpacked, progress=progress)
        _check_head(unpacked, manifest)
        databases.refuse_if_in_use()
        return _swap(unpacked, manifest, home)


def _refuse_wrong_database(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise BackupRefused(
            Message(
                gettext_noop(
                    "The backup is of {theirs}, but this ledger uses {ours}. Set DATABASE_URL to match the backup."
                ),
                theirs=_NAMES[manifest.database],
                ours=_NAMES[connection.vendor],
            )
        )


_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _refuse_newer(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for app, names in manifest.migrations.items():
        for name in names:
            if (app, name) not in (loader.disk_migrations or {}):
                raise BackupRefused(
                    Message(
                        gettext_noop(
                            "The backup was made by a newer version of Taizhang ({version}). Upgrade first."
                        ),
                        version=manifest.program,
                    )
                )


def _check_head(unpacked: Path, manifest: Manifest) -> None:
    """Hold the manifest's word against an SQLite database before it is put in place."""
    if manifest.database == "sqlite":
        _same_head(databases.head_of_copy(unpacked / DATABASES["sqlite"]), manifest)


def _same_head(head: Head | None, manifest: Manifest) -> None:
    if head != manifest.head:
        raise UnsoundArchive(
            Message(
                gettext_noop(
                    "The database in the backup does not end where its manifest says. Take another backup."
                )
            )
        )


def _swap(unpacked: Path, manifest: Manifest, home: Path) -> Restored:
    stamp = f"{timezone.localtime(clock.now()):%Y%m%d-%H%M%S}"
    aside = home / f"replaced-{stamp}"
    dump = unpacked / DATABASES["postgresql"]
    schema = f"replaced_{stamp}".replace("-", "_") if manifest.database == "postgresql" else ""
    with ExitStack() as undone_on_error:
        if schema:
            undone_on_error.enter_context(databases.replaced_schema(dump, keep_as=schema))
            _same_head(databases.head(), manifest)
            connection.close()
        undone_on_error.enter_context(_moved(_there(home), aside))
        undone_on_error.enter_context(_put(unpacked, home))
    if schema and databases.drop_schema_if_empty(schema):
        schema = ""
    return Restored(manifest, aside if aside.exists() else None, schema)


def _there(home: Path) -> Iterator[Path]:
    """Yield what a backup would replace, as far as it is there."""
    database = _database_path()
    for suffix in ("", "-wal", "-shm", "-journal"):
        if database and (path := database.with_name(database.name + suffix)).exists():
            yield path
    for name in (EVIDENCE, ANCHORS, HOME_SETTINGS):
        if (home / name).exists():
            yield home / name


def _database_path() -> Path | None:
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


@contextmanager
def _moved(paths: Iterator[Path], aside: Path) -> Iterator[None]:
    """Move the paths aside; move them back if the block fails."""
    moved: list[tuple[Path, Path]] = []
    try:
        for path in list(paths):
            aside.mkdir(exist_ok=True)
            target = aside / path.name
            path.rename(target)
            moved.append((target, path))
        yield
    except BaseException:
        for target, path in reversed(moved):
            target.rename(path)
        if aside.exists():
            aside.rmdir()
        raise


@contextmanager
def _put(unpacked: Path, home: Path) -> Iterator[None]:
    """Move what was unpacked to where the program looks for it; take it away again if that fails."""
    database = _database_path()
    places = {name: home / name for name in (EVIDENCE, ANCHORS, HOME_SETTINGS)}
    if database:
        places[DATABASES["sqlite"]] = database
    put: list[Path] = []
    try:
        for name, place in places.items():
            if (unpacked / name).exists():
                (unpacked / name).rename(place)
                put.append(place)
        if places[HOME_SETTINGS].exists():
            places[HOME_SETTINGS].chmod(0o600)
        yield
    except BaseException:
        for place in put:
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink()
        raise
