"""Files on their way into an entry: stored at once, named by a signed token while the form goes back and forth."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from taizhang.ledger import store, wording
from taizhang.ledger.drafts import Attachment
from taizhang.ledger.store import Stored

SALT = "taizhang.ledger.uploads"
DAY = 24 * 3600
NAME_LENGTH = 200


class UploadRefused(Exception):  # noqa: N818
    """A file cannot be taken; the text says which, why and what to do."""


def keep(files: "Iterable[UploadedFile[Any]]", *, account_id: int) -> list[str]:
    """Store the files and return a token for each. Raises UploadRefused before anything is stored."""
    files = list(files)
    for file in files:
        _check(file)
    return [_token(_stored(file), account_id=account_id) for file in files]


def _check(file: "UploadedFile[Any]") -> None:
    limit = settings.EVIDENCE_MAX_BYTES
    if not file.size:
        raise UploadRefused(_("“{name}” is empty. Choose the file again.").format(name=file.name))
    if file.size > limit:
        raise UploadRefused(
            _("“{name}” is {size}; at most {limit} are taken. Make it smaller or split it.").format(
                name=file.name, size=wording.size(file.size), limit=wording.size(limit)
            )
        )


def _stored(file: "UploadedFile[Any]") -> Attachment:
    stem, dot, extension = (file.name or _("file")).rpartition(".")
    name = f"{stem[:NAME_LENGTH]}{dot}{extension[:20]}"
    return Attachment(
        store.keep(file.chunks()), name, (file.content_type or "application/octet-stream")[:100]
    )


def _token(file: Attachment, *, account_id: int) -> str:
    """Sign what is stored for this account only: knowing a file's digest is no way to get at it."""
    held = [file.stored.sha256, file.stored.size, file.name, file.content_type, account_id]
    return signing.dumps(held, salt=SALT, compress=True)


def held(tokens: Iterable[str], *, account_id: int) -> dict[str, Attachment]:
    """Return what the tokens name, in order; forged, foreign and old tokens name nothing."""
    found = {}
    for token in tokens:
        try:
            sha256, size, name, content_type, owner = signing.loads(token, salt=SALT, max_age=DAY)
        except signing.BadSignature:
            continue
        if owner == account_id:
            found[token] = Attachment(Stored(sha256, size), name, content_type)
    return found


def tokens_for(files: Iterable[Attachment], *, account_id: int) -> Mapping[str, Attachment]:
    """Return tokens for files that an entry has already, so that a correction can keep or drop them."""
    return {_token(file, account_id=account_id): file for file in files}


def from_request(request: Any, *, account_id: int) -> dict[str, Attachment]:
    """Return the files of a sent form: those still ticked, then the new ones. Raises UploadRefused."""
    kept = held(request.POST.getlist("kept"), account_id=account_id)
    new = keep(request.FILES.getlist("evidence"), account_id=account_id)
    return kept | held(new, account_id=account_id)
