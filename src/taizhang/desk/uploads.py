"""Pictures and files on their way into a text: stored at once, named by a signed token until the text is saved.

A text may name a file that it has already by its digest; any other only by a token that this account was given for it.
Knowing the digest of somebody's evidence is no way to get at it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from taizhang.core.desk.content import Attachment, Content, Picture
from taizhang.core.messages import gettext_noop
from taizhang.desk.refused import refuse
from taizhang.ledger import store, wording

SALT = "taizhang.desk.uploads"
MONTH = 31 * 24 * 3600  # as long as a browser may keep a text that the server has not got
MAX_NAME = 200
MAX_PICTURE_BYTES = 10 * 1024 * 1024
_SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
PICTURE_TYPES = frozenset({*_SIGNS.values(), "image/webp"})


def keep_picture(file: "UploadedFile[Any]", *, account_id: int) -> tuple[str, str]:
    """Store a picture; return its SHA-256 and the token for it. Raises DeskRefused."""
    limit = min(MAX_PICTURE_BYTES, settings.EVIDENCE_MAX_BYTES)
    if (file.size or 0) > limit:
        raise refuse(
            gettext_noop("“{name}” is {size}; at most {limit} are taken. Make the picture smaller."),
            name=file.name,
            size=wording.size(file.size or 0),
            limit=wording.size(limit),
        )
    content = file.read()
    type_ = picture_type(content[:16])
    if type_ is None:
        raise refuse(
            gettext_noop("“{name}” is no picture that browsers show. Choose a PNG, JPEG, GIF or WebP file."),
            name=file.name,
        )
    stored = store.keep([content])
    return stored.sha256, _token(["picture", stored.sha256, type_], account_id)


def picture_type(head: bytes) -> str | None:
    """Return the type of a picture by its first bytes; None for what is none."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for sign, type_ in _SIGNS.items() if head.startswith(sign)), None)


def keep_file(file: "UploadedFile[Any]", *, account_id: int) -> tuple[Attachment, str]:
    """Store an attachment; return it and the token for it. Raises DeskRefused."""
    size, limit = file.size or 0, settings.EVIDENCE_MAX_BYTES
    if not size:
        raise refuse(gettext_noop("“{name}” is empty. Choose the file again."), name=file.name)
    if size > limit:
        raise refuse(
            gettext_noop("“{name}” is {size}; at most {limit} are taken. Make it smaller or split it."),
            name=file.name,
            size=wording.size(size),
            limit=wording.size(limit),
        )
    stored = store.keep(file.chunks())
    type_ = (file.content_type or "application/octet-stream")[:100]
    kept = Attachment(stored.sha256, _named(file.name or "file"), type_, stored.size)
    return kept, _token(["file", kept.sha256, kept.name, kept.content_type, kept.size], account_id)


def _named(name: str) -> str:
    stem, dot, ending = name.replace("\x00", "").rpartition(".")
    return f"{stem[: MAX_NAME - 21]}{dot}{ending[:20]}"


def _token(told: list[Any], account_id: int) -> str:
    return signing.dumps([*told, account_id], salt=SALT, compress=True)


def _told(token: str, account_id: int) -> list[Any]:
    """Return what a token tells; nothing for one that is forged, too old, or another's."""
    try:
        *told, owner = signing.loads(token, salt=SALT, max_age=MONTH)
    except (signing.BadSignature, ValueError):
        return []
    return told if owner == account_id else []


def picture_of(token: str, *, account_id: int) -> tuple[str, str] | None:
    """Return digest and type of a picture that this account has just sent; None for any other token."""
    told = _told(token, account_id)
    return (told[1], told[2]) if told[:1] == ["picture"] else None


def pictures(
    named: Iterable[tuple[str, str, str, str]], *, before: Iterable[Content], account_id: int
) -> Iterator[Picture]:
    """Yield the pictures of a text that is sent: of each its digest, token, description and source.

    Left out is what neither the text had ``before`` nor a token vouches for.
    """
    types: dict[str, str] = {one.sha256: one.content_type for content in before for one in content.pictures}
    for sha256, token, alt, source in named:
        told = _told(token, account_id) if token else []
        if told[:2] == ["picture", sha256]:
            types[sha256] = told[2]
        if sha256 in types:
            yield Picture(sha256, alt.strip()[:MAX_NAME], source.strip()[:MAX_NAME], types[sha256])


def attachments(names: Iterable[str], *, before: Iterable[Content], account_id: int) -> Iterator[Attachment]:
    """Yield the attachments of a text that is sent, each named by its digest (those it has) or by a token."""
    known: Mapping[str, Attachment] = {one.sha256: one for content in before for one in content.attachments}
    seen = set()
    for name in names:
        told = [] if name in known else _told(name, account_id)
        found = known.get(name) or (Attachment(*told[1:]) if told[:1] == ["file"] else None)
        if found is not None and found.sha256 not in seen:
            seen.add(found.sha256)
            yield found
