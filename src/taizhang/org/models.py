import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taizhang.journal.models import Recorded


class Dated(models.Model):
    """Something that holds from a day to a day, both included; no end means until further notice."""

    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="%(class)s_ends_after_start"
            )
        ]

    @staticmethod
    def holds_on(day: dt.date, prefix: str = "") -> Q:
        """Return the condition that the row holds on ``day``."""
        return Q(**{f"{prefix}since__lte": day}) & (
            Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": day})
        )

    @staticmethod
    def overlaps(since: dt.date, until: dt.date | None) -> Q:
        """Return the condition that the row holds on some day from ``since`` to ``until``."""
        from_there_on = Q(until__isnull=True) | Q(until__gte=since)
        return from_there_on if until is None else from_there_on & Q(since__lte=until)


class Unit(Dated):
    """A part of the organisation: the bureau, a section, a party branch. The tree hangs by ``parent``."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    kind = models.CharField(_("kind of unit"), max_length=40)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta(Dated.Meta):
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.short_name or self.name

    def payload(self) -> Mapping[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "short_name": self.short_name,
            "kind": self.kind,
            "parent": self.parent_id,
            "order": self.order,
            "since": self.since,
            "until": self.until,
        }


class Person(models.Model):
    """Somebody who works here or did. ``code`` tells apart people of one name."""

    code = models.CharField(_("staff number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def payload(self) -> Mapping[str, Any]:
        return {"code": self.code, "name": self.name}


class Done(Recorded):
    """A signed row that a person stands for, under whatever account it was recorded."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def payload(self) -> Mapping[str, Any]:
        return {"person": self.person_id, **super().payload()}


class Post(Dated):
    """A person's place in a unit: the roster of a unit on a day is its posts of that day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("unit"))
    title = models.CharField(_("post"), max_length=80, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta(Dated.Meta):
        ordering = ["order", "person__code"]

    def __str__(self) -> str:
        return f"{self.person} {self.title}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "person": self.person_id,
            "unit": self.unit_id,
            "title": self.title,
            "order": self.order,
            "since": self.since,
            "until": self.until,
        }


class Membership(Dated):
    """A person's place in a group that the scheme names: the leading group, the study group."""

    group = models.CharField(_("group"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    standing = models.CharField(_("standing"), max_length=80, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta(Dated.Meta):
        ordering = ["group", "order", "person__code"]

    def __str__(self) -> str:
        return f"{self.group}: {self.person}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "group": self.group,
            "unit": self.unit_id,
            "person": self.person_id,
            "standing": self.standing,
            "order": self.order,
            "since": self.since,
            "until": self.until,
        }


class RoleAssignment(Dated):
    """A role of the scheme, held by a person for a unit."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roles", verbose_name=_("for unit"))

    class Meta(Dated.Meta):
        ordering = ["role", "person__code"]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"

    def payload(self) -> Mapping[str, Any]:
        return {
            "person": self.person_id,
            "role": self.role,
            "unit": self.unit_id,
            "since": self.since,
            "until": self.until,
        }


class Account(AbstractUser):
    """A way to log in. What it may do comes from the roles of its person, never from the account itself."""

    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="account", verbose_name=_("person")
    )

    def __str__(self) -> str:
        return self.person.name if self.person_id and self.person else self.username

    @property
    def signature(self) -> str:
        """Return the name under which this account's acts stand in the journal, for good."""
        return f"{self.username} {self.person.name}" if self.person else self.username


class LoginFailure(models.Model):
    """A login that failed, remembered for as long as it slows the next one down. See ``throttle``."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="login_failure_address"),
            models.Index(fields=["at"], name="login_failure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.address} {self.at}"
