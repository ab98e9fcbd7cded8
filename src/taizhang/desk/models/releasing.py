"""What was made public, and what was taken away again."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from taizhang.desk.models.manuscript import Manuscript
from taizhang.desk.models.rounds import Round
from taizhang.desk.models.versions import Version
from taizhang.ledger.models import Entry, new_id
from taizhang.org.models import Done


class Release(Done):
    """A version made public on a channel. ``replaces``: the release of the same channel that it corrects.

    ``entry`` is what it is counted as in the ledger, where its type of text is counted.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="releases")
    round = models.ForeignKey(Round, models.PROTECT, related_name="releases")
    version = models.ForeignKey(Version, models.PROTECT, related_name="releases")
    channel = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=500, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["channel", "at"], name="release_of_channel")]
        constraints = [
            models.UniqueConstraint(fields=["version", "channel"], name="one_release_of_a_version"),
            models.UniqueConstraint(
                fields=["manuscript", "channel"],
                condition=Q(replaces__isnull=True),
                name="one_first_release_on_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.channel}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "manuscript": self.manuscript_id,
            "round": self.round_id,
            "version": self.version_id,
            "channel": self.channel,
            "digest": self.digest,
            "address": self.address,
            "replaces": self.replaces_id,
            "entry": self.entry_id,
            **super().payload(),
        }


class Withdrawal(Done):
    """A release taken away from its readers; the version's note stands in its place."""

    id = models.UUIDField(primary_key=True, default=new_id)
    release = models.OneToOneField(Release, models.PROTECT, related_name="withdrawal")
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="withdrawals")
    round = models.ForeignKey(Round, models.PROTECT, related_name="withdrawals")
    version = models.ForeignKey(Version, models.PROTECT, related_name="withdrawals")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.release_id}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "release": self.release_id,
            "manuscript": self.manuscript_id,
            "round": self.round_id,
            "version": self.version_id,
            "digest": self.digest,
            **super().payload(),
        }
