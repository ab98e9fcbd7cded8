"""What in quotas and appraisals refers to what, and what no rule can mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.appraisal import (
    Answer,
    Appraisal,
    By,
    Condition,
    Each,
    Escalation,
    Following,
    Late,
    Limit,
    Met,
    Quota,
    Rate,
    Rows,
    Rule,
    Several,
    Shares,
    Short,
    Total,
    Verification,
    Veto,
    Who,
)
from taizhang.core.scheme.basics import Clause, Every, Where
from taizhang.core.scheme.complaints import Complaint, did_you_mean
from taizhang.core.scheme.references import circulars
from taizhang.core.scheme.references.declared import Complaints, Draft, lookalikes, refer, refer_all
from taizhang.core.scheme.references.fields import no_field, number_fields, where_value
from taizhang.core.scheme.references.kinds import is_about
from taizhang.core.scheme.references.periods import MONTHS, check_due, check_months
from taizhang.core.scheme.schema import FactField, Kind
from taizhang.core.scheme.source import KeyPath


def check(draft: Draft) -> Complaints:
    """Yield every fault in how quotas and appraisals go together with the rest and with each other."""
    for quota_id, quota in draft.scheme.quotas.items():
        yield from _quota(draft, ("quotas", quota_id), quota)
    for appraisal_id, appraisal in draft.scheme.appraisals.items():
        yield from _appraisal(draft, ("appraisals", appraisal_id), appraisal)


def _who(draft: Draft, path: KeyPath, who: Who, by: By) -> Complaints:
    yield from refer_all(draft, (*path, "roles"), "roles", who.roles)
    yield from refer_all(draft, (*path, "groups"), "groups", who.groups)
    yield from refer_all(draft, (*path, "unit_kinds"), "unit_kinds", who.unit_kinds)
    if by == "unit" and who.by_person:
        key = next(key for key in ("persons", "posts", "roles", "groups") if getattr(who, key))
        yield Complaint(
            (*path, key),
            Message(gettext_noop("Units are bound here, and “{key}” names people."), key=key),
            Message(gettext_noop("Name units or unit_kinds, or write “by: person”.")),
            on_key=True,
        )


def _quota(draft: Draft, path: KeyPath, quota: Quota) -> Complaints:
    yield from _who(draft, (*path, "for"), quota.who, quota.by)
    for name in ("submit", "publish"):
        asked = getattr(quota, name)
        if asked:
            yield from _rows(draft, (*path, name), asked)
            yield from _somebody(draft, (*path, name, "kind"), asked.kind, quota.by)
    yield from check_due((*path, "due"), quota.due, quota.every)
    yield from check_months(path, quota.months, quota.every)


def _somebody(draft: Draft, path: KeyPath, kind_id: str, by: By) -> Complaints:
    """Refuse rows that are nobody's: of a kind that names no person, and is about none that does."""
    kind = draft.scheme.kinds.get(kind_id)
    if by == "unit" or kind is None or kind.person is not None:
        return
    about = [draft.scheme.kinds.get(each) for each in (kind.about.kinds if kind.about else ())]
    if not any(each is None or each.person is not None for each in about):
        yield Complaint(
            path,
            Message(
                gettext_noop("Entries of “{kind}” name no person, so they are nobody's work."), kind=kind_id
            ),
            Message(
                gettext_noop("Add “person:” to the kind or to the kind it is about, or write “by: unit”.")
            ),
        )


# Rows and conditions


def _rows(draft: Draft, path: KeyPath, rows: Rows) -> Complaints:
    yield from refer(draft, (*path, "kind"), "kinds", rows.kind)
    yield from _condition(draft, path, rows, rows.kind)


def _condition(draft: Draft, path: KeyPath, condition: Condition, kind_id: str) -> Complaints:
    kind = draft.scheme.kinds.get(kind_id)
    if kind is not None:
        yield from _where((*path, "where"), condition.where, kind_id, kind.fields)
        yield from _item(draft, (*path, "item"), condition.item, kind_id, kind)
        yield from _numbers((*path, "number"), condition.number, kind_id, kind)
    for name in ("followed_by", "not_followed_by"):
        following = getattr(condition, name)
        if following:
            yield from _following(draft, (*path, name), following, kind_id)


def _where(path: KeyPath, where: Where, kind_id: str, fields: Mapping[str, FactField]) -> Complaints:
    for name, values in where.items():
        if name not in fields:
            yield no_field((*path, name), kind_id, name, fields)
            continue
        for index, value in enumerate(values):
            yield from where_value((*path, name, index), name, fields[name], value)


def _item(draft: Draft, path: KeyPath, where: Where, kind_id: str, kind: Kind) -> Complaints:
    if not where:
        return
    if kind.about is None:
        yield Complaint(
            path,
            Message(
                gettext_noop("Entries of “{kind}” are about nothing, so they have no item."), kind=kind_id
            ),
            Message(gettext_noop("Write “where:” for its own fields, or add “about:” to the kind.")),
            on_key=True,
        )
        return
    items = {each: draft.scheme.kinds[each] for each in kind.about.kinds if each in draft.scheme.kinds}
    fitting = {each: item for each, item in items.items() if all(name in item.fields for name in where)}
    for each, item in (fitting or dict(list(items.items())[:1])).items():
        yield from _where(path, where, each, item.fields)


def _numbers(path: KeyPath, numbers: Iterable[str], kind_id: str, kind: Kind) -> Complaints:
    for name in numbers:
        yield from _number((*path, name), name, kind_id, kind, on_key=True)


def _number(path: KeyPath, name: str, kind_id: str, kind: Kind, *, on_key: bool = False) -> Complaints:
    known = [*(["quantity"] if kind.quantity else []), *number_fields(kind)]
    if name not in known:
        yield Complaint(
            path,
            Message(gettext_noop("“{field}” of “{kind}” is no number."), field=name, kind=kind_id),
            did_you_mean(
                name, known, Message(gettext_noop("Possible here: {keys}."), keys=", ".join(known) or "–")
            ),
            on_key=on_key,
        )


def _following(draft: Draft, path: KeyPath, following: Following, kind_id: str) -> Complaints:
    yield from refer(draft, (*path, "kind"), "kinds", following.kind)
    yield from is_about(draft, (*path, "kind"), following.kind, kind_id)
    follower = draft.scheme.kinds.get(following.kind)
    if follower is not None:
        yield from _where((*path, "where"), following.where, following.kind, follower.fields)


# Appraisals


def _appraisal(draft: Draft, path: KeyPath, appraisal: Appraisal) -> Complaints:
    yield from lookalikes((*path, "rules"), appraisal.rules)
    yield from _cited(draft, path, appraisal.clause)
    yield from _who(draft, (*path, "for"), appraisal.who, appraisal.by)
    yield from _quotas(draft, (*path, "quotas"), appraisal.quotas, appraisal)
    if appraisal.shares:
        yield from _shares(draft, (*path, "shares"), appraisal.shares, appraisal)
    yield from check_due((*path, "closes"), appraisal.closes, appraisal.every)
    for rule_id, rule in appraisal.rules.items():
        yield from _rule(draft, (*path, "rules", rule_id), rule, appraisal)
    for index, limit in enumerate(appraisal.limits):
        here = (*path, "limits", index)
        yield from _cited(draft, here, limit.clause)
        yield from _long_enough((*here, "every"), limit.every, appraisal.every)
        yield from _rules((*here, "rules"), limit.rules, appraisal)
    if appraisal.grades:
        yield from _long_enough((*path, "grades", "every"), appraisal.grades.every, appraisal.every)
    for name, escalation in appraisal.escalation.items():
        yield from _escalation(draft, (*path, "escalation", name), escalation, appraisal)
    if appraisal.verification:
        yield from _verification(draft, (*path, "verification"), appraisal.verification, appraisal)
    if appraisal.exemptions:
        yield from refer_all(
            draft, (*path, "exemptions", "approved_by"), "roles", appraisal.exemptions.approved_by
        )
    if appraisal.circular:
        read = _read(draft, appraisal)
        yield from circulars.check(draft, (*path, "circular"), appraisal.circular, appraisal, read)


def _verification(
    draft: Draft, path: KeyPath, verification: Verification, appraisal: Appraisal
) -> Complaints:
    yield from _cited(draft, path, verification.clause)
    yield from refer_all(draft, (*path, "kinds"), "kinds", verification.kinds)
    yield from _looked_at(draft, (*path, "kinds"), verification.kinds, appraisal)
    yield from refer_all(draft, (*path, "by"), "roles", verification.by)
    for index, role_id in enumerate(verification.by):
        role = draft.scheme.roles.get(role_id)
        if role is not None and role.reach == "own":
            yield Complaint(
                (*path, "by", index),
                Message(
                    gettext_noop("“{id}” reaches its own entries only, and nobody verifies his own."),
                    id=role_id,
                ),
                Message(gettext_noop("Name a role that reaches its unit or all.")),
            )


def _looked_at(draft: Draft, path: KeyPath, kinds: Sequence[str], appraisal: Appraisal) -> Complaints:
    """Refuse kinds of which no entry is ever counted: that somebody verifies them would mean nothing."""
    if len(draft.declared.get("quotas") or ()) != len(draft.scheme.quotas):
        return  # a quota is faulty: what it looks at is not known
    read = _read(draft, appraisal)
    for index, kind_id in enumerate(kinds):
        if kind_id in draft.scheme.kinds and kind_id not in read:
            yield Complaint(
                (*path, index),
                Message(gettext_noop("No quota and no rule of this appraisal looks at “{id}”."), id=kind_id),
                Message(
                    gettext_noop("Leave it out, or name a kind that is looked at: {ids}."),
                    ids=", ".join(sorted(read)) or "–",
                ),
            )


def _read(draft: Draft, appraisal: Appraisal) -> set[str]:
    """Return the kinds of entries that the quotas and rules of an appraisal look at."""
    quotas = (draft.scheme.quotas.get(each) for each in _belonging(draft, appraisal))
    asked = [rows for quota in quotas if quota for rows in (quota.submit, quota.publish)]
    whats = [rule.what for rule in appraisal.rules.values()]
    named = [getattr(what, name, None) for what in whats for name in ("of", "to")]
    rows = [each for each in (*asked, *named, *whats) if isinstance(each, Rows)]
    answers = {kind for what in whats if isinstance(what, Answer) for kind in what.by}
    return answers | {kind for each in rows for kind in (each.kind, *_kinds_following(each))}


def _kinds_following(rows: Rows) -> Iterator[str]:
    lines = (*rows.scale, *rows.times) if isinstance(rows, Each) else ()
    for condition in (rows, *lines):
        for following in (condition.followed_by, condition.not_followed_by):
            if following:
                yield following.kind


def _cited(draft: Draft, path: KeyPath, clause: Clause | None) -> Complaints:
    if clause:
        yield from refer(draft, (*path, "clause", "basis"), "basis", clause.basis)


def _belonging(draft: Draft, appraisal: Appraisal) -> list[str]:
    """Return the quotas that belong to an appraisal."""
    if appraisal.quotas:
        return list(appraisal.quotas)
    return [quota_id for quota_id, quota in draft.scheme.quotas.items() if quota.by == appraisal.by]


def _quotas(draft: Draft, path: KeyPath, quotas: Sequence[str] | None, appraisal: Appraisal) -> Complaints:
    yield from refer_all(draft, path, "quotas", quotas)
    for index, quota_id in enumerate(quotas or ()):
        quota = draft.scheme.quotas.get(quota_id)
        if quota is None:
            continue
        if quota.by != appraisal.by:
            yield Complaint(
                (*path, index),
                Message(gettext_noop("“{quota}” binds by {by}, and scores are by {other}."), quota=quota_id,
                        by=quota.by, other=appraisal.by),
                Message(gettext_noop("Name quotas that bind the same: “by:” must agree.")),
            )  # fmt: skip
        elif quota_id not in _belonging(draft, appraisal):
            yield Complaint(
                (*path, index),
                Message(
                    gettext_noop("The quota “{quota}” does not belong to this appraisal."), quota=quota_id
                ),
                Message(gettext_noop("Add it to “quotas:” of the appraisal, or name one that is there.")),
            )


def _shares(draft: Draft, path: KeyPath, shares: Shares, appraisal: Appraisal) -> Complaints:
    """Refuse authors that no kind of item names."""
    wanted = appraisal.by
    named = {
        name
        for kind in draft.scheme.kinds.values()
        for name, field in kind.fields.items()
        if field.type == wanted
    }
    for index, name in enumerate(shares.fields):
        if name != wanted and name not in named:
            yield Complaint(
                (*path, "fields", index),
                Message(
                    gettext_noop("No kind of entries has a field “{field}” that names a {type}."),
                    field=name,
                    type=wanted,
                ),
                did_you_mean(
                    name,
                    [wanted, *sorted(named)],
                    Message(gettext_noop("Possible here: {keys}."), keys=", ".join([wanted, *sorted(named)])),
                ),
            )


def _long_enough(path: KeyPath, every: Every | None, least: Every) -> Complaints:
    """Refuse periods that do not hold whole periods of the appraisal."""
    if every is not None and MONTHS[every] < MONTHS[least]:
        yield Complaint(
            path,
            Message(
                gettext_noop("A sheet is made every {least}; a {every} is too short."),
                least=least,
                every=every,
            ),
            Message(gettext_noop("Name a period at least as long as “every:” of the appraisal.")),
        )


def _rules(path: KeyPath, rules: Sequence[str] | None, appraisal: Appraisal) -> Complaints:
    for index, rule_id in enumerate(rules or ()):
        if rule_id not in appraisal.rules:
            yield Complaint(
                (*path, index),
                Message(gettext_noop("There is no rule “{id}”."), id=rule_id),
                did_you_mean(
                    rule_id,
                    appraisal.rules,
                    Message(gettext_noop("Possible here: {keys}."), keys=", ".join(appraisal.rules)),
                ),
            )
        elif appraisal.rules[rule_id].veto:
            yield Complaint(
                (*path, index),
                Message(gettext_noop("“{id}” decides the whole and has no points of its own."), id=rule_id),
                Message(gettext_noop("Name other rules.")),
            )


def _escalation(draft: Draft, path: KeyPath, escalation: Escalation, appraisal: Appraisal) -> Complaints:
    yield from _cited(draft, path, escalation.clause)
    if escalation.talk:
        yield from refer(draft, (*path, "talk"), "roles", escalation.talk)
    yield from _quotas(draft, (*path, "quotas"), escalation.quotas, appraisal)
    yield from _has_quotas(draft, path, appraisal)
    yield from _rules((*path, "rules"), escalation.rules, appraisal)
    if escalation.multiply is not None and not escalation.rules and not _short_rules(appraisal):
        yield Complaint(
            (*path, "multiply"),
            Message(gettext_noop("No rule takes away for what is missing, so nothing is multiplied.")),
            Message(gettext_noop("Add a rule “short”, or name what is multiplied with “rules:”.")),
            on_key=True,
        )


def _short_rules(appraisal: Appraisal) -> list[str]:
    return [rule_id for rule_id, rule in appraisal.rules.items() if rule.short]


def _has_quotas(draft: Draft, path: KeyPath, appraisal: Appraisal) -> Complaints:
    known = draft.declared.get("quotas")
    if known is None or len(known) != len(draft.scheme.quotas) or _belonging(draft, appraisal):
        return
    yield Complaint(
        path,
        Message(gettext_noop("This is about quotas, and no quota belongs to the appraisal.")),
        Message(gettext_noop("Declare quotas at the top under “quotas:”, with the same “by:”.")),
        on_key=True,
    )


# Rules


def _rule(draft: Draft, path: KeyPath, rule: Rule, appraisal: Appraisal) -> Complaints:
    yield from _cited(draft, path, rule.clause)
    for index, limit in enumerate(rule.limits):
        yield from _held((*path, "limits", index), limit, appraisal)
    here = (*path, rule.kind)
    match rule.what:
        case Met() | Short() as what:
            yield from _quotas(draft, (*here, "quotas"), what.quotas, appraisal)
            yield from _has_quotas(draft, here, appraisal)
        case Each() as what:
            yield from _each(draft, here, what, appraisal)
        case Total() | Rate() as what:
            yield from _counted(draft, here, what, appraisal)
        case Answer() | Late() as what:
            yield from _dated(draft, here, what, appraisal)
        case Veto() as what:
            yield from _of(draft, (*here, "of"), what.of, appraisal)


def _held(path: KeyPath, limit: Limit, appraisal: Appraisal) -> Complaints:
    yield from _long_enough((*path, "every"), limit.every, appraisal.every)


def _of(draft: Draft, path: KeyPath, rows: Rows, appraisal: Appraisal) -> Complaints:
    yield from _rows(draft, path, rows)
    yield from _somebody(draft, (*path, "kind"), rows.kind, appraisal.by)


def _each(draft: Draft, path: KeyPath, what: Each, appraisal: Appraisal) -> Complaints:
    yield from _of(draft, path, what, appraisal)
    kind = draft.scheme.kinds.get(what.kind)
    for index, line in enumerate(what.scale):
        here = (*path, "scale", index)
        yield from _condition(draft, here, line, what.kind)
        yield from _cited(draft, here, line.clause)
        if line.per and kind:
            yield from _number((*here, "per"), line.per, what.kind, kind)
        if index + 1 < len(what.scale) and not _says_anything(line):
            yield Complaint(
                (*path, "scale", index + 1),
                Message(gettext_noop("This line is never reached: the one before it fits everything.")),
                Message(gettext_noop("Put the line without conditions last.")),
            )
    for index, times in enumerate(what.times):
        yield from _condition(draft, (*path, "times", index), times, what.kind)
        yield from _cited(draft, (*path, "times", index), times.clause)
    if what.several and kind:
        yield from _several((*path, "several"), what.several, what.kind, kind)


def _says_anything(condition: Condition) -> bool:
    return bool(
        condition.where
        or condition.item
        or condition.number
        or condition.followed_by
        or condition.not_followed_by
    )


def _several(path: KeyPath, several: Several, kind_id: str, kind: Kind) -> Complaints:
    if several.one_per is None:
        return
    if several.one_per not in kind.fields:
        yield no_field((*path, "one_per"), kind_id, several.one_per, kind.fields)
        return
    for index, value in enumerate(several.order):
        yield from where_value((*path, "order", index), several.one_per, kind.fields[several.one_per], value)


def _counted(draft: Draft, path: KeyPath, what: Total | Rate, appraisal: Appraisal) -> Complaints:
    yield from _of(draft, (*path, "of"), what.of, appraisal)
    if isinstance(what, Rate):
        yield from _of(draft, (*path, "to"), what.to, appraisal)
    yield from _long_enough((*path, "every"), what.every, appraisal.every)
    for index, band in enumerate(what.bands):
        yield from _cited(draft, (*path, "bands", index), band.clause)


def _dated(draft: Draft, path: KeyPath, what: Answer | Late, appraisal: Appraisal) -> Complaints:
    yield from _of(draft, (*path, "of"), what.of, appraisal)
    kind = draft.scheme.kinds.get(what.of.kind)
    if what.deadline and kind:
        dates = [name for name, rule in kind.fields.items() if rule.type == "date"]
        if what.deadline not in dates:
            yield Complaint(
                (*path, "deadline"),
                Message(
                    gettext_noop("“{field}” of “{kind}” is no date."), field=what.deadline, kind=what.of.kind
                ),
                did_you_mean(
                    what.deadline,
                    dates,
                    Message(gettext_noop("Possible here: {keys}."), keys=", ".join(dates) or "–"),
                ),
            )
    if isinstance(what, Late):
        if what.due:
            yield from check_due((*path, "due"), what.due, appraisal.every)
        return
    yield from refer_all(draft, (*path, "by"), "kinds", what.by)
    for index, follower in enumerate(what.by):
        yield from is_about(draft, (*path, "by", index), follower, what.of.kind)
