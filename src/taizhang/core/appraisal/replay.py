"""An appraisal run over several periods from all the rows at once: for cases, and to see what would have been."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from taizhang.core.appraisal import credit
from taizhang.core.appraisal.compiled import Compiled, compile_appraisal
from taizhang.core.appraisal.posting import posted_in
from taizhang.core.appraisal.rows import Exemption, Subject, Work
from taizhang.core.appraisal.score import score
from taizhang.core.appraisal.sheet import NEW, Sheet
from taizhang.core.scheme.history import History
from taizhang.core.values import Period, PeriodKind


def replay(
    history: History,
    appraisal: str,
    *,
    subject: Subject,
    works: Iterable[Work],
    subjects: credit.Subjects,
    first: Period,
    last: Period,
    exemptions: Sequence[Exemption] = (),
) -> Iterator[Sheet]:
    """Yield one subject's sheets from ``first`` to ``last``, each handed on to the next.

    ``works`` are all rows there are, whoever they belong to: each sheet posts what belongs to the subject and to its
    period, and knows what earlier sheets posted. Every period is judged by the version in force at its start. Rows
    of periods before ``first`` count as posted before.
    """
    rows = list(works)
    compiled = _by_version(history, appraisal)
    carried = NEW
    for period in _between(first, last):
        version = compiled(period)
        sheet = score(
            version,
            period=period,
            subject=subject,
            works=on_sheet(version, rows, subject, subjects, period),
            carried=carried,
            exemptions=exemptions,
        )
        carried = sheet.carried
        yield sheet


def _by_version(history: History, appraisal: str) -> Callable[[Period], Compiled]:
    compiled: dict[str, Compiled] = {}

    def of(period: Period) -> Compiled:
        version = history.for_period(period)
        if version.digest not in compiled:
            compiled[version.digest] = compile_appraisal(version, appraisal)
        return compiled[version.digest]

    return of


def _between(first: Period, last: Period) -> Iterator[Period]:
    period = first
    while period.start <= last.start:
        yield period
        period = period.following


def on_sheet(
    compiled: Compiled, works: Iterable[Work], subject: Subject, subjects: credit.Subjects, period: Period
) -> Iterator[Work]:
    """Yield the subject's rows that a sheet posts, and those that earlier ones did."""
    for work in works:
        posted = _posted(compiled, work)
        if posted.start > period.start:
            continue
        for whose, own in credit.credits(
            work, by=compiled.appraisal.by, shares=compiled.appraisal.shares, subjects=subjects
        ):
            if whose == subject.key:
                yield own._replace(earlier=posted.start < period.start)


def _posted(compiled: Compiled, work: Work) -> Period:
    own = Period.containing(PeriodKind(compiled.appraisal.every), work.on)
    return posted_in(
        own, work.arrived, closes=compiled.appraisal.closes, calendar=compiled.scheme.working_days
    )
