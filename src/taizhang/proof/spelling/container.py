"""The model file: a line of JSON that names the arrays, then the arrays, each memory-mapped where it lies.

    TAIZHANG-SPELLING 1 <length of the JSON>\\n{"arrays": {name: [dtype, shape, offset]}, "notes": {...}}

Offsets are from the first multiple of 64 after the JSON. Nothing in the file is executed or unpickled.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from taizhang.core.messages import Message, gettext_noop

_MAGIC: Final = "TAIZHANG-SPELLING 1"
_ALIGN: Final = 64
_LONGEST_HEAD: Final = 1 << 20

Array = npt.NDArray[Any]


class UnreadableModelError(ValueError):
    """The file is no model of this version; ``message`` says what is wrong and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def damaged(path: Path, reason: object) -> UnreadableModelError:
    """Return the error for a file whose parts do not fit."""
    return UnreadableModelError(
        Message(
            gettext_noop(
                "{path}: the spelling model is damaged ({reason}). Install it again, or make it again with “taizhang spelling”."
            ),
            path=path,
            reason=reason,
        )
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a model file holds; the arrays are read-only."""

    arrays: Mapping[str, Array]
    notes: Mapping[str, Any]


def write(path: Path, contents: Contents) -> None:
    """Write ``contents`` to ``path`` in one step: whoever has the old file mapped keeps it."""
    places, offset = {}, 0
    for name, array in contents.arrays.items():
        places[name] = [array.dtype.str, list(array.shape), offset]
        offset += -(-array.nbytes // _ALIGN) * _ALIGN
    head = json.dumps(
        {"arrays": places, "notes": contents.notes}, ensure_ascii=False, sort_keys=True
    ).encode()
    first = f"{_MAGIC} {len(head)}\n".encode() + head
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(first.ljust(-(-len(first) // _ALIGN) * _ALIGN))
        for array in contents.arrays.values():
            raw = np.ascontiguousarray(array).tobytes()
            file.write(raw.ljust(-(-len(raw) // _ALIGN) * _ALIGN, b"\0"))
    beside.replace(path)


def read(path: Path) -> Contents:
    """Map ``path`` into memory. Raises :class:`UnreadableModelError` and ``OSError``."""
    with path.open("rb") as file:
        line = file.readline(len(_MAGIC) + 16)
        length = _head_length(path, line)
        head = _head(path, file.read(length))
    start = -(-(len(line) + length) // _ALIGN) * _ALIGN
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        arrays = {name: _array(whole, start, *place) for name, place in head["arrays"].items()}
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, error) from error
    return Contents(arrays, head.get("notes", {}))


def _head_length(path: Path, line: bytes) -> int:
    magic, _, length = line.decode("ascii", "replace").rstrip("\n").rpartition(" ")
    if magic != _MAGIC or not length.isdecimal() or int(length) > _LONGEST_HEAD:
        raise UnreadableModelError(
            Message(
                gettext_noop(
                    "{path} is not a spelling model of this version. Make it again with “taizhang spelling”."
                ),
                path=path,
            )
        )
    return int(length)


def _head(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        head = json.loads(raw)
    except ValueError as error:
        raise damaged(path, error) from error
    if not isinstance(head, dict):
        raise damaged(path, "JSON")
    return head


def _array(whole: npt.NDArray[np.uint8], start: int, kind: str, shape: list[int], offset: int) -> Array:
    dtype = np.dtype(kind)
    size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    raw = whole[start + offset : start + offset + size]
    return raw.view(np.ndarray).view(dtype).reshape(shape)
