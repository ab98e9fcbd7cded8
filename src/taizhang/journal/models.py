from collections.abc import Mapping
from typing import Any

from django.db import models


class Line(models.Model):
    """One line of the journal. ``hash`` covers everything in it and the hash of the line before."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="journal_line_object"),
            models.Index(fields=["actor", "seq"], name="journal_line_actor"),
            models.Index(fields=["action", "seq"], name="journal_line_action"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.object_type} {self.object_id}"


class Recorded(models.Model):
    """A row that is added once and signed: when, and under whose signature, which stands for good."""

    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        abstract = True

    def payload(self) -> Mapping[str, Any]:
        """Return what the journal signs. A model adds its own keys to these."""
        return {"at": self.at, "by": self.by}
