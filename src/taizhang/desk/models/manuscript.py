"""A text and its working copy."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from taizhang.core.desk.content import Content
from taizhang.ledger.models import PlainJSON, new_id
from taizhang.org.models import Person, Unit


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
