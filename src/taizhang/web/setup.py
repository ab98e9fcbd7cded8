"""Setting a ledger up and seeing that it is fit to serve. Used by the commands, which speak for it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang import sample
from taizhang.appraisals.running import RunRefused
from taizhang.core.messages import Message, gettext_noop
from taizhang.core.scheme.errors import SchemeErrors
from taizhang.core.scheme.history import History, NoSchemeInForce
from taizhang.core.values import BadPeriod, Period
from taizhang.journal import clock, guard, sealing
from taizhang.journal.actions import Book, ClockWentBack, open_book
from taizhang.journal.models import Line
from taizhang.journal.verify import journaled_models
from taizhang.ledger import cells
from taizhang.org import accounts
from taizhang.org.actions import ChangeRefused, add_person, open_unit
from taizhang.org.models import Account, RoleAssignment, Unit
from taizhang.org.queries import unit_tree
from taizhang.rules.actions import SchemeNotAdoptable, adopt
from taizhang.rules.queries import history

INSTALLER = "taizhang init"


class NotReady(Exception):  # noqa: N818
    """The ledger cannot be used as it is; the message says what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a user can mend into a line on standard error and exit 2; anything else stays a bug."""
    try:
        yield
    except SchemeErrors as error:
        _leave("\n".join(one.render(_) for one in error.errors))
    except (NoSchemeInForce, BadPeriod, NotReady) as error:
        _leave(error.message.render(_))
    except ChangeRefused as error:
        _leave("\n".join(problem.render(_) for problem in error.problems.values()))
    except (SchemeNotAdoptable, ClockWentBack, RunRefused) as error:
        _leave(str(error))
    except DatabaseError as error:
        _leave(_("The database cannot be used: {error} Run “taizhang init” first.").format(error=error))


def _leave(text: str) -> None:
    click.echo(text, err=True)
    sys.exit(2)


def migrate() -> None:
    """Bring the database up to date and put the triggers in place, as the owner of the tables where there is one."""
    using = sealing.OWNER if sealing.has_owner() else "default"
    call_command("migrate", database=using, verbosity=0, interactive=False)
    guard.install(using)
    sealing.install(using)
    if sealing.has_owner():
        sealing.grant(connection.settings_dict["USER"])


def count_anew() -> None:
    """Forget the counts that are kept: they are counted again when next asked for."""
    cells.empty()


def is_of_older_version() -> bool:
    """Say whether the database lacks a migration of this version."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def warm() -> None:
    """Count this year and the last, as far as they are not kept, so that the first page need not."""
    today, rules = clock.day_of(clock.now()), history()
    if rules:
        for year in (today.year - 1, today.year):
            cells.warm(schemes=rules, tree=unit_tree(), period=Period.year(year))


def refuse_if_not_ready() -> None:
    """Raise NotReady when the database lacks a migration or a trigger, or no scheme was ever adopted."""
    if is_of_older_version():
        raise NotReady(
            Message(gettext_noop("The database is not set up for this version. Run “taizhang init”."))
        )
    if missing := [*guard.missing(), *sealing.missing()]:
        raise NotReady(
            Message(
                gettext_noop(
                    "These triggers are missing: {names}. Run “taizhang verify”, then “taizhang init”."
                ),
                names=", ".join(missing),
            )
        )
    if open_tables := sealing.too_much():
        raise NotReady(
            Message(
                gettext_noop(
                    "The program's role of the database may write {names}, which only their owner should. "
                    "Run “taizhang init” with TAIZHANG_OWNER_URL."
                ),
                names=", ".join(open_tables),
            )
        )
    if not history():
        raise NotReady(
            Message(
                gettext_noop(
                    "No scheme is adopted. Run “taizhang init --scheme FILE --unit CODE=NAME --admin LOGIN”, "
                    "or “taizhang demo” for the sample year."
                )
            )
        )


def found(
    *, schemes: Sequence[Path], unit: str, kind: str, admin: str, password: str, roles: Sequence[str]
) -> Iterator[str]:
    """Adopt schemes, open the root unit, make the first account; yield a line for each thing done."""
    now = clock.now()
    with open_book(now=now, actor=INSTALLER) as book:
        for path in _scheme_files(schemes):
            adopted = _adopt_once(path, book)
            if adopted:
                yield _("Adopted {path}, in force from {day}.").format(path=path.name, day=adopted)
        rules = history()
        root = _open_root(unit, kind, rules, book) if unit else None
        if root:
            yield _("Opened {unit}.").format(unit=root.name)
        if admin:
            yield _make_first_account(admin, password, roles, rules, book)


def _scheme_files(schemes: Sequence[Path]) -> list[Path]:
    return [file for path in schemes for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]


def _adopt_once(path: Path, book: Book) -> str:
    text = path.read_text(encoding="utf-8-sig")
    known = history()
    if any(version.text == text for version in known.versions):
        return ""
    adopted = adopt(
        text, path=path.name, book=book, today=clock.day_of(book.at), founding=is_without_records()
    )
    return str(adopted.effective)


def is_without_records() -> bool:
    """Say whether nothing was ever recorded: then a first version may take effect in the past."""
    return not Line.objects.filter(action="ledger.post").exists()


def _open_root(unit: str, kind: str, rules: History, book: Book) -> Unit | None:
    code, _equals, name = unit.partition("=")
    if Unit.objects.filter(code=code.strip()).exists():
        return None
    scheme = rules.newest.scheme
    return open_unit(
        code=code.strip(),
        name=name.strip() or code.strip(),
        kind=kind or next(iter(scheme.unit_kinds)),
        parent=None,
        since=rules.versions[0].effective,
        scheme=scheme,
        book=book,
    )


def _make_first_account(login: str, password: str, roles: Sequence[str], rules: History, book: Book) -> str:
    root = Unit.objects.filter(parent=None).order_by("pk").first()
    if root is None:
        raise NotReady(Message(gettext_noop("Name the organisation first: --unit CODE=NAME.")))
    if Account.objects.filter(username=login).exists():
        return _("The account {login} is there already.").format(login=login)
    declared = rules.newest.scheme.roles
    unknown = [role for role in roles if role not in declared]
    if unknown:
        raise NotReady(
            Message(
                gettext_noop("The scheme has no role “{role}”. It has: {roles}."),
                role=unknown[0],
                roles=", ".join(declared),
            )
        )
    held = list(roles) or _founding_roles(rules)
    person = add_person(code=login, name=login, book=book)
    for role in held:
        assignment = RoleAssignment.objects.create(
            person=person, role=role, unit=root, since=rules.versions[0].effective
        )
        book.sign("org.assign_role", assignment)
    account = Account.objects.create_user(username=login, password=password, person=person)
    accounts.sign("org.open_account", account, book)
    return _("Made the account {login} with the roles: {roles}.").format(login=login, roles=", ".join(held))


def _founding_roles(rules: History) -> list[str]:
    """The roles that let somebody build the organisation, as far as one person may hold them together."""
    declared, held = rules.newest.scheme.roles, list[str]()
    for name, role in declared.items():
        builds = {"organise", "accounts", "rules"} & set(role.may)
        apart = any(other in role.apart_from or name in declared[other].apart_from for other in held)
        if builds and not apart:
            held.append(name)
    return held


def first_appraisal(period: Period) -> str:
    """Return the first appraisal of the scheme that judges a period. Raises NotReady where it has none."""
    appraisals = history().for_period(period).scheme.appraisals
    if not appraisals:
        raise NotReady(Message(gettext_noop("The scheme of {day} scores nobody."), day=period.start))
    return next(iter(appraisals))


def signature_of(login: str) -> str:
    """Return the name under which somebody's acts stand in the journal. Raises NotReady for an unknown login."""
    account = Account.objects.filter(username=login, is_active=True).select_related("person").first()
    if account is None:
        raise NotReady(Message(gettext_noop("There is no account {login}."), login=login))
    return account.signature


def signed_objects() -> int:
    """Return about how many things a verification looks at, for its progress bar."""
    return Line.objects.count() + sum(model._default_manager.count() for model in journaled_models())


class words:  # noqa: N801 - a few sentences of the commands, kept with the translations
    """Sentences that the commands print."""

    @staticmethod
    def making_sample() -> str:
        return _("Making the sample year")

    @staticmethod
    def serving(host: str, port: int) -> str:
        return _("Taizhang is at http://{host}:{port}/ (stop it with Ctrl+C)").format(host=host, port=port)

    @staticmethod
    def verified(head: Line | None, breaks: int) -> str:
        if breaks:
            return _("{n} things do not fit.").format(n=breaks)
        if head is None:
            return _("The journal is empty.")
        return _("Everything fits. The journal has {n} lines; its head is {hash}.").format(
            n=head.seq, hash=head.hash
        )


def sample_accounts() -> str:
    """Return the sample's accounts, one a role, as lines to print."""
    roles = history().newest.scheme.roles
    language = get_language() or "zh-hans"
    held = {
        a.person.account.username: roles[a.role].name.said_in(language)
        for a in RoleAssignment.objects.filter(person__account__username__in=sample.ACCOUNTS)
        .select_related("person__account")
        .order_by("-pk")
        if a.role in roles
    }
    lines = [f"  {login:10} {held.get(login, '')}" for login in sample.ACCOUNTS]
    heading = _("Sample accounts, all with the password {password}:").format(password=sample.PASSWORD)
    return "\n".join([heading, *lines])
