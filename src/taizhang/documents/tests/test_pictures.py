"""Pictures in every file that is written."""

import base64
import io
import struct
import zlib

import docx
import pytest

from taizhang.documents.composition import Plate, compose
from taizhang.documents.docx import write_docx
from taizhang.documents.html import write_html
from taizhang.documents.model import Document, InvalidDocument, PageBreak, Paragraph, Picture, plain
from taizhang.documents.pdf import write_pdf


def png(wide: int = 40, high: int = 20) -> bytes:
    """Return a grey picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + b"\x88" * wide for _ in range(high))
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def document(*pictures: Picture) -> Document:
    return Document(title="标题", blocks=(Paragraph(plain("正文。")), *pictures, Paragraph(plain("完。"))))


SHOWN = Picture(png(), "会场“全景” <b>", plain("图1 会场"))


def test_a_word_file_shows_it_with_its_words_and_keeps_the_same_bytes_once():
    data = write_docx(document(SHOWN, SHOWN))
    opened = docx.Document(io.BytesIO(data))
    assert [shape.type.name for shape in opened.inline_shapes] == ["PICTURE", "PICTURE"]
    assert "图1 会场" in [paragraph.text for paragraph in opened.paragraphs]
    parts = [part for part in opened.part.package.iter_parts() if "/media/" in part.partname]
    assert [part.blob for part in parts] == [png()]
    described = opened.element.xpath("//wp:docPr/@descr")
    assert described == ["会场“全景” <b>", "会场“全景” <b>"]
    assert write_docx(document(SHOWN, SHOWN)) == data


@pytest.mark.parametrize("size", [(4000, 100), (100, 9000)])
def test_a_large_picture_is_made_to_fit_in_its_own_shape(size):
    opened = docx.Document(io.BytesIO(write_docx(document(Picture(png(*size), "")))))
    shape = opened.inline_shapes[0]
    assert shape.width.mm <= 156.1
    assert shape.height.mm <= 200
    assert shape.width / shape.height == pytest.approx(size[0] / size[1], rel=0.01)


def test_a_page_shows_it_with_its_words():
    said = write_html(document(SHOWN), fragment=True)
    assert base64.b64encode(png()).decode() in said
    assert 'alt="会场“全景” &lt;b&gt;" width="40" height="20"' in said
    assert "<figcaption>图1 会场</figcaption>" in said


def test_a_pdf_is_larger_by_it():
    noise = Picture(png(900, 700), "会场")
    assert len(write_pdf(document(noise))) > len(write_pdf(document())) + 300


def test_it_starts_a_page_after_a_page_break():
    items = compose(Document(title="题", blocks=(Paragraph(plain("一")), PageBreak(), SHOWN)))
    assert [item.new_page for item in items if isinstance(item, Plate)] == [True]


@pytest.mark.parametrize("data", [b"", b"GIF", b"<svg onload=alert(1)>", png()[:20], b"BM" + b"\x00" * 60])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(InvalidDocument):
        Picture(data, "")
