"""Where a text is now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from taizhang.desk.models.manuscript import Manuscript
from taizhang.desk.models.rounds import Round, Station
from taizhang.desk.models.versions import Version
from taizhang.ledger.models import PlainJSON


class Place(models.Model):
    """Where a manuscript is now: worked out from what was done, and kept for lists and queues. See ``placing``.

    ``seats`` are those of its station as pairs of how and name, ``barred`` the people whom the rule bars from it,
    ``dots`` a letter a station (p passed, h here, v void, - to come). Nothing is decided by it: actions fold anew.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("being written")
        RETURNED = "returned", _("sent back")
        ON_THE_WAY = "on_the_way", _("on its way")
        PASSED = "passed", _("passed, to be released")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    DONE = (State.RELEASED, State.WITHDRAWN)

    manuscript = models.OneToOneField(Manuscript, models.PROTECT, primary_key=True, related_name="place")
    state = models.CharField(max_length=12, choices=State.choices)
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=300)
    authors = models.CharField(max_length=1000)
    since = models.DateTimeField()
    due = models.DateTimeField(null=True)
    dots = models.CharField(max_length=100)
    seats = models.JSONField(default=list, encoder=PlainJSON)
    barred = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["state", "due"], name="place_by_state")]

    def __str__(self) -> str:
        return f"{self.manuscript_id} {self.state}"
