"""Points, outcomes and states of talks, as words on a page."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from taizhang.appraisals import queries, reminders, showing, verifications
from taizhang.appraisals.circulars import Piece
from taizhang.appraisals.models import Sheet, Talk
from taizhang.core.values import Period
from taizhang.ledger.models import Entry

register = template.Library()
TONES = {"met": "ok", "missed": "bad", "exempt": "line", "not_due": "quiet"}


@register.filter
def points(value: Decimal | None) -> str:
    """Print points exactly: 12, 0.5, −3; nothing for None."""
    return "" if value is None else showing.points_text(value)


@register.filter
def signed(value: Decimal | None) -> str:
    """Print points with their sign: +3, −1, 0."""
    text = points(value)
    return f"+{text}" if value is not None and value > 0 else text


@register.simple_tag
def why(number: object, whose: showing.Whose, figure: str, period: Period, quota: str = "") -> SafeString:
    """Show a number of somebody's that opens the panel behind it."""
    return showing.why_link(number, whose.why(figure, period, quota))


@register.simple_tag
def why_sheet(number: object, sheet: Sheet, figure: str) -> SafeString:
    """Show a number of one sheet that opens the panel behind it."""
    return showing.why_link(number, showing.Whose.of(sheet).why(figure, sheet.run.span))


@register.simple_tag
def row_points(value: Decimal, entry: Entry, whose: showing.Whose, period: Period) -> SafeString:
    """Show what an entry earns so far, with its sign, that opens the arithmetic of it."""
    return showing.why_link(signed(value), whose.why("points", period, row=entry.fact.hex))


@register.simple_tag
def why_run(number: object, place: tuple[str, str], figure: str, unit: str = "") -> SafeString:
    """Show a number of a run, or of one unit in it, that opens the panel behind it."""
    return showing.why_link(number, why_run_url(place, figure, unit))


@register.simple_tag
def run_figure(piece: Piece, place: tuple[str, str]) -> SafeString | str:
    """Show a piece of a circular: words, or a figure that opens the panel behind it."""
    if isinstance(piece, str):
        return piece
    return why_run(piece["text"], place, piece["figure"], piece["unit"])


@register.simple_tag
def runs(pieces: Sequence[Piece], place: tuple[str, str]) -> SafeString:
    """Show a line of a circular with its figures."""
    return format_html_join("", "{}", ((run_figure(each, place),) for each in pieces))


@register.simple_tag
def why_run_url(place: tuple[str, str], figure: str, unit: str = "") -> str:
    """Return the address that explains a number of a run."""
    asked = {"figure": figure} | ({"in": unit} if unit else {})
    return f"{reverse('appraisals:why_run', args=place)}?{urlencode(asked)}"


@register.simple_tag
def why_chain(talk: Talk) -> SafeString:
    """Show after how many missed periods a talk is due."""
    return showing.why_link(talk.missed, reminders.chain_address(talk))


@register.simple_tag
def outcome(value: str) -> SafeString:
    """Show how a sheet came out."""
    name = showing.outcome_names().get(value, value)
    return format_html('<span class="tag tag-{}">{}</span>', TONES.get(value, "quiet"), name)


@register.simple_tag
def talk_state(state: str) -> SafeString:
    """Show how a talk stands."""
    tones = {
        "overdue": "bad",
        "due": "warn",
        "held": "info",
        "closed": "ok",
        "lapsed": "line",
        "dropped": "quiet",
    }
    names = {
        "overdue": _("Overdue"),
        "due": _("To be held"),
        "held": _("Held, not yet closed"),
        "closed": _("Closed"),
        "lapsed": _("Closed, never held"),
        "dropped": _("No longer due"),
    }
    return format_html('<span class="tag tag-{}">{}</span>', tones[state], names[state])


@register.simple_tag
def talk_turned(what: str) -> SafeString:
    """Show what becomes of a talk through a correction."""
    tones = {"opened": "warn", "again": "warn", "dropped": "quiet", "closed": "ok"}
    names = {
        "opened": _("becomes due"),
        "again": _("is due again"),
        "dropped": _("is no longer due"),
        "closed": _("is closed"),
    }
    return format_html('<span class="tag tag-{}">{}</span>', tones[what], names[what])


@register.simple_tag(takes_context=True)
def sees_scores(context: template.Context) -> bool:
    """Tell whether the visitor sees sheets of others."""
    return queries.may_see_some(context["visit"].access)


@register.simple_tag(takes_context=True)
def sees_verification(context: template.Context) -> bool:
    """Tell whether entries are verified one by one, and the visitor may see what waits."""
    visit = context["visit"]
    return any(
        appraisal.verification and verifications.may_look(visit.access, appraisal)
        for appraisal in visit.scheme.scheme.appraisals.values()
    )


@register.filter
def state_name(state: str) -> str:
    """Name how a quota stands."""
    return showing.state_names().get(state, state)
