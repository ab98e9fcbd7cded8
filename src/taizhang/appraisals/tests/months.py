"""Three months of the small office: two locked, with a talk and a circular; the third sent, with an objection."""

import datetime as dt
from collections.abc import Callable

from taizhang.appraisals import actions, circulars, running
from taizhang.appraisals.models import Run, Sheet
from taizhang.conftest import Bureau
from taizhang.core.values import Period
from taizhang.journal.actions import open_book
from taizhang.org.queries import unit_tree
from taizhang.rules.queries import history

Clock = Callable[..., dt.datetime]


def three_months(bureau: Bureau, now: Clock) -> list[Run]:
    """Run August to October; the clock stands as it stood before."""
    moment = now()
    found = [sent(bureau, now, "2023-08")]
    _finished(found[0], bureau, now)
    found.append(sent(bureau, now, "2023-09"))
    _finished(found[1], bureau, now)
    _issued(found[1], bureau, now)
    found.append(sent(bureau, now, "2023-10"))
    _objected(found[2], bureau, now)
    _excused(bureau, now)
    now(moment)
    return found


def day_after(period: str, day: int, hour: int = 9) -> dt.datetime:
    """Return a moment of the month after a month."""
    following = Period.parse(period).following.start.replace(day=day)
    return dt.datetime.combine(following, dt.time(hour), dt.timezone(dt.timedelta(hours=8)))


def sent(bureau: Bureau, now: Clock, period: str) -> Run:
    """Compute a month as the clerk on the 6th and send it."""
    now(day_after(period, 6))
    clerk = bureau.account("clerk").signature
    with open_book(now=now(), actor=clerk) as book:
        run = running.open_run("monthly", Period.parse(period), schemes=history(), book=book)
    list(running.compute(run, schemes=history(), tree=unit_tree(), actor=clerk, clock=now))
    with open_book(now=now(day_after(period, 6, 11)), actor=clerk) as book:
        actions.send(run, book=book)
    return run


def _finished(run: Run, bureau: Bureau, now: Clock) -> None:
    with open_book(now=now(day_after(run.period, 14)), actor=bureau.account("deputy").signature) as book:
        actions.confirm(run, schemes=history(), tree=unit_tree(), book=book)
        actions.lock(run, book=book)


def _issued(run: Run, bureau: Bureau, now: Clock) -> None:
    compiled = running.compiled_for(run.appraisal, run.span, history())
    day = day_after(run.period, 15)
    filler = circulars.Filler.of(run, compiled, tree=unit_tree(), language="zh-hans", day=day.date())
    with open_book(now=now(day), actor=bureau.account("clerk").signature) as book:
        circulars.issue(run, filler.words(), filler=filler, reason="", book=book)


def _objected(run: Run, bureau: Bureau, now: Clock) -> None:
    sheet = Sheet.objects.get(run=run, person=bureau.people["section_head"])
    compiled = running.compiled_for(run.appraisal, run.span, history())
    with open_book(now=now(day_after(run.period, 7)), actor=bureau.account("section_head").signature) as book:
        actions.object_to(sheet, text="一条采用没有登记。", compiled=compiled, book=book)


def _excused(bureau: Bureau, now: Clock) -> None:
    with open_book(now=now(day_after("2023-10", 8)), actor=bureau.account("clerk").signature) as book:
        actions.ask_exemption(
            appraisal="monthly", person=bureau.people["officer"], unit=bureau.units["office"],
            period=Period.parse("2023-11"), quota="", submit=None, publish=None, ground="leave", note="探亲",
            schemes=history(), book=book,
        )  # fmt: skip
