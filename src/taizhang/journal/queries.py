"""Reading the journal: lines by who, what and when, and the words that occur in them."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from taizhang.journal.models import Line

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """Which lines: all of what is given must fit. ``object_type`` only narrows ``object_id``."""

    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    day: dt.date | None = None


def lines(wanted: Wanted) -> QuerySet[Line]:
    """Return the lines wanted, newest first."""
    found = Line.objects.order_by("-seq")
    exact = {name: value for name in ("actor", "action") if (value := getattr(wanted, name))}
    found = found.filter(**exact)
    if wanted.object_id:
        # The types are few and the index begins with them.
        types = [wanted.object_type] if wanted.object_type else _different("object_type")
        found = found.filter(object_type__in=types, object_id=wanted.object_id)
    if wanted.day is not None:
        start = timezone.make_aware(dt.datetime.combine(wanted.day, dt.time.min))
        found = found.filter(at__gte=start, at__lt=start + DAY)
    return found


def actors() -> list[str]:
    """Return everybody who ever signed a line."""
    return _different("actor")


def actions() -> list[str]:
    """Return every action there ever was."""
    return _different("action")


def _different(column: str) -> list[str]:
    """Return the values of an indexed column by stepping from one to the next: a million lines, a dozen steps."""
    name = connection.ops.quote_name(column)
    table = connection.ops.quote_name(Line._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE step(value) AS (SELECT MIN({name}) FROM {table} UNION ALL "  # noqa: S608 - our names
            f"SELECT (SELECT MIN({name}) FROM {table} WHERE {name} > step.value) FROM step "
            "WHERE step.value IS NOT NULL) SELECT value FROM step WHERE value IS NOT NULL"
        )
        return [value for (value,) in cursor.fetchall()]


def head() -> Line | None:
    """Return the newest line."""
    return Line.objects.order_by("-seq").first()
