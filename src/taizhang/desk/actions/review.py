"""What is done at a station: approving, sending back, correcting in proof, deciding on findings."""

from dataclasses import replace

from taizhang.core.desk.content import Content
from taizhang.core.desk.corrections import changed_characters
from taizhang.core.desk.standing import What
from taizhang.core.messages import gettext_noop
from taizhang.desk import drafts, queries, rich_text
from taizhang.desk.actions.acting import MAX_REASON, Hands, Said, hands_of, put_act, refuse_stale, way_of
from taizhang.desk.actions.versions import put_version
from taizhang.desk.models import Act, Draft, FindingDecision, Manuscript, Round, Station, Version
from taizhang.desk.queries import Way
from taizhang.desk.refused import refuse, refuse_if
from taizhang.desk.seating import Sitting
from taizhang.journal.actions import Book
from taizhang.org.models import Account


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
    return _at_station(manuscript, station, What.APPROVE, seen=seen, said=said, hands=hands_of(by, book))


def send_back(
    manuscript: Manuscript, station: Station, *, seen: str, opinion: str, by: Account, book: Book
) -> Act:
    """Send the text back to its authors, saying why. All approvals are void."""
    said = Said(opinion)
    return _at_station(manuscript, station, What.RETURN, seen=seen, said=said, hands=hands_of(by, book))


def _at_station(
    manuscript: Manuscript, station: Station, what: What, *, seen: str, said: Said, hands: Hands
) -> Act:
    way = way_of(manuscript, hands)
    round_, version, sitting = _seated(way, station, seen, hands)
    return put_act(way, round_, version, what, hands, station=station, sitting=sitting, said=said)


def _seated(way: Way, station: Station, seen: str, hands: Hands) -> tuple[Round, Version, Sitting]:
    """Return what somebody at a station acts on. Refuses a station that the text is not at, and an empty seat."""
    if way.round is None or way.version is None or way.is_done:
        raise refuse(gettext_noop("The text is not at this station, or not any more. Open it again."))
    refuse_stale(way, seen)
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
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
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
    version = put_version(way, round_, corrected, hands, reason=reason, editors=[], station=way.station)
    put_act(
        way, round_, version, What.CORRECT, hands, station=way.station, sitting=sitting, said=Said(reason)
    )
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
    hands = hands_of(by, book)
    way = way_of(manuscript, hands)
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
