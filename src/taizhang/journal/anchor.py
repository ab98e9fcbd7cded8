"""The journal's head, noted outside the database after each commit.

A chain cut off at its end is still a chain; only a note kept elsewhere shows that it was longer. A crash between
commit and note leaves the note behind by one, never ahead, so a note that the chain does not know is always news.
"""

from pathlib import Path

from django.conf import settings
from django.db import transaction


def path() -> Path:
    """Return the file of notes: one line ``seq hash`` for each commit."""
    return Path(settings.HOME) / "journal-anchors.txt"


def drop_when_committed(*, seq: int, hash_: str) -> None:
    transaction.on_commit(lambda: _drop(seq, hash_))


def _drop(seq: int, hash_: str) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="ascii") as file:
        file.write(f"{seq} {hash_}\n")


def read() -> list[tuple[int, str]]:
    """Return the notes that are whole; a torn last line is no note."""
    if not path().exists():
        return []
    notes = []
    for line in path().read_text(encoding="ascii", errors="replace").splitlines():
        seq, _, hash_ = line.partition(" ")
        if seq.isdigit() and len(hash_) == 64:  # noqa: PLR2004 - a SHA-256 in hexadecimal
            notes.append((int(seq), hash_))
    return notes
