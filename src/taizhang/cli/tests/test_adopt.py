"""A new version from the command line: checked, compared, confirmed, adopted."""

import pytest
from click.testing import CliRunner
from django.utils import translation

from taizhang.cli.adopt import adopt
from taizhang.journal.models import Line
from taizhang.rules.queries import history


@pytest.fixture
def run(bureau, post_entry, scheme_text, tmp_path):
    """Run the command on the office's scheme, with words replaced; records exist, so the past is closed."""
    post_entry()

    def go(*options: str, answer: str = "", **replaced: str):
        text = scheme_text.replace("2023-01-01", replaced.pop("effective", "2024-01-01"), 1)
        for old, new in replaced.items():
            text = text.replace(old, new, 1)
        (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
        with translation.override("en"):
            return CliRunner().invoke(
                adopt, [str(tmp_path / "new.yaml"), "--language", "en", *options], input=answer
            )

    return go


def versions():
    return [str(version.effective) for version in history().versions]


def test_it_shows_what_changes_and_asks(run):
    done = run(answer="y\n", Seminars="Workshops")
    assert done.exit_code == 0, done.output
    assert "Workshops" in done.output
    assert versions() == ["2023-01-01", "2024-01-01"]
    assert Line.objects.get(action="rules.adopt", seq__gt=1).actor == "taizhang adopt"


def test_a_no_changes_nothing(run):
    done = run(answer="n\n")
    assert (done.exit_code, versions()) == (1, ["2023-01-01"])


def test_a_fault_is_named_with_its_place(run):
    done = run("--yes", indicators="indicatorz")
    assert done.exit_code == 1
    assert "new.yaml:" in done.output
    assert "indicatorz" in done.output
    assert versions() == ["2023-01-01"]


def test_a_past_date_is_refused_before_anybody_is_asked(run):
    done = run(effective="2023-06-01")
    assert done.exit_code == 2
    assert "past" in done.output
    assert "Adopt it?" not in done.output


def test_what_is_adopted_is_not_adopted_twice(run):
    run("--yes")
    again = run("--yes")
    assert (again.exit_code, versions()) == (0, ["2023-01-01", "2024-01-01"])
    assert "adopted already" in again.output
