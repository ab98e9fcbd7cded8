import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.history import History, NoSchemeInForce, load_folder
from taizhang.core.scheme.load import LoadedScheme, load_text
from taizhang.core.scheme.tests.conftest import FIXTURES
from taizhang.core.values import Period

DUTY_ROOM = load_text((FIXTURES / "值班室.yaml").read_text("utf-8"), path="值班室.yaml")


def version(day: dt.date) -> LoadedScheme:
    scheme = DUTY_ROOM.scheme.model_copy(update={"effective": day})
    return LoadedScheme(scheme, f"{day}.yaml", DUTY_ROOM.text, DUTY_ROOM.digest, DUTY_ROOM.places)


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31))


@given(st.sets(DAYS, min_size=1, max_size=6), DAYS)
def test_the_version_in_force_is_the_last_one_that_has_taken_effect(
    starts: set[dt.date], day: dt.date
) -> None:
    history = History([version(start) for start in starts])
    begun = [start for start in starts if start <= day]

    if begun:
        assert history.in_force(day).effective == max(begun)
    else:
        with pytest.raises(NoSchemeInForce) as refused:
            history.in_force(day)
        assert refused.value.message.values == {"day": day, "first": min(starts)}


def test_a_period_is_judged_by_the_version_in_force_at_its_start() -> None:
    history = History([version(dt.date(2023, 7, 1)), version(dt.date(2023, 1, 1))])

    assert history.for_period(Period.year(2023)).effective == dt.date(2023, 1, 1)
    assert history.for_period(Period.parse("2023-07")).effective == dt.date(2023, 7, 1)


def test_without_any_version_there_is_no_scheme() -> None:
    assert not History([])
    with pytest.raises(NoSchemeInForce, match=r"There is no scheme yet\. Adopt one first\."):
        History([]).in_force(dt.date(2023, 1, 1))


def test_entries_of_any_date_are_shown_by_the_newest_definition_of_their_kind() -> None:
    old = load_text(DUTY_ROOM.text.replace("2024-01-01", "2023-01-01"), path="old.yaml")
    renamed = DUTY_ROOM.text.replace("    name: 问题\n", "    name: 隐患\n")
    without_duty = renamed[: renamed.index("  值班:\n    name: 值班")] + renamed[renamed.index("  问题:\n") :]
    without_duty = without_duty[: without_duty.index("indicators:")].replace(
        "kinds: [值班, 问题, 销号]", "kinds: 问题"
    )
    history = History([old, load_text(without_duty, path="new.yaml")])

    assert history.all_kind_ids() == ("问题", "销号", "值班")
    assert str(history.kinds_ever("问题").name) == "隐患"  # type: ignore[union-attr]
    assert str(history.kinds_ever("值班").name) == "值班"  # type: ignore[union-attr]
    assert history.kinds_ever("会议") is None
    assert set(history.kinds_on(dt.date(2024, 1, 1))) == {"问题", "销号"}


def test_two_versions_of_one_date_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(DUTY_ROOM.text, "utf-8")
    (tmp_path / "b.yaml").write_text(DUTY_ROOM.text, "utf-8")

    with pytest.raises(SchemeErrors) as refused:
        load_folder(tmp_path)

    (fault,) = refused.value.errors
    assert (fault.path, fault.line, fault.column) == (str(tmp_path / "b.yaml"), 4, 1)
    assert str(fault.cause) == f"{tmp_path / 'a.yaml'} takes effect on the same day, 2024-01-01."


def test_versions_of_another_scheme_are_refused() -> None:
    other = load_text(
        DUTY_ROOM.text.replace("scheme: 值班制度", "scheme: 会议制度").replace("2024-", "2025-"),
        path="b.yaml",
    )

    with pytest.raises(
        SchemeErrors, match=r"This is a version of “会议制度”, and 值班室\.yaml is one of “值班制度”"
    ):
        History([DUTY_ROOM, other])


def test_a_folder_tells_the_faults_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("scheme: [", "utf-8")
    (tmp_path / "b.yaml").write_text("", "utf-8")

    with pytest.raises(SchemeErrors) as refused:
        load_folder(tmp_path)

    assert [Path(fault.path).name for fault in refused.value.errors] == ["a.yaml", "b.yaml"]
