"""Who acts, on what as it stands now, and how an act is written: what all actions of the desk begin and end with."""

from dataclasses import dataclass

from taizhang.core.desk import standing as rule
from taizhang.core.desk.standing import What
from taizhang.core.messages import gettext_noop
from taizhang.core.scheme.desk import Desk
from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme
from taizhang.desk import placing, queries
from taizhang.desk.access import Visitor
from taizhang.desk.models import Act, Manuscript, Round, Station, Version
from taizhang.desk.queries import Way
from taizhang.desk.refused import refuse, refuse_if
from taizhang.desk.seating import Sitting
from taizhang.journal import sealing
from taizhang.journal.actions import Book
from taizhang.journal.clock import day_of
from taizhang.org.access import access_of
from taizhang.org.models import Account, Person
from taizhang.rules.queries import history

NOT_ALLOWED = gettext_noop("Your roles do not allow this.")
MAX_OPINION = 2000
MAX_REASON = 500


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


def hands_of(by: Account, book: Book) -> Hands:
    """Return who acts. Refuses an account of nobody, and one whose person may not come in today."""
    account = Account.objects.select_related("person").filter(pk=by.pk).first()
    schemes = history()
    found = access_of(account, day=day_of(book.at), schemes=schemes) if account else None
    if account is None or found is None or account.person is None:
        raise refuse(NOT_ALLOWED)
    return Hands(Visitor(found), account.person, book, schemes)


def desk_of(loaded: LoadedScheme | None) -> Desk:
    """Return what a scheme says about texts. Refuses where it says nothing."""
    if loaded is None or loaded.scheme.desk is None:
        raise refuse(gettext_noop("The scheme says nothing about texts. Adopt one with a part “desk:”."))
    return loaded.scheme.desk


def way_of(manuscript: Manuscript, hands: Hands) -> Way:
    """Return everything that was done with a text, read anew inside the transaction."""
    return queries.way_of(
        Manuscript.objects.select_related("unit").get(pk=manuscript.pk), tree=hands.visitor.access.tree
    )


def refuse_stale(way: Way, seen: str) -> None:
    """Refuse where another text stands by now than the one whose digest was ``seen``."""
    newest = way.version.digest if way.version else ""
    if newest != seen:
        raise refuse(rule.CHANGED)


def keep_place(manuscript: Manuscript, hands: Hands) -> None:
    """Keep where the text is now, for queues and lists."""
    loaded = hands.schemes.in_force(day_of(hands.book.at))
    placing.place(manuscript, calendar=loaded.scheme.working_days)


@dataclass(frozen=True)
class Said:
    """What somebody says with an act."""

    opinion: str = ""
    read_aloud: bool = False


def put_act(
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
    keep_place(way.manuscript, hands)
    return act
