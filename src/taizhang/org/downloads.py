"""Files that are handed out to be kept, and never opened in the page's place."""

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "docm": "application/vnd.ms-word.document.macroEnabled.12",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml; charset=utf-8",
    "zip": "application/zip",
}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff\\/:*?"<>|]+')
_LONGEST_STEM = 80  # characters: 240 bytes of Chinese, and file systems take 255

Response = TypeVar("Response", bound=HttpResponseBase)


def download(content: bytes | str, *, stem: str, ending: str) -> HttpResponse:
    """Answer with a file made for this reader. Its type is that of ``ending``, which must stand in ``TYPES``."""
    return _kept(HttpResponse(content, content_type=TYPES[ending]), stem, ending)


def stream(parts: Iterator[bytes], *, stem: str, ending: str) -> StreamingHttpResponse:
    """Answer with a file made for this reader while it is being sent. As ``download`` otherwise."""
    return _kept(StreamingHttpResponse(parts, content_type=TYPES[ending]), stem, ending)


def _kept(response: Response, stem: str, ending: str) -> Response:
    name = f"{file_stem(stem)}.{ending}"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def file_stem(text: str) -> str:
    """Return ``text`` as the name of a file may begin on every system."""
    return _NOT_IN_NAMES.sub("_", text).strip(" ._")[:_LONGEST_STEM] or "file"


def sandboxed(response: Response) -> Response:
    """Let a file that somebody sent do nothing, should a browser open it after all."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
