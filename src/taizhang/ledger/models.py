import json
import uuid
from collections.abc import Mapping
from typing import Any

import uuid6
from django.db import models
from django.db.models import F, Q, QuerySet

from taizhang.org.models import Person, Unit


def new_id() -> uuid.UUID:
    """Return a UUIDv7: unique everywhere, and in the order of making."""
    return uuid.UUID(int=uuid6.uuid7().int)


class PlainJSON(json.JSONEncoder):
    """JSON that keeps Chinese as it is: SQLite compares the keys of a path with the text as stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


class Entry(models.Model):
    """One version of one fact. ``fact`` is the id of its first version and stays the same through corrections.

    Every column but ``superseded_at`` is signed by the journal and never changes; ``superseded_at`` is set once, to
    the ``recorded_at`` of the version that replaces this one. A version that ``voids`` withdraws the fact.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    fact = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    title = models.CharField(max_length=300, blank=True)
    occurred_on = models.DateField()
    counts_for = models.DateField()
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    quantity_unit = models.CharField(max_length=20, blank=True)
    approximate = models.BooleanField(default=False)
    values = models.JSONField(default=dict, encoder=PlainJSON)
    about = models.ForeignKey("self", models.PROTECT, related_name="followers", null=True)
    source = models.JSONField(default=dict, encoder=PlainJSON)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    superseded_at = models.DateTimeField(null=True)
    voids = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    signed_column = "digest"  # must equal the digest that the journal signed; frozen reports rely on it

    class Meta:
        ordering = ["-occurred_on", "-id"]
        indexes = [
            models.Index(fields=["kind", "counts_for", "unit"], name="entry_counted"),
            # All that a list must know to count what holds now in these units: it looks at no other row.
            models.Index(
                fields=["kind", "occurred_on", "id", "unit", "superseded_at", "voids"], name="entry_listed"
            ),
            models.Index(fields=["kind", "recorded_at"], name="entry_recorded"),
            models.Index(fields=["recorded_by", "recorded_at"], name="entry_by_recorder"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="entry_superseded_after_recorded",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, fact=F("id"), voids=False)
                | Q(supersedes__isnull=False) & ~Q(reason=""),
                name="entry_first_version_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.occurred_on}"

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None and not self.voids

    def payload(self) -> Mapping[str, Any]:
        """Return what the journal signs: every column that never changes, and the parts that came with it."""
        return {
            "fact": self.fact,
            "kind": self.kind,
            "unit": self.unit_id,
            "person": self.person_id,
            "title": self.title,
            "occurred_on": self.occurred_on,
            "counts_for": self.counts_for,
            "quantity": self.quantity,
            "quantity_unit": self.quantity_unit,
            "approximate": self.approximate,
            "values": self.values,
            "about": self.about_id,
            "source": self.source,
            "supersedes": self.supersedes_id,
            "voids": self.voids,
            "reason": self.reason,
            "recorded_at": self.recorded_at,
            "recorded_by": self.recorded_by,
            "participations": sorted([p.person_id, p.state] for p in self.participations.all()),
            "evidence": sorted([e.sha256, e.name] for e in self.evidence.all()),
        }

    @classmethod
    def rows_to_verify(cls, order: str) -> "QuerySet[Entry]":
        return cls.objects.order_by(order).prefetch_related("participations", "evidence")


class Participation(models.Model):
    """What somebody on the roster of the day did: was present, late, excused …"""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "person"], name="one_state_for_each_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.state}"


class Evidence(models.Model):
    """A file that proves an entry; its bytes lie in the store under their SHA-256."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class KeptSpan(models.Model):
    """Says that the cells of a base for one month are kept. Derived from entries; may be emptied at any time."""

    base = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    bucket = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["base", "bucket"], name="one_span_for_each_month")]
        indexes = [models.Index(fields=["kind", "bucket"], name="kept_span_forget")]

    def __str__(self) -> str:
        return f"{self.kind} {self.bucket}"


class KeptCell(models.Model):
    """One kept count: a month of a base, a unit and (by way of counting) a state or a first follower's day."""

    span = models.ForeignKey(KeptSpan, models.CASCADE, related_name="cells")
    unit_id = models.BigIntegerField()
    mark = models.CharField(max_length=40, blank=True)
    counted = models.BigIntegerField()
    total = models.BigIntegerField()
    added = models.BigIntegerField()
    approximate = models.BigIntegerField()
    latest = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.mark} {self.counted}"
