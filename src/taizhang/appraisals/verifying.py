"""Which rows count, where the scheme asks that somebody else verifies them (``verification`` of an appraisal).

A row of such a kind counts if the version of it that the sheet looks at was accepted, and not refused since, by the
moment at which the round of sheets began. docs/adr/0017-verified-in-time.md has why it is not posted later.
"""

import datetime as dt
from typing import Any

from django.db import connection

from taizhang.appraisals.sql import listed
from taizhang.core.appraisal.compiled import Compiled
from taizhang.core.values import Period

_DECIDED = "v.at <= %(verified_until)s AND (v.superseded_at IS NULL OR v.superseded_at > %(verified_until)s)"
_ACCEPTED = (
    "EXISTS (SELECT 1 FROM appraisals_verification v WHERE v.entry_id = e.id AND v.accepted AND "
    + _DECIDED
    + ")"
)
_IN_ANY_VERSION = (
    "EXISTS (SELECT 1 FROM ledger_entry o JOIN appraisals_verification v ON v.entry_id = o.id"
    " WHERE o.fact = e.fact AND {which} AND " + _DECIDED + ")"
)
_COUNTED = (
    _IN_ANY_VERSION.format(which="v.accepted")
    + " OR (e.counts_for < %(verified_since)s AND NOT "
    + _IN_ANY_VERSION.format(which="NOT v.accepted")
    + ")"
)
_COLUMN = ", CASE WHEN e.kind NOT IN ({kinds}) OR {counts} THEN 1 ELSE 0 END"


def column(compiled: Compiled, *, earlier: bool = False) -> str:
    """Return SQL that adds to what is read of the rows ``e`` whether they count as verified: 1 or 0.

    Empty where the scheme does not ask. For rows that an earlier sheet posted (``earlier``) any version that was
    accepted will do: put right since, it is what was counted then all the same. Where that sheet's scheme was an older
    one, and nobody refused the row, it counted: then it may not have been asked for. ``values`` are the parameters.
    """
    rule = compiled.appraisal.verification
    if rule is None:
        return ""
    return _COLUMN.format(kinds=listed(rule.kinds), counts=_COUNTED if earlier else _ACCEPTED)


def values(compiled: Compiled, until: dt.datetime) -> dict[str, Any]:
    """Return the parameters of ``column``: until when decisions are looked at, and where this scheme's periods begin."""
    if compiled.appraisal.verification is None:
        return {}
    first = Period.containing(compiled.every, compiled.scheme.effective)
    since = first if first.start >= compiled.scheme.effective else first.following
    return {
        "verified_until": connection.ops.adapt_datetimefield_value(until),
        "verified_since": str(since.start),
    }
