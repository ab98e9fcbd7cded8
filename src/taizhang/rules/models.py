from collections.abc import Mapping
from typing import Any

from django.db import models


class AdoptedScheme(models.Model):
    """A scheme version, word for word, from the moment it was adopted. Never changed: a change is a new version."""

    effective = models.DateField(unique=True)
    path = models.CharField(max_length=200)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["effective"]

    def __str__(self) -> str:
        return f"{self.path} ({self.effective})"

    def payload(self) -> Mapping[str, Any]:
        return {
            "effective": self.effective,
            "path": self.path,
            "digest": self.digest,
            "text": self.text,
            "adopted_at": self.adopted_at,
            "adopted_by": self.adopted_by,
        }
