"""The way that was settled for a text: its rounds, their stations, who may sit there."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from taizhang.desk.models.manuscript import Manuscript
from taizhang.journal.models import Recorded
from taizhang.ledger.models import PlainJSON, new_id


class Purpose(models.TextChoices):
    PUBLISH = "publish", _("publication")
    CORRECT = "correct", _("correction")
    WITHDRAW = "withdraw", _("withdrawal")


class Round(Recorded):
    """One way through the stations. The line and its stations are those of the scheme at the round's beginning.

    ``scheme`` is the digest of that scheme; a later one never changes them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    line = models.CharField(max_length=40)
    line_name = models.JSONField(encoder=PlainJSON)
    scheme = models.CharField(max_length=64)
    scheme_effective = models.DateField()
    corrects_at_most = models.PositiveIntegerField()
    length = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["manuscript", "number"]
        constraints = [
            models.UniqueConstraint(fields=["manuscript", "number"], name="one_round_of_a_number"),
            models.CheckConstraint(condition=Q(length__gte=1), name="round_has_stations"),
        ]

    def __str__(self) -> str:
        return f"{self.manuscript_id} {self.number}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "manuscript": self.manuscript_id,
            "number": self.number,
            "purpose": self.purpose,
            "line": self.line,
            "line_name": self.line_name,
            "scheme": self.scheme,
            "scheme_effective": self.scheme_effective,
            "corrects_at_most": self.corrects_at_most,
            "length": self.length,
            "reason": self.reason,
            **super().payload(),
            "stations": [station.payload() for station in self.stations.all()],
        }

    @classmethod
    def rows_to_verify(cls, order: str) -> "QuerySet[Round]":
        return cls.objects.order_by(order).prefetch_related("stations__seats")


class Station(models.Model):
    """A station of a round in its place; ``order`` counts from 1. Gates hold the lightest rank that is decided there.

    ``reopens_from`` is the order from which a correction made here voids approvals; 0 where none can be made.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="stations")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    name = models.JSONField(encoder=PlainJSON)
    does = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField(null=True)
    gate_text = models.PositiveSmallIntegerField()
    gate_number = models.PositiveSmallIntegerField()
    gate_logic = models.PositiveSmallIntegerField()
    reads_aloud = models.BooleanField()
    needs_opinion = models.BooleanField()
    hours = models.PositiveSmallIntegerField(null=True)
    working_days = models.PositiveSmallIntegerField(null=True)
    reopens_from = models.PositiveSmallIntegerField()
    apart_from = models.JSONField(default=list, encoder=PlainJSON)

    class Meta:
        ordering = ["round", "order"]
        constraints = [models.UniqueConstraint(fields=["round", "order"], name="one_station_in_a_place")]

    def __str__(self) -> str:
        return self.code

    def payload(self) -> Mapping[str, Any]:
        return {
            "order": self.order,
            "code": self.code,
            "name": self.name,
            "does": self.does,
            "level": self.level,
            "gates": [self.gate_text, self.gate_number, self.gate_logic],
            "reads_aloud": self.reads_aloud,
            "needs_opinion": self.needs_opinion,
            "hours": self.hours,
            "working_days": self.working_days,
            "reopens_from": self.reopens_from,
            "apart_from": self.apart_from,
            "seats": sorted([seat.how, seat.name] for seat in self.seats.all()),
        }


class Seat(models.Model):
    """Who may sit at a station: holders of a role in the unit or above, or anywhere; a group's members; one person."""

    class How(models.TextChoices):
        ROLE = "role", _("role in the unit or above")
        ANYWHERE = "anywhere", _("role in any unit")
        GROUP = "group", _("group")
        PERSON = "person", _("person")

    station = models.ForeignKey(Station, models.PROTECT, related_name="seats")
    how = models.CharField(max_length=10, choices=How.choices)
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.how}: {self.name}"
