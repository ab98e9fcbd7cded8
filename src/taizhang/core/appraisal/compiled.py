"""An appraisal made ready to score many: conditions become tests, paths and quotas are worked out once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from taizhang.core.appraisal.frame import Frame, frame
from taizhang.core.appraisal.matching import Test, condition_test, followings, rows_test
from taizhang.core.appraisal.posting import closing_day
from taizhang.core.appraisal.rows import Profile, Subject, Work
from taizhang.core.scheme.appraisal import Appraisal, Asked, Condition, Each, Limit, Quota, Rows, Rule, Who
from taizhang.core.scheme.load import LoadedScheme
from taizhang.core.scheme.schema import Scheme
from taizhang.core.values import Period, PeriodKind


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows of one kind that pass a test. ``looks_back``: earlier rows of the same item can change what newer add."""

    kind: str
    test: Test
    items: bool
    looks_back: bool


@dataclass(frozen=True, eq=False)
class CompiledQuota:
    id: str
    quota: Quota
    every: PeriodKind
    submit: Selection | None
    publish: Selection | None


@dataclass(frozen=True, eq=False)
class Scaled:
    """A line of a scale, or a factor: its test, and where it stands in the scheme."""

    test: Test
    path: str


@dataclass(frozen=True, eq=False)
class CompiledLimit:
    limit: Limit
    every: PeriodKind
    path: str


@dataclass(frozen=True, eq=False)
class CompiledRule:
    """A rule with the tests for its rows: ``rows`` by the name of the part (``each``, ``of``, ``to``)."""

    id: str
    kind: str
    rule: Rule
    path: str
    limits: tuple[CompiledLimit, ...]
    rows: Mapping[str, Selection]
    scale: tuple[Scaled, ...] = ()
    times: tuple[Scaled, ...] = ()
    parts: dict[tuple[int, int], Fraction] = field(default_factory=dict)
    """The part of every author by his place and their number, once it was worked out."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """An appraisal of one version of a scheme, ready to score. Make it once for a run; it can be shared by threads."""

    loaded: LoadedScheme
    id: str
    appraisal: Appraisal
    every: PeriodKind
    quotas: tuple[CompiledQuota, ...]
    rules: tuple[CompiledRule, ...]
    limits: tuple[CompiledLimit, ...]
    _bound: dict[Profile, tuple[CompiledQuota, ...]] = field(default_factory=dict)
    _frames: dict[Period, Frame] = field(default_factory=dict)
    _closing: dict[dt.date, dt.date] = field(default_factory=dict)

    @property
    def scheme(self) -> Scheme:
        return self.loaded.scheme

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of entries that have to be read."""
        return frozenset(self.fields)

    @cached_property
    def fields(self) -> Mapping[str, frozenset[str]]:
        """Return, by kind of entry to be read, which of its own fields are looked at."""
        return _fields(self)

    @cached_property
    def telling(self) -> Mapping[str, frozenset[str]]:
        """Return, by kind of entry, the fields (and “quantity”) that change what a row is worth; authors do not."""
        return _telling(self)

    @cached_property
    def needs_earlier(self) -> frozenset[str]:
        """Return the kinds of which earlier rows about the items of new rows are needed (``Work.earlier``).

        For every new row: entries of these kinds whose id, or whose ``about``, is the id or the ``about`` of the row.
        """
        return _looking_back(self)

    @cached_property
    def deadlines(self) -> Mapping[str, str]:
        """Return the kinds that ask for an answer, with their date field.

        Their rows whose deadline lies in the period are needed too (with ``earlier``), whenever they were posted.
        """
        return {
            rule.rule.answer.of.kind: rule.rule.answer.deadline for rule in self.rules if rule.rule.answer
        }

    def frame(self, period: Period) -> Frame:
        """Return what is the same for everybody in a period; worked out once."""
        if period not in self._frames:
            quotas = ((each.id, each.quota) for each in self.quotas)
            self._frames[period] = frame(period, quotas, self.scheme.working_days)
        return self._frames[period]

    def was_late(self, work: Work) -> bool:
        """Return whether a row arrived when its own period took no more proofs."""
        return self.was_late_on(work.on, work.arrived)

    def was_late_on(self, on: dt.date, arrived: dt.date) -> bool:
        """Return whether a row whose own day is ``on`` arrived when its own period took no more proofs."""
        closed = self._closing.get(on)
        if closed is None:
            own = Period.containing(self.every, on)
            closed = self._closing[on] = closing_day(self.appraisal.closes, own, self.scheme.working_days)
        return arrived > closed

    def scores(self, subject: Subject) -> bool:
        """Return whether somebody is scored at all."""
        return is_meant(self.appraisal.who, subject, self.appraisal.by == "person")

    def bound(self, subject: Subject) -> tuple[CompiledQuota, ...]:
        """Return the quotas that bind somebody. Worked out once for every profile, where quotas name no single person."""
        if any(each.quota.who.persons for each in self.quotas):
            return self._binding(subject)
        if subject.profile not in self._bound:
            self._bound[subject.profile] = self._binding(subject)
        return self._bound[subject.profile]

    def _binding(self, subject: Subject) -> tuple[CompiledQuota, ...]:
        people = self.appraisal.by == "person"
        return tuple(each for each in self.quotas if is_meant(each.quota.who, subject, people))


def is_meant(who: Who, subject: Subject, people: bool) -> bool:  # noqa: FBT001 - one question, asked twice
    """Return whether somebody is meant: by person and unit, if both are said, both must fit."""
    profile = subject.profile
    in_unit = not profile.units.isdisjoint(who.units) or not profile.unit_kinds.isdisjoint(who.unit_kinds)
    if not people or not who.by_person:
        return in_unit
    named = (
        subject.code in who.persons
        or not profile.posts.isdisjoint(who.posts)
        or not profile.roles.isdisjoint(who.roles)
        or not profile.groups.isdisjoint(who.groups)
    )
    return named and (in_unit or not who.by_unit)


def compile_appraisal(loaded: LoadedScheme, appraisal_id: str) -> Compiled:
    """Make an appraisal ready. Raises KeyError for one that the scheme does not have."""
    scheme = loaded.scheme
    appraisal = scheme.appraisals[appraisal_id]
    return Compiled(
        loaded=loaded,
        id=appraisal_id,
        appraisal=appraisal,
        every=PeriodKind(appraisal.every),
        quotas=tuple(
            _quota(quota_id, quota, scheme)
            for quota_id, quota in scheme.quotas.items()
            if (quota_id in appraisal.quotas if appraisal.quotas else quota.by == appraisal.by)
        ),
        rules=tuple(
            _rule(rule_id, rule, appraisal, f"appraisals.{appraisal_id}.rules.{rule_id}", scheme)
            for rule_id, rule in appraisal.rules.items()
        ),
        limits=_limits(appraisal.limits, appraisal, f"appraisals.{appraisal_id}"),
    )


def _quota(quota_id: str, quota: Quota, scheme: Scheme) -> CompiledQuota:
    return CompiledQuota(
        quota_id,
        quota,
        PeriodKind(quota.every),
        _asked(quota.submit, scheme),
        _asked(quota.publish, scheme),
    )


def _asked(asked: Asked | None, scheme: Scheme) -> Selection | None:
    return _selection(asked, scheme, items=asked.count == "items") if asked else None


def _selection(rows: Rows, scheme: Scheme, *, items: bool) -> Selection:
    return Selection(
        rows.kind, rows_test(rows, scheme.kinds), items, looks_back=items or bool(followings(rows))
    )


def _limits(limits: Iterable[Limit], appraisal: Appraisal, path: str) -> tuple[CompiledLimit, ...]:
    return tuple(
        CompiledLimit(limit, PeriodKind(limit.every or appraisal.every), f"{path}.limits[{index}]")
        for index, limit in enumerate(limits)
    )


def _rule(rule_id: str, rule: Rule, appraisal: Appraisal, path: str, scheme: Scheme) -> CompiledRule:
    what = rule.what
    plain = CompiledRule(rule_id, rule.kind, rule, path, _limits(rule.limits, appraisal, path), {})
    if isinstance(what, Each):
        return _each(plain, what, scheme)
    items = getattr(what, "count", "entries") == "items"
    rows = {
        name: _selection(getattr(what, name), scheme, items=items)
        for name in ("of", "to")
        if isinstance(getattr(what, name, None), Rows)
    }
    return replace(plain, rows=rows)


def _each(rule: CompiledRule, each: Each, scheme: Scheme) -> CompiledRule:
    kind = scheme.kinds[each.kind]
    conditions = (each, *each.scale, *each.times)
    looks_back = each.several is not None or bool(followings(*conditions))
    selection = Selection(each.kind, rows_test(each, scheme.kinds), each.several is not None, looks_back)

    def scaled(lines: tuple[Condition, ...], name: str) -> tuple[Scaled, ...]:
        return tuple(
            Scaled(condition_test(line, kind, scheme.kinds), f"{rule.path}.each.{name}[{index}]")
            for index, line in enumerate(lines)
        )

    return replace(
        rule, rows={"each": selection}, scale=scaled(each.scale, "scale"), times=scaled(each.times, "times")
    )


def _conditions(compiled: Compiled) -> list[tuple[str, tuple[Condition, ...], tuple[str, ...]]]:
    """Return every kind that is read, with what is asked of it and which other fields are looked at."""
    found: list[tuple[str, tuple[Condition, ...], tuple[str, ...]]] = []
    for quota in compiled.quotas:
        found += [(asked.kind, (asked,), ()) for asked in (quota.quota.submit, quota.quota.publish) if asked]
    for rule in compiled.rules:
        what = rule.rule.what
        if isinstance(what, Each):
            numbers = [line.per for line in what.scale if line.per]
            one_per = [what.several.one_per] if what.several and what.several.one_per else []
            found.append((what.kind, (what, *what.scale, *what.times), (*numbers, *one_per)))
            continue
        dates = tuple(filter(None, (getattr(what, "deadline", None),)))
        found += [
            (getattr(what, name).kind, (getattr(what, name),), dates if name == "of" else ())
            for name in ("of", "to")
            if isinstance(getattr(what, name, None), Rows)
        ]
        found += [(kind, (), ()) for kind in getattr(what, "by", ())]
    return found


def _fields(compiled: Compiled) -> Mapping[str, frozenset[str]]:
    kinds = compiled.scheme.kinds
    shares = compiled.appraisal.shares
    authors = frozenset(shares.fields if shares else ())
    return {kind: (names | authors) & set(kinds[kind].fields) for kind, names in _telling(compiled).items()}


def _telling(compiled: Compiled) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    kinds = compiled.scheme.kinds
    for kind, conditions, others in _conditions(compiled):
        looked = found.setdefault(kind, set())
        looked.update(others)
        about = kinds[kind].about
        for condition in conditions:
            looked.update(condition.where, condition.number)
            for item in about.kinds if about and condition.item else ():
                found.setdefault(item, set()).update(condition.item)
            for following in filter(None, (condition.followed_by, condition.not_followed_by)):
                found.setdefault(following.kind, set()).update(following.where)
    return {kind: frozenset(names) for kind, names in found.items()}


def _looking_back(compiled: Compiled) -> frozenset[str]:
    kinds: set[str] = set()
    for quota in compiled.quotas:
        for asked, selection in ((quota.quota.submit, quota.submit), (quota.quota.publish, quota.publish)):
            if asked and selection and selection.looks_back:
                kinds |= {asked.kind, *followings(asked)}
    for rule in compiled.rules:
        what = rule.rule.what
        if any(selection.looks_back for selection in rule.rows.values()):
            kinds.update(selection.kind for selection in rule.rows.values())
            for _kind, conditions, _others in _conditions_of(rule):
                kinds |= followings(*conditions)
        if what is rule.rule.answer and rule.rule.answer:
            kinds |= {rule.rule.answer.of.kind, *rule.rule.answer.by}
    return frozenset(kinds)


def _conditions_of(rule: CompiledRule) -> list[tuple[str, tuple[Condition, ...], tuple[str, ...]]]:
    what = rule.rule.what
    if isinstance(what, Each):
        return [(what.kind, (what, *what.scale, *what.times), ())]
    found = [getattr(what, name, None) for name in ("of", "to")]
    return [(each.kind, (each,), ()) for each in found if isinstance(each, Rows)]
