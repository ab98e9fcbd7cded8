"""A version comes into force from a day that is not past, after every other, and only of the scheme that is ours."""

import datetime as dt

import pytest
from django.utils import translation

from taizhang.core.scheme.errors import SchemeErrors
from taizhang.journal.actions import open_book
from taizhang.rules.actions import SchemeNotAdoptable, adopt
from taizhang.rules.queries import history


@pytest.fixture
def adopting(bureau, now, scheme_text):
    """Adopt the office's scheme with another date or id; return what is then in force, by date."""

    def go(effective: str, *, scheme: str = "office"):
        text = scheme_text.replace("2023-01-01", effective, 1).replace(
            "scheme: office", f"scheme: {scheme}", 1
        )
        with open_book(now=now(), actor="assessor") as book:
            adopt(text, path="new.yaml", book=book, today=now().date())
        return [str(version.effective) for version in history().versions]

    return go


def test_a_version_of_today_or_later_is_adopted(adopting):
    assert adopting("2023-11-20") == ["2023-01-01", "2023-11-20"]
    assert adopting("2024-01-01") == ["2023-01-01", "2023-11-20", "2024-01-01"]


@pytest.mark.parametrize(("effective", "why"), [("2023-11-19", "past"), ("2023-01-01", "never rewritten")])
def test_the_past_stays_as_it_was_judged(adopting, effective, why):
    with translation.override("en"), pytest.raises(SchemeNotAdoptable, match=why):
        adopting(effective)


def test_another_scheme_is_refused_before_anything_is_kept(adopting):
    with pytest.raises(SchemeErrors, match="hospital"):
        adopting("2024-01-01", scheme="hospital")
    assert history().in_force(dt.date(2024, 1, 1)).scheme.scheme == "office"
