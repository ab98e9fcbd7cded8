"""What changed from one version of a fact to the next, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from taizhang.core.scheme.history import History
from taizhang.core.scheme.schema import Kind, Scheme
from taizhang.ledger import listing, wording
from taizhang.ledger.models import Entry
from taizhang.ledger.wording import MISSING, Names


@dataclass(frozen=True)
class Said:
    """One part of an entry: what it is called and what it says."""

    name: str
    label: str
    text: str
    is_long: bool = False


@dataclass(frozen=True)
class Change:
    """One part that differs between two versions."""

    label: str
    before: str
    after: str


def parts(entry: Entry, *, schemes: History, names: Names) -> list[Said]:
    """Return everything an entry says, in the order of its form, under the scheme of its day."""
    rule, scheme = rule_of(entry, schemes)
    found = [Said("occurred_on", listing.label_of("occurred_on", rule), wording.day(entry.occurred_on))]
    found.append(Said("unit", listing.label_of("unit", rule), names.unit(entry.unit_id)))
    found.append(Said("title", listing.label_of("title", rule), entry.title or MISSING))
    if rule.person is not None or entry.person_id:
        person = entry.person.name if entry.person else MISSING
        found.append(Said("person", listing.label_of("person", rule), person))
    if rule.quantity is not None or entry.quantity is not None:
        found.append(Said("quantity", listing.label_of("quantity", rule), wording.quantity(entry)))
    if rule.counts_for is not None:
        found.append(
            Said("counts_for", listing.label_of("counts_for", rule), wording.counts_for(entry, rule))
        )
    found += _fields(entry, rule, names)
    if rule.attendance is not None:
        found += _attendance(entry, scheme)
    return found


def rule_of(entry: Entry, schemes: History) -> tuple[Kind, Scheme]:
    """Return the kind and the scheme that an entry was held against; the nearest there is if rules are gone."""
    version = schemes.find(entry.occurred_on)
    if version is None or entry.kind not in version.scheme.kinds:
        version = schemes.last_with("kinds", entry.kind)
    if version is None:
        raise LookupError(entry.kind)
    return version.scheme.kinds[entry.kind], version.scheme


def _fields(entry: Entry, rule: Kind, names: Names) -> Iterator[Said]:
    known = dict.fromkeys([*rule.fields, *entry.values])
    for name in known:
        declared = rule.fields.get(name)
        label = wording.said(declared.name) if declared else name
        text = wording.field_value(entry.values.get(name), declared, names)
        yield Said(f"f.{name}", label, text, is_long=declared is not None and declared.type == "long_text")


def _attendance(entry: Entry, scheme: Scheme) -> Iterator[Said]:
    for participation in entry.participations.all():
        state = wording.state_name(participation.state, scheme)
        label = _("Attendance: {person}").format(person=participation.person.name)
        yield Said(f"state-{participation.person_id}", label, state)


def changes(before: Sequence[Said], after: Sequence[Said]) -> list[Change]:
    """Return the parts that differ, those of the later version first."""
    old: Mapping[str, Said] = {said.name: said for said in before}
    new = {said.name: said for said in after}
    found = [
        Change(said.label, old[name].text if name in old else MISSING, said.text)
        for name, said in new.items()
        if name not in old or old[name].text != said.text
    ]
    return found + [Change(said.label, said.text, MISSING) for name, said in old.items() if name not in new]


def file_changes(before: Entry, after: Entry) -> list[Change]:
    """Return the files that came or went."""
    old = {(file.sha256, file.name) for file in before.evidence.all()}
    new = {(file.sha256, file.name) for file in after.evidence.all()}
    label = _("Evidence")
    gone = [Change(label, name, MISSING) for _sha, name in sorted(old - new)]
    return gone + [Change(label, MISSING, name) for _sha, name in sorted(new - old)]
