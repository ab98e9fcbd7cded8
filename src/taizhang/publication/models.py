from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taizhang.core.messages import Message
from taizhang.desk.models import Manuscript, Release, Version
from taizhang.journal.models import Recorded
from taizhang.ledger.models import PlainJSON, new_id
from taizhang.org.models import Account, Done


class Schedule(Recorded):
    """A text to be released at a moment. Everything is asked again then; what is signed is who wanted what, when.

    ``state`` moves once, from waiting to one of the others, by compare-and-set in the transaction of the release.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("scheduled")
        RELEASED = "released", _("released")
        REFUSED = "refused", _("not released")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=new_id)
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="schedules")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    reasons = models.JSONField(default=list, encoder=PlainJSON)
    release = models.OneToOneField(Release, models.PROTECT, null=True, related_name="schedule")

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="schedule_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["manuscript", "channel"],
                condition=Q(state="waiting"),
                name="one_schedule_waits_on_a_channel",
            ),
            models.CheckConstraint(
                condition=Q(state="released", release__isnull=False)
                | ~Q(state="released") & Q(release__isnull=True),
                name="schedule_released_by_a_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manuscript_id} {self.channel} {self.due_at}"

    @property
    def messages(self) -> list[Message]:
        """Return why it was not released."""
        return [Message(msgid, **values) for msgid, values in self.reasons]

    def payload(self) -> Mapping[str, Any]:
        return {
            "manuscript": self.manuscript_id,
            "version": self.version_id,
            "channel": self.channel,
            "digest": self.digest,
            "address": self.address,
            "due_at": self.due_at,
            "account": self.account_id,
            **super().payload(),
        }


class Whereabouts(Done):
    """Where a release can be read, when that was known only afterwards; the newest counts."""

    id = models.UUIDField(primary_key=True, default=new_id)
    release = models.ForeignKey(Release, models.PROTECT, related_name="whereabouts")
    address = models.CharField(max_length=300)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.address

    def payload(self) -> Mapping[str, Any]:
        return {
            "release": self.release_id,
            "address": self.address,
            **super().payload(),
        }


class Sought(models.Model):
    """The words of a release, for the site's search. Derived; what a reader is shown is never read from here."""

    release = models.OneToOneField(Release, models.CASCADE, primary_key=True, related_name="sought")
    words = models.TextField()

    def __str__(self) -> str:
        return self.words[:60]
