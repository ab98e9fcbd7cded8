import pytest

from taizhang import sample
from taizhang.journal.models import Line


class Interrupted(Exception):  # noqa: N818
    pass


@pytest.mark.django_db
def test_an_interrupted_build_leaves_nothing() -> None:
    done = 0

    def stop(more: int) -> None:
        nonlocal done
        done += more
        if done > sample.size() // 10:
            raise Interrupted

    with pytest.raises(Interrupted):
        sample.build(progress=stop)
    assert sample.is_wanted()
    assert not Line.objects.exists()
