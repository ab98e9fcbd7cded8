"""Tables whose rows the application's own PostgreSQL role cannot write: they enter through a function of the owner.

Where the owner of the tables is another role than the one the program serves with (``TAIZHANG_OWNER_URL``), the
program's role can neither change what is only ever added to, nor drop or switch off a trigger, nor insert a row of a
sealed model. It may call the function that does, which wants the journal's lock held and the triggers' conditions met.
On SQLite there are no roles, and a sealed row is saved like any other.
"""

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.fields.related import ForeignKey

from taizhang.journal import guard
from taizhang.journal.actions import LOCK

OWNER = "owner"
"""The alias of the owner's connection in settings.DATABASES, where there is one."""


def sealed_models() -> list[type[Model]]:
    """Return the models that apps declare ``sealed`` in their AppConfig."""
    return [
        config.get_model(name) for config in apps.get_app_configs() for name in getattr(config, "sealed", ())
    ]


def put(row: Model, *, using: str = "default") -> None:
    """Insert a new row of a sealed model. The caller opened the book."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        row.save(force_insert=True)
        return
    told = {field.column: _plain(field, row, connection) for field in row._meta.concrete_fields}
    with connection.cursor() as cursor:
        told_as_json = connection.ops.adapt_json_value(told, None)
        cursor.execute(f"SELECT {_name(type(row))}(%s)", [told_as_json])
    row._state.adding, row._state.db = False, using  # noqa: SLF001 - as save() would


def _plain(field: Any, row: Model, connection: BaseDatabaseWrapper) -> Any:
    value = field.get_db_prep_save(getattr(row, field.attname), connection)
    target = field.target_field if isinstance(field, ForeignKey) else field
    if value is None or (isinstance(value, bool | int) and target.get_internal_type() != "UUIDField"):
        return value
    return str(value)


def _name(model: type[Model]) -> str:
    return f"taizhang_put_{model._meta.db_table}"


_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}(told jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
        AND l.granted AND l.classid = 0 AND l.objid = {lock} AND l.objsubid = 1) THEN
        RAISE EXCEPTION 'taizhang: {table}: the journal is not open';
    END IF;
    INSERT INTO {table} SELECT r.* FROM jsonb_populate_record(NULL::{table}, told) r;
END $$
"""


def function_of(model: type[Model]) -> str:
    """Return the statement that makes the function by which a row of the model enters."""
    table = model._meta.db_table
    return _FUNCTION.format(name=_name(model), table=table, lock=LOCK)


def install(using: str = "default") -> None:
    """Make the functions anew."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in sealed_models():
                cursor.execute(function_of(model))
                cursor.execute(f"REVOKE ALL ON FUNCTION {_name(model)}(jsonb) FROM PUBLIC")


def install_after_migrate(using: str = "default", **_: Any) -> None:
    tables = set(connections[using].introspection.table_names())
    if all(model._meta.db_table in tables for model in sealed_models()):
        install(using)


def missing(using: str = "default") -> list[str]:
    """Return the names of functions that are absent or not as this version makes them."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc, p.prosecdef FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = current_schema() AND p.proname LIKE 'taizhang\\_put\\_%%'"
        )
        present = {name: guard.told(body) for name, body, definer in cursor.fetchall() if definer}
    return [
        _name(model)
        for model in sealed_models()
        if present.get(_name(model)) != guard.told(function_of(model).split("$$")[1])
    ]


# Whose tables they are


def grant(role: str, *, using: str = OWNER) -> None:
    """Give the program's role what it needs and no more; what it had before is taken back first."""
    connection = connections[using]
    quoted = connection.ops.quote_name(role)
    closing = {model._meta.db_table: column for model, column in guard.guarded_models()}
    sealed = {model._meta.db_table for model in sealed_models()}
    with connection.cursor() as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table in connection.introspection.table_names(cursor):
            for right in _rights(table, closing, sealed):
                cursor.execute(f"GRANT {right} ON {connection.ops.quote_name(table)} TO {quoted}")
        for model in sealed_models():
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {_name(model)}(jsonb) TO {quoted}")


def _rights(table: str, closing: dict[str, str | None], sealed: set[str]) -> list[str]:
    if table in sealed or table == "django_migrations":
        return []
    if table not in closing:
        return ["INSERT, UPDATE, DELETE"]
    column = closing[table]
    return ["INSERT"] if column is None else ["INSERT", f'UPDATE ("{column}")']


def has_owner() -> bool:
    """Say whether settings name an owner of the tables beside the role that the program serves with."""
    return OWNER in connections.settings


def too_much(using: str = "default") -> list[str]:
    """Return the sealed tables that belong to another role and that the program's role could write all the same."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relname = ANY(%s) AND c.relowner <> current_user::regrole "
            "AND (has_table_privilege(c.oid, 'INSERT') OR has_any_column_privilege(c.oid, 'INSERT') "
            "OR has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE') "
            "OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE') "
            "OR has_table_privilege(c.oid, 'TRIGGER')) ORDER BY c.relname",
            [[model._meta.db_table for model in sealed_models()]],
        )
        return [name for (name,) in cursor.fetchall()]
