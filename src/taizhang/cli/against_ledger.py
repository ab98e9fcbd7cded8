"""``taizhang check --ledger``: the one part of the command that needs the database."""

from collections.abc import Callable

from taizhang.cli.django_site import set_up
from taizhang.proof import Finding


def opened(*, unit: str, period: str, language: str | None) -> Callable[[str], list[Finding]]:
    """Return what holds a text against the figures of a unit and period; leaves with 2 where there is no ledger."""
    set_up(language)
    from taizhang.web import ledger_claims, setup

    with setup.told_plainly():
        holder = ledger_claims.holder(unit=unit, period=period)

    def hold(text: str) -> list[Finding]:
        with setup.told_plainly():
            return holder(text)

    return hold
