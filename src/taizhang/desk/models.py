"""What the desk keeps. Everything but a draft is only ever added to, and signed by the journal."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from taizhang.core.desk.content import Content
from taizhang.journal.models import Recorded
from taizhang.ledger.models import Entry, PlainJSON, new_id
from taizhang.org.models import Done, Membership, Person, RoleAssignment, Unit


class Manuscript(models.Model):
    """A text from its first draft on, whatever becomes of it. Its type and its unit never change."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(_("number"), max_length=20, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    type = models.CharField(_("type"), max_length=40)
    creator = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    def payload(self) -> Mapping[str, Any]:
        return {
            "number": self.number,
            "unit": self.unit_id,
            "type": self.type,
            "creator": self.creator_id,
            "created_at": self.created_at,
            "created_by": self.created_by,
        }


class Draft(models.Model):
    """The working copy of a manuscript. ``revision`` grows by one with each save; ``content`` is ``Content`` as JSON.

    ``editors`` are the people who saved it since the last version: their hands are in the next. ``token`` names the
    save, so that a browser that never got the answer knows its own text again.
    """

    manuscript = models.OneToOneField(Manuscript, models.PROTECT, primary_key=True, related_name="draft")
    revision = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=300, blank=True)
    content = models.JSONField(encoder=PlainJSON)
    editors = models.JSONField(default=list)
    token = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> Content:
        return Content.from_json(self.content)


class DraftCopy(models.Model):
    """A draft that somebody wanted to save when another had been quicker: nothing typed is lost."""

    manuscript = models.ForeignKey(Manuscript, models.PROTECT, related_name="copies")
    on = models.PositiveIntegerField()
    content = models.JSONField(encoder=PlainJSON)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.manuscript_id} {self.on}"


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


class Version(Done):
    """A text as it was submitted, or corrected in proof. ``digest`` covers everything that is published.

    ``reopens_from`` is the order of the first station whose approvals it voids: 1 for an edit.
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
