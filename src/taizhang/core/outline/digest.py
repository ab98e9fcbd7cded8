"""The seal of a printed figure: the same for the same figure, another as soon as anything in it differs."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

from taizhang.core.outline.model import Form
from taizhang.core.values import Figure, Undefined


def digest_of(figure: Figure, *, form: Form, text: str, before: Figure | None = None) -> str:
    """Return the SHA-256, in hex, of a figure as printed. The exact form is in docs/algorithms/digests.md."""
    content = {**_content(figure), "form": form.value, "text": text}
    if before is not None:
        content["before"] = _content(before)
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: Any) -> str:
    """Return JSON in its one spelling: keys sorted, no spaces, characters as themselves."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _content(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.indicator,
        "definition": figure.citation.digest,
        "unit": figure.scope.unit,
        "person": figure.scope.person,
        "period": str(figure.period),
        "as_of": figure.as_of.astimezone(dt.UTC).isoformat(),
        "value": _value(figure),
        "measured_in": figure.unit,
        "approximate": figure.approximate,
    }


def _value(figure: Figure) -> str | dict[str, str]:
    value = figure.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    kind = "undefined" if isinstance(value, Undefined) else "not_applicable"
    return {kind: value.reason.msgid}
