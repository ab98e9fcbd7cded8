"""How a text stands on its track: a fold over what was done, in which nothing that broke the rule counts.

The rule (docs/algorithms/desk.md): a text is released only if, for exactly this text, every station of its track has
an approval that stands, given by somebody entitled then, who neither wrote nor edited it and sat at no other review
level, in order, after the last edit, with every finding decided that holds a station up.

``objections`` is the rule for one act; the actions ask it before they write, and ``stand`` asks it again of everything
that was ever written, so a row that got in by another way counts for nothing and is named.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from taizhang.core.desk.track import Stop, Track
from taizhang.core.messages import Message, gettext_noop

Person = int


class What(StrEnum):
    """What can be done on the way."""

    SUBMIT = "submit"  # 提交: a new text; all approvals before it are void
    APPROVE = "approve"  # 同意
    RETURN = "return"  # 退回: to its authors; all approvals are void
    CORRECT = "correct"  # 校改: a new text made at a proof station
    RECALL = "recall"  # 撤回修改: by its authors


class Stage(StrEnum):
    """Where a text is."""

    WRITING = "writing"  # 拟稿: with its authors
    ON_THE_WAY = "on_the_way"  # 审校中: at a station
    PASSED = "passed"  # 审校完毕: may be released


@dataclass(frozen=True)
class Finding:
    """Something the machine found in a text, by a key that is stable for it; ``rank`` 1 error, 2 warning, 3 hint."""

    key: str
    gate: str
    rank: int


@dataclass(frozen=True)
class Text:
    """One version. ``hands``: the people who wrote it or edited it. ``reopens_from``: the order of the first station
    whose approvals it voids, 1 for an edit. ``corrector``: who made it at a proof station, if it was made there."""

    number: int
    digest: str
    hands: frozenset[Person]
    at: dt.datetime
    reopens_from: int = 1
    corrector: Person | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Somebody at a station says that a finding of a version may stay."""

    text: int
    key: str
    at: dt.datetime


@dataclass(frozen=True)
class Act:
    """Something done. ``text`` is the number of the version it was done to, ``digest`` what was seen of it.

    ``entitled``: whether the person could sit at that station on that day. Acts are numbered from 1, without gaps.
    """

    number: int
    what: What
    text: int
    digest: str
    person: Person
    at: dt.datetime
    stop: int | None = None
    entitled: bool = True
    opinion: str = ""
    read_aloud: bool = False


@dataclass(frozen=True)
class Voided:
    """An approval that stands no more: since which act, and why."""

    act: Act
    by: Act
    why: Message


@dataclass(frozen=True)
class Refused:
    """A row that broke the rule when it was written: it counts for nothing."""

    act: Act
    why: tuple[Message, ...]


@dataclass(frozen=True)
class Case:
    """All that a standing is folded from. ``hands`` and ``correctors`` are those of earlier rounds of the text."""

    track: Track
    texts: tuple[Text, ...] = ()
    acts: tuple[Act, ...] = ()
    decisions: tuple[Decision, ...] = ()
    hands: frozenset[Person] = frozenset()
    correctors: frozenset[Person] = frozenset()


@dataclass(frozen=True)
class Standing:
    """How a text stands. ``stop`` is where it is, None while it is written and when it passed; ``since``: from when."""

    track: Track
    stage: Stage = Stage.WRITING
    text: Text | None = None
    stop: Stop | None = None
    since: dt.datetime | None = None
    approvals: Mapping[int, Act] = field(default_factory=dict)
    voided: tuple[Voided, ...] = ()
    refused: tuple[Refused, ...] = ()
    hands: frozenset[Person] = frozenset()
    correctors: frozenset[Person] = frozenset()
    sat: tuple[Act, ...] = ()
    last: Act | None = None


def stand(case: Case) -> Standing:
    """Fold everything that was done into how the text stands now."""
    texts = {text.number: text for text in case.texts}
    standing = Standing(case.track, hands=case.hands, correctors=case.correctors)
    for act in sorted(case.acts, key=lambda act: act.number):
        decided = {d.key for d in case.decisions if d.text == act.text and d.at <= act.at}
        why = objections(standing, act, new=texts.get(act.text), decided=decided)
        if why:
            standing = replace(standing, refused=(*standing.refused, Refused(act, tuple(why))))
        else:
            standing = replace(_APPLY[act.what](standing, act, texts[act.text]), last=act)
    return standing


# What speaks against an act


CHANGED = gettext_noop(
    "The text changed since you opened it. Open it again, look at what changed, and decide anew."
)


def objections(
    standing: Standing, act: Act, *, new: Text | None, decided: Iterable[str] = ()
) -> list[Message]:
    """Return everything that speaks against an act as ``standing`` is; nothing means that it may be done.

    ``new`` is the version that the act names: for submit and correct, the one it brings. ``decided`` are the keys of
    findings of this version that may stay.
    """
    if new is None or new.digest != act.digest:
        return [Message(CHANGED)]
    if act.what is What.APPROVE:
        return _against_approve(standing, act, new, set(decided))
    return _AGAINST[act.what](standing, act, new)


def _against_submit(standing: Standing, _act: Act, new: Text) -> list[Message]:
    found = []
    if new.number != (standing.text.number + 1 if standing.text else new.number):
        found.append(Message(CHANGED))
    if new.reopens_from != 1 or new.corrector is not None:
        found.append(Message(gettext_noop("An edit re-opens every station.")))
    if not new.hands:
        found.append(Message(gettext_noop("The text names no author. Name who wrote it.")))
    return found


def _against_approve(standing: Standing, act: Act, new: Text, decided: set[str]) -> list[Message]:
    stop = standing.stop
    if away := _not_at_this_station(standing, act, new):
        return away
    assert stop is not None
    found = _against_person(standing, act)
    undecided = [
        finding for finding in new.findings
        if standing.track.holds_up(stop, finding.gate, finding.rank) and finding.key not in decided
    ]  # fmt: skip
    if undecided:
        found.append(
            Message(
                gettext_noop("{n} findings are not decided. Have each fixed, or keep it with a reason."),
                n=len(undecided),
            )
        )
    if stop.needs_opinion and not act.opinion.strip():
        found.append(Message(gettext_noop("This station approves with an opinion in words. Write one.")))
    if stop.reads_aloud and not act.read_aloud:
        found.append(
            Message(gettext_noop("This station reads the text aloud in full. Read it, then confirm it."))
        )
    return found


def _not_at_this_station(standing: Standing, act: Act, new: Text) -> list[Message]:
    if standing.text is None or new.number != standing.text.number or new.digest != standing.text.digest:
        return [Message(CHANGED)]
    if standing.stop is None or act.stop != standing.stop.order:
        return [Message(gettext_noop("The text is not at this station, or not any more. Open it again."))]
    return []


def _against_person(standing: Standing, act: Act) -> list[Message]:
    found = bars(standing, act.person)
    if not act.entitled:
        found.insert(0, Message(gettext_noop("Your roles do not let you sit at this station today.")))
    return found


def bars(standing: Standing, person: Person) -> list[Message]:
    """Return what bars a person from the station where the text is, whatever their roles."""
    stop = standing.stop
    if stop is None:
        return []
    found = []
    if person in standing.hands:
        found.append(
            Message(gettext_noop("Whoever wrote or edited a text does not review it. Leave it to another."))
        )
    if person in standing.correctors and not stop.is_proof:
        found.append(
            Message(gettext_noop("You corrected this text in proof. Leave this station to another."))
        )
    sat = [standing.track.at(act.stop) for act in standing.sat if act.person == person and act.stop]
    if stop.is_review and any(each.is_review and each.level != stop.level for each in sat):
        found.append(
            Message(
                gettext_noop(
                    "You sat at another review level of this text: nobody sits at two. Leave it to another."
                )
            )
        )
    if any(each.id in stop.apart_from or stop.id in each.apart_from for each in sat):
        found.append(
            Message(
                gettext_noop("You sat at a station that this one is kept apart from. Leave it to another.")
            )
        )
    return found


def _against_return(standing: Standing, act: Act, new: Text) -> list[Message]:
    if away := _not_at_this_station(standing, act, new):
        return away
    assert standing.stop is not None
    found = _against_person(standing, act)
    if not act.opinion.strip():
        found.append(Message(gettext_noop("Say why it goes back, so that its authors know what to change.")))
    return found


def _against_correct(standing: Standing, act: Act, new: Text) -> list[Message]:
    stop = standing.stop
    if stop is None or standing.text is None or act.stop != stop.order or not stop.is_proof:
        return [
            Message(gettext_noop("The text is not at this proof station, or not any more. Open it again."))
        ]
    if new.number != standing.text.number + 1 or new.corrector != act.person:
        return [Message(CHANGED)]
    found = _against_person(standing, act)
    if any(
        a.person == act.person and not standing.track.at(n).is_proof for n, a in standing.approvals.items()
    ):
        found.append(
            Message(gettext_noop("You approved this text as a reviewer. Leave corrections to another."))
        )
    if not 1 <= new.reopens_from <= stop.reopens_from:
        found.append(Message(gettext_noop("A correction re-opens what the line says, and no less.")))
    return found


def _against_recall(standing: Standing, act: Act, new: Text) -> list[Message]:
    if standing.stage is Stage.WRITING or standing.text is None or new.number != standing.text.number:
        return [Message(gettext_noop("The text is with its authors already."))]
    if act.person not in standing.hands:
        return [
            Message(gettext_noop("Only who wrote or edited the text takes it back; others send it back."))
        ]
    return []


_AGAINST: Mapping[What, Callable[[Standing, Act, Text], list[Message]]] = {
    What.SUBMIT: _against_submit,
    What.RETURN: _against_return,
    What.CORRECT: _against_correct,
    What.RECALL: _against_recall,
}


# What an act does


EDITED = gettext_noop("The text was edited after it.")
CORRECTED = gettext_noop("A correction in proof re-opened the station.")
SENT_BACK = gettext_noop("The text was sent back.")
TAKEN_BACK = gettext_noop("Its authors took the text back.")


def _void(standing: Standing, by: Act, *, from_: int, why: str) -> Standing:
    """Void the approvals of the stations from ``from_`` on."""
    gone = [act for order, act in standing.approvals.items() if order >= from_]
    return replace(
        standing,
        approvals={order: act for order, act in standing.approvals.items() if order < from_},
        voided=(*standing.voided, *(Voided(act, by, Message(why)) for act in gone)),
    )


def _next(standing: Standing, since: dt.datetime) -> Standing:
    """Move to the first station without an approval."""
    open_ = next((stop for stop in standing.track.stops if stop.order not in standing.approvals), None)
    stage = Stage.PASSED if open_ is None else Stage.ON_THE_WAY
    return replace(standing, stage=stage, stop=open_, since=since)


def _submit(standing: Standing, act: Act, new: Text) -> Standing:
    voided = _void(standing, act, from_=1, why=EDITED)
    return _next(replace(voided, text=new, hands=voided.hands | new.hands), act.at)


def _approve(standing: Standing, act: Act, _new: Text) -> Standing:
    assert act.stop is not None
    approved = replace(standing, approvals={**standing.approvals, act.stop: act}, sat=(*standing.sat, act))
    return _next(approved, act.at)


def _return(standing: Standing, act: Act, _new: Text) -> Standing:
    voided = _void(standing, act, from_=1, why=SENT_BACK)
    return replace(voided, stage=Stage.WRITING, stop=None, since=act.at, sat=(*standing.sat, act))


def _correct(standing: Standing, act: Act, new: Text) -> Standing:
    voided = _void(standing, act, from_=new.reopens_from, why=CORRECTED)
    corrected = replace(voided, text=new, correctors=voided.correctors | {act.person})
    return _next(corrected, act.at)


def _recall(standing: Standing, act: Act, _new: Text) -> Standing:
    voided = _void(standing, act, from_=1, why=TAKEN_BACK)
    return replace(voided, stage=Stage.WRITING, stop=None, since=act.at)


_APPLY: Mapping[What, Callable[[Standing, Act, Text], Standing]] = {
    What.SUBMIT: _submit,
    What.APPROVE: _approve,
    What.RETURN: _return,
    What.CORRECT: _correct,
    What.RECALL: _recall,
}


# Release


@dataclass(frozen=True)
class Wish:
    """What somebody wants released: the digest they saw, of which a channel is to have it, and when."""

    digest: str
    channel: str
    now: dt.datetime


def refusals(
    standing: Standing, wish: Wish, *, channels: Iterable[str], embargo: dt.datetime | None
) -> list[Message]:
    """Return every reason why this may not be released now; nothing means that it may.

    ``channels`` and ``embargo`` are those of the standing text, whose digest covers them; a refusal tells the embargo in
    the time zone that it comes in.
    """
    if standing.text is None:
        return [Message(gettext_noop("The text was never submitted for review."))]
    found = []
    if wish.digest != standing.text.digest:
        found.append(Message(CHANGED))
    missing = [stop for stop in standing.track.stops if stop.order not in standing.approvals]
    if standing.stage is not Stage.PASSED or missing:
        found.append(
            Message(
                gettext_noop("It has not passed: {n} of {all} stations have not approved exactly this text."),
                n=len(missing),
                all=len(standing.track.stops),
            )
        )
    if wish.channel not in channels:
        found.append(
            Message(
                gettext_noop("“{channel}” is not among the channels that were approved."),
                channel=wish.channel,
            )
        )
    if embargo is not None and wish.now < embargo:
        found.append(
            Message(gettext_noop("It may not be released before {when}."), when=f"{embargo:%Y-%m-%d %H:%M}")
        )
    return found
