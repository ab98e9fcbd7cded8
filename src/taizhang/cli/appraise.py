"""``taizhang appraise``: the score sheets of a period, from the command line."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.django_site import language_option, set_up

if TYPE_CHECKING:
    from taizhang.appraisals.running import Scoring
    from taizhang.core.values import Period

ACTOR = "taizhang appraise"


@click.command()
@click.option("--period", required=True, help="2023-10 for a month, 2023-Q4 for a quarter, 2023 for a year.")
@click.option("--appraisal", default="", help="Which appraisal of the scheme (default: its first).")
@click.option("--preview", is_flag=True, help="Only say what would come out now; keep nothing.")
@click.option("--waiting", is_flag=True, help="Only list the entries that wait to be verified.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How what waits is listed.",
)
@click.option("--by", "login", default="", help="Login name under which the run stands in the journal.")
@language_option
def appraise(
    period: str, appraisal: str, preview: bool, waiting: bool, form: str, login: str, language: str | None
) -> None:
    """Compute everybody's score sheet for a period, batch by batch.

    Interrupted, it goes on where it stopped when it is called again: nothing is computed twice, nothing left out.
    Sending, objections, confirming and locking are done on the pages. Exit 0 done, 2 refused.
    """
    set_up(language)
    from taizhang.core.values import Period
    from taizhang.web import setup

    with setup.told_plainly():
        span = Period.parse(period)
        name = appraisal or setup.first_appraisal(span)
        if waiting:
            _list_waiting(name, span, form)
        elif preview:
            _preview(name, span)
        else:
            _compute(name, span, setup.signature_of(login) if login else ACTOR)


def _list_waiting(appraisal: str, period: "Period", form: str) -> None:
    from django.utils.translation import gettext as _

    from taizhang.appraisals import verifications
    from taizhang.appraisals.feeding import Window
    from taizhang.appraisals.running import compiled_for
    from taizhang.rules.queries import history

    compiled = compiled_for(appraisal, period, history())
    found = verifications.waiting_in(compiled, Window.of(compiled, period))
    rows = [_waiting_row(entry) for entry in verifications.in_order(found).iterator(500)]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("\t".join(row[name] for name in ("id", "state", "unit", "occurred_on", "title", "reason")))
    click.echo(_("{n} entries wait to be verified; they count for nothing.").format(n=len(rows)), err=True)


def _waiting_row(entry: Any) -> dict[str, str]:
    return {
        "id": str(entry.pk),
        "state": "waiting" if entry.accepted is None else "refused",
        "kind": entry.kind,
        "unit": entry.unit.code,
        "person": entry.person.code if entry.person else "",
        "occurred_on": str(entry.occurred_on),
        "counts_for": str(entry.counts_for),
        "title": entry.title,
        "recorded_by": entry.recorded_by,
        "reason": entry.why or "",
    }


def _preview(appraisal: str, period: "Period") -> None:
    from taizhang.appraisals.running import Scoring
    from taizhang.journal import clock
    from taizhang.org.queries import unit_tree
    from taizhang.rules.queries import history

    scoring = Scoring.of(appraisal, period, schemes=history(), tree=unit_tree(), now=clock.now())
    counts: dict[str, int] = {}
    for outcome, line in _worked_out(scoring):
        counts[outcome] = counts.get(outcome, 0) + 1
        if outcome == "missed":
            click.echo(line)
    _sum_up(counts)


def _worked_out(scoring: "Scoring") -> list[tuple[str, str]]:
    from taizhang.appraisals.showing import judged_line

    subjects, found = scoring.subjects(), list[tuple[str, str]]()
    with click.progressbar(length=len(subjects), file=sys.stderr, label="appraise") as bar:
        for each, alike in scoring.alike(subjects):
            sheet = alike.shape.sheet  # who is short does not depend on which rows were counted
            short = [
                judged_line(one, scoring.compiled.scheme) for one in sheet.judged if one.outcome == "missed"
            ]
            told = f"{each.subject.code} {each.name}  {'; '.join(short)}" if short else ""
            found.append((sheet.outcome.value, told))
            bar.update(1)
    return found


def _compute(appraisal: str, period: "Period", actor: str) -> None:
    from taizhang.appraisals import running
    from taizhang.appraisals.models import Sheet
    from taizhang.journal import clock
    from taizhang.journal.actions import open_book
    from taizhang.org.queries import unit_tree
    from taizhang.rules.queries import history

    schemes = history()
    with open_book(now=clock.now(), actor=actor) as book:
        run = running.open_run(appraisal, period, schemes=schemes, book=book)
    bar = click.progressbar(length=1, file=sys.stderr, label="appraise")
    with bar:
        for progress in running.compute(run, schemes=schemes, tree=unit_tree(), actor=actor, clock=clock.now):
            bar.length = max(progress.total, 1)
            bar.update(progress.done - bar.pos)
    counts: dict[str, int] = {}
    for outcome in Sheet.objects.filter(run=run, superseded_at=None, voids=False).values_list(
        "outcome", flat=True
    ):
        counts[outcome] = counts.get(outcome, 0) + 1
    _sum_up(counts)


def _sum_up(counts: dict[str, int]) -> None:
    from django.utils.translation import gettext as _

    from taizhang.appraisals.showing import outcome_names

    names = outcome_names()
    told = _(", ").join(f"{names[outcome]} {n}" for outcome, n in sorted(counts.items()))
    click.echo(_("{n} sheets: {told}").format(n=sum(counts.values()), told=told or "–"))
