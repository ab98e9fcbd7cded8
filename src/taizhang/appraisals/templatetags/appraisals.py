"""Points, outcomes and states of talks, as words on a page."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from taizhang.appraisals import queries, showing

register = template.Library()
TONES = {"met": "ok", "missed": "bad", "exempt": "line", "not_due": "quiet"}


@register.filter
def points(value: Decimal | None) -> str:
    """Print points exactly: 12, 0.5, −3; nothing for None."""
    if value is None:
        return ""
    text = f"{value.normalize():f}"
    return text.replace("-", "−")


@register.filter
def signed(value: Decimal | None) -> str:
    """Print points with their sign: +3, −1, 0."""
    text = points(value)
    return f"+{text}" if value is not None and value > 0 else text


@register.simple_tag
def outcome(value: str) -> SafeString:
    """Show how a sheet came out."""
    name = showing.outcome_names().get(value, value)
    return format_html('<span class="tag tag-{}">{}</span>', TONES.get(value, "quiet"), name)


@register.simple_tag
def talk_state(state: str) -> SafeString:
    """Show how a talk stands."""
    tones = {"overdue": "bad", "due": "warn", "held": "info", "closed": "ok", "lapsed": "line"}
    names = {
        "overdue": _("Overdue"),
        "due": _("To be held"),
        "held": _("Held, not yet closed"),
        "closed": _("Closed"),
        "lapsed": _("Closed without a talk"),
    }
    return format_html('<span class="tag tag-{}">{}</span>', tones[state], names[state])


@register.simple_tag(takes_context=True)
def sees_scores(context: template.Context) -> bool:
    """Tell whether the visitor sees sheets of others."""
    return queries.may_see_some(context["visit"].access)


@register.filter
def state_name(state: str) -> str:
    """Name how a quota stands."""
    return showing.state_names().get(state, state)
