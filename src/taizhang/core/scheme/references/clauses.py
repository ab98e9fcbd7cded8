"""The bases that are cited."""

from taizhang.core.scheme.references.declared import Complaints, Draft, refer


def check(draft: Draft) -> Complaints:
    """Complain where a clause is of a basis that is not there."""
    scheme = draft.scheme
    for section in ("roles", "kinds", "indicators", "duties", "targets", "quotas", "outlines"):
        for part_id, part in getattr(scheme, section).items():
            if part.clause:
                yield from refer(draft, (section, part_id, "clause", "basis"), "basis", part.clause.basis)
    for kind_id, kind in scheme.kinds.items():
        for field_id, rule in kind.fields.items():
            if rule.clause:
                path = ("kinds", kind_id, "fields", field_id, "clause", "basis")
                yield from refer(draft, path, "basis", rule.clause.basis)
