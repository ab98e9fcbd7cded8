"""Who could sit where as it was known then: roles, memberships and units as they stood at a line of the journal.

An end that is recorded later, and may lie in the past, does not make an approval wrong that was right when it was given.
What a change replaced stands in the journal beside it.
"""

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from taizhang.desk import seating
from taizhang.desk.models import Act, Manuscript, Seat
from taizhang.journal.models import Line
from taizhang.org.models import Membership, RoleAssignment, Unit
from taizhang.org.queries import UnitTree, unit_tree

KINDS = (RoleAssignment, Membership, Unit)
_Row = TypeVar("_Row", RoleAssignment, Membership)


@dataclass(frozen=True)
class Known:
    """The organisation at any line of the journal. Read once; ``lines`` has the line that signed each act."""

    now: UnitTree
    changes: dict[tuple[str, str], list[tuple[int, dict[str, str | None]]]]
    lines: dict[str, int]
    _trees: dict[int, UnitTree] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Known":
        labels = [model._meta.label_lower for model in KINDS]
        rows = Line.objects.filter(object_type__in=labels, detail__has_key="was").order_by("-seq")
        changes = defaultdict(list)
        for label, id_, seq, detail in rows.values_list("object_type", "object_id", "seq", "detail"):
            changes[label, id_].append((seq, detail["was"]))
        signed = Line.objects.filter(object_type=Act._meta.label_lower).values_list("object_id", "seq")
        return cls(now=unit_tree(), changes=dict(changes), lines=dict(signed))

    def entitled(self, act: Act, seats: Iterable[Seat], manuscript: Manuscript) -> bool:
        """Tell whether what an act names let its person sit there, as it was known when the act was signed."""
        seq = self.lines.get(str(act.pk))
        then = copy.copy(act)
        if seq is not None:
            then.assignment = self._row(act.assignment, seq) if act.assignment else None
            then.membership = self._row(act.membership, seq) if act.membership else None
        tree = self.now if seq is None else self._tree(seq)
        return seating.was_entitled(then, seats, unit_id=manuscript.unit_id, tree=tree)

    def _row(self, row: _Row, seq: int) -> _Row:
        then = copy.copy(row)
        for after, was in self.changes.get((row._meta.label_lower, str(row.pk)), ()):
            if after > seq:
                then.since = _day(was["since"]) or then.since if "since" in was else then.since
                then.until = _day(was["until"]) if "until" in was else then.until
        return then

    def _tree(self, seq: int) -> UnitTree:
        """Return the units as they hung then."""
        moves = [
            (after, int(id_), was["parent"])
            for (label, id_), changed in self.changes.items()
            if label == Unit._meta.label_lower
            for after, was in changed
            if after > seq and "parent" in was
        ]
        if not moves:
            return self.now
        first = min(after for after, _id, _parent in moves)
        if first not in self._trees:
            units = {unit.pk: copy.copy(unit) for unit in self.now.units}
            for _after, id_, parent in sorted(moves, reverse=True):
                units[id_].parent_id = self.now.by_code[parent].pk if parent else None
            self._trees[first] = UnitTree(tuple(units.values()))
        return self._trees[first]


def _day(told: str | None) -> dt.date | None:
    return dt.date.fromisoformat(told) if told else None
