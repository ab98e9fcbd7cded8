from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from taizhang.journal.models import Recorded
from taizhang.org.models import Unit


class Ruling(Recorded):
    """What somebody decided about one duty of one unit in one period. The newest of a pair of acts holds."""

    class Act(models.TextChoices):
        EXEMPT = "exempt", _("exempted")
        LIFT = "lift", _("exemption lifted")
        VERIFY = "verify", _("verified")
        REOPEN = "reopen", _("verification taken back")

    act = models.CharField(max_length=10, choices=Act)
    duty = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    starts = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    value = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["starts", "duty"], name="ruling_starts")]

    def __str__(self) -> str:
        return f"{self.act} {self.duty} {self.period}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "act": self.act,
            "duty": self.duty,
            "unit": self.unit_id,
            "period": self.period,
            "reason": self.reason,
            "value": self.value,
            **super().payload(),
        }
