"""The gallery of components: what the pages are made of, with made-up content."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from taizhang.core.messages import Message
from taizhang.core.paging import page_of
from taizhang.core.values import Citation, Figure, NotApplicable, Period, PeriodKind, Scope, Step, Undefined
from taizhang.org.middleware import VisitRequest
from taizhang.web.templatetags.taizhang import LAMPS


class SampleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=60, help_text=_("As it stands on the notice."))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    form = forms.ChoiceField(
        label=_("Form"), choices=[("study", _("Group study")), ("seminar", _("Seminar"))]
    )
    counted = forms.ChoiceField(
        label=_("How counted"),
        widget=forms.RadioSelect,
        choices=[("signed", _("Signed in")), ("estimated", _("Estimated"))],
    )
    minutes = forms.CharField(label=_("Minutes"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    about = forms.BooleanField(label=_("Approximate (余)"), required=False)


def gallery(request: VisitRequest) -> HttpResponse:
    """Show every component. For those who write schemes or run the organisation, and in development."""
    may = request.visit.access.may
    if not (settings.DEBUG or may("rules") or may("organise")):
        raise PermissionDenied
    today = request.visit.today
    figures = _figures(request.visit.now, today)
    sent = SampleForm({"title": "", "day": "2023-13-40"})
    context = {
        "states": tuple(LAMPS),
        "months": list(Period.year(today.year).split(PeriodKind.MONTH)),
        "grid": [
            (name, [states[(row + column) % len(states)] for column in range(12)])
            for states in [tuple(LAMPS)]
            for row, name in enumerate((_("Group study"), _("Periodic analysis"), _("Dispatch meeting")))
        ],
        "figures": figures,
        "shown": figures["ratio"],
        "empty_form": SampleForm(),
        "refused": sent,
        "page": page_of(range(1, 12_001), request.GET.get("page"), size=4),
        "period": Period.containing(PeriodKind.QUARTER, today),
        "tabs": [(_("Overview"), "#", True), (_("History"), "#", False), (_("Evidence"), "#", False)],
        "events": [
            {"when": "2023-12-20 09:12", "text": _("Recorded"), "who": "林晓", "tone": "info"},
            {
                "when": "2023-12-21 16:40",
                "text": _("Corrected"),
                "who": "周敏",
                "note": "日期笔误",
                "tone": "warn",
            },
            {"when": "2023-12-25 10:03", "text": _("Verified"), "who": "何建国", "tone": "ok"},
        ],
        "in_panel": True,
    }
    return render(request, "web/gallery.html", context)


def _figures(now: dt.datetime, today: dt.date) -> dict[str, Figure]:
    citation = Citation(
        scheme="bureau",
        effective=dt.date(today.year, 1, 1),
        path="bureau/2023-01-01.yaml",
        line=412,
        digest="5f2c" * 16,
        basis="党委（党组）理论学习中心组学习规则",
        clause="第八条",
        quote="党委（党组）理论学习中心组学习每季度不少于1次。",
    )

    def one(
        indicator: str, value: Decimal | Undefined | NotApplicable, unit: str = "", **more: object
    ) -> Figure:
        return Figure(
            indicator=indicator,
            value=value,
            unit=unit,
            citation=citation,
            period=Period.year(today.year),
            scope=Scope(unit="bureau"),
            as_of=now,
            **more,  # type: ignore[arg-type]
        )

    found, closed = one("findings", Decimal(24), "项"), one("closed", Decimal(20), "项")
    return {
        "count": one("group_study", Decimal(35), "次"),
        "approximate": one("attendances", Decimal(1200), "人次", approximate=True, left_out=2),
        "ratio": one(
            "closed_rate",
            Decimal(20) * 100 / 24,
            percent=True,
            digits=1,
            steps=(Step("of", closed), Step("to", found)),
        ),
        "undefined": one("rate", Undefined(Message("Nobody was due: there is nothing to be a share of."))),
        "not_applicable": one("talks", NotApplicable(Message("No scheme was in force on {day}.", day=today))),
    }
