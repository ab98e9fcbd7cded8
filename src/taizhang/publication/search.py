"""Searching what is public: every word must stand in title or text, as written. Small enough for the database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from taizhang.core.scheme.history import History
from taizhang.publication import fragment, published
from taizhang.publication.models import Sought
from taizhang.publication.words import line

LONGEST, MOST_WORDS, AT_ONCE = 80, 8, 200
AROUND = 40


@dataclass(frozen=True)
class Asked:
    """What somebody looks for."""

    text: str = ""
    column: str = ""
    year: int | None = None

    @property
    def words(self) -> list[str]:
        return list(dict.fromkeys(self.text.split()))[:MOST_WORDS]


def read(query: Mapping[str, str]) -> Asked:
    """Read what an address asks for; what makes no sense is left out."""
    year = query.get("year", "")
    return Asked(
        line(query.get("q", ""))[:LONGEST],
        query.get("column", "")[:40],
        int(year) if year.isdecimal() and year.isascii() and len(year) == 4 else None,  # noqa: PLR2004 - a year
    )


def find(asked: Asked, schemes: History) -> QuerySet[Any]:
    """Return the releases that have all the words, the newest text first."""
    _fill(schemes)
    found = published.texts(schemes)
    for word in asked.words:
        found = found.filter(sought__words__icontains=word)
    if asked.column:
        found = published.of_column(found, asked.column)
    if asked.year is not None and asked.year > dt.MINYEAR:
        found = found.filter(since__gte=_start(asked.year), since__lt=_start(asked.year + 1))
    return found if asked.words else found.none()


def _start(year: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime(min(year, dt.MAXYEAR), 1, 1))  # noqa: DTZ001 - made aware here


def _fill(schemes: History) -> None:
    """Write down the words of releases that have none yet: those since the last search."""
    lacking = published.texts(schemes).filter(sought__isnull=True)[:AT_ONCE]
    rows = [Sought(release=text.release, words=words_of(text)) for text in published.authentic(lacking)]
    if rows:
        Sought.objects.bulk_create(rows, ignore_conflicts=True)


def words_of(text: published.Text) -> str:
    """Return the words that a text is found by."""
    return "\n".join([line(text.content.title), line(text.content.byline), fragment.plain(text.content)])


def around(text: published.Text, asked: Asked) -> str:
    """Return the words around the first hit, for the list of what was found."""
    said = " ".join(fragment.plain(text.content).split())
    places = [place for word in asked.words if (place := said.casefold().find(word.casefold())) >= 0]
    if not places:
        return fragment.gist(text.content)
    start = max(0, min(places) - AROUND)
    part = said[start : start + 3 * AROUND]
    return ("…" if start else "") + part + ("…" if start + len(part) < len(said) else "")
