"""Thousands of random walks, each step of which is judged twice: by the core, and by a plain reading of the rule.

``Oracle`` shares no code with the core. It keeps what was done as a list and answers each question by looking the whole
list through, the way somebody with the paper form in hand would.
"""

import datetime as dt
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.core.desk.standing import (
    Act,
    Case,
    Decision,
    Finding,
    Stage,
    Text,
    What,
    Wish,
    objections,
    refusals,
    stand,
)
from taizhang.core.desk.track import Stop, Track

START = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
PEOPLE = range(1, 8)
WALKS = 2000


@st.composite
def tracks(draw):
    stops, level, last_review = [], 0, 1
    for order in range(1, draw(st.integers(1, 6)) + 1):
        does = draw(st.sampled_from(["review", "review", "proof", "sign_off"]))
        if does == "review":
            level, last_review = level + 1, order
        reopens = draw(st.sampled_from([order, last_review, 1])) if does == "proof" else 0
        stops.append(
            Stop(
                order=order,
                id=f"s{order}",
                does=does,
                level=level if does == "review" else None,
                gates={"number": draw(st.integers(0, 2))},
                reads_aloud=draw(st.booleans()),
                needs_opinion=draw(st.booleans()),
                reopens_from=reopens,
                apart_from=(f"s{draw(st.integers(1, order - 1))}",)
                if order > 1 and draw(st.booleans())
                else (),
            )
        )
    return Track(tuple(stops))


@dataclass
class Oracle:
    """The rule read plainly. ``events`` are (what, text, station, person), in the order in which they were done."""

    track: Track
    events: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    kept: set = field(default_factory=set)

    def newest(self):
        return max(self.texts_brought(), default=0)

    def texts_brought(self):
        return [text for what, text, _station, _person in self.events if what in ("submit", "correct")]

    def writers(self):
        found = set()
        for what, text, _station, _person in self.events:
            if what == "submit":
                found |= self.texts[text].hands
        return found

    def correctors(self):
        return {person for what, _text, _station, person in self.events if what == "correct"}

    def with_authors(self):
        """Nothing was submitted, or the last thing that moved it was a return or a recall."""
        moved = [what for what, *_rest in self.events if what in ("submit", "return", "recall")]
        return not moved or moved[-1] != "submit"

    def approved(self, station):
        """Tell whether an approval of the station stands: look at what came after the last one."""
        index = max(
            (i for i, event in enumerate(self.events) if event[0] == "approve" and event[2] == station),
            default=None,
        )
        if index is None:
            return False
        for what, text, _station, _person in self.events[index + 1 :]:
            if what in ("submit", "return", "recall"):
                return False
            if what == "correct" and self.texts[text].reopens_from <= station:
                return False
        return True

    def here(self):
        """The station where it is; None with its authors or at the end."""
        if self.with_authors():
            return None
        waiting = [stop.order for stop in self.track.stops if not self.approved(stop.order)]
        return min(waiting) if waiting else None

    def sat_at(self, person):
        return [s for what, _text, s, who in self.events if who == person and what in ("approve", "return")]

    def may_sit(self, person, station):
        stop = self.track.at(station)
        if person in self.writers() or (person in self.correctors() and stop.does != "proof"):
            return False
        for other in (self.track.at(s) for s in self.sat_at(person)):
            if stop.does == other.does == "review" and stop.level != other.level:
                return False
            if other.id in stop.apart_from or stop.id in other.apart_from:
                return False
        return True

    def undecided(self, station):
        number = self.newest()
        strictest = max(stop.gates["number"] for stop in self.track.stops if stop.order <= station)
        return any(
            finding.rank <= strictest and (number, finding.key) not in self.kept
            for finding in self.texts[number].findings
        )

    def allows(self, act, brought=None):
        what, station, person = act.what, act.stop, act.person
        if what is What.SUBMIT:
            return brought.number == self.newest() + 1 and brought.hands and brought.reopens_from == 1
        if what is What.RECALL:
            return not self.with_authors() and act.text == self.newest() and person in self.writers()
        if self.here() != station or not act.entitled or not self.may_sit(person, station):
            return False
        if what is What.CORRECT:
            return self.allows_correction(station, person, brought)
        seen = act.text == self.newest() and act.digest == self.texts[act.text].digest
        return seen and (bool(act.opinion) if what is What.RETURN else self.allows_approval(station, act))

    def allows_correction(self, station, person, brought):
        stop = self.track.at(station)
        return (
            stop.does == "proof"
            and brought.number == self.newest() + 1
            and 1 <= brought.reopens_from <= stop.reopens_from
            and not self._last_approver(person)
        )

    def allows_approval(self, station, act):
        stop = self.track.at(station)
        said = (act.opinion or not stop.needs_opinion) and (act.read_aloud or not stop.reads_aloud)
        return said and not self.undecided(station)

    def _last_approver(self, person):
        """Tell whether an approval that stands outside proofs is this person's."""
        for stop in self.track.stops:
            if stop.does == "proof" or not self.approved(stop.order):
                continue
            last = [p for w, _t, s, p in self.events if w == "approve" and s == stop.order][-1]
            if last == person:
                return True
        return False

    def may_be_released(self, digest):
        """THE RULE, said of the whole list."""
        if self.with_authors() or not self.texts or digest != self.texts[self.newest()].digest:
            return False
        approvals = {}
        for stop in self.track.stops:
            if not self.approved(stop.order):
                return False
            i = max(i for i, e in enumerate(self.events) if e[0] == "approve" and e[2] == stop.order)
            approvals[stop.order] = (i, self.events[i][3])
        order = [i for _station, (i, _person) in sorted(approvals.items())]
        reviewers = [p for s, (_i, p) in approvals.items() if self.track.at(s).does == "review"]
        last = max(approvals)
        return (
            order == sorted(order)
            and len(reviewers) == len(set(reviewers))
            and not self.writers() & {person for _i, person in approvals.values()}
            and self.events[approvals[last][0]][1] == self.newest()
            and not self.undecided(last)
        )


@st.composite
def steps(draw, oracle, case):
    """Draw what somebody tries next: mostly something near what is possible, sometimes anything."""
    here, newest = oracle.here(), oracle.newest()
    if newest == 0 or (here is None and oracle.with_authors() and draw(st.integers(0, 3))):
        what = What.SUBMIT
    else:
        what = draw(st.sampled_from([What.APPROVE] * 8 + list(What)))
    number = (
        newest + 1 if what in (What.SUBMIT, What.CORRECT) else max(newest - (draw(st.integers(0, 9)) == 0), 1)
    )
    stop = None
    if what not in (What.SUBMIT, What.RECALL):
        anywhere = draw(st.integers(1, len(case.track.stops)))
        stop = here if here is not None and draw(st.integers(0, 7)) else anywhere
    person = draw(st.sampled_from(PEOPLE))
    if what is What.APPROVE and stop and draw(st.integers(0, 4)):
        fit = [p for p in PEOPLE if oracle.may_sit(p, stop)]
        person = draw(st.sampled_from(fit)) if fit else person
    text = None
    if what in (What.SUBMIT, What.CORRECT):
        reopens = 1
        if what is What.CORRECT and stop:
            reopens = draw(st.sampled_from([case.track.at(stop).reopens_from or 1, 1, len(case.track.stops)]))
        text = Text(
            number=number,
            digest=f"d{draw(st.integers(0, 3))}",
            hands=frozenset(draw(st.sets(st.sampled_from(PEOPLE), max_size=2)))
            if what is What.SUBMIT
            else frozenset(),
            at=START,
            reopens_from=reopens,
            corrector=person if what is What.CORRECT else None,
            findings=tuple(
                Finding(f"k{n}", "number", draw(st.integers(1, 3)))
                for n in range(draw(st.sampled_from([0, 0, 1])))
            ),
        )
    known = text or next((t for t in case.texts if t.number == number), None)
    digest = known.digest if known and draw(st.integers(0, 9)) else "stale"
    return text, Act(
        number=len(case.acts) + 1,
        what=what,
        text=number,
        digest=digest,
        person=person,
        at=START + dt.timedelta(minutes=len(case.acts) + 1),
        stop=stop,
        entitled=bool(draw(st.integers(0, 9))),
        opinion=draw(st.sampled_from(["同意", "同意", ""])),
        read_aloud=bool(draw(st.integers(0, 4))),
    )


released = 0


@settings(max_examples=WALKS, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_walk_publishes_an_unreviewed_text_and_every_legal_step_is_open(data) -> None:
    global released  # noqa: PLW0603 - counted over all walks, to know that walks do arrive
    track = data.draw(tracks())
    case, oracle = Case(track), Oracle(track)
    for _step in range(data.draw(st.integers(1, 18))):
        text, act = data.draw(steps(oracle, case))
        standing = stand(case)
        brought = text or next((t for t in case.texts if t.number == act.text), None)
        decided = {key for number, key in oracle.kept if number == act.text}
        fits = brought is not None and brought.digest == act.digest
        legal = fits and bool(oracle.allows(act, text))
        against = objections(standing, act, new=brought, decided=decided)
        assert (not against) == legal, (act, against, oracle.events)

        forged = not legal and data.draw(st.integers(0, 3)) == 0
        if legal or (forged and text is None):
            texts = (*case.texts, text) if text else case.texts
            case = Case(track, texts, (*case.acts, act), case.decisions)
        if legal:
            if text:
                oracle.texts[text.number] = text
            oracle.events.append((str(act.what), act.text, act.stop, act.person))
        if oracle.texts and data.draw(st.integers(0, 3)) == 0:
            case = _keep(case, oracle)
        standing = stand(case)
        assert (standing.stop.order if standing.stop else None) == oracle.here()
        assert (standing.stage is Stage.WRITING) == oracle.with_authors()
        for digest in {"stale", *(t.digest for t in case.texts)}:
            wish = Wish(digest, "site", START)
            may = not refusals(standing, wish, channels=("site",), embargo=None)
            assert may == oracle.may_be_released(digest), (case, oracle.events)
            released += may


def _keep(case, oracle):
    """Decide every finding of the newest text."""
    number = oracle.newest()
    new = [f.key for f in oracle.texts[number].findings if (number, f.key) not in oracle.kept]
    oracle.kept |= {(number, key) for key in new}
    at = START + dt.timedelta(minutes=len(case.acts), seconds=30)  # after what was done, before what comes
    return Case(
        case.track, case.texts, case.acts, (*case.decisions, *(Decision(number, key, at) for key in new))
    )


def test_the_walks_arrive() -> None:
    """Walks that never release anything would prove nothing."""
    assert released > WALKS // 20
