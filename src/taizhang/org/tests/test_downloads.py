import email.message

import pytest
from django.http import HttpResponseBase

from taizhang.org.downloads import TYPES, download, sandboxed, stream


def name_of(response: HttpResponseBase) -> str | None:
    """Return the name under which a client that knows RFC 6266 keeps the file."""
    told = email.message.Message()
    told["Content-Disposition"] = response["Content-Disposition"]
    return told.get_filename()


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("people-2023-11-20", "people-2023-11-20.xlsx"),
        ("稿件-20231120", "稿件-20231120.xlsx"),
        ("2023年工作总结 (定稿)", "2023年工作总结 (定稿).xlsx"),
        ("100%的“办结率”", "100%的“办结率”.xlsx"),
        ("𠮷林😀", "𠮷林😀.xlsx"),
        ("甲/乙\\丙:丁", "甲_乙_丙_丁.xlsx"),
        ("  通报. ", "通报.xlsx"),
        ("总结\ud800", "总结.xlsx"),
        ("///", "file.xlsx"),
        ("长" * 300, "长" * 80 + ".xlsx"),
    ],
)
def test_a_file_is_kept_under_its_name(stem: str, name: str) -> None:
    response = download(b"PK", stem=stem, ending="xlsx")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert name_of(response) == name


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ('a"; filename="b.exe', "a_; filename=_b.exe.txt"),
        ("a\r\nSet-Cookie: b=1", "a_Set-Cookie_ b=1.txt"),
        ("总\n结\x00", "总_结.txt"),
        ("甲\u2028乙", "甲\u2028乙.txt"),
    ],
)
def test_no_name_breaks_out_of_the_header(stem: str, name: str) -> None:
    response = download("x", stem=stem, ending="txt")
    assert name_of(response) == name
    assert response["Content-Disposition"].isascii()
    assert response["Content-Disposition"].isprintable()


def test_a_made_file_has_the_type_of_its_ending_and_is_neither_guessed_at_nor_cached() -> None:
    for ending, type_ in TYPES.items():
        for response in (
            download(b"x", stem="甲", ending=ending),
            stream(iter([b"x"]), stem="甲", ending=ending),
        ):
            assert response["Content-Type"] == type_
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Cache-Control"] == "private, no-store"


def test_an_ending_without_a_type_is_refused() -> None:
    with pytest.raises(KeyError):
        download(b"x", stem="a", ending="exe")


def test_what_somebody_sent_runs_nothing() -> None:
    assert sandboxed(download("<script>", stem="a", ending="html"))["Content-Security-Policy"].startswith(
        "sandbox"
    )
