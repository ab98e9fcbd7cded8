"""An archive is unpacked as it was packed, or refused."""

import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.backup.archive import MANIFEST, Head, Manifest, UnsoundArchive, Writer, read_manifest, unpack

EVIDENCE = f"evidence/ab/ab{'0' * 62}"
CONTENT = {"database.sqlite3": b"rows " * 40, "journal-anchors.txt": b"1 a\n", EVIDENCE: b"minutes"}


def write(path: Path, content: dict[str, bytes] = CONTENT) -> Path:
    with Writer(path) as archive:
        for name, data in content.items():
            archive.add(name, [data[:3], data[3:]])
        archive.finish(
            Manifest(
                program="1.0",
                made_at="2024-01-01T00:00:00+08:00",
                database="sqlite",
                migrations={"org": ["0001"]},
                head=Head(1, "a"),
                members=tuple(archive.members),
            )
        )
    return path


def read(path: Path, into: Path) -> dict[str, bytes]:
    unpack(path, read_manifest(path), into=into)
    return {str(p.relative_to(into)): p.read_bytes() for p in into.rglob("*") if p.is_file()}


def test_what_was_packed_is_unpacked(tmp_path):
    assert read(write(tmp_path / "a.zip"), tmp_path / "out") == CONTENT


def test_the_same_content_makes_the_same_bytes(tmp_path):
    assert write(tmp_path / "a.zip").read_bytes() == write(tmp_path / "b.zip").read_bytes()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_byte_is_changed_the_content_is_as_packed_or_refused(data):
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.zip")
        changed = bytearray(path.read_bytes())
        changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(changed)
        try:
            found = read(path, Path(folder) / "out")
        except UnsoundArchive:
            return
        assert found == CONTENT


@settings(max_examples=50, deadline=None)
@given(kept=st.integers(0, 600))
def test_a_torn_archive_is_refused(kept):
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.zip")
        path.write_bytes(path.read_bytes()[:kept])
        with pytest.raises(UnsoundArchive):
            read_manifest(path)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "evidence/ab/cd", "static/x.js", "evidence/../home.json"]
)
def test_names_that_are_not_a_ledgers_are_refused(tmp_path, name):
    with pytest.raises(UnsoundArchive, match="not as its manifest says"):
        read_manifest(write(tmp_path / "a.zip", {name: b"x"}))


def test_a_member_that_the_manifest_does_not_know_is_refused(tmp_path):
    path = write(tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("home.json", b"{}")
    with pytest.raises(UnsoundArchive, match=r"home\.json"):
        read_manifest(path)


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MANIFEST, json.dumps({"format": 99}))
    with pytest.raises(UnsoundArchive, match="no whole backup"):
        read_manifest(path)
