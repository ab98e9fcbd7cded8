import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.documents import manifest
from taizhang.documents.compare import (
    ChangeKind,
    UnreadableDocument,
    compare_figures,
    read_figures,
    read_manifest,
)
from taizhang.documents.docx import write_docx
from taizhang.documents.model import Column, FigureRun, Paragraph, Table, Text, plain
from taizhang.documents.sheets import Column as SheetColumn
from taizhang.documents.sheets import write_xlsx
from taizhang.documents.tests import editing
from taizhang.documents.tests.editing import edited
from taizhang.documents.tests.examples import SESSIONS, TABLED, TALKS, report

WRITTEN = write_docx(report())
MANIFEST_PART = "customXml/item1.xml"


def kinds(data, **options):
    return [change.kind.value for change in compare_figures(data, **options)]


def only(data, **options):
    (change,) = compare_figures(data, **options)
    return change


def test_a_file_as_written_shows_no_change():
    assert compare_figures(WRITTEN) == []


def test_every_figure_is_read_in_order_with_what_was_printed():
    figures = read_figures(WRITTEN)
    assert [figure.text for figure in figures] == [SESSIONS.text, TALKS.text, TABLED.text]
    assert [figure.entry.title for figure in figures] == [SESSIONS.title, TALKS.title, TABLED.title]
    assert [figure.tag.indicator for figure in figures] == [
        SESSIONS.indicator,
        TALKS.indicator,
        TABLED.indicator,
    ]


def test_the_manifest_in_the_file_names_the_report():
    assert read_manifest(WRITTEN).meta == {"report": "2023-1"}


@pytest.mark.parametrize("figure", [SESSIONS, TALKS, TABLED])
def test_a_changed_figure_is_reported_with_its_place(figure):
    change = only(edited(WRITTEN, editing.retype(figure.text, "9999")))
    assert change.kind == ChangeKind.CHANGED
    assert (change.indicator, change.title) == (figure.indicator, figure.title)
    assert (change.printed, change.current) == (figure.text, "9999")
    assert "9999" in change.place.excerpt


def test_the_place_says_paragraph_and_surroundings():
    place = only(edited(WRITTEN, editing.retype(TALKS.text, "1300余人次"))).place
    assert place.paragraph == 5
    assert place.excerpt == "受教育人数1300余人次，另有17人参加。"


def test_a_change_of_one_figure_does_not_hide_its_neighbour():
    document = report(blocks=(Paragraph((Text("共"), SESSIONS, Text("、"), TALKS, Text("。"))),))
    data = edited(
        edited(write_docx(document), editing.retype(SESSIONS.text, "36次")), editing.unwrap(TALKS.text)
    )
    assert kinds(data) == ["changed", "unwrapped"]


def test_blanks_and_split_runs_are_no_change():
    assert compare_figures(edited(WRITTEN, editing.split_runs)) == []
    assert compare_figures(edited(WRITTEN, editing.retype(TALKS.text, " 1200余 人次\u00a0"))) == []


@pytest.mark.parametrize("edit", [editing.delete, editing.empty, lambda words: editing.retype(words, " ")])
def test_a_figure_that_is_gone_is_reported_as_removed(edit):
    change = only(edited(WRITTEN, edit(TALKS.text)))
    assert (change.kind, change.printed, change.current) == (ChangeKind.REMOVED, TALKS.text, None)
    assert change.place.paragraph == 5


def test_a_figure_that_became_plain_text_is_reported_as_unwrapped():
    change = only(edited(WRITTEN, editing.unwrap(TALKS.text)))
    assert (change.kind, change.printed, change.current) == (ChangeKind.UNWRAPPED, TALKS.text, TALKS.text)
    assert change.place.paragraph == 5


def test_a_figure_replaced_by_plain_text_shows_what_stands_there_now():
    change = only(edited(WRITTEN, editing.unwrap(TALKS.text, "1300余人次")))
    assert (change.kind, change.printed, change.current) == (ChangeKind.UNWRAPPED, TALKS.text, "1300余人次")


def test_a_copied_figure_is_reported_once_and_the_original_is_not():
    change = only(edited(WRITTEN, editing.duplicate(TALKS.text)))
    assert change.kind == ChangeKind.DUPLICATED
    assert change.place.paragraph > 5


def test_a_moved_figure_is_no_change():
    def move(root):
        editing.duplicate(TALKS.text)(root)
        paragraph = next(editing.control(root, TALKS.text).iterancestors(f"{{{editing.W}}}p"))
        paragraph.getparent().remove(paragraph)

    assert compare_figures(edited(WRITTEN, move)) == []


def test_tracked_changes_are_read_as_accepted():
    change = only(edited(WRITTEN, editing.track(TALKS.text, "1300余人次")))
    assert (change.kind, change.current) == (ChangeKind.CHANGED, "1300余人次")


def test_hidden_text_is_not_there():
    def hide(root):
        run = editing.control(root, TALKS.text).find(".//w:r", editing.NS)
        run.find("w:rPr", editing.NS).append(editing.w("vanish"))

    assert kinds(edited(WRITTEN, hide)) == ["removed"]


def test_a_tag_that_was_never_printed_is_unknown():
    def forge(root):
        tag = editing.control(root, TALKS.text).find(".//w:tag", editing.NS)
        tag.set(editing.TAG, tag.get(editing.TAG).replace("a1a1", "ffff"))

    change = only(edited(WRITTEN, forge))
    assert (change.kind, change.indicator) == (ChangeKind.UNKNOWN, TALKS.indicator)


def test_a_figure_altered_together_with_the_manifest_does_not_fit_its_tag():
    part = editing.member(WRITTEN, MANIFEST_PART).decode().replace(TALKS.text, "9200余人次")
    data = editing.replaced(
        edited(WRITTEN, editing.retype(TALKS.text, "9200余人次")), {MANIFEST_PART: part.encode()}
    )
    assert kinds(data) == ["unknown"]


def test_the_callers_manifest_is_believed_before_the_files():
    forged = write_docx(
        report(
            blocks=(Paragraph((Text("受教育人数"), FigureRun("9200余人次", TALKS.indicator, TALKS.digest))),)
        )
    )
    expected = manifest.manifest_of(report(blocks=(Paragraph((Text("受教育人数"), TALKS)),)))
    assert compare_figures(forged) == []
    assert kinds(forged, expected=expected) == ["unknown"]


@pytest.mark.parametrize("part", [None, b"<other/>", b'<figures xmlns="urn:taizhang:figures:1">{}</figures>'])
def test_without_a_manifest_the_tags_still_tell_what_was_altered(part):
    data = editing.replaced(WRITTEN, {MANIFEST_PART: part})
    assert kinds(data) == ["manifest_missing"]
    missing, changed = compare_figures(edited(data, editing.retype(TALKS.text, "1300余人次")))
    assert missing.kind == ChangeKind.MANIFEST_MISSING
    assert (changed.kind, changed.title) == (ChangeKind.CHANGED, TALKS.title)
    assert (changed.printed, changed.current) == (None, "1300余人次")
    assert kinds(edited(data, editing.delete(TALKS.text))) == ["manifest_missing", "removed"]
    assert kinds(edited(data, editing.duplicate(TALKS.text))) == ["manifest_missing", "duplicated"]


def test_without_labels_figures_are_found_by_their_words():
    data = edited(WRITTEN, editing.lose_labels)
    assert kinds(data) == ["labels_missing"]
    assert [figure.entry.title for figure in read_figures(data)] == [
        SESSIONS.title,
        TALKS.title,
        TABLED.title,
    ]
    remark, change = compare_figures(edited(data, editing.retype(TALKS.text, "1300余人次")))
    assert remark.kind == ChangeKind.LABELS_MISSING
    assert (change.kind, change.printed, change.current) == (ChangeKind.CHANGED, TALKS.text, "1300余人次")


@given(st.lists(st.integers(1, 5), min_size=2, max_size=12), st.data())
def test_equal_figures_without_labels_are_told_apart_by_their_neighbours(values, data):
    """A table full of the same small numbers is the hard case: change one cell, find that one."""
    rows = tuple(
        (plain(f"指标{number}"), (FigureRun(str(value), f"i{number}", "ab" * 8),))
        for number, value in enumerate(values)
    )
    written = write_docx(report(blocks=(Table((Column(), Column()), (), rows),)))
    place = data.draw(st.integers(0, len(values) - 1))

    def change_one(root):
        editing.lose_labels(root)
        list(root.iter(f"{{{editing.W}}}sdt"))[place].find(".//w:t", editing.NS).text = "77"

    changes = compare_figures(edited(written, change_one))
    assert [(change.indicator, change.current) for change in changes[1:]] == [(f"i{place}", "77")]


@given(
    st.sets(st.sampled_from([SESSIONS, TALKS, TABLED]), min_size=1),
    st.sampled_from(["retype", "delete", "unwrap"]),
)
def test_exactly_the_figures_that_were_touched_are_reported(figures, action):
    data = WRITTEN
    for figure in figures:
        edit = (
            editing.retype(figure.text, "0") if action == "retype" else getattr(editing, action)(figure.text)
        )
        data = edited(data, edit)
    assert {change.indicator for change in compare_figures(data)} == {figure.indicator for figure in figures}


def test_somebody_elses_content_controls_are_left_alone():
    def add(root):
        sdt = editing.w(
            "sdt",
            editing.w("sdtPr", editing.w("tag", val="日期")),
            editing.w("sdtContent", editing.w("r", editing.text("甲"))),
        )
        root.find(".//w:p", editing.NS).append(sdt)

    data = edited(WRITTEN, add)
    assert compare_figures(data) == []
    assert len(read_figures(data)) == 3


def test_every_change_has_a_sentence():
    for edit in (
        editing.retype(TALKS.text, "1"),
        editing.delete(TALKS.text),
        editing.unwrap(TALKS.text, "2"),
        editing.duplicate(TALKS.text),
    ):
        for change in compare_figures(edited(WRITTEN, edit)):
            assert TALKS.title in str(change.message)
            assert "{" not in str(change.message)


def test_a_document_of_word_without_figures_only_lacks_the_manifest():
    import docx

    stream = io.BytesIO()
    docx.Document().save(stream)
    assert kinds(stream.getvalue()) == ["manifest_missing"]


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "not a Word document"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (WRITTEN[:3000], "damaged"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "not a Word document"),
        (write_xlsx(title="表", columns=(SheetColumn("甲"),), rows=[("乙",)]), "not a Word document"),
        (OLE, "old .doc format"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (editing.replaced(WRITTEN, {"word/document.xml": b"<w:document"}), "damaged"),
        (editing.replaced(WRITTEN, {"word/document.xml": b"<html/>"}), "not a Word document"),
    ],
)
def test_bad_input_ends_in_one_clear_error(data, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        compare_figures(data)


def test_entities_are_not_expanded_and_huge_parts_are_refused():
    bomb = (
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        + editing.member(WRITTEN, "word/document.xml").split(b"?>", 1)[1]
    )
    assert kinds(editing.replaced(WRITTEN, {"word/document.xml": bomb})) == []
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(WRITTEN)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(
                name, b" " * (70 * 1024 * 1024) if name == "word/document.xml" else source.read(name)
            )
    with pytest.raises(UnreadableDocument, match="too large"):
        compare_figures(stream.getvalue())


@given(st.binary(max_size=200))
def test_no_bytes_cause_another_error(data):
    for attempt in (data, b"PK" + data, editing.replaced(WRITTEN, {"_rels/.rels": data})):
        with pytest.raises(UnreadableDocument):
            compare_figures(attempt)
