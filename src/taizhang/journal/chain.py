"""Digests and the hash chain. docs/algorithms/journal.md says the same in prose."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

GENESIS = "0" * 64


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one spelling of ``value`` that is hashed: JSON, keys sorted, no spaces, times in UTC."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain, allow_nan=False
    ).encode()


def digest(value: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical spelling, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def line_hash(
    *,
    seq: int,
    at: dt.datetime,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    digest: str,
    detail: Mapping[str, Any],
    previous: str,
) -> str:
    """Return the hash of a journal line."""
    return hashlib.sha256(
        canonical(
            {
                "seq": seq,
                "at": at,
                "actor": actor,
                "action": action,
                "object_type": object_type,
                "object_id": object_id,
                "digest": digest,
                "detail": detail,
                "previous": previous,
            }
        )
    ).hexdigest()


class Signed(Protocol):
    """A line as it is kept: everything that its hash covers."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    digest: str
    detail: Any
    previous: str


def hash_of(line: Signed) -> str:
    """Return the hash that a line ought to have."""
    return line_hash(
        seq=line.seq,
        at=line.at,
        actor=line.actor,
        action=line.action,
        object_type=line.object_type,
        object_id=line.object_id,
        digest=line.digest,
        detail=line.detail,
        previous=line.previous,
    )


def _plain(value: object) -> str:
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
        case dt.date() | uuid.UUID():
            return str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            raise TypeError(type(value))
