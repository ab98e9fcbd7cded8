"""An office with a desk on a database of its own, and people who work at it at once. Run as a program; prints JSON.

python tests/journeys/desk_office.py found | path | editors N | races N
"""

import datetime as dt
import json
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be ready
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402

from taizhang.core.desk.content import Content, Share  # noqa: E402
from taizhang.desk import actions, drafts, queries  # noqa: E402
from taizhang.desk.models import Act, Draft, Manuscript, Release  # noqa: E402
from taizhang.desk.refused import DeskRefused, DraftConflict  # noqa: E402
from taizhang.journal import clock  # noqa: E402
from taizhang.journal.actions import open_book  # noqa: E402
from taizhang.journal.verify import verify  # noqa: E402
from taizhang.org import accounts  # noqa: E402
from taizhang.org.models import Account, Person, Post, RoleAssignment, Unit  # noqa: E402
from taizhang.rules import actions as rules  # noqa: E402
from taizhang.web import setup  # noqa: E402

SCHEME = """
scheme: newsroom
name: Newsroom
effective: 2020-01-01
unit_kinds: {office: Office}
roles:
  writer: {name: Writer, may: [read, write]}
  reviewer: {name: Reviewer, may: read}
  proofreader: {name: Proofreader, may: read}
  head: {name: Head, may: [read, release]}
kinds:
  news: {name: News, title: {name: Headline}}
desk:
  types: {news: {name: News, posts: {kind: news}}}
  channels: {site: {name: Site, how: site}}
  lines:
    line:
      name: Line
      stations:
        review: {name: Review, does: review, level: 1, seats: {role: reviewer}}
        proof: {name: Proof, does: proof, seats: {role: proofreader}, reopens: station}
        sign: {name: Sign-off, does: sign_off, seats: {role: head}}
"""
SINCE = dt.date(2020, 1, 1)
PEOPLE = {"writer": "writer", "writer2": "writer", "reviewer": "reviewer", "reviewer2": "reviewer",
          "proofreader": "proofreader", "head": "head"}  # fmt: skip
PASSWORD = "quite-long-42"


def found(writers: int = 0) -> None:
    """Set the office up, with as many more writers as asked for."""
    setup.migrate()
    with open_book(now=clock.now(), actor="founder") as book:
        rules.adopt(SCHEME, path="newsroom.yaml", book=book, today=SINCE, founding=True)
        unit = Unit.objects.create(code="O1", name="Office", kind="office", since=SINCE)
        book.sign("org.open_unit", unit)
        for name, role in {**PEOPLE, **{f"w{n}": "writer" for n in range(writers)}}.items():
            person = Person.objects.create(code=name, name=name.title())
            post = Post.objects.create(person=person, unit=unit, title=role, since=SINCE)
            assignment = RoleAssignment.objects.create(person=person, role=role, unit=unit, since=SINCE)
            account = Account.objects.create_user(name, password=PASSWORD, person=person)
            accounts.sign("org.open_account", account, book)
            for row in (person, post, assignment):
                book.sign(f"org.add_{type(row)._meta.model_name}", row)


def account(name: str) -> Account:
    return Account.objects.select_related("person").get(username=name)


def act(name: str, done: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Have somebody do something, in a book of its own."""
    by = account(name)
    with open_book(now=clock.now(), actor=by.signature) as book:
        return done(*arguments, by=by, book=book, **more)


def text(name: str, title: str = "Headline") -> Content:
    return Content(
        title=title, body=f"<p>{title} in full.</p>", shares=(Share(account(name).person_id, Decimal(1)),),
        channels=("site",),
    )  # fmt: skip


def start(name: str, title: str = "Headline") -> Manuscript:
    return act(name, actions.start, unit=Unit.objects.get(), type_="news", content=text(name, title))


def seen(manuscript: Manuscript) -> str:
    return manuscript.versions.order_by("-number").values_list("digest", flat=True).first() or ""


def station(manuscript: Manuscript, code: str) -> Any:
    return next(each for each in queries.way_of(manuscript).stations if each.code == code)


def approve(manuscript: Manuscript, code: str, name: str, digest: str = "") -> Act:
    at = station(manuscript, code)
    return act(name, actions.approve, manuscript, at, seen=digest or seen(manuscript))


def path() -> dict[str, Any]:
    """Take one text all the way."""
    manuscript = start("writer")
    act("writer", actions.submit, manuscript, on=1)
    for code, name in (("review", "reviewer"), ("proof", "proofreader"), ("sign", "head")):
        approve(manuscript, code, name)
    act("head", actions.release, manuscript, "site", seen=seen(manuscript))
    return {"released": Release.objects.count()}


def together(jobs: list[Callable[[], None]]) -> list[str]:
    """Do all jobs at once, each in a thread of its own; return what was refused or went wrong, by its class."""
    gate, said = threading.Barrier(len(jobs)), []

    def work(job: Callable[[], None]) -> None:
        try:
            gate.wait()
            job()
        except (DeskRefused, DraftConflict, DatabaseError) as error:
            said.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def editors(count: int, saves: int = 10) -> dict[str, Any]:
    """Have ``count`` writers save their own manuscripts again and again, all at once, and submit them at the end."""
    manuscripts = [start("writer", f"Text {n}") for n in range(count)]

    def job(number: int) -> Callable[[], None]:
        manuscript, by = manuscripts[number], account("writer")

        def save() -> None:
            for n in range(1, saves + 1):
                content = text("writer", f"Text {number}, state {n}")
                drafts.save(manuscript, content, on=n, by=by.signature, person=by.person, now=clock.now())
            act("writer", actions.submit, manuscript, on=saves + 1)

        return save

    said = together([job(number) for number in range(count)])
    titles = set(Draft.objects.filter(manuscript__in=manuscripts).values_list("title", "revision"))
    wanted = {(f"Text {n}, state {saves}", saves + 1) for n in range(count)}
    submitted = Act.objects.filter(manuscript__in=manuscripts, what="submit").count()
    return {"said": said, "lost": sorted(map(str, wanted - titles)), "submitted": submitted}


def edit(manuscript: Manuscript, digest: str) -> None:
    """Change the text and submit it, having seen the version of ``digest``."""
    by = account("writer")
    drafts.save(
        manuscript,
        text("writer", "Another headline"),
        on=1,
        by=by.signature,
        person=by.person,
        now=clock.now(),
    )
    act("writer", actions.submit, manuscript, on=2, seen=digest)


def sessions(count: int) -> dict[str, Any]:
    """Log ``count`` writers in, each with a manuscript of their own; return the session, manuscript and person of each."""
    made = []
    for n in range(count):
        by = account(f"w{n}")
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(by.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = by.get_session_auth_hash()
        session.create()
        manuscript = start(f"w{n}", f"Text {n}")
        made.append([session.session_key, str(manuscript.pk), by.person.code])
    return {"writers": made}


def kept() -> dict[str, Any]:
    """Return title and revision of every draft."""
    return {"drafts": list(Draft.objects.values_list("title", "revision"))}


def races(count: int) -> dict[str, Any]:
    """Race two approvals of one station, an edit against an approval, and an edit against a release."""
    wrong: list[str] = []
    for n in range(count):
        wrong += _two_approvals(n) + _edit_and_approval(n) + _edit_and_release(n) + _two_drafts(n)
    return {"wrong": wrong}


def _two_approvals(n: int) -> list[str]:
    manuscript = start("writer", f"Two {n}")
    act("writer", actions.submit, manuscript, on=1)
    digest = seen(manuscript)
    said = together(
        [lambda who=who: approve(manuscript, "review", who, digest) for who in ("reviewer", "reviewer2")]
    )
    done = manuscript.acts.filter(what="approve").count()
    return [] if (said, done) == (["DeskRefused"], 1) else [f"two approvals: {said} {done}"]


def _edit_and_approval(n: int) -> list[str]:
    manuscript = start("writer", f"Edit {n}")
    act("writer", actions.submit, manuscript, on=1)
    digest = seen(manuscript)
    said = together([
        lambda: approve(manuscript, "review", "reviewer", digest),
        lambda: edit(manuscript, digest),
    ])  # fmt: skip
    way = queries.way_of(manuscript)
    fits = way.station is not None and way.station.code == "review" and not way.standing.approvals
    return (
        []
        if fits and set(said) <= {"DeskRefused"}
        else [f"edit and approval: {said} {way.standing.approvals}"]
    )


def _edit_and_release(n: int) -> list[str]:
    manuscript = start("writer", f"Release {n}")
    act("writer", actions.submit, manuscript, on=1)
    for code, name in (("review", "reviewer"), ("proof", "proofreader"), ("sign", "head")):
        approve(manuscript, code, name)
    digest = seen(manuscript)
    said = together([
        lambda: act("head", actions.release, manuscript, "site", seen=digest),
        lambda: edit(manuscript, digest),
    ])  # fmt: skip
    released = list(manuscript.releases.values_list("version__number", flat=True))
    newest = manuscript.versions.count()
    fits = (released, newest) in (([1], 1), ([], 2))
    return [] if fits and said == ["DeskRefused"] else [f"edit and release: {said} {released} {newest}"]


def _two_drafts(n: int) -> list[str]:
    manuscript = start("writer", f"Draft {n}")

    def save(name: str) -> None:
        by = account(name)
        content = text(name, f"Draft {n} of {name}")
        drafts.save(manuscript, content, on=1, by=by.signature, person=by.person, now=clock.now())

    said = together([lambda name=name: save(name) for name in ("writer", "writer2")])
    kept = {
        Draft.objects.get(pk=manuscript.pk).title,
        *(copy.content["title"] for copy in manuscript.copies.all()),
    }
    both = {f"Draft {n} of {name}" for name in ("writer", "writer2")}
    return [] if (said, kept) == (["DraftConflict"], both) else [f"two drafts: {said} {kept}"]


def main() -> None:
    what, *numbers = sys.argv[1:]
    done = {
        "found": found,
        "path": path,
        "editors": editors,
        "races": races,
        "sessions": sessions,
        "kept": kept,
    }[what](*map(int, numbers))
    breaks = [] if what == "found" else [str(found.message) for found in verify()]
    print(json.dumps({**(done or {}), "breaks": breaks}))


if __name__ == "__main__":
    main()
