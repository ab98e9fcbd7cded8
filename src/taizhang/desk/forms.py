"""The forms of the desk that are plain fields; what an editor sends is read by ``sending``."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from taizhang.core.scheme.desk import Desk
from taizhang.desk import presenting
from taizhang.desk.drafts import MAX_TITLE
from taizhang.desk.models import Purpose
from taizhang.org.access import Access
from taizhang.org.fields import UnitField


class NewManuscript(forms.Form):
    """What must be known before the first word."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE,
        required=False,
        help_text=_("It can be written later."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        label=_("Type of text"), help_text=_("It decides the line of stations, and never changes.")
    )
    unit = UnitField(label=_("Section that publishes"), help_text=_("It never changes."))
    channel = forms.MultipleChoiceField(
        label=_("Where it appears"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Can be changed until it is submitted."),
    )

    def __init__(self, data: Any, *, desk: Desk, access: Access) -> None:
        super().__init__(data)
        types = [(id_, presenting.named(one.name.texts)) for id_, one in desk.types.items()]
        self.fields["type"].choices = types if len(types) == 1 else [("", "—"), *types]  # type: ignore[attr-defined]
        self.fields["channel"].choices = channels(desk)  # type: ignore[attr-defined]
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.offer(
            access.tree,
            access.day,
            only=[one.pk for one in access.tree.on(access.day) if access.may("write", unit_id=one.pk)],
        )


def channels(desk: Desk) -> list[tuple[str, str]]:
    """Return the channels of the scheme by id and name."""
    return [(id_, presenting.named(one.name.texts)) for id_, one in desk.channels.items()]


class Reopening(forms.Form):
    """Why a released text goes round again."""

    purpose = forms.ChoiceField(
        label=_("What for"), choices=[(one.value, one.label) for one in (Purpose.CORRECT, Purpose.WITHDRAW)]
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
