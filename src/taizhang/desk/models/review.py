"""What was done and said on the way."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taizhang.desk.models.manuscript import Manuscript
from taizhang.desk.models.rounds import Round, Station
from taizhang.desk.models.versions import Version
from taizhang.ledger.models import new_id
from taizhang.org.models import Done, Membership, RoleAssignment


class Act(Done):
    """Something done on the way: submitted, approved, sent back, corrected, taken back. Numbered through a manuscript.

    ``assignment`` or ``membership`` is what let the person sit at the station on ``day``; neither, where the line names
    the person. ``digest`` is of the text that the person saw.
    """

    class What(models.TextChoices):
        SUBMIT = "submit", _("submitted")
        APPROVE = "approve", _("approved")
        RETURN = "return", _("sent back")
        CORRECT = "correct", _("corrected in proof")
        RECALL = "recall", _("taken back")

    id = models.UUIDField(primary_key=True, default=new_id)
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="acts")
    round = models.ForeignKey(Round, models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=10, choices=What.choices)
    version = models.ForeignKey(Version, models.PROTECT, related_name="acts")
    digest = models.CharField(max_length=64)
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="acts")
    assignment = models.ForeignKey(RoleAssignment, models.PROTECT, null=True, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    opinion = models.CharField(max_length=2000, blank=True)
    read_aloud = models.BooleanField(default=False)
    day = models.DateField()

    class Meta:
        ordering = ["manuscript", "number"]
        indexes = [models.Index(fields=["person", "at"], name="act_of_person")]
        constraints = [
            models.UniqueConstraint(fields=["manuscript", "number"], name="one_act_of_a_number"),
            models.CheckConstraint(
                condition=Q(what__in=["submit", "recall"], station__isnull=True)
                | Q(what__in=["approve", "return", "correct"], station__isnull=False),
                name="act_has_its_station",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "manuscript": self.manuscript_id,
            "round": self.round_id,
            "number": self.number,
            "what": self.what,
            "version": self.version_id,
            "digest": self.digest,
            "station": self.station_id,
            "assignment": self.assignment_id,
            "membership": self.membership_id,
            "opinion": self.opinion,
            "read_aloud": self.read_aloud,
            "day": self.day,
            **super().payload(),
        }


class FindingDecision(Done):
    """A finding may stay, with a reason, or must be fixed: for one text by its digest, the newest decision counts."""

    class Choice(models.TextChoices):
        KEEP = "keep", _("kept with a reason")
        FIX = "fix", _("to be fixed")

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.ForeignKey(Version, models.PROTECT, related_name="decisions")
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    choice = models.CharField(max_length=4, choices=Choice.choices)
    reason = models.CharField(max_length=500)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["digest", "key"], name="decision_of_finding")]
        constraints = [
            models.CheckConstraint(condition=~Q(choice="keep", reason=""), name="kept_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.choice}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "version": self.version_id,
            "digest": self.digest,
            "key": self.key,
            "choice": self.choice,
            "reason": self.reason,
            "station": self.station_id,
            **super().payload(),
        }


class Comment(Done):
    """Said about a passage of a version, or (no quote) about all of it. ``start`` counts in its plain text."""

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.ForeignKey(Version, models.PROTECT, related_name="comments")
    start = models.PositiveIntegerField(default=0)
    quote = models.CharField(max_length=1000, blank=True)
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text

    def payload(self) -> Mapping[str, Any]:
        return {
            "version": self.version_id,
            "start": self.start,
            "quote": self.quote,
            "text": self.text,
            **super().payload(),
        }


class Resolution(Done):
    """A comment is settled: by whom, when, with what answer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    comment = models.OneToOneField(Comment, models.PROTECT, related_name="resolution")
    answer = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.answer

    def payload(self) -> Mapping[str, Any]:
        return {
            "comment": self.comment_id,
            "answer": self.answer,
            **super().payload(),
        }
