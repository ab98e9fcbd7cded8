"""An organisation's own part in the check: what lies in its home folder beside the program.

==================  ======================================================================================
``lexicon.yaml``    preferred and wrong forms, accepted words (:mod:`taizhang.proof.lexicon`)
``own.spelling``    what the spelling model learned from the organisation's texts (``taizhang spelling learn``)
``spelling.model``  a spelling model of its own in the place of the shipped one (``taizhang spelling train``)
==================  ======================================================================================
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from taizhang.proof.lexicon import Lexicon, load_file
from taizhang.proof.spelling.model import Model, load, load_learned, shipped

LEXICON: Final = "lexicon.yaml"
LEARNED: Final = "own.spelling"
MODEL: Final = "spelling.model"

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is now: read anew only when it has changed."""

    path: Path
    stamp: _Stamp


def lexicon(home: Path) -> Lexicon | None:
    """Return the lexicon of ``home``, None where there is none. Raises InvalidLexicon."""
    file = _file(home / LEXICON)
    return _lexicon(file) if file else None


@lru_cache(maxsize=4)
def _lexicon(file: File) -> Lexicon:
    return load_file(file.path)


def files(home: Path) -> tuple[File | None, ...]:
    """Return what lies in ``home`` as it is now: what was found with the same files need not be found again."""
    return tuple(_file(home / name) for name in (LEXICON, LEARNED, MODEL))


def model(home: Path) -> Model:
    """Return the spelling model of ``home``: the shipped one where there is no other, with what was learned.

    Raises UnreadableModelError and OSError.
    """
    return _model(_file(home / MODEL), _file(home / LEARNED))


@lru_cache(maxsize=4)
def _model(own: File | None, learned: File | None) -> Model:
    found = load(own.path) if own else shipped()
    return found.knowing(load_learned(learned.path)) if learned else found


def _file(path: Path) -> File | None:
    if not path.is_file():
        return None
    about = path.stat()
    return File(path, (about.st_mtime_ns, about.st_size))
