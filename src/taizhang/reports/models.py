from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taizhang.core.values import Period
from taizhang.ledger.models import PlainJSON, new_id
from taizhang.org.models import Unit

LANGUAGES = (("zh-hans", _("Simplified Chinese")), ("en", _("English")))


class Report(models.Model):
    """A report being written. ``version`` grows by one with each save: who saves must name the one they read.

    ``as_of`` is the moment whose figures it shows; None is always the present one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    outline = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    starts = models.DateField()
    as_of = models.DateTimeField(null=True)
    language = models.CharField(max_length=10, choices=LANGUAGES)
    title = models.CharField(max_length=300)
    body = models.JSONField(encoder=PlainJSON)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-starts", "-changed_at"]
        indexes = [models.Index(fields=["-starts", "unit"], name="report_listed")]

    def __str__(self) -> str:
        return self.title

    @property
    def span(self) -> Period:
        return Period.parse(self.period)


class Revision(models.Model):
    """What a report said after one save, or what somebody wanted to save when another had been quicker.

    The second kind has no ``version`` of its own, only the one it started ``on``: nothing typed is lost.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField(null=True)
    on = models.PositiveIntegerField()
    auto = models.BooleanField(default=False)
    body = models.JSONField(encoder=PlainJSON)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "version"],
                condition=Q(version__isnull=False),
                name="one_revision_a_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.version or self.on}"


class FrozenReport(models.Model):
    """A report as it was sent: every word, figure and row digest of it, and the head of the journal at that moment.

    Never changed; a correction is a new one that ``supersedes`` it. ``frozen.py`` says what ``content`` holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    report = models.ForeignKey(Report, models.PROTECT, related_name="frozen")
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    outline = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    as_of = models.DateTimeField()
    language = models.CharField(max_length=10, choices=LANGUAGES)
    title = models.CharField(max_length=300)
    content = models.JSONField(encoder=PlainJSON)
    head_seq = models.BigIntegerField()
    head_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-frozen_at"]
        indexes = [models.Index(fields=["digest"], name="frozen_report_digest")]

    def __str__(self) -> str:
        return self.title

    @property
    def span(self) -> Period:
        return Period.parse(self.period)

    def payload(self) -> Mapping[str, Any]:
        """Return what the journal signs: everything."""
        return {
            "report": self.report_id,
            "supersedes": self.supersedes_id,
            "outline": self.outline,
            "unit": self.unit_id,
            "period": self.period,
            "as_of": self.as_of,
            "language": self.language,
            "title": self.title,
            "content": self.content,
            "head_seq": self.head_seq,
            "head_hash": self.head_hash,
            "digest": self.digest,
            "frozen_at": self.frozen_at,
            "frozen_by": self.frozen_by,
        }
