"""Which rows a quota counted, for whoever asks why: the count of ``judging`` once more, one half of a quota at a time."""

from collections.abc import Iterable

from taizhang.core.appraisal import adding
from taizhang.core.appraisal.compiled import Compiled, Selection
from taizhang.core.appraisal.rows import Work
from taizhang.core.values import Period


def counted(compiled: Compiled, selection: Selection, *, period: Period, works: Iterable[Work]) -> list[Work]:
    """Return the rows of one sheet that a half of a quota counts, in the order they came in.

    ``works`` are those that the sheet was worked out from, with ``earlier`` where an earlier sheet posted them. Of a
    quota for parts of the sheet's period they are the rows of all parts.
    """
    together, _waiting = adding.together(adding.plan(compiled, period), works)
    found = together.new(selection)[1]
    appraisal = compiled.appraisal
    if appraisal.shared_quota == "first":
        found = [work for work in found if work.place == 0]
    if appraisal.late_proof == "points_only":
        found = [work for work in found if work.on >= period.start]
    return found
