import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from taizhang.appraisals.circulars import Filler, Words, prose_of
from taizhang.appraisals.showing import said
from taizhang.core.scheme.appraisal import Appraisal
from taizhang.core.scheme.references.circulars import faults_of
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import BadPeriod, Period
from taizhang.org.access import Access
from taizhang.org.fields import PersonField, UnitField

MOMENT = "%Y-%m-%dT%H:%M"


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("What is not right"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text=_(
            "Name the item, the day, the outlet; say which proof the ledger lacks. Somebody else than whoever computed it answers."
        ),
    )


class AnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("Decision"),
        choices=(
            ("yes", _("Right: the sheet is counted anew from the ledger as it stands now")),
            ("no", _("Not right: the sheet stays as it is")),
        ),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=450,
        help_text=_(
            "The one who objected reads it. Put the ledger right first, if it is wrong: points are never typed."
        ),
    )


class PeriodField(forms.CharField):
    """Takes a period as it is written, 2023-10; gives a Period."""

    def clean(self, value: Any) -> Period | None:
        written = super().clean(value)
        if not written:
            return None
        try:
            return Period.parse(written)
        except BadPeriod as error:
            raise forms.ValidationError(error.message.render(gettext)) from error


class ExemptionForm(forms.Form):
    """Who is exempt from what, and why. ``who`` is a person or a unit, as the appraisal scores them."""

    person = PersonField(label=_("Who"))
    unit = UnitField(label=_("Which unit"))
    period = PeriodField(
        label=_("Period"), help_text=_("2023-10 for a month, 2023-Q4 for a quarter."), max_length=24
    )
    quota = forms.ChoiceField(label=_("From which quota"), required=False)
    ground = forms.ChoiceField(label=_("Reason"))
    submit = forms.IntegerField(
        label=_("From so many submissions"), min_value=0, max_value=999, required=False,
        help_text=_("Leave both empty for all of them."),
    )  # fmt: skip
    publish = forms.IntegerField(
        label=_("From so many adoptions"), min_value=0, max_value=999, required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, appraisal: Appraisal, scheme: Scheme, access: Access, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if appraisal.by == "unit":
            del self.fields["person"]
            self.fields["unit"].offer(access.tree, access.day)  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]
        grounds = appraisal.exemptions.reasons if appraisal.exemptions else {}
        quotas = appraisal.quotas or [
            name for name, quota in scheme.quotas.items() if quota.by == appraisal.by
        ]
        self.fields["ground"].choices = [(name, said(label)) for name, label in grounds.items()]  # type: ignore[attr-defined]
        self.fields["quota"].choices = [  # type: ignore[attr-defined]
            ("", _("All of them")),
            *((name, said(scheme.quotas[name].name)) for name in quotas if name in scheme.quotas),
        ]


class TalkForm(forms.Form):
    """The record of a talk."""

    held_at = forms.DateTimeField(
        label=_("When it was held"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT],
    )
    place = forms.CharField(label=_("Place"), max_length=120)
    given = forms.CharField(
        label=_("Reason given"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_("What the person said about why the quota was missed."),
    )  # fmt: skip
    measures = forms.CharField(
        label=_("Measures"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_("What was agreed, and the help that is given."),
    )  # fmt: skip
    follow_up = forms.CharField(
        label=_("Follow-up"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000,
        help_text=_("Who looks at it again, and when. The next fulfilled period closes the talk."),
    )  # fmt: skip

    def moment(self) -> dt.datetime:
        """Return the time of the talk on the office's clock."""
        found: dt.datetime = self.cleaned_data["held_at"]
        return found if timezone.is_aware(found) else timezone.make_aware(found)


class CircularForm(forms.Form):
    """The words of a circular: those of its outline, to be changed; figures stay places and are counted."""

    title = forms.CharField(label=_("Title"), max_length=200)
    addressee = forms.CharField(label=_("Addressee"), max_length=200, required=False)
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    reason = forms.CharField(
        label=_("Why another one is issued"), max_length=450, required=False,
        help_text=_("Only where a circular of this period was issued before: the new one supersedes it."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, filler: Filler, before: Words | None) -> None:
        """Make a form with a field for every block of prose that is printed now; ``before`` are earlier words."""
        words = before or filler.words()
        super().__init__(
            data, initial={"title": words.title, "addressee": words.addressee, "issuer": words.issuer}
        )
        self.filler, self.before = filler, before
        reason = self.fields.pop("reason")
        for number, (place, block) in enumerate(filler.editable(), start=1):
            prose = words.blocks.get(place, prose_of(block))
            self.fields[f"block_{place}"] = forms.CharField(
                label=gettext("Paragraph {n}").format(n=number),
                help_text=gettext("One item a line.") if block.list is not None else "",
                widget=forms.Textarea(attrs={"rows": min(8, 2 + len(prose) // 60 + prose.count("\n"))}),
                max_length=4000,
                required=False,
                initial=prose,
            )
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        """Refuse prose with places for figures that there are not."""
        written = super().clean() or {}
        for name, text in list(written.items()):
            if name.startswith("block_"):
                for cause, remedy in faults_of(text, values=self.filler.values()):
                    self.add_error(name, f"{cause.render(gettext)} {remedy.render(gettext)}")
        return written

    def words(self) -> Words:
        """Return the words that were written."""
        written = self.cleaned_data
        kept = dict(self.before.blocks) if self.before else {}
        prose = {int(name[6:]): text for name, text in written.items() if name.startswith("block_")}
        return Words(written["title"], written["addressee"], written["issuer"], kept | prose)
