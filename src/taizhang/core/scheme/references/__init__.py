"""What in a scheme refers to what, and what no scheme can mean: checked once the shapes are right.

Every check looks only at parts whose shape is right and leaves alone what refers to a broken one, so that one fault
is told once and does not hide the others.
"""

from collections.abc import Callable

from taizhang.core.scheme.references import (
    appraisals,
    clauses,
    desk,
    indicators,
    kinds,
    names,
    numbers,
    outlines,
    roles,
)
from taizhang.core.scheme.references.declared import Complaints, Draft

CHECKS: tuple[Callable[[Draft], Complaints], ...] = (
    names.check,
    clauses.check,
    roles.check,
    kinds.check,
    indicators.check,
    numbers.check_duties,
    numbers.check_targets,
    outlines.check,
    desk.check,
    appraisals.check,
)
"""Every check, in the order in which its complaints are told."""


def check(draft: Draft) -> Complaints:
    """Yield every fault in how the parts of a scheme go together."""
    for rule in CHECKS:
        yield from rule(draft)
