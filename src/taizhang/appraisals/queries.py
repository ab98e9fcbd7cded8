"""What a visit may see of appraisals, and the reads behind the pages. Objects come only through what is here."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.http import Http404
from django.utils.translation import gettext as _

from taizhang.appraisals.models import (
    Circular,
    Decision,
    Event,
    Exemption,
    Objection,
    Run,
    Sheet,
    Talk,
)
from taizhang.core.appraisal.sheet import Outcome
from taizhang.core.scheme.appraisal import Appraisal, Who
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Permission
from taizhang.core.values import BadPeriod, Period
from taizhang.ledger.conditions import seen_at
from taizhang.ledger.models import Entry
from taizhang.org.access import Access
from taizhang.org.models import Membership, Person, Post, RoleAssignment

SEE: tuple[Permission, ...] = ("scores", "appraise", "confirm", "answer", "talk")
MAKE: tuple[Permission, ...] = ("appraise", "confirm")
"""Who sees sheets before they are sent."""

EVERYTHING = ~Q(pk__in=())
"""The condition that always holds. An empty one would vanish in an “or”."""

# Rights


def unit_ids(access: Access, permissions: Iterable[Permission] = SEE) -> frozenset[int] | None:
    """Return the units on which one of the rights is held; None means all of them."""
    found: set[int] = set()
    for permission in permissions:
        units = access.unit_ids(permission)
        if units is None:
            return None
        found |= units
    return frozenset(found)


def may_see_some(access: Access) -> bool:
    """Tell whether somebody sees sheets of others at all."""
    units = unit_ids(access)
    return units is None or bool(units)


def require_some(access: Access) -> None:
    """Raise PermissionDenied for somebody who sees no sheets of others."""
    if not may_see_some(access):
        raise PermissionDenied(_("Your roles do not allow this."))


def within(access: Access, permissions: Iterable[Permission] = SEE, *, prefix: str = "") -> Q:
    """Return the condition that one of the rights is held on the unit of a row."""
    units = unit_ids(access, permissions)
    return EVERYTHING if units is None else Q(**{f"{prefix}unit_id__in": units})


def visible(access: Access) -> Q:
    """Return the condition that a sheet may be seen.

    One's own (and that of one's unit) once it was sent; those of the units that one judges or looks after, once they
    were sent; and before that, for those who compute and confirm.
    """
    sent = Exists(Event.objects.filter(run=OuterRef("run"), act=Event.Act.SENT))
    of_unit = Q(person=None, unit_id__in=access.home_unit_ids)
    own = Q(person_id=access.person.pk) | of_unit if access.person else Q(pk__in=())
    found = within(access, MAKE) | Q(within(access) & sent) if may_see_some(access) else Q(pk__in=())
    if unit_ids(access, MAKE) is None:
        return EVERYTHING
    return found | Q(own & sent)


def sheet_for(access: Access, id: uuid.UUID) -> Sheet:  # noqa: A002 - the column's name
    """Return a sheet. Raises Http404 if it is not there or not to be seen."""
    sheets = Sheet.objects.filter(visible(access), pk=id).select_related(
        "run", "person", "unit", "batch", "supersedes", "shape"
    )
    found = sheets.first()
    if found is None:
        raise Http404(_("There is no such sheet, or it is not yours to see."))
    return found


def run_for(access: Access, appraisal: str, period: str) -> tuple[list[Event], Period]:
    """Return what happened to the run of a period, in order; nothing where it was not begun yet. Raises Http404."""
    if not may_see_some(access):
        raise Http404(_("There is no such run, or it is not yours to see."))
    try:
        span = Period.parse(period)
    except BadPeriod as error:
        raise Http404(error.message.render(_)) from error
    return events_of(appraisal, span), span


def events_of(appraisal: str, period: Period) -> list[Event]:
    """Return what happened to the run of a period, in order. Who calls has seen that it may be seen."""
    events = Event.objects.filter(run__appraisal=appraisal, run__starts=period.start, run__ends=period.end)
    return list(events.select_related("run").order_by("pk"))


def sheets_of(run: Run, access: Access) -> "QuerySet[Sheet]":
    """Return the sheets of a run that hold and may be seen, in the order of the organisation."""
    sheets = Sheet.objects.filter(visible(access), run=run, superseded_at=None, voids=False)
    return sheets.select_related("run", "person", "unit", "shape").order_by(
        "unit__order", "unit__code", "person__code"
    )


def objection_for(access: Access, pk: int) -> Objection:
    """Return an objection that one may answer, or that is one's own. Raises Http404."""
    own = Q(by=access.account.signature)
    seen = own | within(access, prefix="sheet__") if may_see_some(access) else own
    found = (
        Objection.objects.filter(seen, pk=pk)
        .select_related(
            "sheet__run", "sheet__person", "sheet__unit", "sheet__batch", "sheet__shape", "answer"
        )
        .first()
    )
    if found is None:
        raise Http404(_("There is no such objection, or it is not yours to see."))
    return found


def objections(access: Access) -> "QuerySet[Objection]":
    """Return the objections that may be seen, those without an answer first."""
    own = Q(by=access.account.signature)
    seen = own | within(access, prefix="sheet__") if may_see_some(access) else own
    rows = Objection.objects.filter(seen).select_related(
        "sheet__run", "sheet__person", "sheet__unit", "answer"
    )
    return rows.order_by(F("answer__pk").desc(nulls_first=True), "-pk")


def talks(access: Access) -> "QuerySet[Talk]":
    """Return the talks that may be seen: of one's units, and one's own; those to be held first."""
    own = Q(person_id=access.person.pk) | Q(leader_id=access.person.pk) if access.person else Q(pk__in=())
    seen = own | within(access, ("talk", "confirm", "appraise", "scores")) if may_see_some(access) else own
    rows = Talk.objects.filter(seen).select_related(
        "person", "unit", "leader", "sheet__run", "sheet__shape", "held__leader", "closing__sheet__run"
    )
    return rows.order_by(
        F("held__pk").desc(nulls_first=True), F("closing__pk").desc(nulls_first=True), "due", "pk"
    )


TALKS = {
    "open": Q(held=None, closing=None),
    "held": Q(held__isnull=False, closing=None),
    "never_held": Q(held=None, closing__isnull=False) & ~Q(closing__sheet__run=F("sheet__run")),
    "closed": Q(held__isnull=False, closing__isnull=False) & ~Q(closing__sheet__run=F("sheet__run")),
    "dropped": Q(closing__sheet__run=F("sheet__run")),
}
"""How talks can stand: to be held, held, closed without having been held, closed, no longer due after a correction."""


def talk_for(access: Access, pk: int) -> Talk:
    """Return a talk that may be seen. Raises Http404."""
    found = talks(access).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such talk, or it is not yours to see."))
    return found


def may_hold(access: Access, talk: Talk) -> bool:
    """Tell whether the visitor is the right leader: has the role that the rule names, for this unit, and is not the one."""
    if access.person is None or access.person.pk == talk.person_id:
        return False
    return access.may("talk", unit_id=talk.unit_id) and any(
        grant.id == talk.role and (grant.unit_ids is None or talk.unit_id in grant.unit_ids)
        for grant in access.grants
    )


def exemptions(access: Access) -> "QuerySet[Exemption]":
    """Return the exemptions that were asked for and may be seen, those that wait for a decision first."""
    own = Q(by=access.account.signature)
    if access.person:
        own |= Q(person_id=access.person.pk)
    seen = own | within(access, ("exempt", *SEE)) if may_see_some(access) or access.may("exempt") else own
    rows = Exemption.objects.filter(seen).select_related("person", "unit", "decision")
    return rows.order_by(F("decision__pk").desc(nulls_first=True), "-starts", "pk")


def exemption_for(access: Access, pk: int) -> Exemption:
    """Return an exemption that may be seen. Raises Http404."""
    found = exemptions(access).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such exemption, or it is not yours to see."))
    return found


def deciding_role(access: Access, exemption: Exemption, appraisal: Appraisal) -> str:
    """Return the role in which the visitor may decide an exemption; empty where there is none."""
    if appraisal.exemptions is None:
        return ""
    for grant in access.grants:
        covers = grant.unit_ids is None or exemption.unit_id in grant.unit_ids
        if grant.id in appraisal.exemptions.approved_by and covers and not grant.own_only:
            return grant.id
    return ""


def circular_for(access: Access, id: uuid.UUID) -> Circular:  # noqa: A002 - the column's name
    """Return a circular. Everybody with a role may read what was issued. Raises Http404."""
    found = Circular.objects.filter(pk=id).select_related("run").first() if access.grants else None
    if found is None:
        raise Http404(_("There is no such circular, or it is not yours to see."))
    return found


# Runs


@dataclass(frozen=True)
class Standing:
    """A run as it stands: its last event, and how its sheets came out."""

    run: Run
    act: str
    outcomes: Mapping[str, int]

    @property
    def sheets(self) -> int:
        return sum(self.outcomes.values())


def runs(appraisal: str | None = None) -> "QuerySet[Run]":
    """Return the runs, the newest first, each with its last ``act``."""
    last = Event.objects.filter(run=OuterRef("pk")).order_by("-pk")
    found = Run.objects.annotate(act=Subquery(last.values("act")[:1]))
    return found if appraisal is None else found.filter(appraisal=appraisal)


def outcomes_of(run: Run, access: Access) -> dict[str, int]:
    """Return how many sheets of a run came out how, as far as they may be seen."""
    found = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    rows = sheets_of(run, access).order_by().values_list("outcome").annotate(Count("pk"))
    return found | dict(rows)


def appraisals_of(loaded: LoadedScheme) -> Mapping[str, Appraisal]:
    return loaded.scheme.appraisals


# What waits


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the visitor: what (``sheets``, ``objections``, ``talks`` …) and how much of it."""

    what: str
    n: int


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for the visitor: own sheets to look at, objections, exemptions, talks, runs. One query."""
    parts = [part for part in _parts(access) if part is not None]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [Waiting(what, n) for what, n in found if n]


def _parts(access: Access) -> "Iterable[QuerySet[Any, Any] | None]":
    last = Event.objects.filter(run=OuterRef("run")).order_by("-pk").values("act")[:1]
    person = access.person
    if person is not None:
        own = Sheet.objects.filter(person=person, superseded_at=None, voids=False)
        yield _counted("sheets", own.alias(act=Subquery(last)).filter(act=Event.Act.SENT))
    if access.may("answer"):
        theirs = Objection.objects.filter(within(access, ("answer",), prefix="sheet__"), answer=None)
        yield _counted(
            "objections", theirs.exclude(by=access.account.signature).exclude(sheet__person=person)
        )
    if access.may("talk"):
        roles = [grant.id for grant in access.grants if "talk" in grant.role.may]
        open_ = Talk.objects.filter(within(access, ("talk",)), role__in=roles, held=None, closing=None)
        yield _counted("talks", open_.exclude(person=person) if person else open_)
    if access.may("exempt") or access.may("confirm"):
        asked = Exemption.objects.filter(within(access, ("exempt", "confirm")), decision=None)
        yield _counted("exemptions", asked.exclude(by=access.account.signature))
    acts = {"appraise": ("computed", "started"), "confirm": ("sent", "confirmed")}
    for permission, waits in acts.items():
        if access.may(permission):  # type: ignore[arg-type]
            last_act = Event.objects.filter(run=OuterRef("pk")).order_by("-pk").values("act")[:1]
            yield _counted(
                f"runs_{permission}", Run.objects.alias(act=Subquery(last_act)).filter(act__in=waits)
            )


def _counted(what: str, rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    counted: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(what=Value(what))
        .values("what")
        .annotate(n=Count("pk"))
        .values_list("what", "n")
    )
    return counted


# Rows of sheets


def entries_in(facts: Iterable[str], sheet: Sheet) -> dict[str, Entry]:
    """Return the entries that a sheet names, by fact, as they were when it looked at them."""
    wanted = [uuid.UUID(fact) for fact in dict.fromkeys(facts) if len(fact) == 32]  # noqa: PLR2004 - hexadecimal digits
    found: dict[str, Entry] = {}
    for at in range(0, len(wanted), 500):
        rows = Entry.objects.filter(seen_at(sheet.as_of), fact__in=wanted[at : at + 500])
        found |= {entry.fact.hex: entry for entry in rows.select_related("unit", "person", "about")}
    return found


def approved_between(period: Period, people: Sequence[int]) -> "QuerySet[Decision]":
    """Return the exemptions of these people that touch a period and were approved."""
    touching = Q(exemption__starts__lte=period.end, exemption__ends__gte=period.start)
    return Decision.objects.filter(touching, approved=True, exemption__person__in=people).select_related(
        "exemption"
    )


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Return people's names by id. One query."""
    return dict(Person.objects.filter(pk__in=list(people)).values_list("pk", "name"))


def named_by(who: Who) -> Q:
    """Return the condition that a person is named by code, post, role or group; when that holds is looked at later."""
    return (
        Q(code__in=who.persons)
        | Q(pk__in=Post.objects.filter(title__in=who.posts).values("person_id"))
        | Q(pk__in=RoleAssignment.objects.filter(role__in=who.roles).values("person_id"))
        | Q(pk__in=Membership.objects.filter(group__in=who.groups).values("person_id"))
    )
