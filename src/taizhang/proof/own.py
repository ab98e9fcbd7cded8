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
class _File:
    """A file as it is now: read anew only when it has changed."""

    path: Path
    stamp: _Stamp


def lexicon(home: Path) -> Lexicon | None:
    """Return the lexicon of ``home``, None where there is none. Raises InvalidLexicon."""
    path = home / LEXICON
    return load_file(path) if path.is_file() else None


def model(home: Path) -> Model:
    """Return the spelling model of ``home``: the shipped one where there is no other, with what was learned.

    Raises UnreadableModelError and OSError.
    """
    return _model(_file(home / MODEL), _file(home / LEARNED))


@lru_cache(maxsize=4)
def _model(own: _File | None, learned: _File | None) -> Model:
    found = load(own.path) if own else shipped()
    return found.knowing(load_learned(learned.path)) if learned else found


def _file(path: Path) -> _File | None:
    if not path.is_file():
        return None
    about = path.stat()
    return _File(path, (about.st_mtime_ns, about.st_size))
