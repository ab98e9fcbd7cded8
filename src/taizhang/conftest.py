"""A small office for every test: its scheme, its units, and a cast named by role."""
# ruff: noqa: ARG001 - a fixture may ask for another only so that it is there

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from taizhang.core.scheme.history import History
from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.ledger import actions as ledger
from taizhang.ledger.drafts import Draft
from taizhang.ledger.models import Entry
from taizhang.org import accounts
from taizhang.org.models import Account, Membership, Person, Post, RoleAssignment, Unit
from taizhang.rules import actions as rules
from taizhang.rules.queries import history

NOW = dt.datetime(2023, 11, 20, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FOUNDED = dt.date(2020, 1, 1)
ROLES = ("clerk", "officer", "section_head", "deputy", "auditor", "administrator")

SCHEME = """\
scheme: office
name: {zh: 某局台账, en: An office}
effective: 2023-01-01
unit_kinds: {bureau: {zh: 局, en: Bureau}, section: {zh: 科室, en: Section}, branch: {zh: 支部, en: Branch}}
groups: {study_group: {zh: 中心组, en: Study group}}
roles:
  clerk: {name: {zh: 办公室, en: Clerk}, may: [read, record, correct, write, release, export], reach: all}
  officer: {name: {zh: 信息员, en: Information officer}, may: [read, record, correct, write], reach: own}
  section_head: {name: {zh: 科室负责人, en: Section head}, may: [read, record, correct], reach: unit}
  deputy: {name: {zh: 分管领导, en: Deputy}, may: [read, export, verify, exempt, report], reach: all, home: matrix}
  auditor: {name: {zh: 审计, en: Auditor}, may: [read, export, journal], reach: all}
  administrator: {name: {zh: 管理员, en: Administrator}, may: [organise, accounts, rules], reach: all}
attendance:
  attended: {name: {zh: 出席, en: Attended}, counts_as: present, mark: √}
  late: {name: {zh: 迟到, en: Late}, counts_as: present, mark: 迟}
  left_early: {name: {zh: 早退, en: Left early}, counts_as: present, mark: 退}
  on_duty: {name: {zh: 公假, en: On duty elsewhere}, counts_as: excused, mark: 公}
  personal: {name: {zh: 事假, en: Personal leave}, counts_as: excused, mark: 事}
  sick: {name: {zh: 病假, en: Sick leave}, counts_as: excused, mark: 病}
  absent: {name: {zh: 缺席, en: Absent}, counts_as: absent, mark: ×}
  made_up: {name: {zh: 补学, en: Made up}, counts_as: made_up, mark: 补}
kinds:
  study:
    name: {zh: 集体学习, en: Group study}
    title: {name: {zh: 主题, en: Topic}}
    attendance: {roster: group, group: study_group}
    quick: true
    planned: true
    fields:
      form:
        name: {zh: 形式, en: Form}
        type: choice
        required: true
        choices: {session: {zh: 集中学习, en: Session}, seminar: {zh: 研讨, en: Seminar}}
      special: {name: {zh: 主题教育, en: Special}, type: yes_no}
    columns: [occurred_on, title, form, unit]
  outreach:
    name: {zh: 宣讲, en: Outreach}
    title: {name: {zh: 名称, en: Name}}
    quantity: {units: [人次, 人], approximate: true, name: {zh: 受众, en: Audience}}
    quick: true
    fields:
      topic: {name: {zh: 类别, en: Topic}, type: choice, required: true,
              choices: {theory: {zh: 理论, en: Theory}, policy: {zh: 政策, en: Policy}}}
      groups: {name: {zh: 受众, en: Audiences}, type: choices,
               choices: {staff: {zh: 职工, en: Staff}, pupils: {zh: 学生, en: Pupils}}}
      place: {name: {zh: 地点, en: Place}}
      hours: {name: {zh: 时长, en: Hours}, type: number, min: 0, max: 24}
      host: {name: {zh: 承办科室, en: Host}, type: unit}
      speaker: {name: {zh: 主讲人, en: Speaker}, type: person}
      page: {name: {zh: 链接, en: Link}, type: link}
      note: {name: {zh: 备注, en: Note}, type: long_text}
      held_until: {name: {zh: 截止, en: Until}, type: date}
      sessions: {name: {zh: 场次, en: Sessions}, type: integer, min: 1}
  information:
    name: {zh: 信息, en: Information item}
    title: {name: {zh: 标题, en: Headline}}
    person: {name: {zh: 作者, en: Author}, required: true}
    counts_for: month
    fields:
      outlet: {name: {zh: 载体, en: Outlet}, type: choice,
               choices: {site: {zh: 网站, en: Web site}, paper: {zh: 报纸, en: Paper}}}
  finding:
    name: {zh: 问题, en: Finding}
    title: {name: {zh: 问题描述, en: Finding}}
    unit_kinds: [section]
    evidence: required
  closure:
    name: {zh: 销号, en: Closure}
    title: {name: {zh: 核查意见, en: Opinion}, required: false}
    about: {kinds: [finding], once: true, by_another: true}
    unit_kinds: [section]
indicators:
  studies: {name: {zh: 集体学习次数, en: Group studies}, count: {kind: study}}
  seminars: {name: {zh: 研讨次数, en: Seminars}, count: {kind: study, where: {form: seminar}}}
  study_coverage: {name: {zh: 学习覆盖率, en: Study coverage}, coverage: {kind: study}, percent: true}
  audience: {name: {zh: 受众人次, en: Audience}, sum: {kind: outreach, unit: 人次}}
  findings: {name: {zh: 问题数, en: Findings}, count: {kind: finding}}
  open_findings: {name: {zh: 未销号问题, en: Open findings}, open: {kind: finding, until: closure}}
desk:
  types:
    news:
      name: {zh: 政务信息, en: News}
      posts: {kind: information, by_channel: {site: {outlet: site}, paper: {outlet: paper}}}
    notice: {name: {zh: 通知, en: Notice}}
  channels:
    site: {name: {zh: 门户网站, en: Web site}, how: site}
    wechat: {name: {zh: 微信公众号, en: WeChat}, how: package}
    paper: {name: {zh: 报纸, en: Paper}, how: outside}
  lines:
    ordinary:
      name: {zh: 三审三校, en: Three reviews}
      stations:
        first: {name: {zh: 初审, en: First review}, does: review, level: 1, seats: {role: section_head, reach: all}, working_days: 1}
        proof:
          name: {zh: 校对, en: Proof}
          does: proof
          seats: {role: clerk}
          gates: {text: error, number: error, logic: error}
          reopens: station
        final: {name: {zh: 终审, en: Final review}, does: review, level: 2, seats: {role: deputy, reach: all}, hours: 48}
"""


@dataclass(frozen=True)
class Bureau:
    """The office: units by code, and one person a role (by the role's name) with an account of that name."""

    units: dict[str, Unit]
    people: dict[str, Person]

    def account(self, role: str) -> Account:
        return Account.objects.select_related("person").get(username=role)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Any) -> None:
    """Keep evidence and anchors of a test in a folder of its own."""
    settings.HOME = tmp_path
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if "whitenoise" not in name
    ]  # scans every wheel


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime | None], dt.datetime]:
    """Stop the clock at NOW; ``now(later)`` moves it, ``now(None)`` reads it."""
    moment = NOW

    def move(to: dt.datetime | None = None) -> dt.datetime:
        nonlocal moment
        moment = to or moment
        return moment

    monkeypatch.setattr(clock, "now", lambda: moment)
    return move


@pytest.fixture
def scheme_text() -> str:
    return SCHEME


@pytest.fixture
def schemes(bureau: Bureau) -> History:
    return history()


@pytest.fixture
def bureau(db: None, scheme_text: str) -> Bureau:
    """A bureau with two sections; in ``office`` everybody but the section head, who leads ``publicity``."""
    with open_book(now=NOW - dt.timedelta(days=300), actor="founder") as book:
        rules.adopt(scheme_text, path="office.yaml", book=book, today=FOUNDED, founding=True)
        units = _units()
        people = {}
        for order, role in enumerate(ROLES):
            person = Person.objects.create(code=f"S{order:03}", name=role.replace("_", " ").title())
            unit = units["publicity" if role == "section_head" else "office"]
            Post.objects.create(person=person, unit=unit, title=role, order=order, since=FOUNDED)
            RoleAssignment.objects.create(person=person, role=role, unit=unit, since=FOUNDED)
            account = Account.objects.create_user(role, password=role, person=person)
            accounts.sign("org.open_account", account, book)
            people[role] = person
        for order, role in enumerate(("deputy", "section_head", "clerk")):
            Membership.objects.create(
                group="study_group", unit=units["bureau"], person=people[role], order=order, since=FOUNDED
            )
        for signed in (*units.values(), *people.values(), *_dated()):
            book.sign(f"org.add_{type(signed)._meta.model_name}", signed)
    return Bureau(units=units, people=people)


def _units() -> dict[str, Unit]:
    bureau = Unit.objects.create(code="bureau", name="科学技术局", kind="bureau", since=FOUNDED)
    sections = {
        code: Unit.objects.create(
            code=code, name=name, kind="section", parent=bureau, order=order, since=FOUNDED
        )
        for order, (code, name) in enumerate({"office": "办公室", "publicity": "宣传科"}.items(), start=1)
    }
    return {"bureau": bureau, **sections}


def _dated() -> list[Any]:
    return [*Post.objects.all(), *Membership.objects.all(), *RoleAssignment.objects.all()]


@pytest.fixture
def client_for(bureau: Bureau) -> Callable[..., Client]:
    """Return a logged-in client: ``client_for("clerk")``; ``language="en"`` for an English one."""

    def client(role: str, *, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(Account.objects.get(username=role))
        return client

    return client


@pytest.fixture
def clerk(client_for: Callable[..., Client]) -> Client:
    return client_for("clerk", language="en")


@pytest.fixture
def deputy(client_for: Callable[..., Client]) -> Client:
    return client_for("deputy", language="en")


@pytest.fixture
def auditor(client_for: Callable[..., Client]) -> Client:
    return client_for("auditor", language="en")


@pytest.fixture
def post_entry(bureau: Bureau, now: Callable[..., dt.datetime]) -> Callable[..., Entry]:
    """Record an entry straight into the ledger: ``post_entry("study", title="…", by="clerk")``."""

    def post(
        kind: str = "study",
        *,
        by: str = "clerk",
        unit: str = "office",
        occurred_on: dt.date | str = dt.date(2023, 11, 1),
        person: str | None = None,
        about: Entry | None = None,
        attendance: dict[str, str] | None = None,
        **more: Any,
    ) -> Entry:
        defaults: dict[str, dict[str, Any]] = {
            "study": {"values": {"form": "session"}},
            "outreach": {"values": {"topic": "policy"}, "quantity": Decimal(100), "quantity_unit": "人次"},
        }
        draft = Draft(
            **{
                "kind": kind,
                "unit_id": bureau.units[unit].pk,
                "occurred_on": dt.date.fromisoformat(str(occurred_on)),
                "title": f"{kind} {uuid.uuid4().hex[:8]}",
                "person_id": bureau.people[person].pk if person else None,
                "about_id": about.pk if about else None,
                "participations": {bureau.people[p].pk: state for p, state in (attendance or {}).items()},
                **defaults.get(kind, {}),
                **more,
            }
        )
        with open_book(now=now(), actor=bureau.account(by).signature) as book:
            return ledger.post(draft, book=book, schemes=history())

    return post
