"""Choosing where and when a text becomes public."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from taizhang.core.scheme.desk import Channel

ADDRESS = "address-"


class Releasing(forms.Form):
    """Where, and now or when. ``seen`` is the digest of the text on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), error_messages={"required": _("Choose at least one channel.")}
    )
    when = forms.ChoiceField(
        label=_("When"), choices=(("now", _("Now")), ("later", _("At this moment"))), initial="now"
    )
    due_at = forms.DateTimeField(
        label=_("Moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, data: QueryDict | None = None, *, channels: Mapping[str, Any], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["channels"].choices = list(channels.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == "later" and not cleaned.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", _("Say at which moment."))
        return cleaned

    @property
    def is_later(self) -> bool:
        return bool(self.cleaned_data["when"] == "later")

    @property
    def due(self) -> dt.datetime:
        found: dt.datetime = self.cleaned_data["due_at"]
        return found

    def address(self, channel: str) -> str:
        """Return the address typed for a channel whose texts appear elsewhere."""
        return str(self.data.get(ADDRESS + channel, "")).strip()


class Withdrawing(forms.Form):
    """From which channels."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), error_messages={"required": _("Choose at least one channel.")}
    )

    def __init__(self, data: QueryDict | None = None, *, channels: Mapping[str, Any], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["channels"].choices = list(channels.items())  # type: ignore[attr-defined]


def names(channels: Mapping[str, Channel], ids: list[str], language: str) -> dict[str, str]:
    """Return the names of channels, in the order of ``ids``."""
    return {id_: channels[id_].name.said_in(language) if id_ in channels else id_ for id_ in ids}
