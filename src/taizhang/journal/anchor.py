"""The journal's head, noted outside the database: before each commit what is meant, after it what stands.

A chain cut off at its end is still a chain; only a note kept elsewhere shows that it was longer. A chain that somebody
continued by hand is a chain too; only that nobody meant it shows that it was not the program. A crash between commit
and note leaves the note behind by one, never ahead, so a note that the chain does not know is always news; and what
was meant is on the disk before it is in the database, so a head that was not meant is always news as well.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

DIGITS = 64  # of a SHA-256 in hexadecimal


@dataclass(frozen=True)
class Intent:
    """Lines up to ``seq`` were about to be written, continuing the line whose hash is ``after``."""

    seq: int
    hash: str
    after: str


def path() -> Path:
    """Return the file of notes: one line ``seq hash`` for each commit."""
    return Path(settings.HOME) / "journal-anchors.txt"


def intents_path() -> Path:
    """Return the file of intents: one line ``seq hash after`` for each book closed, whether or not it was committed."""
    return Path(settings.HOME) / "journal-intents.txt"


def intend(*, seq: int, hash_: str, after: str) -> None:
    """Put on the disk what is about to be written. The caller holds the journal's lock."""
    intents_path().parent.mkdir(parents=True, exist_ok=True)
    with intents_path().open("a", encoding="ascii") as file:
        file.write(f"{seq} {hash_} {after}\n")
        file.flush()
        os.fsync(file.fileno())


def drop_when_committed(*, seq: int, hash_: str) -> None:
    transaction.on_commit(lambda: _drop(seq, hash_))


def _drop(seq: int, hash_: str) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="ascii") as file:
        file.write(f"{seq} {hash_}\n")


def read() -> list[tuple[int, str]]:
    """Return the notes that are whole; a torn last line is no note."""
    return [(int(words[0]), words[1]) for words in _lines(path(), 2)]


def intents() -> list[Intent]:
    """Return the intents that are whole."""
    return [Intent(int(words[0]), words[1], words[2]) for words in _lines(intents_path(), 3)]


def _lines(file: Path, size: int) -> Iterator[list[str]]:
    if not file.exists():
        return
    for line in file.read_text(encoding="ascii", errors="replace").splitlines():
        words = line.split(" ")
        if len(words) == size and words[0].isdigit() and all(len(word) == DIGITS for word in words[1:]):
            yield words
