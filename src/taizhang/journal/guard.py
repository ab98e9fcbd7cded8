"""Triggers that keep append-only tables append-only, on SQLite and on PostgreSQL.

A row enters such a table only inside ``writing()``: SQLite asks a function that only this program's connections
have, PostgreSQL a setting local to the transaction. No row leaves, and none changes but for one column that may be
closed once. SQLite drops triggers when a migration rebuilds a table, so they are installed after every migrate and
a server refuses to start without them (``missing``). Whoever drops them is found by ``journal.verify``.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from psycopg.pq import TransactionStatus

FLAG = "_taizhang_writing"


@dataclass(frozen=True)
class Trigger:
    """A trigger as it must stand; ``function`` is what makes the PostgreSQL function that it calls."""

    table: str
    name: str
    sql: str
    function: str = ""


@dataclass(frozen=True)
class Rule:
    """What no row to come may be: an insert into ``table`` is refused, with ``why``, when ``refused`` is true of ``NEW``.

    ``refused`` is SQL that both databases read alike. ``triggers_of`` makes an app's ``more_triggers`` of its rules.
    """

    table: str
    name: str
    refused: str
    why: str


def guarded_models() -> list[tuple[type[Model], str | None]]:
    """Return every append-only model with the column that may be closed once, if any."""
    return [
        (config.get_model(name), column)
        for config in apps.get_app_configs()
        for name, column in getattr(config, "append_only", {}).items()
    ]


def prepare_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new SQLite connection the function that its triggers ask."""
    if connection.vendor == "sqlite":
        raw: sqlite3.Connection = connection.connection
        raw.create_function("taizhang_writing", 0, lambda: int(getattr(connection, FLAG, False)))


@contextmanager
def writing(using: str = "default") -> Iterator[None]:
    """Open the append-only tables for inserts, inside a transaction only. Re-entrant."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("guard.writing() needs a transaction around it")
    if getattr(connection, FLAG, False):
        yield
        return
    _set_flag(connection, on=True)
    try:
        yield
    finally:
        _set_flag(connection, on=False)


def _set_flag(connection: BaseDatabaseWrapper, *, on: bool) -> None:
    setattr(connection, FLAG, on)
    if connection.vendor == "postgresql" and (on or not _is_aborted(connection)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('taizhang.writing', %s, true)", ["on" if on else "off"])


def _is_aborted(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the transaction can only be rolled back, and the setting with it."""
    status = connection.connection.info.transaction_status
    return bool(connection.needs_rollback or status == TransactionStatus.INERROR)


def install(using: str = "default") -> None:
    """Put the triggers in place, replacing what is there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for function in {trigger.function: None for trigger in expected(connection) if trigger.function}:
            cursor.execute(function)
        for trigger in expected(connection):
            cursor.execute(_drop(connection, trigger))
            cursor.execute(trigger.sql)


def remove(using: str = "default") -> None:
    """Take the triggers away (for tests that empty the database, and for nothing else)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in expected(connection):
            cursor.execute(_drop(connection, trigger))


def install_after_migrate(using: str = "default", **_: Any) -> None:
    tables = set(connections[using].introspection.table_names())
    if all(model._meta.db_table in tables for model, _column in guarded_models()):
        install(using)


def missing(using: str = "default") -> list[str]:
    """Return the names of triggers that are absent, switched off or not as this version makes them."""
    connection = connections[using]
    present = _present(connection)
    return [t.name for t in expected(connection) if present.get(t.name) != _fingerprint(t)]


def strange(using: str = "default") -> list[str]:
    """Return the names of triggers on guarded tables that no version makes: they could change rows on their way in."""
    connection = connections[using]
    ours = {trigger.name for trigger in expected(connection)}
    guarded = {model._meta.db_table for model, _column in guarded_models()}
    return [name for name, table, _told in _triggers(connection) if table in guarded and name not in ours]


def expected(connection: BaseDatabaseWrapper) -> list[Trigger]:
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    kept = [trigger for model, column in guarded_models() for trigger in make(model, column)]
    return kept + [
        trigger
        for config in apps.get_app_configs()
        for trigger in getattr(config, "more_triggers", _no_more)(connection.vendor)
    ]


def _no_more(_vendor: str) -> list[Trigger]:
    return []


def triggers_of(rules: Iterable[Rule], vendor: str) -> list[Trigger]:
    """Return the triggers that ask these rules: on SQLite one each, on PostgreSQL one a table, in their order."""
    told = list(rules)
    if vendor == "postgresql":
        return [_postgresql_rules(table, told) for table in dict.fromkeys(rule.table for rule in told)]
    return [_sqlite_rule(rule) for rule in told]


def _sqlite_rule(rule: Rule) -> Trigger:
    name = f"{rule.table}_rule_{rule.name}"
    why = f"taizhang: {rule.table}: {rule.why}"
    return Trigger(
        rule.table,
        name,
        f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{rule.table}" WHEN {rule.refused} '
        f"BEGIN SELECT RAISE(ABORT, '{why}'); END",
    )


def _postgresql_rules(table: str, rules: Iterable[Rule]) -> Trigger:
    """Return one trigger for all rules of a table; they are asked in the order in which they are declared."""
    body = "\n".join(
        f"    IF {rule.refused} THEN RAISE EXCEPTION 'taizhang: {table}: {rule.why}'; END IF;"
        for rule in rules
        if rule.table == table
    )
    return Trigger(
        table,
        f"{table}_rules",
        f"CREATE TRIGGER {table}_rules BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION taizhang_{table}()",
        f"CREATE OR REPLACE FUNCTION taizhang_{table}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n{body}\n    RETURN NEW;\nEND $$",
    )


def _sqlite(model: type[Model], closing: str | None) -> list[Trigger]:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    kept = " AND ".join(f'NEW."{c}" IS OLD."{c}"' for c in columns if c != closing)
    closes = f'taizhang_writing() = 1 AND {kept} AND OLD."{closing}" IS NULL AND NEW."{closing}" IS NOT NULL'
    refuse_update = "1" if closing is None else f"NOT ({closes})"
    rules = {
        "insert": ("INSERT", "taizhang_writing() <> 1", "rows enter only through the program"),
        "update": ("UPDATE", refuse_update, "rows are never changed"),
        "delete": ("DELETE", "1", "rows are never deleted"),
    }
    return [
        Trigger(
            table,
            f"{table}_guard_{name}",
            f'CREATE TRIGGER "{table}_guard_{name}" BEFORE {event} ON "{table}" WHEN {when} '
            f"BEGIN SELECT RAISE(ABORT, 'taizhang: {table}: {why}'); END",
        )
        for name, (event, when, why) in rules.items()
    ]


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION taizhang_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND current_setting('taizhang.writing', true) = 'on' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_NARGS = 1 AND current_setting('taizhang.writing', true) = 'on'
       AND to_jsonb(NEW) - TG_ARGV[0] = to_jsonb(OLD) - TG_ARGV[0]
       AND to_jsonb(OLD) -> TG_ARGV[0] = 'null'::jsonb AND to_jsonb(NEW) -> TG_ARGV[0] <> 'null'::jsonb THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'taizhang: %: % is refused', TG_TABLE_NAME, TG_OP;
END $$
"""


def _postgresql(model: type[Model], closing: str | None) -> list[Trigger]:
    table = model._meta.db_table
    argument = f"'{closing}'" if closing else ""
    return [
        Trigger(
            table,
            f"{table}_guard_row",
            f"CREATE TRIGGER {table}_guard_row BEFORE INSERT OR DELETE OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION taizhang_guard({argument})",
            _POSTGRESQL_FUNCTION,
        ),
        Trigger(
            table,
            f"{table}_guard_truncate",
            f"CREATE TRIGGER {table}_guard_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION taizhang_guard()",
            _POSTGRESQL_FUNCTION,
        ),
    ]


def _drop(connection: BaseDatabaseWrapper, trigger: Trigger) -> str:
    on = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
    return f'DROP TRIGGER IF EXISTS "{trigger.name}"{on}'


def _fingerprint(trigger: Trigger) -> str:
    return trigger.sql + (_function_body(trigger.function) if trigger.function else "")


def _function_body(sql: str) -> str:
    return told(sql.split("$$")[1])


def told(body: str) -> str:
    """Return the body of a function without its blanks: how servers keep those is theirs."""
    return "".join(body.split())


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return {name: told for name, _table, told in _triggers(connection)}


def _triggers(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Return name, table and full wording of every trigger; on PostgreSQL of those only that are not switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid, true), p.prosrc FROM pg_trigger t "
                "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()"
            )
            return [
                (name, table, sql + "".join(body.split())) for name, table, sql, body in cursor.fetchall()
            ]
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return list(cursor.fetchall())
