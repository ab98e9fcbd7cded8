"""The only writer of the desk. The caller opened the book and owns the transaction; ``by`` is who acts.

Every act that concerns a text names the digest of the text that was seen: if another stands there by now it is
refused. Rights, seats and the rule are asked here, inside the transaction, whatever the page showed before.
All raise DeskRefused.
"""

from dataclasses import dataclass, replace

from taizhang.core.desk import standing as rule
from taizhang.core.desk.content import Content, digest
from taizhang.core.desk.corrections import changed_characters
from taizhang.core.desk.standing import What
from taizhang.core.desk.track import NoLine, choose_line
from taizhang.core.messages import gettext_noop
from taizhang.core.scheme.desk import Desk
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.desk import access, checking, drafts, placing, posting, queries, rich_text, settling
from taizhang.desk.access import Visitor
from taizhang.desk.models import (
    Act,
    Comment,
    Draft,
    Finding,
    FindingDecision,
    Hand,
    Manuscript,
    Purpose,
    Release,
    Resolution,
    Round,
    Station,
    Version,
    Withdrawal,
)
from taizhang.desk.queries import Way
from taizhang.desk.refused import DeskRefused, refuse, refuse_if
from taizhang.desk.seating import Sitting
from taizhang.journal import sealing
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.org.access import access_of
from taizhang.org.models import Account, Person, Unit
from taizhang.rules.queries import history

NOT_ALLOWED = gettext_noop("Your roles do not allow this.")
MAX_OPINION = 2000
MAX_REASON = 500
MAX_QUOTE = 1000


@dataclass(frozen=True)
class Hands:
    """Who acts, in an open book: read anew, so that a right taken away a moment ago is gone."""

    visitor: Visitor
    person: Person
    book: Book
    schemes: History

    @property
    def signed(self) -> dict[str, object]:
        return {"person": self.person, "at": self.book.at, "by": self.book.actor}


def _hands(by: Account, book: Book) -> Hands:
    account = Account.objects.select_related("person").filter(pk=by.pk).first()
    schemes = history()
    found = access_of(account, day=day_of(book.at), schemes=schemes) if account else None
    if account is None or found is None or account.person is None:
        raise refuse(NOT_ALLOWED)
    return Hands(Visitor(found), account.person, book, schemes)


def _desk(loaded: LoadedScheme | None) -> Desk:
    if loaded is None or loaded.scheme.desk is None:
        raise refuse(gettext_noop("The scheme says nothing about texts. Adopt one with a part “desk:”."))
    return loaded.scheme.desk


# Writing


def start(*, unit: Unit, type_: str, content: Content, by: Account, book: Book) -> Manuscript:
    """Begin a manuscript of a type of text, with a first draft."""
    hands = _hands(by, book)
    desk = _desk(hands.schemes.find(day_of(book.at)))
    if type_ not in desk.types:
        raise refuse(gettext_noop("The scheme has no type of text “{type}”."), type=type_)
    if not access.may_start(hands.visitor, unit_id=unit.pk):
        raise refuse(NOT_ALLOWED)
    manuscript = Manuscript(
        number=_next_number(book),
        unit=unit,
        type=type_,
        creator=hands.person,
        created_at=book.at,
        created_by=book.actor,
    )
    manuscript.save(force_insert=True)
    tidied = drafts.tidy(content)
    Draft.objects.create(
        manuscript=manuscript,
        title=tidied.title[: drafts.MAX_TITLE],
        content=tidied.as_json(),
        editors=[hands.person.pk],
        saved_at=book.at,
        saved_by=book.actor,
    )
    book.sign("desk.start", manuscript)
    _keep_place(manuscript, hands)
    return manuscript


def _keep_place(manuscript: Manuscript, hands: Hands) -> None:
    """Keep where the text is now, for queues and lists."""
    loaded = hands.schemes.in_force(day_of(hands.book.at))
    placing.place(manuscript, calendar=loaded.scheme.working_days)


def _next_number(book: Book) -> str:
    """Return the next number of the year; the book's lock keeps two from getting one."""
    year = day_of(book.at).year
    last = (
        Manuscript.objects.filter(number__startswith=f"{year}-")
        .order_by("-id")
        .values_list("number", flat=True)
    ).first()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:04}"


def submit(
    manuscript: Manuscript, *, on: int, seen: str = "", reason: str = "", by: Account, book: Book
) -> Version:
    """Submit the draft of revision ``on`` as a new version, at the first station of its line.

    ``seen`` is the digest of the newest version that the writer knows of; nothing before the first submission. All
    approvals of earlier versions are void.
    """
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if not access.may_write(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    draft = Draft.objects.select_for_update().get(pk=manuscript.pk)
    if draft.revision != on:
        raise refuse(
            gettext_noop("{who} changed the draft meanwhile. Open it again before you submit."),
            who=draft.saved_by,
        )
    _refuse_stale(way, seen)
    content = drafts.tidy(draft.text)
    refuse_if(drafts.problems(content))
    if way.is_done:
        raise refuse(gettext_noop("This text is done. Begin a correction or a withdrawal of it first."))
    round_ = way.round or _begin(way, content, Purpose.PUBLISH, "", hands)
    _refuse_other_line(way, round_, content, hands)
    version = _version(way, round_, content, hands, reason=reason, editors=draft.editors)
    _act(way, round_, version, What.SUBMIT, hands)
    Draft.objects.filter(pk=draft.pk).update(editors=[])
    return version


def _way(manuscript: Manuscript, hands: Hands) -> Way:
    return queries.way_of(
        Manuscript.objects.select_related("unit").get(pk=manuscript.pk), tree=hands.visitor.access.tree
    )


def _refuse_stale(way: Way, seen: str) -> None:
    newest = way.version.digest if way.version else ""
    if newest != seen:
        raise refuse(rule.CHANGED)


def _refuse_other_line(way: Way, round_: Round, content: Content, hands: Hands) -> None:
    """Refuse channels whose texts take another line than the one that was settled."""
    desk = _desk(queries.scheme_of(round_, hands.schemes))
    if round_.purpose == Purpose.PUBLISH:
        if _chosen(desk, way.manuscript.type, content) != round_.line:
            raise refuse(
                gettext_noop("These channels take another line of review. Write a text of its own for them.")
            )
        return
    released = {one.channel for one in way.releases}
    if set(content.channels) - released or not content.channels:
        raise refuse(
            gettext_noop("A correction or withdrawal concerns the channels of the release, and no others.")
        )


def _chosen(desk: Desk, type_: str, content: Content) -> str:
    try:
        return choose_line(desk, type_=type_, channels=content.channels)
    except NoLine as error:
        raise DeskRefused([error.message]) from error


def _begin(way: Way, content: Content, purpose: Purpose, reason: str, hands: Hands) -> Round:
    """Settle the line and its stations for a new round, under the scheme in force now."""
    loaded = hands.schemes.find(day_of(hands.book.at))
    desk = _desk(loaded)
    assert loaded is not None
    line_id = desk.corrections if purpose != Purpose.PUBLISH else None
    if line_id is None:
        line_id = _chosen(desk, way.manuscript.type, content)
    line = desk.lines[line_id]
    round_ = Round(
        manuscript=way.manuscript,
        number=(way.round.number if way.round else 0) + 1,
        purpose=purpose,
        line=line_id,
        line_name=dict(line.name.texts),
        scheme=loaded.digest,
        scheme_effective=loaded.effective,
        corrects_at_most=line.corrects_at_most,
        length=len(line.stations),
        reason=reason,
        at=hands.book.at,
        by=hands.book.actor,
    )
    round_.save(force_insert=True)
    settling.settle(round_, line)
    hands.book.sign("desk.begin", round_)
    return round_


def _version(
    way: Way,
    round_: Round,
    content: Content,
    hands: Hands,
    *,
    reason: str,
    editors: list[int],
    station: Station | None = None,
) -> Version:
    newest = way.versions[-1] if way.versions else None
    rest = {key: value for key, value in content.as_json().items() if key not in ("title", "body")}
    version = Version(
        manuscript=way.manuscript,
        round=round_,
        number=(newest.number if newest else 0) + 1,
        base=newest,
        station=station,
        reopens_from=station.reopens_from if station else 1,
        title=content.title,
        body=content.body,
        content=rest,
        embargo=content.embargo,
        digest=digest_of(way.manuscript, content),
        reason=reason.strip()[:MAX_REASON],
        **hands.signed,
    )
    version.save(force_insert=True)
    _add_hands(version, content, editors=editors, corrector=hands.person.pk if station else None)
    Finding.objects.bulk_create(
        Finding(
            version=version,
            key=one.key,
            gate=one.gate,
            code=one.code,
            rank=one.rank,
            start=one.start,
            end=one.end,
            quote=one.quote,
            said=dict(one.said),
        )
        for one in checking.findings(content)
    )
    hands.book.sign("desk.correct" if station else "desk.submit", version)
    return version


def digest_of(manuscript: Manuscript, content: Content) -> str:
    """Return what approvals of this content are given for."""
    return digest(content, manuscript=str(manuscript.pk), type_=manuscript.type, unit=manuscript.unit.code)


def _add_hands(version: Version, content: Content, *, editors: list[int], corrector: int | None) -> None:
    rows = [
        Hand(
            version=version,
            manuscript_id=version.manuscript_id,
            person_id=share.person,
            how=Hand.How.AUTHOR,
            part=share.part,
        )
        for share in content.shares
    ]
    if corrector is not None:
        marked = {Hand.How.CORRECTOR: {corrector}}
    else:
        marked = {Hand.How.EDITOR: {*editors, version.person_id}}
    rows += [
        Hand(version=version, manuscript_id=version.manuscript_id, person_id=person, how=how)
        for how, people in marked.items()
        for person in sorted(people)
    ]
    Hand.objects.bulk_create(rows)


def recall(manuscript: Manuscript, *, seen: str, reason: str = "", by: Account, book: Book) -> Act:
    """Take the text back from its line, to change it. Only who wrote or edited it may."""
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if way.version is None or way.round is None or way.is_done:
        raise refuse(gettext_noop("The text is with its authors already."))
    _refuse_stale(way, seen)
    return _act(way, way.round, way.version, What.RECALL, hands, said=Said(reason))


# At a station


def approve(
    manuscript: Manuscript,
    station: Station,
    *,
    seen: str,
    opinion: str = "",
    read_aloud: bool = False,
    by: Account,
    book: Book,
) -> Act:
    """Approve exactly the text whose digest was ``seen``, at the station where it is."""
    said = Said(opinion, read_aloud=read_aloud)
    return _at_station(manuscript, station, What.APPROVE, seen=seen, said=said, hands=_hands(by, book))


def send_back(
    manuscript: Manuscript, station: Station, *, seen: str, opinion: str, by: Account, book: Book
) -> Act:
    """Send the text back to its authors, saying why. All approvals are void."""
    said = Said(opinion)
    return _at_station(manuscript, station, What.RETURN, seen=seen, said=said, hands=_hands(by, book))


@dataclass(frozen=True)
class Said:
    """What somebody says with an act."""

    opinion: str = ""
    read_aloud: bool = False


def _at_station(
    manuscript: Manuscript, station: Station, what: What, *, seen: str, said: Said, hands: Hands
) -> Act:
    way = _way(manuscript, hands)
    round_, version, sitting = _seated(way, station, seen, hands)
    return _act(way, round_, version, what, hands, station=station, sitting=sitting, said=said)


def _seated(way: Way, station: Station, seen: str, hands: Hands) -> tuple[Round, Version, Sitting]:
    """Return what somebody at a station acts on. Refuses a station that the text is not at, and an empty seat."""
    if way.round is None or way.version is None or way.is_done:
        raise refuse(gettext_noop("The text is not at this station, or not any more. Open it again."))
    _refuse_stale(way, seen)
    if way.station is None or way.station.pk != station.pk:
        raise refuse(gettext_noop("The text is not at this station, or not any more. Open it again."))
    sitting = hands.visitor.sitting(way, way.station)
    if sitting is None:
        raise refuse(gettext_noop("Your roles do not let you sit at this station today."))
    return way.round, way.version, sitting


def correct(
    manuscript: Manuscript,
    station: Station,
    content: Content,
    *,
    seen: str,
    reason: str,
    by: Account,
    book: Book,
) -> Version:
    """Correct title and body at a proof station; what it re-opens, the line says. More than the line allows is an edit.

    The draft follows: what its writers had not submitted is kept as a copy.
    """
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    round_, newest, sitting = _seated(way, station, seen, hands)
    corrected = drafts.tidy(replace(newest.text, title=content.title, body=content.body))
    refuse_if(drafts.problems(corrected))
    changed = changed_characters(newest.text.title, corrected.title) + changed_characters(
        newest.text.body, corrected.body
    )
    if not changed:
        raise refuse(gettext_noop("Nothing was corrected."))
    if changed > round_.corrects_at_most:
        raise refuse(
            gettext_noop(
                "{n} characters were changed, and a correction changes at most {most}. Send the text back to its authors."
            ),
            n=changed,
            most=round_.corrects_at_most,
        )
    if rich_text.pictures(newest.body) != rich_text.pictures(corrected.body):
        raise refuse(
            gettext_noop("A correction leaves the pictures alone. Send the text back to its authors.")
        )
    version = _version(way, round_, corrected, hands, reason=reason, editors=[], station=way.station)
    _act(way, round_, version, What.CORRECT, hands, station=way.station, sitting=sitting, said=Said(reason))
    _follow(version, newest, book)
    return version


def _follow(version: Version, before: Version, book: Book) -> None:
    """Bring the draft to the corrected text."""
    draft = Draft.objects.select_for_update().get(pk=version.manuscript_id)
    if draft.text != before.text:
        drafts.keep_copy(draft)
    draft.revision, draft.title, draft.content = draft.revision + 1, version.title, version.text.as_json()
    draft.saved_at, draft.saved_by = book.at, book.actor
    draft.save()


def decide(
    manuscript: Manuscript, key: str, *, seen: str, choice: str, reason: str, by: Account, book: Book
) -> FindingDecision:
    """Say at the station where the text is that a finding may stay (``keep``, with a reason) or not (``fix``)."""
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if way.station is None:
        raise refuse(gettext_noop("The text is not at this station, or not any more. Open it again."))
    _round, version, _sitting = _seated(way, way.station, seen, hands)
    refuse_if(queries.bars(way, hands.person.pk))
    if choice not in FindingDecision.Choice.values:
        raise refuse(gettext_noop("A finding is kept or fixed."))
    if not version.findings.filter(key=key).exists():
        raise refuse(gettext_noop("This text has no such finding."))
    if choice == FindingDecision.Choice.KEEP and not reason.strip():
        raise refuse(gettext_noop("Say why it may stay; the reason stays with the record."))
    decision = FindingDecision(
        version=version,
        digest=version.digest,
        key=key,
        choice=choice,
        reason=reason.strip()[:MAX_REASON],
        station=way.station,
        **hands.signed,
    )
    decision.save(force_insert=True)
    book.sign("desk.decide", decision)
    return decision


def _act(
    way: Way,
    round_: Round,
    version: Version,
    what: What,
    hands: Hands,
    *,
    station: Station | None = None,
    sitting: Sitting | None = None,
    said: Said | None = None,
) -> Act:
    """Write an act that the rule has nothing against. Raises DeskRefused with everything that it has."""
    said = said or Said()
    if len(said.opinion.strip()) > MAX_OPINION:
        raise refuse(gettext_noop("At most {n} characters."), n=MAX_OPINION)
    act = Act(
        manuscript=way.manuscript,
        round=round_,
        number=(way.acts[-1].number if way.acts else 0) + 1,
        what=str(what),
        version=version,
        digest=version.digest,
        station=station,
        assignment=sitting.assignment if sitting else None,
        membership=sitting.membership if sitting else None,
        opinion=said.opinion.strip(),
        read_aloud=said.read_aloud,
        day=day_of(hands.book.at),
        **hands.signed,
    )
    refuse_if(queries.objections(way, act, tree=hands.visitor.access.tree))
    sealing.put(act)
    hands.book.sign(f"desk.{what}", act)
    _keep_place(way.manuscript, hands)
    return act


# Comments


def comment(
    manuscript: Manuscript,
    *,
    seen: str,
    text: str,
    quote: str = "",
    start: int = 0,
    by: Account,
    book: Book,
) -> Comment:
    """Comment on a passage of the newest version, or (no quote) on all of it. ``start`` counts in its plain text."""
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if way.version is None:
        raise refuse(gettext_noop("The text was never submitted for review."))
    _refuse_stale(way, seen)
    if not access.may_comment(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    if not text.strip():
        raise refuse(gettext_noop("The comment is empty. Write something."))
    said = Comment(
        version=way.version,
        start=max(0, start),
        quote=quote[:MAX_QUOTE],
        text=text.strip()[:MAX_OPINION],
        **hands.signed,
    )
    said.save(force_insert=True)
    book.sign("desk.comment", said)
    return said


def resolve(comment: Comment, *, answer: str = "", by: Account, book: Book) -> Resolution:
    """Settle a comment, once."""
    hands = _hands(by, book)
    way = _way(comment.version.manuscript, hands)
    if not access.may_comment(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    if Resolution.objects.filter(comment=comment).exists():
        raise refuse(gettext_noop("The comment is settled already."))
    settled = Resolution(comment=comment, answer=answer.strip()[:MAX_OPINION], **hands.signed)
    settled.save(force_insert=True)
    book.sign("desk.resolve", settled)
    return settled


# Release


def release(
    manuscript: Manuscript, channel: str, *, seen: str, address: str = "", by: Account, book: Book
) -> Release:
    """Make the text whose digest was ``seen`` public on a channel, and count it in the ledger.

    Recorded here; what puts it before readers shows nothing that has no such row. A later release on the same channel
    replaces the earlier one.
    """
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if not access.may_release(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    round_, version = _releasable(way, seen, channel, hands)
    if round_.purpose == Purpose.WITHDRAW:
        raise refuse(gettext_noop("This round is for a withdrawal, not for a release."))
    if any(one.version_id == version.pk and one.channel == channel for one in way.releases):
        raise refuse(gettext_noop("It is released on this channel already."))
    earlier = [one for one in way.releases if one.channel == channel]
    released = Release(
        manuscript=way.manuscript,
        round=round_,
        version=version,
        channel=channel,
        digest=version.digest,
        address=address.strip(),
        replaces=earlier[-1] if earlier else None,
        entry=posting.post(
            way.manuscript,
            version.text,
            channel=channel,
            address=address.strip(),
            book=book,
            schemes=hands.schemes,
        ),
        **hands.signed,
    )
    sealing.put(released)
    book.sign("desk.release", released)
    _keep_place(way.manuscript, hands)
    return released


def _releasable(way: Way, seen: str, channel: str, hands: Hands) -> tuple[Round, Version]:
    refuse_if(queries.refusals(way, seen=seen, channel=channel, now=hands.book.at))
    assert way.round is not None
    assert way.version is not None
    mine = [version for version in way.versions if version.round_id == way.round.pk]
    why = settling.fault(
        way.manuscript, way.round, stations=way.stations, versions=mine, schemes=hands.schemes
    )
    refuse_if([why] if why else [])
    if digest_of(way.manuscript, way.version.text) != way.version.digest:
        raise refuse(gettext_noop("The text is not the one that was approved. Run “taizhang verify”."))
    hands.book.flush()  # the database looks for the lines that sign the approvals
    return way.round, way.version


def reopen(manuscript: Manuscript, *, purpose: Purpose, reason: str, by: Account, book: Book) -> Round:
    """Begin a new round of a released text: a correction or withdrawal (by the short line, where there is one), or
    publication on more channels (by its own line)."""
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if not access.may_reopen(hands.visitor, way):
        raise refuse(
            gettext_noop(
                "Only a text that is released is corrected or withdrawn, by who may write or release it."
            )
        )
    if not reason.strip():
        raise refuse(gettext_noop("Say why; the reason stays with the record."))
    if purpose != Purpose.PUBLISH and not _standing_releases(way):
        raise refuse(gettext_noop("Nothing of this text is public any more."))
    draft = Draft.objects.get(pk=manuscript.pk)
    round_ = _begin(way, draft.text, Purpose(purpose), reason.strip()[:MAX_REASON], hands)
    _keep_place(way.manuscript, hands)
    return round_


def _standing_releases(way: Way) -> list[Release]:
    gone = {one.release_id for one in way.withdrawals} | {one.replaces_id for one in way.releases}
    return [one for one in way.releases if one.pk not in gone]


def withdraw(manuscript: Manuscript, channel: str, *, seen: str, by: Account, book: Book) -> Withdrawal:
    """Take a release away from its readers, once the withdrawal passed its line; its note stands in its place."""
    hands = _hands(by, book)
    way = _way(manuscript, hands)
    if not access.may_release(hands.visitor, way):
        raise refuse(NOT_ALLOWED)
    round_, version = _releasable(way, seen, channel, hands)
    if round_.purpose != Purpose.WITHDRAW:
        raise refuse(gettext_noop("Begin a withdrawal first: it passes its stations like a text."))
    if not version.text.note:
        raise refuse(gettext_noop("Write the note that readers will find in its place."))
    released = next((one for one in _standing_releases(way) if one.channel == channel), None)
    if released is None:
        raise refuse(gettext_noop("Nothing of this text is public on this channel."))
    withdrawn = Withdrawal(
        release=released,
        manuscript=way.manuscript,
        round=round_,
        version=version,
        digest=version.digest,
        **hands.signed,
    )
    sealing.put(withdrawn)
    book.sign("desk.withdraw", withdrawn)
    _keep_place(way.manuscript, hands)
    return withdrawn
