"""What a frozen report holds: the text, and for every place in it what it read, by which rule, from which rows.

``content`` is plain JSON::

    version    1
    unit_name  the unit's name on that day
    day        the day up to which the ledger was counted
    issued_on  the day of freezing
    body       the text with its places (body.to_json)
    figures    one for each place, each once: the place, name, text, digest (the seal), the figure with the
               definition's citation, the digest of its rows; for a change, the figure before too
    listings   one for each list of rows: the place, and the rows' ids and words
    footer     the lines printed under it

The digest of the report is SHA-256 over ``journal.chain.canonical(content)``.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message
from taizhang.core.outline.model import FigureChip, Form, Listing, RowText
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Citation, Figure, NotApplicable, Period, Scope, Undefined
from taizhang.reports.body import (
    Body,
    Place,
    from_json,
    listing_of,
    listing_to_json,
    place_of,
    place_to_json,
    to_json,
)
from taizhang.reports.printing import Printed

VERSION = 1
RowsDigest = Callable[[Ask], str]


def content_of(
    body: Body,
    printed: Printed,
    *,
    scheme: Scheme,
    unit_name: str,
    issued: dt.date,
    footer: tuple[str, ...],
    rows_digest: RowsDigest,
) -> dict[str, Any]:
    """Return the content of a frozen report; ``printed`` holds every place of ``body``."""
    return {
        "version": VERSION,
        "unit_name": unit_name,
        "day": printed.day.isoformat(),
        "issued_on": issued.isoformat(),
        "body": to_json(body),
        "figures": [
            _chip_to_json(p, chip, scheme, printed, rows_digest) for p, chip in printed.chips.items()
        ],
        "listings": [
            {**listing_to_json(place), "found": [[row.row, row.text] for row in found.rows]}
            for place, found in printed.listings.items()
        ],
        "footer": list(footer),
    }


def thaw(content: Mapping[str, Any], *, language: str) -> tuple[Body, Printed]:
    """Return the text of a frozen report and what its places read then."""
    printed = Printed(
        language=language,
        day=dt.date.fromisoformat(content["day"]),
        chips={place_of(one["place"]): chip_from_json(one) for one in content["figures"]},
        listings=dict(map(_listing_from_json, content["listings"])),
    )
    return from_json(content["body"]), printed


def issued_on(content: Mapping[str, Any]) -> dt.date:
    """Return the day of freezing."""
    return dt.date.fromisoformat(content["issued_on"])


def _listing_from_json(one: Mapping[str, Any]) -> tuple[Listing, Listing]:
    place = listing_of(one)
    rows = tuple(RowText(place.indicator, row, text) for row, text in one["found"])
    return place, Listing(**{**vars(place), "rows": rows})


def _chip_to_json(
    place: Place, chip: FigureChip, scheme: Scheme, printed: Printed, rows_digest: RowsDigest
) -> dict[str, Any]:
    declared = scheme.indicators.get(chip.indicator)
    now, *before = place.asks
    return {
        "place": place_to_json(place),
        "name": declared.name.said_in(printed.language) if declared else chip.indicator,
        "text": chip.text,
        "digest": chip.digest,
        "figure": {**_figure_to_json(chip.figure), "rows": rows_digest(now)},
        "before": {**_figure_to_json(chip.before), "rows": rows_digest(before[0])}
        if chip.before is not None
        else None,
    }


def chip_from_json(one: Mapping[str, Any]) -> FigureChip:
    """Return a figure as it was printed; its steps are not kept."""
    return FigureChip(
        _figure_from_json(one["figure"]),
        Form(one["place"]["form"]),
        one["text"],
        one["digest"],
        None if one["before"] is None else _figure_from_json(one["before"]),
    )


def _figure_to_json(figure: Figure) -> dict[str, Any]:
    citation = figure.citation
    return {
        "indicator": figure.indicator,
        "value": _value_to_json(figure.value),
        "unit": figure.unit,
        "scope": {"unit": figure.scope.unit, "person": figure.scope.person},
        "period": str(figure.period),
        "as_of": figure.as_of.astimezone(dt.UTC).isoformat(),
        "approximate": figure.approximate,
        "percent": figure.percent,
        "digits": figure.digits,
        "left_out": figure.left_out,
        "citation": {
            "scheme": citation.scheme,
            "effective": citation.effective.isoformat(),
            "path": citation.path,
            "line": citation.line,
            "digest": citation.digest,
            "basis": citation.basis,
            "clause": citation.clause,
            "quote": citation.quote,
        },
    }


def _figure_from_json(one: Mapping[str, Any]) -> Figure:
    cited = one["citation"]
    return Figure(
        indicator=one["indicator"],
        value=_value_from_json(one["value"]),
        unit=one["unit"],
        citation=Citation(**{**cited, "effective": dt.date.fromisoformat(cited["effective"])}),
        period=Period.parse(one["period"]),
        scope=Scope(**one["scope"]),
        as_of=dt.datetime.fromisoformat(one["as_of"]),
        approximate=one["approximate"],
        percent=one["percent"],
        digits=one["digits"],
        left_out=one["left_out"],
    )


def _value_to_json(value: Decimal | Undefined | NotApplicable) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    kind = "undefined" if isinstance(value, Undefined) else "not_applicable"
    said = {name: str(part) for name, part in value.reason.values.items()}
    return {kind: value.reason.msgid, "values": said}


def _value_from_json(value: Any) -> Decimal | Undefined | NotApplicable:
    match value:
        case str():
            return Decimal(value)
        case {"undefined": msgid, "values": values}:
            return Undefined(Message(msgid, **values))
        case {"not_applicable": msgid, "values": values}:
            return NotApplicable(Message(msgid, **values))
    raise ValueError(value)
