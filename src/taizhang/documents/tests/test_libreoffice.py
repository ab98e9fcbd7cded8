"""What LibreOffice makes of our files. Needs ``soffice`` (Debian: libreoffice-writer-nogui, fonts-noto-cjk)."""

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from taizhang.documents.compare import ChangeKind, compare_figures, read_figures
from taizhang.documents.docx import write_docx
from taizhang.documents.model import Paragraph, plain
from taizhang.documents.tests import editing
from taizhang.documents.tests.examples import SESSIONS, TABLED, TALKS, report

pytestmark = pytest.mark.skipif(
    not shutil.which("soffice"), reason="needs LibreOffice: libreoffice-writer-nogui, fonts-noto-cjk"
)


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    profile = tmp_path_factory.mktemp("profile")

    def convert(data: bytes, target: str) -> Path:
        folder = tmp_path_factory.mktemp("converted")
        (folder / "source").mkdir()
        source = folder / "source" / "report.docx"
        source.write_bytes(data)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--convert-to",
                target,
                "--outdir",
                folder,
                source,
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return folder / f"report.{target}"

    return convert


@pytest.fixture(scope="module")
def saved(convert):
    return convert(write_docx(report()), "docx").read_bytes()


def test_no_figure_is_altered_by_saving(saved):
    figures = read_figures(saved)
    assert [figure.text for figure in figures] == [SESSIONS.text, TALKS.text, TABLED.text]
    assert {change.kind for change in compare_figures(saved)} <= {ChangeKind.LABELS_MISSING}


def test_a_change_made_there_is_found(convert):
    altered = editing.edited(write_docx(report()), editing.retype(TALKS.text, "1300余人次"))
    changes = compare_figures(convert(altered, "docx").read_bytes())
    found = [(change.indicator, change.printed, change.current) for change in changes if change.indicator]
    assert found == [(TALKS.indicator, TALKS.text, "1300余人次")]


def test_a_full_page_holds_22_lines_of_28_characters(convert):
    words = "台账记录一次事实处处可查" * 300
    pdf = convert(write_docx(report(blocks=(Paragraph(plain(words)),), status="frozen")), "pdf")
    with pypdfium2.PdfDocument(pdf) as file:
        page = file[1].get_textpage().get_text_range()
    lines = [line.strip() for line in page.splitlines() if line.strip() and "—" not in line]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}
