"""A PostgreSQL cluster of our own in a temporary folder, listening on 127.0.0.1 only, gone when the run ends."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "taizhang"


def binaries() -> Path | None:
    """Return the folder of the newest server binaries, or None where there are none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name)
    )
    return found[-1].parent if found else None


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and yield its DATABASE_URL."""
    bin_ = binaries()
    if bin_ is None:
        raise SystemExit("PostgreSQL's server binaries are missing: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="taizhang-postgres-"))
    data = folder / "data"
    as_user = _as_ordinary_user(folder)
    try:
        _run(
            [
                *as_user,
                str(bin_ / "initdb"),
                "-D",
                str(data),
                "-U",
                USER,
                "--auth=trust",
                "-E",
                "UTF8",
                "--no-locale",
            ]
        )
        port = _free_port()
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -c unix_socket_directories={folder}"
        )
        log = str(folder / "log")
        _run([*as_user, str(bin_ / "pg_ctl"), "-D", str(data), "-w", "-l", log, "-o", options, "start"])
        try:
            yield f"postgres://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run([*as_user, str(bin_ / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_ordinary_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then the packaged user of the same name runs it."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
