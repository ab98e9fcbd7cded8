"""The components, as tags. Every template has them without loading. See web/README.md."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.template.context import Context, RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from heroicons.templatetags.heroicons import heroicon_outline

from taizhang.core.messages import Message
from taizhang.core.paging import Page
from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Label, Permission
from taizhang.core.values import Figure, Period
from taizhang.web import wording
from taizhang.web.navigation import Entry, entries

register = template.Library()

LAMPS = {
    "upcoming": _("Upcoming"),
    "due": _("To do"),
    "warning": _("Due soon"),
    "overdue": _("Overdue"),
    "done": _("Done, to be verified"),
    "verified": _("Verified"),
    "exempt": _("Exempt"),
}
TONES = ("quiet", "line", "info", "ok", "warn", "bad")


@register.simple_tag
def icon(name: str, **attrs: str) -> SafeString:
    """Draw an icon of Heroicons' outline set, hidden from screen readers: the words stand beside it."""
    attrs.setdefault("class", "icon")
    return _drawn(name, tuple(attrs.items()))


@lru_cache(maxsize=256)
def _drawn(name: str, attrs: tuple[tuple[str, str], ...]) -> SafeString:
    svg: str = heroicon_outline(name, size=20, aria_hidden="true", **dict(attrs))
    return mark_safe(svg)  # noqa: S308 - from the wheel; attributes are escaped by ElementTree


@register.simple_tag
def lamp(
    state: str, *, words: bool = False, label: str = "", href: str = "", why: bool = False, name: str = ""
) -> SafeString:
    """Show a duty's state: shape, colour and words. ``label`` says what it is the state of, for screen readers.

    ``name`` is what the state is called where it is not that of a duty.
    """
    name = name or str(LAMPS[state])
    said = f"{label}{gettext(': ')}{name}" if label else name
    inside = format_html(
        '<svg aria-hidden="true"><use href="{}#{}"></use></svg>{}',
        static("taizhang/img/lamps.svg"),
        state,
        format_html('<span class="lamp-word">{}</span>', name)
        if words
        else format_html('<span class="visually-hidden">{}</span>', said),
    )
    if not href:
        return format_html('<span class="lamp lamp-{}" title="{}">{}</span>', state, said, inside)
    asks = _asks(href) if why else SafeString("")
    return format_html(
        '<a class="lamp lamp-{}" title="{}" href="{}"{}>{}</a>', state, said, href, asks, inside
    )


@register.inclusion_tag("components/legend.html")
def lamp_legend(states: Sequence[str] = ()) -> dict[str, object]:
    """Explain the lamps, all or some."""
    return {"states": states or tuple(LAMPS)}


@register.simple_tag
def tag(text: object, tone: str = "quiet", **attrs: str) -> SafeString:
    """Show a short status word. Tones: quiet, line, info, ok, warn, bad."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"tag: unknown tone {tone!r}")
    return format_html('<span class="tag tag-{}" title="{}">{}</span>', tone, attrs.get("title", ""), text)


def _asks(url: str) -> SafeString:
    return format_html(' hx-get="{}" hx-target="#why-body" hx-swap="innerHTML" data-why', url)


@register.simple_tag(takes_context=True)
def figure(
    context: Context, shown: Figure, *, name: str = "", unit: bool = True, link: bool = True
) -> SafeString:
    """Show a figure that answers "why?" when it is clicked; a page of its own where there is no script.

    ``name`` is said to screen readers before the number; ``unit=False`` leaves the unit to the column's head.
    """
    inside = wording.figure_html(shown, unit=unit, schemes=_schemes(context))
    title = wording.reason(shown) or gettext("Why this figure?")
    url = why_url(shown) if link else ""
    said = format_html('<span class="visually-hidden">{}{}</span>', name, gettext(": ")) if name else ""
    if not url:
        return format_html('<span class="figure" title="{}">{}{}</span>', title, said, inside)
    return format_html(
        '<a class="figure" href="{}"{} title="{}">{}{}</a>', url, _asks(url), title, said, inside
    )


def _schemes(context: Context) -> History | None:
    visit = context.get("visit")
    return visit.schemes if visit is not None else None


@register.simple_tag
def why_url(shown: Figure) -> str:
    """Return the address that explains ``shown``; empty where there is no such page."""
    return wording.why_url(shown)


@register.filter
def step_sign(part: str) -> str:
    """Return the sign before a part of a figure's arithmetic."""
    return {"to": "÷", "due": "÷", "minus": "−"}.get(part, "")


@register.filter
def step_name(part: str) -> str:
    """Name a part that is no indicator of its own."""
    return {"counted": gettext("Attendances that count"), "due": gettext("Attendances due")}.get(part, part)


@register.filter
def figure_text(shown: Figure) -> str:
    """Print a figure with its unit, as plain words."""
    return wording.figure_text(shown)


@register.filter
def number(value: Decimal | int) -> str:
    return wording.number(Decimal(value))


@register.filter
def period(shown: Period) -> str:
    """Name a period in the reader's language: 2023年第一季度."""
    return wording.period_name(shown)


@register.filter
def period_short(shown: Period) -> str:
    """Name a period where its year is plain, for the head of a column: 3月."""
    return wording.part_of_year(shown)


@register.filter
def said(words: Label | Message | object) -> str:
    """Put a scheme's label or a message of the core into the reader's language; None is nothing."""
    if isinstance(words, Label):
        return words.said_in(get_language() or "zh")
    if isinstance(words, Message):
        return words.render(gettext)
    return "" if words is None else str(words)


@register.filter
def item(mapping: Mapping[Any, Any] | str, key: object) -> object:
    """Look a key up; None when it is missing, or when there is nothing to look in."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.simple_tag
def span(since: dt.date, until: dt.date | None) -> SafeString:
    """Write from-to: 2023-01-01 – 2023-12-31, or an open end."""
    if until is None:
        return format_html('<span class="nowrap">{} –</span>', since.isoformat())
    return format_html('<span class="nowrap">{} – {}</span>', since.isoformat(), until.isoformat())


# Navigation


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> tuple[Entry, ...]:
    """Return the entries of the side navigation for this page and visitor."""
    path = context["request"].path if "request" in context else ""
    return entries(path=path, may=lambda permission: allowed(context, permission))


@register.simple_tag(takes_context=True)
def allowed(context: Context, permission: Permission) -> bool:
    """Tell whether some role of the visitor has the permission, on whatever unit."""
    visit = context.get("visit")
    if visit is None:
        return False
    try:
        return bool(visit.access.may(permission))
    except PermissionDenied:
        return False


@register.simple_tag
def url_if_any(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of that name, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag
def crumb(label: object, name: str = "", *args: Any) -> SafeString:
    """Add a step to the breadcrumbs: {% crumb _("Organisation") "org:index" %}; the last has no address."""
    if not name:
        return format_html('<li aria-current="page">{}</li>', label)
    return format_html('<li><a href="{}">{}</a></li>', reverse(name, args=args), label)


# Lists


@register.simple_tag(takes_context=True)
def sort_header(context: RequestContext, key: str, label: object, *, numeric: bool = False) -> SafeString:
    """Head a column that can be sorted: ?sort=key, then ?sort=-key. Page and filters: the first page, the same filters."""
    request = context["request"]
    now = request.GET.get("sort", context.get("sort", ""))
    query = request.GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{key}" if now == key else key
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    shape = {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, "chevron-up-down")
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        format_html(' aria-sort="{}"', state) if state else "",
        mark_safe(' class="num"') if numeric else "",
        query.urlencode(),
        label,
        icon(shape),
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any]) -> dict[str, object]:
    """Show where in the list we are, and the ways on; keeps the query string."""
    return {"page": page, "request": context["request"], "total": _total(page)}


def _total(page: Page[Any]) -> str:
    return f"{page.total:,}+" if page.capped else f"{page.total:,}"


@register.inclusion_tag("components/period_switcher.html", takes_context=True)
def period_switcher(
    context: RequestContext, shown: Period, *, parameter: str = "period"
) -> dict[str, object]:
    """Show the period with a step back and a step on."""

    def address(other: Period) -> str:
        query = context["request"].GET.copy()
        query.pop("page", None)
        query[parameter] = str(other)
        return f"?{query.urlencode()}"

    return {"period": shown, "previous": address(shown.previous), "following": address(shown.following)}


@register.inclusion_tag("components/unit_options.html", takes_context=True)
def unit_options(context: Context, chosen: str = "", *, value: str = "code") -> dict[str, object]:
    """List the units of today as options of a select, indented as they hang. ``value``: code or pk."""
    access = context["visit"].access
    return {
        "options": [
            (str(getattr(unit, value)), "　" * access.tree.depth(unit) + unit.name)
            for unit in access.tree.on(access.day)
        ],
        "chosen": str(chosen),
    }


# Parts


@register.inclusion_tag("components/progress.html")
def progress(
    value: Decimal | float, top: Decimal | float, *, label: str = "", text: str = "", tone: str = ""
) -> dict[str, object]:
    """Show how far something has come: a bar and words."""
    return {"value": f"{value}", "top": f"{top}", "label": label, "text": text, "tone": tone}


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Sequence[tuple[str, str, bool]], *, label: str = "") -> dict[str, object]:
    """Show pages side by side: (words, address, is it this one)."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Show what happened: mappings with when, text, and as it may be who, note, tone, url."""
    return {"events": events}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """List a refused form's errors, each leading to its field."""
    return {"form": form}


@register.inclusion_tag("components/reason_dialog.html", takes_context=True)
def reason_dialog(
    context: RequestContext,
    id: str,  # noqa: A002 - as in HTML
    action: str,
    *,
    title: str,
    button: str,
    explanation: str = "",
    reason: bool = True,
    danger: bool = True,
) -> dict[str, object]:
    """Ask before an act that cannot be undone, with the reason if need be. Posts ``reason`` to ``action``.

    Open it by <a href="#id" data-dialog="#id">: without script the link shows it too.
    """
    return {
        "id": id,
        "action": action,
        "title": title,
        "button": button,
        "explanation": explanation,
        "reason": reason,
        "danger": danger,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag
def sheet(content: str, title: object = "", *, flush: bool = False, id: str = "") -> SafeString:  # noqa: A002 - as in HTML
    """Put content on a sheet of its own, under a heading."""
    head = format_html('<div class="sheet-head"><h2>{}</h2></div>', title) if title else ""
    anchor = format_html(' id="{}"', id) if id else ""
    return format_html(
        '<section class="sheet{}"{}>{}{}</section>', " sheet-flush" if flush else "", anchor, head, content
    )
