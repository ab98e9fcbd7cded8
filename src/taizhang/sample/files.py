"""Small files of evidence, the same bytes on every machine: nothing is compressed, dated or random."""

import struct
import zlib
from collections.abc import Sequence

from taizhang.sample.acts import File

_SIZE = (160, 90)
_STRIPE = 15


def text(name: str, lines: Sequence[str]) -> File:
    return File(
        name=f"{name}.txt", content_type="text/plain", content=("\n".join(lines) + "\n").encode("utf-8")
    )


def picture(name: str, number: int) -> File:
    """Return a PNG of stripes, standing for the screenshot of a page; ``number`` colours it."""
    width, height = _SIZE
    lines = [bytes(_pixel(number, y)) * width for y in range(height)]
    return File(name=f"{name}.png", content_type="image/png", content=png(width, height, lines, level=0))


def png(width: int, height: int, lines: Sequence[bytes], *, level: int = 9) -> bytes:
    """Return a PNG of ``height`` lines, three bytes a dot."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + line for line in lines)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, level))
        + _chunk(b"IEND", b"")
    )


def _pixel(number: int, y: int) -> tuple[int, int, int]:
    if y < _STRIPE:
        return (150 + number * 31 % 60, 30, 40)
    return (245, 245, 240) if y // 6 % 2 else (120, 130 + number * 17 % 60, 150)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sheet(name: str, lines: Sequence[str]) -> File:
    """Return a one-page PDF of short lines, such as a sign-in sheet, in the reader's own Chinese font."""
    shown = "\n".join(
        f"1 0 0 1 72 {770 - 22 * number} Tm <{line.encode('utf-16-be').hex()}> Tj"
        for number, line in enumerate(lines)
    )
    stream = f"BT /F1 13 Tf\n{shown}\nET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
            b"/DescendantFonts [6 0 R] >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /W [1 95 500] /FontDescriptor 7 0 R >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
            b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
        ),
    ]
    return File(name=f"{name}.pdf", content_type="application/pdf", content=_pdf(objects))


def _pdf(objects: Sequence[bytes]) -> bytes:
    content, starts = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        starts.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
