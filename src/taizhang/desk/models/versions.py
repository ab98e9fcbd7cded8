"""A text as it was submitted or corrected, whose hands are in it, what the machine found."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from taizhang.core.desk.content import Content
from taizhang.desk.models.manuscript import Manuscript
from taizhang.desk.models.rounds import Round, Station
from taizhang.ledger.models import PlainJSON, new_id
from taizhang.org.models import Done, Person


class Version(Done):
    """A text as it was submitted, or corrected in proof. ``digest`` covers everything that is published.

    ``reopens_from`` is the order of the first station whose approvals it voids: 1 for an edit. ``changes`` of a
    correction lead from its base to it, for the database to follow and count: part, start, how many characters went,
    what was put there, from last to first. Not signed, since what it says can be seen from the two texts.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="versions")
    round = models.ForeignKey(Round, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    reopens_from = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=300)
    body = models.TextField()
    content = models.JSONField(encoder=PlainJSON)
    embargo = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    changes = models.JSONField(null=True, encoder=PlainJSON)

    class Meta:
        ordering = ["manuscript", "number"]
        constraints = [
            models.UniqueConstraint(fields=["manuscript", "number"], name="one_version_of_a_number"),
            models.CheckConstraint(
                condition=Q(station__isnull=True, reopens_from=1)
                | Q(station__isnull=False, reopens_from__gte=1),
                name="edit_reopens_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def text(self) -> Content:
        """Return what is published. The title and the body stand in columns of their own."""
        return Content.from_json({**self.content, "title": self.title, "body": self.body})

    @property
    def is_correction(self) -> bool:
        return self.station_id is not None

    def payload(self) -> Mapping[str, Any]:
        return {
            "manuscript": self.manuscript_id,
            "round": self.round_id,
            "number": self.number,
            "base": self.base_id,
            "station": self.station_id,
            "reopens_from": self.reopens_from,
            "title": self.title,
            "body": self.body,
            "content": self.content,
            "embargo": self.embargo,
            "digest": self.digest,
            "reason": self.reason,
            **super().payload(),
            "hands": sorted([hand.person_id, hand.how, hand.part] for hand in self.hands.all()),
            "findings": [finding.payload() for finding in self.findings.all()],
        }

    @classmethod
    def rows_to_verify(cls, order: str) -> "QuerySet[Version]":
        return cls.objects.order_by(order).prefetch_related("hands", "findings")


class Hand(models.Model):
    """Somebody whose hand is in a version: an author with a part of it, an editor, a corrector in proof."""

    class How(models.TextChoices):
        AUTHOR = "author", _("author")
        EDITOR = "editor", _("editor")
        CORRECTOR = "corrector", _("corrector in proof")

    version = models.ForeignKey(Version, models.PROTECT, related_name="hands")
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="hands")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    part = models.DecimalField(max_digits=7, decimal_places=6, null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "person", "how"], name="one_hand_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.how}"


class Finding(models.Model):
    """What the machine found in a version. ``key`` is stable: the same fault in the next version has the same."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="findings")
    key = models.CharField(max_length=32)
    gate = models.CharField(max_length=10)
    code = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    said = models.JSONField(encoder=PlainJSON)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["code"], name="finding_code")]

    def __str__(self) -> str:
        return f"{self.code}: {self.quote}"

    def payload(self) -> list[Any]:
        return [self.key, self.gate, self.code, self.rank, self.start, self.end, self.quote, self.said]
