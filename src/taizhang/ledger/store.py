"""The store of evidence: bytes under the name of their SHA-256, written once."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

CHUNK = 1 << 20


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    return Path(settings.EVIDENCE_ROOT) / sha256[:2] / sha256


def keep(chunks: Iterable[bytes]) -> Stored:
    """Write the bytes and return their digest. On return they are on the disk, whole, or an OSError was raised."""
    root = Path(settings.EVIDENCE_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        for chunk in chunks:
            hasher.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    target = path_of(hasher.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)
    return Stored(hasher.hexdigest(), size)


def digest_on_disk(sha256: str) -> str | None:
    """Return the digest of what lies under this name now; None when nothing does."""
    path = path_of(sha256)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
