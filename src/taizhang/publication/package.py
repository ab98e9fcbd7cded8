"""What is pasted into WeChat and the like, and the same text as a Word file: all of it from one release."""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from taizhang.core.desk.content import Picture
from taizhang.desk.models import Release
from taizhang.documents import model
from taizhang.documents.docx import write_docx
from taizhang.documents.package import pack
from taizhang.publication import files, fragment
from taizhang.publication.published import Text
from taizhang.publication.site_views import language_of
from taizhang.publication.words import file_name, line


@dataclass(frozen=True)
class Pasted:
    """A text ready to be pasted, each part as its field wants it. ``pictures``: name in the package, words, digest."""

    title: str
    byline: str
    html: str
    text: str
    pictures: tuple[tuple[str, str, str], ...]


def pasted(text: Text) -> Pasted:
    """Return a text ready to be pasted; where a picture goes, its words stand: editors take no picture by address."""
    content = text.content
    return Pasted(
        title=line(content.title),
        byline=line(content.byline) or line(text.manuscript.unit.name),
        html=fragment.for_pasting(content, show=lambda _picture, _number: ""),
        text=fragment.plain(content),
        pictures=tuple(
            (name, line(picture.alt), picture.sha256)
            for number, picture in enumerate(content.pictures, start=1)
            if (name := _picture_name(picture, number))
        ),
    )


def _picture_name(picture: Picture, number: int) -> str:
    """Return the name of a picture in the package; nothing where its bytes are gone or no picture."""
    data = files.bytes_of(picture.sha256)
    kind = files.kind_of(data) if data else ""
    return f"pictures/{number}.{files.PICTURES[kind]}" if kind else ""


def archive(text: Text) -> bytes:
    """Return everything as a .zip: the text as HTML, plain and as Word, its pictures and attachments, what to do."""
    content, made = text.content, pasted(text)
    names = {sha256: name for name, _alt, sha256 in made.pictures}
    body = fragment.for_pasting(content, show=lambda picture, _number: names.get(picture.sha256, ""))
    context = {
        "made": made,
        "body": body,
        "lang": language_of(content.title + content.body),
        "release": text.release,
    }
    members = {
        "article.html": render_to_string("publication/package_article.html", context).encode(),
        "article.txt": f"{made.title}\n{made.byline}\n\n{made.text}\n".replace("\n", "\r\n").encode(
            "utf-8-sig"
        ),
        "article.docx": word(text),
        "README.txt": render_to_string("publication/package_readme.txt", context)
        .replace("\n", "\r\n")
        .encode("utf-8-sig"),
    }
    members |= {name: data for name, _alt, sha256 in made.pictures if (data := files.bytes_of(sha256))}
    for number, file in enumerate(files.files_of(content), start=1):
        if (data := files.bytes_of(file.sha256)) is not None:
            members[f"attachments/{number}-{file.name}"] = data
    return pack(members)


def stem(text: Text) -> str:
    """Return what the files made of a text are called, without an ending."""
    return file_name(f"{text.manuscript.number} {line(text.content.title)[:60]}")


def word(text: Text) -> bytes:
    """Return a text as .docx in the layout of official documents (GB/T 9704), with the note of its release at the foot."""
    return write_docx(document(text))


def document(text: Text) -> model.Document:
    content = text.content
    language: model.Language = "en" if language_of(content.title + content.body) == "en" else "zh-hans"
    return model.Document(
        title=line(content.title) or text.manuscript.number,
        blocks=fragment.blocks(content, bytes_of=files.bytes_of),
        issuer=line(text.manuscript.unit.name),
        issued_on=released_on(text.release),
        attachments=tuple(model.Attachment(file.name) for file in files.files_of(content)),
        note=line(content.note) or None,
        language=language,
        status="frozen",
        footer_lines=(f"{text.manuscript.number}　{text.release.digest}",),
        meta={"release": str(text.release.pk), "digest": text.release.digest},
    )


def released_on(release: Release) -> dt.date:
    return timezone.localtime(release.at).date()
