"""Pictures and attachments on their way out: never run, never guessed at, only with the bytes they had."""

from dataclasses import dataclass

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from taizhang.core.desk.content import Content
from taizhang.ledger import store
from taizhang.org.downloads import sandboxed
from taizhang.publication.words import file_name

PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_STARTS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class File:
    """A file of a text: its bytes lie in the store. ``is_picture``: one that the body shows."""

    sha256: str
    name: str
    size: int = 0
    is_picture: bool = False


def files_of(content: Content) -> list[File]:
    """Return the attachments of a text, in order, under names that fool nobody."""
    return [File(each.sha256, file_name(each.name), each.size) for each in content.attachments]


def find(content: Content, sha256: str) -> File:
    """Return a picture or an attachment of a text. Raises Http404 for bytes that are not its own."""
    for picture in content.pictures:
        if picture.sha256 == sha256:
            return File(sha256, sha256[:12], is_picture=True)
    for file in files_of(content):
        if file.sha256 == sha256:
            return file
    raise Http404(_("This text has no such file."))


def bytes_of(sha256: str) -> bytes | None:
    """Return the bytes of a file; None where they are gone or altered."""
    if store.digest_on_disk(sha256) != sha256:
        return None
    return store.path_of(sha256).read_bytes()


def kind_of(data: bytes) -> str:
    """Return the type of a picture by its first bytes, whatever it is called; nothing for what is no picture."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for start, type_ in _STARTS.items() if data.startswith(start)), "")


def answer(file: File) -> FileResponse:
    """Hand a file out: a picture to be shown, anything else to be kept. Raises Http404 where its bytes are not its own."""
    if store.digest_on_disk(file.sha256) != file.sha256:
        raise Http404(_("The file is missing from the store or was altered, so it is not handed out."))
    opened = store.path_of(file.sha256).open("rb")
    kind = kind_of(opened.read(16)) if file.is_picture else ""
    opened.seek(0)
    name = f"{file.name}.{PICTURES[kind]}" if kind else file.name
    response = FileResponse(
        opened, as_attachment=not kind, filename=name, content_type=kind or "application/octet-stream"
    )
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return sandboxed(response)
