"""Who may ask for which figure: whoever may read, in the whole of its scope, every kind that it is counted from."""

from taizhang.core.indicators.definition import Definitions, parts_of
from taizhang.core.indicators.plan import Ask, base_of
from taizhang.core.scheme.history import History
from taizhang.org.access import Access


def kinds_below(ask: Ask, schemes: History) -> frozenset[str]:
    """Return the kinds whose entries a figure is counted from, directly or through other figures."""
    definitions = Definitions(schemes)
    found, waiting, met = set[str](), [ask.indicator], set[str]()
    while waiting:
        indicator = waiting.pop()
        if indicator in met:
            continue
        met.add(indicator)
        definition = definitions.on(ask.period.start, indicator)
        if (base := base_of(definition)) is not None:
            found |= {base.kind, *base.followers}
        elif definition.problem is None:
            waiting.extend(parts_of(definition.measure))
    return frozenset(found)


def may_ask(access: Access, ask: Ask, schemes: History) -> bool:
    """Tell whether the visitor may see a figure. Everybody with a right to read may see their own."""
    kinds = kinds_below(ask, schemes)
    own = access.person is not None and ask.scope.person == access.person.code
    if own and all(access.own_rows("read", kind=kind) for kind in kinds):
        return True
    unit = access.tree.by_code.get(ask.scope.unit) if ask.scope.unit else access.tree.root
    if unit is None:
        return access.may("read")
    wanted = access.tree.below(unit.pk)
    return access.may("read") and all(_reads_all(access, kind, wanted) for kind in kinds)


def _reads_all(access: Access, kind: str, unit_ids: frozenset[int]) -> bool:
    allowed = access.unit_ids("read", kind=kind)
    return allowed is None or unit_ids <= allowed
