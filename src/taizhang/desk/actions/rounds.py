"""Beginning a round: its line and stations are settled under the scheme in force."""

from taizhang.core.desk.content import Content
from taizhang.core.desk.track import NoLine, choose_line
from taizhang.core.messages import gettext_noop
from taizhang.core.scheme.desk import Desk
from taizhang.desk import queries, settling
from taizhang.desk.actions.acting import Hands, desk_of
from taizhang.desk.models import Purpose, Round
from taizhang.desk.queries import Way
from taizhang.desk.refused import DeskRefused, refuse
from taizhang.journal.clock import day_of


def begin(way: Way, content: Content, purpose: Purpose, reason: str, hands: Hands) -> Round:
    """Settle the line and its stations for a new round, under the scheme in force now."""
    loaded = hands.schemes.find(day_of(hands.book.at))
    desk = desk_of(loaded)
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


def _chosen(desk: Desk, type_: str, content: Content) -> str:
    try:
        return choose_line(desk, type_=type_, channels=content.channels)
    except NoLine as error:
        raise DeskRefused([error.message]) from error


def refuse_other_line(way: Way, round_: Round, content: Content, hands: Hands) -> None:
    """Refuse channels whose texts take another line than the one that was settled."""
    desk = desk_of(queries.scheme_of(round_, hands.schemes))
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
