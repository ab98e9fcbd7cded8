"""Searching what is public: every word must stand in title or text, as written. Small enough for the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from taizhang.publication import fragment, published
from taizhang.publication.models import Sought
from taizhang.publication.published import Place
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


def find(asked: Asked, places: Sequence[Place]) -> list[Place]:
    """Return the places whose texts have all the words, in their order. Two queries, more after releases."""
    if not asked.words:
        return []
    wanted = [place for place in places if _fits(place, asked)]
    _fill(wanted)
    found = Sought.objects.all()
    for word in asked.words:
        found = found.filter(words__icontains=word)
    hits = set(found.values_list("pk", flat=True))
    return [place for place in wanted if place.release in hits]


def _fits(place: Place, asked: Asked) -> bool:
    in_year = asked.year is None or timezone.localtime(place.since).year == asked.year
    return in_year and asked.column in ("", place.column)


def _fill(places: Sequence[Place]) -> None:
    """Write down the words of releases that have none yet: those since the last search."""
    known = set(Sought.objects.values_list("pk", flat=True))
    lacking = [place for place in places if place.release not in known]
    for start in range(0, len(lacking), AT_ONCE):
        texts = published.read(lacking[start : start + AT_ONCE])
        rows = [Sought(release=text.release, words=words_of(text)) for text in texts]
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
