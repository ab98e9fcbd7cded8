"""What is kept of appraisals. Every table is append-only; a sheet is closed once, by the one that supersedes it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taizhang.core.values import Period
from taizhang.journal.models import Recorded
from taizhang.ledger.models import Entry, PlainJSON, new_id
from taizhang.org.models import Done, Person, Unit


class Run(Recorded):
    """One appraisal in one period, for everybody whom it scores. Its state is what its events say."""

    appraisal = models.CharField(max_length=40)
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()
    scheme = models.CharField(max_length=64)

    class Meta:
        ordering = ["-starts", "appraisal"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "starts", "ends"], name="one_run_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.appraisal} {self.period}"

    @property
    def span(self) -> Period:
        return Period.parse(self.period)

    def payload(self) -> Mapping[str, Any]:
        return {
            "appraisal": self.appraisal,
            "period": self.period,
            "scheme": self.scheme,
            **super().payload(),
        }


class Event(Recorded):
    """Something that happened to a run. ``STARTED`` fixes the moment as of which a round of sheets is computed."""

    class Act(models.TextChoices):
        PREVIEWED = "previewed", _("previewed")
        STARTED = "started", _("computing begun")
        COMPUTED = "computed", _("computed")
        SENT = "sent", _("sent")
        CONFIRMED = "confirmed", _("confirmed")
        LOCKED = "locked", _("locked")

    run = models.ForeignKey(Run, models.PROTECT, related_name="events")
    act = models.CharField(max_length=10, choices=Act)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "act"],
                condition=Q(act__in=("previewed", "sent", "confirmed", "locked")),
                name="once_in_a_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.act}"

    def payload(self) -> Mapping[str, Any]:
        return {"run": self.run_id, "act": self.act, "note": self.note, **super().payload()}


class Batch(Recorded):
    """Sheets that were written together. The journal signs the batch, and the batch its sheets.

    ``sheets`` is the digest over the sheets' digests in the order of their ids: a hundred thousand sheets cost the
    journal some hundred lines.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="batches")
    round = models.ForeignKey(Event, models.PROTECT, related_name="+")
    size = models.PositiveIntegerField()
    sheets = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.run_id} {self.size}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "run": self.run_id,
            "round": self.round_id,
            "size": self.size,
            "sheets": self.sheets,
            **super().payload(),
        }


class Shape(models.Model):
    """Arithmetic that sheets share: that of a sheet but for its items, or that of an item but for its ids.

    JSON as ``keeping`` writes it; ``digest`` is ``keeping.digest_of`` it. Sheets sign the digest, and so the content.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.TextField()

    def __str__(self) -> str:
        return self.digest


class Sheet(models.Model):
    """What one person, or one unit, was given for a period, and the whole arithmetic of it.

    Without ``person`` it is the sheet of ``unit``; with one, ``unit`` is where the person's post was. The arithmetic is
    its ``shape`` with its own items, ``keys``, put in place: ``keeping.content_of``. ``carried`` is JSON as ``keeping``
    writes it; ``called`` and ``fulfilled`` say that there are talks in it, that it ends them. ``as_of`` is the moment up
    to which the ledger was looked at: what arrives later is posted in a later sheet.
    """

    class Origin(models.TextChoices):
        COMPUTED = "computed", _("computed")
        RECOMPUTED = "recomputed", _("computed again before it was sent")
        ANSWERED = "answered", _("computed again after an objection")
        CORRECTED = "corrected", _("corrected after the period was locked")

    id = models.UUIDField(primary_key=True, default=new_id)
    run = models.ForeignKey(Run, models.PROTECT, related_name="sheets", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    points = models.DecimalField(max_digits=12, decimal_places=4)
    outcome = models.CharField(max_length=10)
    grade = models.CharField(max_length=120, blank=True)
    called = models.BooleanField(default=False)
    fulfilled = models.BooleanField(default=False)
    shape = models.ForeignKey(Shape, models.PROTECT, related_name="+", db_index=False)
    keys = models.TextField(blank=True)
    carried = models.TextField()
    as_of = models.DateTimeField()
    origin = models.CharField(max_length=10, choices=Origin)
    reason = models.CharField(max_length=500, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    superseded_at = models.DateTimeField(null=True)
    voids = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)

    shared: Mapping[str, str] = MappingProxyType({})
    """The texts that a sheet which is not kept yet shares with others, by their digests."""

    class Meta:
        ordering = ["unit__order", "person__code"]
        indexes = [models.Index(fields=["unit", "run"], name="sheet_of_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"],
                condition=Q(superseded_at__isnull=True, person__isnull=False),
                name="one_sheet_a_person",
            ),
            models.UniqueConstraint(
                fields=["run", "unit"],
                condition=Q(superseded_at__isnull=True, person__isnull=True),
                name="one_sheet_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(origin="computed", supersedes__isnull=True)
                | Q(supersedes__isnull=False) & ~Q(reason="") & ~Q(origin="computed"),
                name="sheet_supersedes_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.unit} {self.run_id}"

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None and not self.voids

    def payload(self) -> Mapping[str, Any]:
        """Return what the digest covers: every column that never changes."""
        return {
            "id": self.pk,
            "run": self.run_id,
            "person": self.person_id,
            "unit": self.unit_id,
            "points": self.points,
            "outcome": self.outcome,
            "grade": self.grade,
            "called": self.called,
            "fulfilled": self.fulfilled,
            "shape": self.shape_id,
            "keys": self.keys,
            "carried": self.carried,
            "as_of": self.as_of,
            "origin": self.origin,
            "reason": self.reason,
            "supersedes": self.supersedes_id,
            "voids": self.voids,
        }


class CounterSign(Recorded):
    """Somebody else looked at the sheet of one who computes, confirms or answers, and stands by it."""

    sheet = models.OneToOneField(Sheet, models.PROTECT, related_name="counter_sign")

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.by}"

    def payload(self) -> Mapping[str, Any]:
        return {"sheet": self.sheet_id, **super().payload()}


class Exemption(Recorded):
    """Somebody asked that a person, or a unit, be exempt from a quota in a period, wholly or from so many entries."""

    appraisal = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()
    quota = models.CharField(max_length=40, blank=True)
    submit = models.PositiveIntegerField(null=True)
    publish = models.PositiveIntegerField(null=True)
    ground = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-starts", "pk"]
        indexes = [models.Index(fields=["starts", "appraisal"], name="exemption_starts")]

    def __str__(self) -> str:
        return f"{self.person or self.unit} {self.period} {self.ground}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "appraisal": self.appraisal,
            "person": self.person_id,
            "unit": self.unit_id,
            "period": self.period,
            "quota": self.quota,
            "submit": self.submit,
            "publish": self.publish,
            "ground": self.ground,
            "note": self.note,
            **super().payload(),
        }


class Decision(Recorded):
    """What was decided about an exemption that somebody asked for, by somebody else, in which role."""

    exemption = models.OneToOneField(Exemption, models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    role = models.CharField(max_length=40)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.exemption_id} {self.approved}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "exemption": self.exemption_id,
            "approved": self.approved,
            "role": self.role,
            "reason": self.reason,
            **super().payload(),
        }


class Verification(Done):
    """Somebody looked at one version of an entry, and accepted it or, with a reason, did not; in which role.

    A version that puts an entry right is another one and is looked at anew. Who decides otherwise later supersedes
    the first decision with a reason; that one is closed (``superseded_at``) and stays.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="verifications")
    accepted = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True)
    role = models.CharField(max_length=40)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(superseded_at__isnull=True), name="one_verification_holds"
            ),
            models.CheckConstraint(
                condition=Q(accepted=True, supersedes__isnull=True) | ~Q(reason=""),
                name="verification_refused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.accepted}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "entry": self.entry_id,
            "accepted": self.accepted,
            "reason": self.reason,
            "role": self.role,
            "supersedes": self.supersedes_id,
            **super().payload(),
        }


class Objection(Recorded):
    """Somebody does not agree with a sheet that was sent."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="objections")
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.by}"

    def payload(self) -> Mapping[str, Any]:
        return {"sheet": self.sheet_id, "text": self.text, **super().payload()}


class Answer(Recorded):
    """The answer to an objection. Where it is ``upheld``, ``sheet`` is the one that was computed anew."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="answer")
    upheld = models.BooleanField()
    text = models.TextField()
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="+", null=True)

    def __str__(self) -> str:
        return f"{self.objection_id} {self.upheld}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "objection": self.objection_id,
            "upheld": self.upheld,
            "text": self.text,
            "sheet": self.sheet_id,
            **super().payload(),
        }


class Talk(Recorded):
    """A talk that an escalation makes due: about which sheet, to be held by whom and by when."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="talks")
    escalation = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    missed = models.PositiveIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    due = models.DateField()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "escalation"], name="one_talk_a_call")]

    def __str__(self) -> str:
        return f"{self.person or self.unit} {self.escalation}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "sheet": self.sheet_id,
            "escalation": self.escalation,
            "role": self.role,
            "missed": self.missed,
            "person": self.person_id,
            "unit": self.unit_id,
            "leader": self.leader_id,
            "due": self.due,
            **super().payload(),
        }


class Held(Recorded):
    """A talk that was held: the record of it."""

    talk = models.OneToOneField(Talk, models.PROTECT, related_name="held")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    given = models.TextField()
    measures = models.TextField()
    follow_up = models.TextField()
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    def __str__(self) -> str:
        return f"{self.talk_id} {self.held_at}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "talk": self.talk_id,
            "held_at": self.held_at,
            "place": self.place,
            "given": self.given,
            "measures": self.measures,
            "follow_up": self.follow_up,
            "leader": self.leader_id,
            **super().payload(),
        }


class Closing(Recorded):
    """A talk is over: the quotas were fulfilled in a later period, as ``sheet`` says."""

    talk = models.OneToOneField(Talk, models.PROTECT, related_name="closing")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.talk_id} {self.sheet_id}"

    def payload(self) -> Mapping[str, Any]:
        return {"talk": self.talk_id, "sheet": self.sheet_id, **super().payload()}


class Circular(Recorded):
    """A circular (通报) as it was issued, word for word; a correction is a new one that supersedes it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    run = models.ForeignKey(Run, models.PROTECT, related_name="circulars")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    content = models.JSONField(encoder=PlainJSON)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""), name="circular_supersedes_with_reason"
            ),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="circular_supersedes_another"),
        ]

    def __str__(self) -> str:
        return self.title

    def payload(self) -> Mapping[str, Any]:
        return {
            "run": self.run_id,
            "language": self.language,
            "title": self.title,
            "content": self.content,
            "supersedes": self.supersedes_id,
            "reason": self.reason,
            **super().payload(),
        }
