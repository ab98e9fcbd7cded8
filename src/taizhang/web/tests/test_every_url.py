"""Nothing is open by accident: every address, with every role and with nobody.

An address that is not in NEEDS fails the test: whoever adds a page says here what right it needs.
"""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from taizhang.appraisals.models import Circular, Exemption, Objection, Sheet, Talk
from taizhang.appraisals.tests.conftest import with_appraisals, with_verification
from taizhang.appraisals.tests.months import three_months
from taizhang.conftest import ROLES, SCHEME
from taizhang.core.desk.content import Content, Share
from taizhang.core.values import Period
from taizhang.desk import actions as desk
from taizhang.desk.models import Comment
from taizhang.duties.models import Ruling
from taizhang.journal.actions import open_book
from taizhang.journal.models import Line
from taizhang.ledger.models import Evidence
from taizhang.org.models import Account, Membership, Post, RoleAssignment
from taizhang.org.queries import unit_tree
from taizhang.publication.tests import walked
from taizhang.reports import actions as reports
from taizhang.reports.filling import Order
from taizhang.reports.printing import Ledger
from taizhang.reports.tests.conftest import OUTLINE
from taizhang.rules.queries import history

SITE = (
    "index",
    "search",
    "notices",
    "rss",
    "atom",
    "sitemap",
    "column",
    "column_rss",
    "column_atom",
    "article",
    "file",
)
OPEN = {"login", "set_language", "favicon", "robots"} | {
    f"{s}:{n}" for s in ("site", "site_en") for n in SITE
}
ANYBODY = "anybody who is logged in"
SEES = ("scores", "appraise", "confirm", "answer", "talk")
NEEDS = {
    "home": ANYBODY,
    "logout": ANYBODY,
    "password_change": ANYBODY,
    "why": "read",
    "why_rows": "read",
    "design": ("organise", "rules"),
    "rules:index": ANYBODY,
    "rules:version": ANYBODY,
    "rules:text": ANYBODY,
    "rules:compare": ANYBODY,
    "rules:adopt": "rules",
    "duties:matrix": "read",
    "duties:todo": ANYBODY,
    "duties:gaps": "read",
    "duties:responsibilities": "read",
    "duties:occurrence": "read",
    "duties:verify": "verify",
    "duties:reopen": "verify",
    "duties:exempt": "exempt",
    "duties:lift": "exempt",
    "ledger:index": ("read", "record"),
    "ledger:quick": "record",
    "ledger:people": "record",
    "ledger:evidence": "read",
    "ledger:entry": "read",
    "ledger:correct": "correct",
    "ledger:withdraw": "correct",
    "ledger:attendance": "correct",
    "ledger:make_up": "correct",
    "ledger:entry_sign_in": "read",
    "ledger:list": ("read", "record"),
    "ledger:new": "record",
    "ledger:roster": "record",
    "ledger:sign_in": "record",
    "ledger:about": "record",
    "ledger:export": "export",
    "check:index": ANYBODY,
    "check:commented": ANYBODY,
    "check:copy": ANYBODY,
    "check:report": ANYBODY,
    "desk:index": ANYBODY,
    "desk:waiting": ANYBODY,
    "desk:all": ANYBODY,
    "desk:export": ANYBODY,
    "desk:statistics": "read",
    "desk:statistics_export": "read",
    "desk:new": "write",
    "desk:manuscript": "read",
    "desk:edit": "write",
    "desk:save": "write",
    "desk:check": "write",
    "desk:upload": "write",
    "desk:picture": "read",
    "desk:attach": "write",
    "desk:attachment": "read",
    "desk:submit": "write",
    "desk:recall": "write",
    "desk:copy": "write",
    "desk:review": "read",
    "desk:decide": "read",
    "desk:finding": "read",
    "desk:comment": "read",
    "desk:resolve": "read",
    "desk:correct": "read",
    "desk:version": "read",
    "desk:restore": "write",
    "desk:compare": "read",
    "desk:reopen": "write",
    "desk:form": "read",
    "desk:form_file": "read",
    "appraisals:index": SEES,
    "appraisals:mine": ANYBODY,
    "appraisals:list": SEES,
    "appraisals:run": SEES,
    "appraisals:why": ANYBODY,
    "appraisals:why_run": SEES,
    "appraisals:begin": "appraise",
    "appraisals:compute": "appraise",
    "appraisals:send": "appraise",
    "appraisals:confirm": "confirm",
    "appraisals:lock": "confirm",
    "appraisals:sheets": SEES,
    "appraisals:verify": SEES,
    "appraisals:verifications": SEES,
    "appraisals:new_circular": "appraise",
    "appraisals:sheet": SEES,
    "appraisals:object": SEES,
    "appraisals:counter_sign": "confirm",
    "appraisals:correct": "confirm",
    "appraisals:objections": ANYBODY,
    "appraisals:answer": SEES,
    "appraisals:exemptions": ANYBODY,
    "appraisals:ask_exemption": ANYBODY,
    "appraisals:decide_exemption": "confirm",
    "appraisals:talks": ANYBODY,
    "appraisals:talk": SEES,
    "appraisals:circular": ANYBODY,
    "appraisals:download_circular": ANYBODY,
    "appraisals:assess": ANYBODY,
    "appraisals:download_assessment": ANYBODY,
    "reports:index": ("read", "report"),
    "reports:new": "report",
    "reports:diff": "read",
    "reports:stylesheet": ANYBODY,
    "reports:report": "read",
    "reports:download": "read",
    "reports:revision": "read",
    "reports:edit": "report",
    "reports:save": "report",
    "reports:figures": "report",
    "reports:refill": "report",
    "reports:restore": "report",
    "reports:freeze": "freeze",
    "reports:frozen": "read",
    "reports:verify": "read",
    "reports:now": "read",
    "reports:download_frozen": "read",
    "publication:index": ANYBODY,
    "publication:release": ("read", "write", "release"),
    "publication:public": ("read", "write", "release"),
    "publication:withdraw": "release",
    "publication:cancel": "release",
    "publication:locate": "release",
    "publication:file": ("read", "write", "release"),
    "publication:package": ("read", "write", "release"),
    "publication:archive": ("read", "write", "release"),
    "publication:word": ("read", "write", "release"),
    "publication:released_file": ("read", "write", "release"),
    "journal:index": "journal",
    "journal:line": "journal",
    "journal:verify": "journal",
    "org:index": ANYBODY,
    "org:open_unit": "organise",
    "org:unit": ANYBODY,
    "org:change_unit": "organise",
    "org:move_unit": "organise",
    "org:close_unit": "organise",
    "org:reopen_unit": "organise",
    "org:people": ANYBODY,
    "org:suggest": ANYBODY,
    "org:add_person": "organise",
    "org:person": ANYBODY,
    "org:change_person": "organise",
    "org:leave": "organise",
    "org:appoint": "organise",
    "org:change_post": "organise",
    "org:groups": ANYBODY,
    "org:join_group": "organise",
    "org:change_membership": "organise",
    "org:roles": ANYBODY,
    "org:assign_role": "organise",
    "org:change_assignment": "organise",
    "org:accounts": "accounts",
    "org:open_account": "accounts",
    "org:reset_password": "accounts",
    "org:set_active": "accounts",
}
ONLY_SUPERUSERS = "admin:"
REFUSED = {403, 404}
OF_FROZEN = {"reports:verify", "reports:now"}
BUTTONS = {
    "org:reopen_unit",
    "org:set_active",
    "org:reset_password",
    "desk:resolve",
    "appraisals:begin",
    "appraisals:compute",
    "appraisals:send",
    "appraisals:confirm",
    "appraisals:lock",
    "appraisals:counter_sign",
    "publication:cancel",
}  # act at once, without a field


def names(patterns=None, prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            found.append(f"{prefix}{pattern.name}")
    return found


@pytest.fixture
def scheme_text() -> str:
    scheme = SCHEME.replace("exempt, report]", "exempt, report, freeze]") + OUTLINE
    return with_verification(with_appraisals(scheme))


@pytest.fixture
def arguments(bureau, post_entry, now):
    """An argument for every kind of address."""
    three_months(bureau, now)
    ledger = Ledger(history(), unit_tree(), now())
    order = Order("annual", bureau.units["bureau"], Period.year(2023), "zh-hans")
    report = reports.create(order, ledger=ledger, by="deputy Deputy")
    with open_book(now=now() + dt.timedelta(seconds=1), actor="deputy Deputy") as book:
        frozen = reports.freeze(report, book=book, ledger=ledger, on=report.version)
    made = walked.make(bureau, at=now())
    study = post_entry("study", attendance={"clerk": "absent"})
    evidence = Evidence(entry=study, sha256="0" * 64, name="a.txt", content_type="text/plain", size=1, pk=0)
    person = bureau.people["clerk"]
    pk_of = {
        "org:unit": bureau.units["office"].pk,
        "org:person": person.pk,
        "org:change_person": person.pk,
        "org:leave": person.pk,
        "org:change_post": Post.objects.first().pk,
        "org:change_membership": Membership.objects.first().pk,
        "org:change_assignment": RoleAssignment.objects.first().pk,
        "org:reset_password": Account.objects.get(username="officer").pk,
        "org:set_active": Account.objects.get(username="officer").pk,
        "ledger:evidence": evidence.pk,
    }
    occurrence = {"duty": "monthly_study", "unit": "bureau", "period": "2023-10"}

    text = _manuscript(bureau, now())
    about = Sheet.objects.get(person=bureau.people["section_head"], run__period="2023-10")
    of_scores = {
        "appraisal": "monthly",
        "period": "2023-10",
        "form": "docx",
        "appraisals:answer": Objection.objects.get().pk,
        "appraisals:decide_exemption": Exemption.objects.get().pk,
        "appraisals:talk": Talk.objects.get(person=bureau.people["section_head"]).pk,
        "appraisals:circular": Circular.objects.get().pk,
        "appraisals:download_circular": Circular.objects.get().pk,
    }

    def of(name: str) -> dict[str, object]:
        if name.startswith("appraisals:"):
            known = {**of_scores, "id": of_scores.get(name, about.pk), "pk": of_scores.get(name)}
            return {argument: known[argument] for argument in _arguments(name)}
        if name.startswith("desk:"):
            comment = Comment.objects.get().pk
            known = {"id": text.pk, "pk": comment if name == "desk:resolve" else 0, "number": 1}
            known |= {"sha256": "0" * 64, "ending": "docx"}
            return {argument: known[argument] for argument in _arguments(name)}
        if name.startswith("reports:"):
            wanted, one = _arguments(name), frozen if "frozen" in name or name in OF_FROZEN else report
            known = {"id": one.pk, "pk": report.revisions.first().pk, "form": "html"}
            return {argument: value for argument, value in known.items() if argument in wanted}
        if name.startswith("publication:"):
            return walked.argument(name.split(":")[1], made)
        if name.startswith("duties:") and name.split(":")[1] in ("occurrence", *Ruling.Act.values):
            return occurrence
        return {
            "ledger:entry": {"id": study.pk},
            "ledger:correct": {"id": study.pk},
            "ledger:withdraw": {"id": study.pk},
            "ledger:attendance": {"id": study.pk},
            "ledger:make_up": {"id": study.pk, "person_id": person.pk},
            "ledger:entry_sign_in": {"id": study.pk},
            "ledger:list": {"kind": "study"},
            "ledger:new": {"kind": "study"},
            "ledger:roster": {"kind": "study"},
            "ledger:sign_in": {"kind": "study"},
            "ledger:about": {"kind": "closure"},
            "ledger:export": {"kind": "study", "format": "csv"},
            "journal:line": {"seq": 1},
            "check:copy": {"ending": "txt"},
            "rules:version": {"effective": "2023-01-01"},
            "rules:text": {"effective": "2023-01-01"},
            "rules:compare": {"old": "2023-01-01", "new": "2023-01-01"},
        }.get(name) or (
            {"pk": pk_of.get(name, bureau.units["publicity"].pk)} if "pk" in _arguments(name) else {}
        )

    return of


def _manuscript(bureau, now):
    """A text at its first station, with a comment on it."""
    content = Content(
        title="Headline",
        body="<p>Words.</p>",
        shares=(Share(bureau.people["officer"].pk, Decimal(1)),),
        channels=("site",),
    )
    officer = bureau.account("officer")
    with open_book(now=now + dt.timedelta(seconds=2), actor=officer.signature) as book:
        text = desk.start(unit=bureau.units["office"], type_="news", content=content, by=officer, book=book)
        version = desk.submit(text, on=1, by=officer, book=book)
        desk.comment(text, seen=version.digest, text="Says who?", by=officer, book=book)
    return text


def _arguments(name: str) -> set[str]:
    resolver = get_resolver()
    for part in name.split(":")[:-1]:
        resolver = resolver.namespace_dict[part][1]
    return {
        argument
        for found in resolver.reverse_dict.getlist(name.rsplit(":", maxsplit=1)[-1])
        for argument in found[0][0][1]
    }


def test_every_address_says_what_it_needs():
    ours = {name for name in names() if not name.startswith(ONLY_SUPERUSERS)}
    assert ours - OPEN == set(NEEDS)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_every_address_with_every_role(role, bureau, client_for, arguments):
    client = client_for(role) if role else Client()
    lines = Line.objects.count()
    wrong = []
    query = {
        "why": "?indicator=studies&period=2023",
        "why_rows": "?indicator=studies&period=2023",
        "appraisals:why": "?appraisal=monthly&figure=submitted&period=2023-10",
    }
    for name, needed in NEEDS.items():
        url = reverse(name, kwargs=arguments(name)) + query.get(name, "")
        for method in ("get", "post"):
            if method == "post" and name in BUTTONS and role and _has(role, needed):
                continue
            status = getattr(client, method)(url).status_code
            if not _fits(name, status, role, needed, client, url):
                wrong.append(f"{method} {name}: {status}")
        if role and name == "logout":
            client = client_for(role)
    assert wrong == []
    assert Line.objects.count() == lines, "an empty request wrote something"


def _fits(name, status, role, needed, client, url) -> bool:
    if status >= 500:
        return False
    if role is None:
        return status == 302
    if _has(role, needed):
        return name in MORE_SPECIAL or status not in REFUSED
    return status in REFUSED | {405}


MORE_SPECIAL = {
    # whether the visitor sits at a station of this text, or it has what is asked for
    "desk:manuscript",
    "desk:picture",
    "desk:attachment",
    "desk:review",
    "desk:decide",
    "desk:finding",
    "desk:comment",
    "desk:resolve",
    "desk:correct",
    "desk:version",
    "desk:compare",
    "desk:form",
    "desk:form_file",
    "desk:copy",
    "desk:recall",
    "desk:reopen",
    "desk:restore",
    "appraisals:download_assessment",  # of whom, and as what, the query says
    "appraisals:verify",  # to decide, whether the scheme's roles verify
    "appraisals:decide_exemption",
    "appraisals:answer",
    "appraisals:talk",
    "ledger:correct",  # the right on this very row
    "ledger:withdraw",
    "ledger:attendance",
    "ledger:make_up",
    "ledger:entry",
    "ledger:evidence",
    "ledger:entry_sign_in",
    "ledger:about",
    "ledger:list",
    "ledger:new",
    "ledger:roster",
    "ledger:sign_in",
    "duties:occurrence",  # the right on this very unit
    "duties:verify",
    "duties:reopen",
    "duties:exempt",
    "duties:lift",
    "why",
    "why_rows",
    "publication:release",  # the right to release in this very unit
    "reports:report",
    "reports:download",
    "reports:revision",
    "reports:frozen",
    "reports:verify",
    "reports:now",
    "reports:download_frozen",
}


def _has(role: str, needed) -> bool:
    may = {
        "clerk": {"read", "record", "correct", "export", "appraise", "scores", "write", "release"},
        "officer": {"read", "record", "correct", "write"},
        "section_head": {"read", "record", "correct", "scores"},
        "deputy": {
            "read",
            "export",
            "verify",
            "exempt",
            "report",
            "freeze",
            "confirm",
            "answer",
            "talk",
            "scores",
        },
        "auditor": {"read", "export", "journal", "scores"},
        "administrator": {"organise", "accounts", "rules"},
    }[role]
    wanted = {needed} if isinstance(needed, str) else set(needed)
    return needed == ANYBODY or bool(wanted & may)


@pytest.mark.parametrize("role", ROLES)
def test_the_administrators_pages_are_for_superusers_only(role, client_for):
    response = client_for(role).get("/admin/")
    assert response.status_code == 302
    assert "/login/" in response.url


def test_somebody_without_a_role_sees_no_content(bureau, client_for):
    RoleAssignment.objects.update(until=dt.date(2023, 1, 1))
    client = client_for("clerk")
    assert client.get(reverse("home")).status_code == 200
    for name in ("ledger:index", "duties:matrix", "duties:gaps", "journal:index"):
        assert client.get(reverse(name)).status_code in REFUSED, name
