"""A consistent copy of the database while others write, and the way back, for both databases."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from taizhang.backup.archive import CHUNK, Head, Progress, UnsoundArchive, chunks_of
from taizhang.core.messages import Message, gettext_noop

PAGES = 2000  # copied between two signs of life
_HEAD = "SELECT seq, hash FROM journal_line ORDER BY seq DESC LIMIT 1"
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"
_EVIDENCE = "SELECT DISTINCT sha256 FROM ledger_evidence"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class BackupRefused(Exception):  # noqa: N818
    """The backup or the restoring cannot be done as things are; the message says what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Snapshot:
    """The database at one moment: what it knows, and its bytes."""

    head: Head | None
    migrations: Mapping[str, list[str]]
    evidence: frozenset[str]
    chunks: Iterator[bytes]


def size() -> int:
    """Return about how many bytes ``snapshot`` will read, for a progress bar."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = _sqlite_path()
    return 2 * path.stat().st_size if path.exists() else 0


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


@contextmanager
def snapshot(folder: Path, *, progress: Progress) -> Iterator[Snapshot]:
    """Hold the database still, for the reader alone. ``folder`` is for temporary files. Raises BackupRefused."""
    if not has_data():
        raise BackupRefused(
            Message(
                gettext_noop("There is no ledger here to back up. Does TAIZHANG_HOME name the right folder?")
            )
        )
    taken = _postgresql_snapshot if connection.vendor == "postgresql" else _sqlite_snapshot
    with taken(folder, progress) as found:
        yield found


@contextmanager
def _sqlite_snapshot(folder: Path, progress: Progress) -> Iterator[Snapshot]:
    copy = folder / "copy.sqlite3"
    try:
        copy_sqlite(_sqlite_path(), copy, progress=progress)
        with closing(sqlite3.connect(copy)) as database:
            yield _known(database.execute, chunks_of(copy, progress))
    except sqlite3.DatabaseError as error:
        raise BackupRefused(
            Message(gettext_noop("The database cannot be read: {error}."), error=error)
        ) from error


def copy_sqlite(path: Path, copy: Path, *, progress: Progress) -> None:
    """Copy page by page. An open reading transaction pins one state: writers go on, and the copy never restarts."""
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        page = source.execute("PRAGMA page_size").fetchone()[0]
        left: list[int] = []

        def tell(_status: int, remaining: int, total: int) -> None:
            progress(((left[-1] if left else total) - remaining) * page)
            left.append(remaining)

        source.backup(target, pages=PAGES, progress=tell)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def _known(execute: Any, chunks: Iterator[bytes]) -> Snapshot:
    head = execute(_HEAD).fetchone()
    migrations: dict[str, list[str]] = {}
    for app, name in execute(_MIGRATIONS).fetchall():
        migrations.setdefault(app, []).append(name)
    evidence = frozenset(sha256 for (sha256,) in execute(_EVIDENCE).fetchall())
    return Snapshot(Head(*head) if head else None, migrations, evidence, chunks)


@contextmanager
def _postgresql_snapshot(_folder: Path, progress: Progress) -> Iterator[Snapshot]:
    """Have pg_dump see exactly what this transaction sees: it exports its snapshot."""
    dump = _client("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_schema()")
        name, schema = cursor.fetchone()
        command = [dump, *_DUMPED, f"--snapshot={name}", f"--schema={schema}", *_target()]
        yield _known(cursor.execute, _output_of(command, progress))


_DUMPED = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password"]


def _client(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            Message(
                gettext_noop(
                    "The program {name} is missing. Install PostgreSQL's client programs, of the server's version or later."
                ),
                name=name,
            )
        )
    return found


def _target() -> list[str]:
    settings = connection.settings_dict
    named = {"--host": settings["HOST"], "--port": settings["PORT"], "--username": settings["USER"]}
    return [
        *(f"{option}={value}" for option, value in named.items() if value),
        f"--dbname={settings['NAME']}",
    ]


def _environment() -> dict[str, str]:
    """The password goes through the environment: a command line can be read by everybody on the machine."""
    _arguments, secret = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return {**os.environ, **(secret or {})}


def _output_of(command: list[str], progress: Progress) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as complaints:
        started = subprocess.Popen(  # noqa: S603 - our own command
            command, env=_environment(), stdout=subprocess.PIPE, stderr=complaints
        )
        with started as process:
            assert process.stdout is not None
            while chunk := process.stdout.read(CHUNK):
                yield chunk
                progress(len(chunk))
        if process.returncode:
            complaints.seek(0)
            raise _failed("pg_dump", complaints.read())


def _failed(name: str, said: bytes) -> BackupRefused:
    error = " ".join(said.decode(errors="replace").split())
    return BackupRefused(Message(gettext_noop("{name} refused: {error}"), name=name, error=error))


# The way back


def has_data() -> bool:
    """Say whether there is a database with Taizhang's tables already."""
    if connection.vendor == "postgresql":
        return "journal_line" in connection.introspection.table_names()
    return _sqlite_path().exists()


def refuse_if_in_use() -> None:
    """Raise BackupRefused while somebody else has the database open."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_OTHERS)
            used = cursor.fetchone()[0] > 0
    else:
        connection.close()
        used = _sqlite_path().exists() and _is_locked(_sqlite_path())
    if used:
        raise BackupRefused(
            Message(gettext_noop("The ledger is in use. Stop “taizhang serve” first, then restore again."))
        )


def _is_locked(path: Path) -> bool:
    """Leaving WAL needs the file alone; it also brings everything into the one file that is moved aside."""
    with closing(sqlite3.connect(path, timeout=0.5)) as database:
        try:
            database.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            return "locked" in str(error)
        except sqlite3.DatabaseError:
            return False  # so damaged that nobody can be using it
    return False


def head_of_copy(copy: Path) -> Head | None:
    """Return the journal's last line in an unpacked SQLite database. Raises UnsoundArchive when it is none."""
    try:
        with closing(sqlite3.connect(copy)) as database:
            head = database.execute(_HEAD).fetchone()
    except sqlite3.DatabaseError as error:
        raise UnsoundArchive(
            Message(gettext_noop("The database in the backup cannot be read: {error}."), error=error)
        ) from error
    return Head(*head) if head else None


def head() -> Head | None:
    """Return the journal's last line in the database that is in use."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD)
        found = cursor.fetchone()
    return Head(*found) if found else None


@contextmanager
def replaced_schema(dump: Path, *, keep_as: str) -> Iterator[None]:
    """Rename what is there to ``keep_as`` and restore ``dump`` beside it; all goes back if the block fails.

    Raises BackupRefused with what pg_restore said.
    """
    command = [_client("pg_restore"), *_RESTORED, *_target(), str(dump)]
    schema = _renamed_schema(keep_as)
    try:
        _restore(command)
        yield
    except BaseException:
        _rename_back(schema, keep_as)
        raise


def _restore(command: list[str]) -> None:
    done = subprocess.run(command, env=_environment(), capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise _failed("pg_restore", done.stderr)


_RESTORED = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password"]


def _renamed_schema(keep_as: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = str(cursor.fetchone()[0])
        cursor.execute(f"ALTER SCHEMA {_quoted(schema)} RENAME TO {_quoted(keep_as)}")
    connection.close()
    return schema


def _rename_back(schema: str, kept: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_quoted(schema)} CASCADE")
        cursor.execute(f"ALTER SCHEMA {_quoted(kept)} RENAME TO {_quoted(schema)}")


def drop_schema_if_empty(name: str) -> bool:
    """Drop what was put aside when nothing is in it; return whether it was dropped."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {_quoted(name)} RESTRICT")
    except DatabaseError:
        return False
    return True


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
