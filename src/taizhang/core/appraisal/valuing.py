"""Points for every entry: by the scale, by what multiplies, by several outlets, by shares."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from taizhang.core.appraisal.compiled import CompiledRule
from taizhang.core.appraisal.credit import part_of
from taizhang.core.appraisal.given import ZERO, Ledger, Together
from taizhang.core.appraisal.matching import Followers, number_of
from taizhang.core.appraisal.rows import Key, Work
from taizhang.core.appraisal.sheet import Step
from taizhang.core.scheme.appraisal import Each, ScaleLine, Several
from taizhang.core.values import Period

WHOLE = Fraction(1)
ONE = Decimal(1)


class Valued(NamedTuple):
    """What one row is worth: by the scale and the factors, then what is left of it among several, then one's share."""

    work: Work
    line: int
    base: Decimal
    factor: Decimal
    kept: Decimal
    part: Fraction
    points: Decimal
    counts: bool = True


def each_rule(together: Together, rule: CompiledRule, unrated: list[Key]) -> tuple[Step, ...]:
    """Return a step for every entry, or for the item where its entries look at each other, that adds points."""
    what = rule.rule.each
    if what is None:
        raise TypeError(rule.id)
    looks_back = rule.rows["each"].looks_back and bool(together.before.by_kind)
    after = _values(together, rule, what, together.ever if looks_back else together.now, unrated)
    if not looks_back:
        steps = [_item(together, rule, valued, ZERO) for valued in after.values()]
    else:
        before = _values(together, rule, what, together.before, [])
        steps = [
            _item(together, rule, after.get(group, ()), _sum(before.get(group, ())))
            for group in dict.fromkeys([*after, *before])
            if _ids(after.get(group, ())) != _ids(before.get(group, ()))
            or _sum(after.get(group, ())) != _sum(before.get(group, ()))
        ]
    return tuple(steps)


def _sum(valued: Iterable[Valued]) -> Decimal:
    return sum((each.points for each in valued), ZERO)


def _ids(valued: Iterable[Valued]) -> set[Key]:
    return {each.work.id for each in valued}


def _values(
    together: Together, rule: CompiledRule, what: Each, rows: Ledger, unrated: list[Key]
) -> Mapping[Key, Sequence[Valued]]:
    """Return what the rows are worth, by item where several rows of one item look at each other."""
    groups: dict[Key, list[Valued]] = {}
    for work in together.selected(rule.rows["each"], rows):
        valued = _valued(rule, what, work, rows.followers)
        if valued is None:
            if not work.earlier:
                unrated.append(work.id)
        else:
            groups.setdefault(work.group if what.several else work.id, []).append(valued)
    return {
        group: [
            _shared(together, rule, what, each)
            for each in (_chosen(items, what.several) if what.several else items)
        ]
        for group, items in groups.items()
    }


def _valued(rule: CompiledRule, what: Each, work: Work, followers: Followers) -> Valued | None:
    line = -1
    base = what.points
    for index, each in enumerate(rule.scale):
        if each.test(work, followers):
            line, base = index, _line_points(what.scale[index], work)
            break
    if base is None:
        return None
    factor = ONE
    for index, each in enumerate(rule.times):
        if each.test(work, followers):
            factor *= what.times[index].by
    worth = base if factor is ONE else base * factor
    return Valued(work, line, base, factor, worth, WHOLE, worth)


def _line_points(line: ScaleLine, work: Work) -> Decimal:
    return line.points if line.per is None else line.points * (number_of(work, line.per) or ZERO)


def _chosen(items: list[Valued], several: Several) -> list[Valued]:
    """Return the rows of one item with what is left of each, the best first."""
    if len(items) == 1 and several.at_most is None:
        return items
    found: list[Valued] = []
    levels: set[str] = set()
    left = several.at_most
    for each in sorted(items, key=lambda each: _rank(each, several)):
        level = _level(each, several)
        counted = sum(1 for other in found if other.counts)
        if (several.one_per and level in levels) or (several.best is not None and counted >= several.best):
            found.append(each._replace(kept=ZERO, counts=False))
            continue
        kept = each.kept * several.further if several.further and counted else each.kept
        if left is not None:
            kept = min(kept, left)
            left -= kept
        levels.add(level)
        found.append(each._replace(kept=kept))
    return found


def _level(each: Valued, several: Several) -> str:
    return str(each.work.values.get(several.one_per)) if several.one_per else ""


def _rank(each: Valued, several: Several) -> tuple[int, Decimal, str, str]:
    """Order rows of one item: by level where the scheme orders them, then by points, then by day and id."""
    value = _level(each, several)
    level = several.order.index(value) if value in several.order else len(several.order)
    return level, -each.kept, each.work.happened.isoformat(), str(each.work.id)


def _shared(together: Together, rule: CompiledRule, what: Each, each: Valued) -> Valued:
    """Return a row with the part of its points that belongs to the one who is scored, rounded."""
    work = each.work
    if work.authors == 1 or (each.line >= 0 and what.scale[each.line].undivided):
        return each._replace(points=together.rounded(each.kept))
    place = (work.place, work.authors)
    if place not in rule.parts:
        rule.parts[place] = part_of(what.split or together.compiled.appraisal.shares, *place)
    part = rule.parts[place]
    return each._replace(part=part, points=together.rounded(each.kept * part.numerator / part.denominator))


def _item(together: Together, rule: CompiledRule, valued: Sequence[Valued], paid: Decimal) -> Step:
    """Return the step of one item: its rows, less what earlier sheets gave for it."""
    rows = tuple(_row(together, rule, each) for each in valued)
    points = sum((row.points for row in rows), ZERO) - paid
    if len(rows) == 1 and not paid:
        return rows[0]
    group = valued[0].work.group if valued else ""
    return Step(
        "item",
        group,
        points,
        "item_less_paid" if paid else "item_sum",
        (paid,) if paid else (),
        rule.path,
        tuple(row.name for row in rows),
        rows,
    )


def _row(together: Together, rule: CompiledRule, each: Valued) -> Step:
    work = each.work
    own = "" if work.on >= together.period.start else str(Period.containing(together.compiled.every, work.on))
    return Step(
        "row",
        work.id,
        each.points,
        "row",
        (
            each.base,
            each.factor,
            each.kept,
            each.part.numerator,
            each.part.denominator,
            work.place + 1,
            work.authors,
        ),
        rule.scale[each.line].path if each.line >= 0 else f"{rule.path}.each",
        (work.id,),
        (),
        own,
    )
