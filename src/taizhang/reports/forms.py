"""Choosing an outline, a unit, a period and a moment."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taizhang.core.indicators import wording
from taizhang.core.scheme.schema import Outline
from taizhang.core.values import Period, PeriodKind
from taizhang.org.middleware import Visit
from taizhang.org.models import Unit
from taizhang.reports.filling import Order, language_of, units_for
from taizhang.reports.models import LANGUAGES

YEARS_BACK = 2


class NewReport(forms.Form):
    """What a new report is of. The choices are those that the visitor may report on."""

    outline = forms.ChoiceField(label=_("Outline"))
    unit = forms.ChoiceField(label=_("Unit"))
    period = forms.ChoiceField(label=_("Period"))
    as_of = forms.DateField(
        label=_("As of the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "Leave it empty to keep the figures live: they follow the ledger until the report is frozen."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the figures"), choices=LANGUAGES)

    def __init__(self, given: dict[str, str], *, visit: Visit) -> None:
        self.visit = visit
        outlines = outlines_for(visit)
        chosen = given.get("outline", "")
        chosen = chosen if chosen in outlines else next(iter(outlines), "")
        outline = outlines.get(chosen)
        units = writable_units(visit, outline) if outline else []
        spans = periods_for(outline, visit) if outline else []
        super().__init__(_filled(given, chosen, outline, units, spans))
        self.outline_chosen = outline
        self.units = units
        tongue = get_language() or "zh"
        self.fields["outline"].choices = [  # type: ignore[attr-defined]
            (name, one.name.said_in(tongue)) for name, one in outlines.items()
        ]
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]  # type: ignore[attr-defined]
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (str(span), wording.period(span, language=tongue)) for span in spans
        ]

    def clean_as_of(self) -> dt.datetime | None:
        """Return the end of the day; today is now, which stays live only if nothing was chosen."""
        day = self.cleaned_data["as_of"]
        if day is None:
            return None
        if day > self.visit.today:
            raise forms.ValidationError(_("That day is still to come. Choose today or an earlier day."))
        return min(timezone.make_aware(dt.datetime.combine(day, dt.time.max)), self.visit.now)

    @property
    def order(self) -> Order:
        """What was chosen; only of a valid form."""
        chosen = self.cleaned_data
        return Order(
            chosen["outline"],
            self.visit.access.tree.by_code[chosen["unit"]],
            Period.parse(chosen["period"]),
            chosen["language"],
        )


def _filled(
    given: dict[str, str], chosen: str, outline: Outline | None, units: list[Unit], spans: list[Period]
) -> dict[str, Any]:
    """Fill in what was not chosen, or cannot stay with another outline, so that the form always says something."""
    unit_codes, periods = [unit.code for unit in units], [str(span) for span in spans]
    language = language_of(outline) if outline else "zh-hans"
    unit, period = given.get("unit", ""), given.get("period", "")
    return {
        "outline": chosen,
        "unit": unit if unit in unit_codes else next(iter(unit_codes), ""),
        "period": period if period in periods else next(iter(periods), ""),
        "as_of": given.get("as_of", ""),
        "language": given.get("language")
        if outline and given.get("outline") == chosen and given.get("language")
        else language,
    }


def outlines_for(visit: Visit) -> dict[str, Outline]:
    """Return the outlines of the scheme in force that the visitor may fill for some unit."""
    return {
        name: outline
        for name, outline in visit.scheme.scheme.outlines.items()
        if writable_units(visit, outline)
    }


def writable_units(visit: Visit, outline: Outline) -> list[Unit]:
    """Return the units that make the report and that the visitor may report on."""
    access = visit.access
    return [unit for unit in units_for(outline, access.tree) if access.may("report", unit_id=unit.pk)]


def periods_for(outline: Outline, visit: Visit) -> list[Period]:
    """Return the periods that have begun, this year and the years before, the newest first."""
    kind = PeriodKind(outline.every)
    first = Period.containing(kind, dt.date(visit.today.year - YEARS_BACK, 1, 1))
    span, found = Period.containing(kind, visit.today), []
    while span.start >= first.start:
        if visit.schemes.find(span.start):
            found.append(span)
        span = span.previous
    return found
