"""All figures of a unit (or person) and period, for the command and the API."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.indicators import wording
from taizhang.core.indicators.plan import Ask
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.values import Figure, NotApplicable, Period, Scope, Undefined
from taizhang.journal import clock
from taizhang.ledger import figures, rows
from taizhang.org.models import Person
from taizhang.org.queries import UnitTree, unit_tree
from taizhang.rules.queries import history
from taizhang.web.setup import NotReady


@dataclass(frozen=True)
class Listed:
    """The figures, with what they were asked for."""

    unit: str
    period: Period
    as_of: dt.datetime
    scheme: LoadedScheme
    figures: tuple[Figure, ...]
    digests: tuple[str, ...]

    def as_json(self) -> list[dict[str, Any]]:
        return [_as_json(f, digest) for f, digest in zip(self.figures, self.digests, strict=True)]

    def print_table(self, out: TextIO) -> None:
        language = get_language() or "zh-hans"
        for f in self.figures:
            name = self.scheme.scheme.indicators[f.indicator].name.said_in(language)
            out.write(f"{f.indicator}\t{name}\t{wording.said(f, language=language)}\n")


def _as_json(figure: Figure, digest: str) -> dict[str, Any]:
    value = figure.value
    reason = value.reason.render(_) if isinstance(value, Undefined | NotApplicable) else None
    state = {Undefined: "undefined", NotApplicable: "not_applicable"}.get(type(value), "number")
    return {
        "indicator": figure.indicator,
        "value": None if reason else f"{value:f}",
        "state": state,
        "reason": reason,
        "unit": figure.unit,
        "approximate": figure.approximate,
        "percent": figure.percent,
        "scope": {"unit": figure.scope.unit, "person": figure.scope.person},
        "period": str(figure.period),
        "as_of": figure.as_of.isoformat(),
        "rows_digest": digest,
        "citation": {
            "scheme": figure.citation.scheme,
            "effective": str(figure.citation.effective),
            "line": figure.citation.line,
            "digest": figure.citation.digest,
        },
    }


def listed(*, unit: str, person: str, period: str, as_of: str, indicators: Sequence[str]) -> Listed:
    """Work out what was asked for. Raises NotReady, BadPeriod, NoSchemeInForce."""
    span, now, schemes, tree = Period.parse(period), clock.now(), history(), unit_tree()
    scope = Scope(unit=_unit(unit, tree), person=_person(person))
    version = schemes.in_force(span.start)
    wanted = indicators or tuple(version.scheme.indicators)
    for name in wanted:
        if name not in version.scheme.indicators:
            raise NotReady(
                Message(
                    gettext_noop("The scheme of {effective} has no indicator “{indicator}”."),
                    effective=version.effective,
                    indicator=name,
                )
            )
    asks = [Ask(name, scope, span) for name in wanted]
    at = clock.moment(as_of)
    found = figures.evaluate(asks, schemes=schemes, tree=tree, now=now, as_of=at)
    digests = tuple(rows.digest_of(ask, schemes=schemes, tree=tree, as_of=at or now) for ask in asks)
    return Listed(scope.unit, span, at or now, version, tuple(found[ask] for ask in asks), digests)


def _unit(code: str, tree: UnitTree) -> str:
    if not code and tree.root is not None:
        return tree.root.code
    if code in tree.by_code:
        return code
    raise NotReady(
        Message(
            gettext_noop("There is no unit “{code}”. There are: {codes}."),
            code=code,
            codes=", ".join(sorted(tree.by_code)[:30]),
        )
    )


def _person(code: str) -> str:
    if code and not Person.objects.filter(code=code).exists():
        raise NotReady(Message(gettext_noop("Nobody has the staff number “{code}”."), code=code))
    return code
