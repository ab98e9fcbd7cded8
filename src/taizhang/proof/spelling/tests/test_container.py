import numpy as np
import pytest

from taizhang.proof.spelling import container


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.model"
    arrays = {"counts": np.arange(5, dtype=np.uint16), "table": np.eye(3, dtype=np.float32)}
    container.write(path, container.Contents(arrays, {"total": 7}))
    return path


def test_what_was_written_is_read(file):
    contents = container.read(file)
    assert contents.arrays["counts"].tolist() == [0, 1, 2, 3, 4]
    assert contents.arrays["table"].tolist() == np.eye(3).tolist()
    assert contents.notes == {"total": 7}


def test_what_is_read_cannot_be_written_to(file):
    with pytest.raises(ValueError, match="read-only"):
        container.read(file).arrays["counts"][0] = 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: b"PK\3\4" + whole,
        lambda whole: whole[:40],
        lambda whole: whole[:-100],
        lambda whole: whole.replace(b'"counts"', b'"counts'),
        lambda whole: whole.replace(b"<u2", b"|O8"),
    ],
)
def test_a_damaged_file_is_refused(file, spoil):
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(container.UnreadableModelError):
        container.read(file)
