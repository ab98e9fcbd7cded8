"""Entries as rows for others: enough in each to count every figure again without this program."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from taizhang.core.scheme.schema import FactField, Kind
from taizhang.documents.sheets import Column, Value
from taizhang.journal.chain import canonical
from taizhang.ledger import listing, wording
from taizhang.ledger.models import Entry
from taizhang.org.models import Person
from taizhang.org.queries import UnitTree

BATCH = 1000


def entries(found: QuerySet[Entry]) -> Iterator[Entry]:
    """Yield the entries with all that belongs to them, a batch at a time."""
    whole = found.select_related("person").prefetch_related("participations__person", "evidence")
    return whole.iterator(BATCH)


def columns(rule: Kind) -> list[Column]:
    """Return the heads of the columns, those of the kind's own fields among them."""
    own = [Column(wording.said(field.name), _column_kind(field)) for field in rule.fields.values()]
    return [
        Column("id"),
        Column("fact"),
        Column(_("Date"), "date"),
        Column(_("Counts for"), "date"),
        Column(_("Unit code")),
        Column(_("Unit")),
        Column(_("Staff number")),
        Column(listing.label_of("person", rule)),
        Column(listing.label_of("title", rule)),
        Column(listing.label_of("quantity", rule), "decimal"),
        Column(_("Unit of quantity")),
        Column(_("Approximate")),
        *own,
        Column(_("About")),
        Column(_("Attendance")),
        Column(_("Evidence")),
        Column(_("Source")),
        Column(_("Recorded at"), "datetime"),
        Column(_("Recorded by")),
        Column(_("Replaces version")),
        Column(_("Replaced at"), "datetime"),
        Column(_("Withdrawn")),
        Column(_("Reason")),
        Column(_("Digest")),
    ]


def _column_kind(field: FactField) -> Any:
    return {"integer": "integer", "number": "decimal", "date": "date"}.get(field.type, "text")


def rows(found: Iterable[Entry], rule: Kind, tree: UnitTree) -> Iterator[tuple[Value, ...]]:
    """Yield the entries as rows under ``columns``; people and choices by their ids' words beside the codes."""
    people = _PeopleRead()
    for entry in found:
        unit = tree.by_id[entry.unit_id]
        person = entry.person
        yield (
            str(entry.pk),
            str(entry.fact),
            entry.occurred_on,
            entry.counts_for,
            unit.code,
            unit.name,
            person.code if person else None,
            person.name if person else None,
            entry.title,
            entry.quantity.normalize() + 0 if entry.quantity is not None else None,
            entry.quantity_unit or None,
            _yes(entry.approximate),
            *(_own(entry.values.get(name), field, tree, people) for name, field in rule.fields.items()),
            str(entry.about_id) if entry.about_id else None,
            _attendance(entry),
            _evidence(entry),
            json.dumps(entry.source, ensure_ascii=False) if entry.source else None,
            timezone.localtime(entry.recorded_at),
            entry.recorded_by,
            str(entry.supersedes_id) if entry.supersedes_id else None,
            timezone.localtime(entry.superseded_at) if entry.superseded_at else None,
            _yes(entry.voids),
            entry.reason or None,
            entry.digest,
        )


class _PeopleRead(dict[int, Person]):
    """People that fields name, each read once."""

    def __missing__(self, pk: int) -> Person:
        self[pk] = Person.objects.get(pk=pk)
        return self[pk]


def _yes(value: bool) -> str | None:  # noqa: FBT001
    return _("yes") if value else None


def _own(value: Any, field: FactField, tree: UnitTree, people: Mapping[int, Person]) -> Value:
    if value is None:
        return None
    match field.type:
        case "number":
            return Decimal(value)
        case "integer":
            return int(value)
        case "date":
            return dt.date.fromisoformat(value)
        case "person":
            return f"{people[value].name} ({people[value].code})"
        case _:
            return wording.field_value(value, field, wording.Names(tree))


def _attendance(entry: Entry) -> str | None:
    told = [f"{p.person.code} {p.person.name} {p.state}" for p in entry.participations.all()]
    return "; ".join(told) or None


def _evidence(entry: Entry) -> str | None:
    return "; ".join(f"{file.name} sha256:{file.sha256}" for file in entry.evidence.all()) or None


def lines(found: Iterable[Entry], tree: UnitTree) -> Iterator[bytes]:
    """Yield each version as a line of JSON: exactly what the journal signed, with ids, digest and codes beside it."""
    for entry in found:
        told: dict[str, Any] = {
            **entry.payload(),
            "id": entry.pk,
            "superseded_at": entry.superseded_at,
            "digest": entry.digest,
            "codes": {
                "unit": tree.by_id[entry.unit_id].code,
                "person": entry.person.code if entry.person else None,
                "participations": {str(p.person_id): p.person.code for p in entry.participations.all()},
            },
        }
        yield canonical(told) + b"\n"
