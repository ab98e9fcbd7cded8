"""Quotas and points read aloud as the clauses of a regulation: one article a quota, one a rule."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from taizhang.core.messages import Message
from taizhang.core.messages import gettext_noop as _
from taizhang.core.scheme import explain_circular
from taizhang.core.scheme.appraisal import (
    Answer,
    Appraisal,
    Asked,
    Band,
    By,
    Condition,
    CountOf,
    Each,
    Escalation,
    Fixed,
    Following,
    Grade,
    Late,
    Limit,
    Met,
    Quota,
    Rate,
    Rows,
    Rule,
    RuleKind,
    ScaleLine,
    Several,
    Short,
    Span,
    Split,
    Times,
    Total,
    Veto,
    Who,
)
from taizhang.core.scheme.phrases import (
    EVERY,
    PERIOD,
    Words,
    alternatives,
    clauses,
    listing,
    number,
    sentences,
)
from taizhang.core.scheme.schema import Every
from taizhang.core.scheme.speaking import Speaker, Told

THE_WHOLE: dict[Every, str] = {
    "month": _("the whole month"),
    "quarter": _("the whole quarter"),
    "half_year": _("the whole half-year"),
    "year": _("the whole year"),
}


def quotas(speaker: Speaker) -> Iterator[Told]:
    """Yield what is said of every quota."""
    for quota_id, quota in speaker.scheme.quotas.items():
        yield Told("quotas", quota_id, speaker.said(quota.name), tuple(_quota(speaker, quota)))


def appraisals(speaker: Speaker) -> Iterator[Told]:
    """Yield what is said of every appraisal: in general, of its rules, its limits, its escalation."""
    for appraisal_id, appraisal in speaker.scheme.appraisals.items():
        yield Told(
            "appraisals", appraisal_id, speaker.said(appraisal.name), tuple(_general(speaker, appraisal))
        )
        for rule_id, rule in appraisal.rules.items():
            said = tuple(_rule(speaker, appraisal, rule))
            yield Told("appraisals", f"{appraisal_id}.rules.{rule_id}", speaker.said(rule.name), said)
        for name, escalation in appraisal.escalation.items():
            said = tuple(_escalation(speaker, appraisal, escalation))
            yield Told("appraisals", f"{appraisal_id}.escalation.{name}", speaker.said(escalation.name), said)
        if appraisal.circular:
            said = tuple(explain_circular.circular(speaker, appraisal.circular))
            yield Told("appraisals", f"{appraisal_id}.circular", Message(_("Circular")), said)


def points(value: Decimal) -> Words:
    """Return a number of points, with its sign where it is below 0."""
    text = number(abs(value))
    return (
        Message(_("{number} points off"), number=text)
        if value < 0
        else Message(_("{number} points"), number=text)
    )


# Who and what


def _who(speaker: Speaker, who: Who, by: By) -> Words:
    people = [
        *([Message(_("the staff numbers {codes}"), codes=listing(who.persons))] if who.persons else []),
        *([Message(_("the holders of the posts {posts}"), posts=listing(who.posts))] if who.posts else []),
        *([Message(_("every {roles}"), roles=speaker.names("roles", who.roles))] if who.roles else []),
        *(
            [Message(_("the members of {groups}"), groups=speaker.names("groups", who.groups))]
            if who.groups
            else []
        ),
    ]
    units = [
        *(
            [Message(_("every unit of kind {kinds}"), kinds=speaker.names("unit_kinds", who.unit_kinds))]
            if who.unit_kinds
            else []
        ),
        *([Message(_("the units {units}"), units=listing(who.units))] if who.units else []),
    ]
    if by == "unit":
        return listing(units)
    if not units:
        return listing(people)
    if not people:
        return Message(_("everybody in {units}"), units=listing(units))
    return Message(_("in {units}, {people}"), units=listing(units), people=listing(people))


def _rows(speaker: Speaker, rows: Rows) -> Words:
    """Return entries with all that they must be like."""
    plain = speaker.entries(rows.kind, rows.where)
    others = list(_conditions(speaker, rows, rows.kind, without_where=True))
    return (
        Message(_("{entries} ({conditions})"), entries=plain, conditions=listing(others)) if others else plain
    )


def _conditions(
    speaker: Speaker, condition: Condition, kind: str, *, without_where: bool = False
) -> Iterator[Words]:
    for name, values in () if without_where else condition.where.items():
        said = alternatives(speaker.value(kind, name, value) for value in values)
        yield Message(_("“{field}” is {values}"), field=speaker.field_name(kind, name), values=said)
    for name, values in condition.item.items():
        about = _item_kind(speaker, kind, name)
        said = alternatives(speaker.value(about, name, value) for value in values)
        yield Message(
            _("“{field}” of its item is {values}"), field=speaker.field_name(about, name), values=said
        )
    for name, span in condition.number.items():
        yield Message(_("“{field}” {span}"), field=speaker.field_name(kind, name), span=_span(span))
    if condition.followed_by:
        yield Message(_("followed by {entries}"), entries=_following(speaker, condition.followed_by))
    if condition.not_followed_by:
        yield Message(_("not followed by {entries}"), entries=_following(speaker, condition.not_followed_by))


def _item_kind(speaker: Speaker, kind: str, name: str) -> str:
    """Return a kind of item that has the field; the kind itself where none has."""
    about = speaker.scheme.kinds[kind].about
    return next(
        (each for each in (about.kinds if about else ()) if name in speaker.scheme.kinds[each].fields), kind
    )


def _following(speaker: Speaker, following: Following) -> Words:
    return speaker.entries(following.kind, following.where)


def _span(span: Span, percent: bool = False) -> Words:  # noqa: FBT001, FBT002 - a unit
    sign = "%" if percent else ""
    least = None if span.at_least is None else f"{number(span.at_least)}{sign}"
    below = None if span.below is None else f"{number(span.below)}{sign}"
    if least is None:
        return Message(_("is less than {number}"), number=below)
    if below is None:
        return Message(_("is at least {number}"), number=least)
    return Message(_("is at least {least} and less than {below}"), least=least, below=below)


COUNTS: dict[CountOf, str] = {
    "entries": _("{number} of {entries}, every one counted"),
    "items": _("{number} of {entries}, several about one item counted once"),
}


def _asked(speaker: Speaker, asked: Asked) -> Words:
    return Message(COUNTS[asked.count], number=asked.at_least, entries=_rows(speaker, asked))


def _quota(speaker: Speaker, quota: Quota) -> Iterator[Words]:
    every = Message(EVERY[quota.every])
    who = _who(speaker, quota.who, quota.by)
    by = _("Each unit is bound: {who}.") if quota.by == "unit" else _("Each person is bound: {who}.")
    yield Message(by, who=who)
    if quota.submit:
        yield Message(
            _("To be submitted, {every}, at least: {asked}."),
            every=every,
            asked=_asked(speaker, quota.submit),
        )
    if quota.publish:
        yield Message(
            _("To be published, {every}, at least: {asked}."),
            every=every,
            asked=_asked(speaker, quota.publish),
        )
    yield speaker.due(quota.due, quota.every)
    if quota.months:
        yield Message(
            _("Only in periods that begin in month {months}."), months=listing(map(str, quota.months))
        )
    yield from speaker.about(quota)


# The appraisal as a whole


def _general(speaker: Speaker, appraisal: Appraisal) -> Iterator[Words]:
    scored = (
        _("Persons are scored {every}: {who}.")
        if appraisal.by == "person"
        else _("Units are scored {every}: {who}.")
    )
    yield Message(
        scored, every=Message(EVERY[appraisal.every]), who=_who(speaker, appraisal.who, appraisal.by)
    )
    if appraisal.quotas:
        yield Message(
            _("The quotas that belong to it: {quotas}."), quotas=speaker.names("quotas", appraisal.quotas)
        )
    yield from _shares(speaker, appraisal)
    closing = speaker.day_of(appraisal.closes, appraisal.every)
    yield Message(_("Proofs for a period are taken until {day}."), day=closing)
    yield Message(_LATE[appraisal.late_proof])
    yield Message(
        _("Each line is rounded half up to {digits} decimals before it is added."), digits=appraisal.digits
    )
    for limit in appraisal.limits:
        yield from _joint(speaker, appraisal, limit.rules, limit)
        if limit.clause:
            yield speaker.cited(limit.clause)
    yield from _grades(speaker, appraisal)
    yield from _verification(speaker, appraisal)
    yield from _exemptions(speaker, appraisal)
    yield Message(_("A sheet can be objected to within {days} days."), days=appraisal.objection_days)
    yield (
        Message(_("Lists may be put in the order of points."))
        if appraisal.ranking
        else Message(_("Nobody is ranked."))
    )
    yield from speaker.about(appraisal)


_LATE = {
    "counts": _("A proof that comes later counts in the period it arrives in, with its own period shown."),
    "points_only": _(
        "A proof that comes later earns points in the period it arrives in, and fulfils no quota."
    ),
    "ignored": _("A proof that comes later is not counted."),
}


def _shares(speaker: Speaker, appraisal: Appraisal) -> Iterator[Words]:
    if appraisal.shares:
        fields = listing(_author(speaker, name) for name in appraisal.shares.fields)
        yield Message(_("The authors of an item are, in order: {fields}."), fields=fields)
        yield _split(appraisal.shares)
    yield (
        Message(_("An item of several authors counts towards the quota of the first."))
        if appraisal.shared_quota == "first"
        else Message(_("An item of several authors counts towards the quota of each."))
    )


def _author(speaker: Speaker, name: str) -> Words:
    kinds = speaker.scheme.kinds
    kind = next((each for each in kinds if name in kinds[each].fields), None)
    if kind is None and name == "person":
        return Message(_("the person named"))
    return speaker.field_name(kind or next(iter(kinds)), name)


def _split(split: Split) -> Words:
    numbers = listing(number(each) for each in split.numbers)
    said = [Message(_SPLIT[split.split], numbers=numbers)]
    if split.at_most is not None:
        said.append(Message(_("At most {number} of them share."), number=split.at_most))
    return sentences(said)


_SPLIT = {
    "equal": _("They share the points equally."),
    "ratio": _("They share the points in the ratio {numbers}."),
    "parts": _("They get these parts of the points, in order: {numbers}."),
    "full": _("Each of them gets all the points."),
}


def _joint(
    speaker: Speaker, appraisal: Appraisal, rules: Sequence[str] | None, limit: Limit
) -> Iterator[Words]:
    names = listing(
        Message(_("“{name}”"), name=speaker.name_of(appraisal.rules, each)) for each in rules or ()
    )
    what: Words = Message(_("{rules} together"), rules=names) if rules else Message(_("The sheet as a whole"))
    yield from _limit(what, limit, appraisal.every)


def _limit(what: Words, limit: Limit, every: Every) -> Iterator[Words]:
    period = Message(PERIOD[limit.every or every])
    if limit.at_most is not None:
        yield Message(
            _("{what}: no more than {number} a {period}."),
            what=what,
            number=number(limit.at_most),
            period=period,
        )
    if limit.at_least is not None:
        yield Message(
            _("{what}: no less than {number} a {period}."),
            what=what,
            number=number(limit.at_least),
            period=period,
        )


def _grades(speaker: Speaker, appraisal: Appraisal) -> Iterator[Words]:
    grades = appraisal.grades
    if grades is None:
        return
    period = Message(PERIOD[grades.every or appraisal.every])
    bands = clauses(_grade(speaker, each) for each in grades.bands)
    yield Message(_("The total of a {period} is called: {bands}."), period=period, bands=bands)


def _grade(speaker: Speaker, grade: Grade) -> Words:
    return Message(_("“{name}” where it {span}"), name=speaker.said(grade.name), span=_span(grade))


def _verification(speaker: Speaker, appraisal: Appraisal) -> Iterator[Words]:
    rule = appraisal.verification
    if rule is None:
        return
    yield Message(
        _(
            "Entries of {kinds} count only once they are verified by {roles}; nobody verifies what he recorded or is an author of. What is not verified when the sheets are computed is listed and counts for nothing."
        ),
        kinds=speaker.names("kinds", rule.kinds),
        roles=speaker.names("roles", rule.by),
    )
    if rule.clause:
        yield speaker.cited(rule.clause)


def _exemptions(speaker: Speaker, appraisal: Appraisal) -> Iterator[Words]:
    rule = appraisal.exemptions
    if rule is None:
        yield Message(_("Nobody can be exempt."))
        return
    reasons = listing(speaker.said(each) for each in rule.reasons.values())
    yield Message(
        _(
            "Who is exempt ({reasons}) with the approval of {roles} owes nothing then; such a period neither counts nor breaks a run of missed ones."
        ),
        reasons=reasons,
        roles=speaker.names("roles", rule.approved_by),
    )


# Rules


def _rule(speaker: Speaker, appraisal: Appraisal, rule: Rule) -> Iterator[Words]:
    """Yield what a rule says, and at the end its lines, each on a line of its own."""
    yield from _what(speaker, appraisal, rule)
    if rule.weight != 1:
        yield Message(_("These points are multiplied by {factor}."), factor=number(rule.weight))
    for limit in rule.limits:
        yield from _limit(Message(_("This rule")), limit, appraisal.every)
    yield from speaker.about(rule)
    for line in _lines(speaker, rule.what):
        yield Message(_("\n- {line}"), line=line)


def _lines(speaker: Speaker, what: RuleKind) -> Iterator[Words]:
    if isinstance(what, Each):
        yield from (_scale_line(speaker, what.kind, line) for line in what.scale)
    elif isinstance(what, Total | Rate):
        for band in what.bands:
            span = _span(band, isinstance(what, Rate))
            said = Message(_("{points} where it {span}"), points=points(band.points), span=span)
            yield _with_clause(speaker, said, band)


def _what(speaker: Speaker, appraisal: Appraisal, rule: Rule) -> Iterator[Words]:
    match rule.what:
        case Fixed() as what:
            yield from _fixed(appraisal, what)
        case Met() as what:
            yield from _met(speaker, what)
        case Short() as what:
            yield from _short(speaker, what)
        case Each() as what:
            yield from _each(speaker, what)
        case Total() | Rate() as what:
            yield from _banded(speaker, appraisal, what)
        case Answer() as what:
            yield from _answer(speaker, what)
        case Late() as what:
            yield from _late(speaker, appraisal, what)
        case Veto() as what:
            yield _veto(speaker, what)


def _veto(speaker: Speaker, what: Veto) -> Words:
    return Message(
        _("With a single one of {entries}, the whole period is worth no more than {number}."),
        entries=_rows(speaker, what.of),
        number=number(what.total),
    )


def _fixed(appraisal: Appraisal, what: Fixed) -> Iterator[Words]:
    yield Message(_("{points} {every}."), points=points(what.points), every=Message(EVERY[appraisal.every]))
    yield (
        Message(_("They are given too to who is exempt."))
        if what.exempt
        else Message(_("They are not given to who is exempt."))
    )


def _of_quotas(speaker: Speaker, quotas: Sequence[str] | None) -> Words:
    return speaker.names("quotas", quotas) if quotas else Message(_("all quotas"))


def _met(speaker: Speaker, what: Met) -> Iterator[Words]:
    when = (
        _("{points} where {quotas} is met, each by itself.")
        if what.apart
        else _("{points} where {quotas} are met.")
    )
    yield Message(when, points=points(what.points), quotas=_of_quotas(speaker, what.quotas))
    if what.on_time:
        yield Message(_("Only what came by the due day counts."))
    if what.extra:
        yield Message(_("{points} for each entry beyond the quota."), points=points(what.extra))
    if what.extra_most is not None:
        yield Message(_("At most {number} entries beyond the quota count."), number=what.extra_most)
    if what.partly:
        yield Message(_("Where it is met in part, the same part of the points is given."))
    yield Message(_("Where it is not met: {points}."), points=points(what.missed))
    yield Message(_("For who is exempt: {points}."), points=points(what.exempt))


def _short(speaker: Speaker, what: Short) -> Iterator[Words]:
    quotas = _of_quotas(speaker, what.quotas)
    if what.submit:
        yield Message(
            _("{points} for each submission missing from {quotas}."),
            points=points(what.submit),
            quotas=quotas,
        )
    if what.publish:
        yield Message(
            _("{points} for each publication missing from {quotas}."),
            points=points(what.publish),
            quotas=quotas,
        )


def _each(speaker: Speaker, what: Each) -> Iterator[Words]:
    entries = _rows(speaker, what)
    if what.points is not None:
        yield Message(_("{points} for each of {entries}."), points=points(what.points), entries=entries)
    else:
        yield Message(_("For each of {entries}, the first line below that fits."), entries=entries)
    for times in what.times:
        yield _times(speaker, what.kind, times)
    if what.several:
        yield from _several(speaker, what.kind, what.several)
    if what.split:
        yield _split(what.split)
    if what.most is not None:
        yield Message(_("Only the best {number} items of a period count."), number=what.most)


def _scale_line(speaker: Speaker, kind: str, line: ScaleLine) -> Words:
    worth = points(line.points)
    if line.per:
        worth = Message(
            _("{points} for each 1 of “{field}”"), points=worth, field=speaker.field_name(kind, line.per)
        )
    conditions = list(_conditions(speaker, line, kind))
    said = (
        Message(_("{conditions}: {points}"), conditions=listing(conditions), points=worth)
        if conditions
        else Message(_("any other: {points}"), points=worth)
    )
    if line.undivided:
        said = Message(_("{line}, all of it for each author"), line=said)
    return _with_clause(speaker, said, line)


def _with_clause(speaker: Speaker, said: Words, part: ScaleLine | Times | Band) -> Words:
    return (
        Message(_("{line}. {clause}"), line=said, clause=speaker.cited(part.clause))
        if part.clause
        else Message(_("{line}."), line=said)
    )


def _times(speaker: Speaker, kind: str, times: Times) -> Words:
    conditions = list(_conditions(speaker, times, kind))
    said = (
        Message(
            _("Multiplied by {factor} where {conditions}"),
            factor=number(times.by),
            conditions=listing(conditions),
        )
        if conditions
        else Message(_("Multiplied by {factor} in any case"), factor=number(times.by))
    )
    return _with_clause(speaker, said, times)


def _several(speaker: Speaker, kind: str, several: Several) -> Iterator[Words]:
    if several.one_per:
        yield Message(
            _("Of several about one item, one counts for each “{field}”, the best."),
            field=speaker.field_name(kind, several.one_per),
        )
    if several.order:
        yield Message(
            _("From the highest down: {values}."),
            values=listing(speaker.value(kind, several.one_per or "", value) for value in several.order),
        )
    if several.best is not None:
        yield Message(_("Of several about one item, the best {number} count."), number=several.best)
    if several.further is not None:
        yield Message(
            _("Of several about one item, all but the best are multiplied by {factor}."),
            factor=number(several.further),
        )
    if several.at_most is not None:
        yield Message(_("One item earns no more than {number} points."), number=number(several.at_most))


def _banded(speaker: Speaker, appraisal: Appraisal, what: Total | Rate) -> Iterator[Words]:
    whole = Message(THE_WHOLE[what.every or appraisal.every])
    if isinstance(what, Rate):
        yield Message(
            _("By how many of {of} there are for each hundred of {to}, over {period}."),
            of=_rows(speaker, what.of),
            to=_rows(speaker, what.to),
            period=whole,
        )
    else:
        yield Message(
            _("By how many of {entries} there are over {period}."),
            entries=_rows(speaker, what.of),
            period=whole,
        )
    yield (
        Message(_("Several about one item count once."))
        if what.count == "items"
        else Message(_("Every entry counts."))
    )


def _answer(speaker: Speaker, what: Answer) -> Iterator[Words]:
    yield Message(
        _("For {entries}, answered by {kinds} until “{deadline}”:"),
        entries=_rows(speaker, what.of),
        kinds=speaker.names("kinds", what.by),
        deadline=speaker.field_name(what.of.kind, what.deadline),
    )
    yield Message(
        _("in time {done}, later {late}, not at all {missed}."),
        done=points(what.done),
        late=points(what.late),
        missed=points(what.missed),
    )


def _late(speaker: Speaker, appraisal: Appraisal, what: Late) -> Iterator[Words]:
    limit: Words = (
        speaker.day_of(what.due, appraisal.every)
        if what.due
        else Message(_("“{name}”"), name=speaker.field_name(what.of.kind, what.deadline or ""))
    )
    each = (
        _("{points} for every day late, for each of {entries}.")
        if what.per_day
        else _("{points} for each of {entries} that came late.")
    )
    yield Message(each, points=points(what.points), entries=_rows(speaker, what.of))
    yield Message(_("The last day: {day}."), day=limit)
    if what.at_least is not None:
        yield Message(_("For one entry no less than {number}."), number=number(what.at_least))


# Escalation


def _escalation(speaker: Speaker, appraisal: Appraisal, escalation: Escalation) -> Iterator[Words]:
    period = Message(PERIOD[appraisal.every])
    counted = _RUNS[escalation.counting]
    yield Message(
        counted, number=escalation.after, quotas=_of_quotas(speaker, escalation.quotas), period=period
    )
    yield Message(_MISSED[escalation.missed])
    if escalation.talk:
        yield Message(
            _("{role} then talks with the one concerned; the next period that is fulfilled closes the talk."),
            role=speaker.names("roles", [escalation.talk]),
        )
    if escalation.multiply is not None:
        yield Message(
            _("From then on, {rules} of a missed period is multiplied by {factor}."),
            rules=_multiplied(speaker, appraisal, escalation.rules),
            factor=number(escalation.multiply),
        )
    if escalation.points:
        yield Message(_("Once: {points}."), points=points(escalation.points))
    yield from speaker.about(escalation)


_RUNS = {
    "consecutive": _(
        "When {quotas} was missed {number} times one after the other, across the end of a year too:"
    ),
    "year": _("When {quotas} was missed {number} times in one year:"),
}
_MISSED = {
    "short": _("missed means: less than the quota after exemption."),
    "nothing": _("missed means: nothing at all submitted or published."),
}


def _multiplied(speaker: Speaker, appraisal: Appraisal, rules: Iterable[str]) -> Words:
    named = [Message(_("“{name}”"), name=speaker.name_of(appraisal.rules, each)) for each in rules]
    return listing(named) if named else Message(_("what is taken away for missing entries"))
