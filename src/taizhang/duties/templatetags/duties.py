"""The lamps of one row of the matrix, written in one go: a year of a bureau has hundreds, and a tag each is slow."""

from collections.abc import Iterator

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from taizhang.core.duties import DutyState
from taizhang.duties.matrix import Row
from taizhang.duties.views import state_names

register = template.Library()
PERIOD = "0000"


@register.simple_tag
def lamp_cells(row: Row) -> SafeString:
    """Return the row's cells: a lamp each that opens the why-panel, as the ``lamp`` tag draws it."""
    before, after = reverse("duties:occurrence", args=[row.duty_id, row.unit.code, PERIOD]).rsplit(PERIOD, 1)
    lamps = {state: _inside(state, name) for state, name in state_names().items()}
    return mark_safe("".join(_cells(row, escape(before), escape(after), lamps)))  # noqa: S308 - escaped above


def _cells(row: Row, before: str, after: str, lamps: dict[DutyState, tuple[str, str]]) -> Iterator[str]:
    for cell in row.cells:
        span = f' colspan="{cell.span}"' if cell.span > 1 else ""
        now = ' class="now"' if cell.now else ""
        if cell.occurrence is None:
            yield f"<td{span}{now}></td>"
            continue
        opening, inside = lamps[cell.occurrence.state]
        href = f"{before}{cell.occurrence.owed.period}{after}"
        yield (
            f'<td{span}{now}><a {opening} href="{href}" hx-get="{href}" hx-target="#why-body" '
            f'hx-swap="innerHTML" data-why>{inside}</a></td>'
        )


def _inside(state: DutyState, name: str) -> tuple[str, str]:
    image = (
        f'<svg aria-hidden="true"><use href="{escape(static("taizhang/img/lamps.svg"))}#{state}"></use></svg>'
    )
    said = escape(name)
    return f'class="lamp lamp-{state}" title="{said}"', f'{image}<span class="visually-hidden">{said}</span>'
