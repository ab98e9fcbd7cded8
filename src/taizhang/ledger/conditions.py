"""Which entries: seen at a moment, of a kind, in a span, with these field values — as conditions for the database."""

import datetime as dt
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, F, Func, IntegerField, Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import In, IsNull
from django.db.models.sql.compiler import SQLCompiler

from taizhang.core.indicators.plan import Condition

SCALE = 10_000  # quantities have at most four decimals; added as whole ten-thousandths they add exactly


def seen_at(as_of: dt.datetime | None, prefix: str = "") -> Q:
    """Return the condition that an entry holds at ``as_of``; None is now."""
    if as_of is None:
        return Q(**{f"{prefix}superseded_at__isnull": True, f"{prefix}voids": False})
    return Q(**{f"{prefix}recorded_at__lte": as_of, f"{prefix}voids": False}) & (
        Q(**{f"{prefix}superseded_at__isnull": True}) | Q(**{f"{prefix}superseded_at__gt": as_of})
    )


def matching(where: Iterable[Condition], prefix: str = "") -> Q:
    """Return the condition that an entry's field values are as ``where`` says."""
    found = Q()
    for condition in where:
        found &= _one(condition, prefix)
    return found


def _one(condition: Condition, prefix: str) -> Q:
    values = F(f"{prefix}values")
    if condition.type == "choices":
        return Q(HasAny(values, key=condition.field, wanted=[str(v) for v in condition.values]))
    wanted = [text for value in condition.values for text in _spellings(value, condition.type)]
    return Q(In(FieldText(values, key=condition.field), wanted))


def has_value(field: str, prefix: str = "") -> Q:
    """Return the condition that an entry's field is filled in."""
    return Q(IsNull(FieldText(F(f"{prefix}values"), key=field), False))


def _spellings(value: Any, field_type: str) -> list[str]:
    """Return a value as text, as either database tells it; SQLite calls yes 1."""
    if isinstance(value, bool):
        return ["1", "true"] if value else ["0", "false"]
    if isinstance(value, Decimal):
        return [str(int(value)) if field_type == "integer" else f"{value.normalize():f}"]
    return [str(value)]


class FieldText(Func):
    """A field's value as text; NULL where the field is not filled in.

    Not Django's key transform: that looks for the key in ASCII escapes, which SQLite does not take for the same key.
    """

    output_field = CharField()

    def __init__(self, values: Combinable, *, key: str = "", **extra: Any) -> None:
        super().__init__(values, **extra)
        self.key = key

    def as_sqlite(  # type: ignore[override]  # ours takes no template
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"CAST(json_extract({column}, %s) AS TEXT)", [*params, _path(self.key)]

    def as_postgresql(
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} ->> %s)", [*params, self.key]


def _path(key: str) -> str:
    return "$." + json.dumps(key, ensure_ascii=False)


class HasAny(Func):
    """True where the JSON list in ``values[field]`` holds any of ``wanted``."""

    output_field = BooleanField()

    def __init__(
        self, values: Combinable, *, key: str = "", wanted: Iterable[str] = (), **extra: Any
    ) -> None:
        super().__init__(values, **extra)
        self.key, self.wanted = key, list(wanted)

    def as_sqlite(  # type: ignore[override]  # ours takes no template
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        marks = ", ".join(["%s"] * len(self.wanted))
        return (
            f"EXISTS(SELECT 1 FROM json_each({column}, %s) WHERE json_each.value IN ({marks}))",  # noqa: S608
            [*params, _path(self.key), *self.wanted],
        )

    def as_postgresql(
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"jsonb_exists_any({column} -> %s, %s::text[])", [*params, self.key, self.wanted]


class Month(Func):
    """The month of a date as ``YYYY-MM``, worked out inside the database."""

    output_field = CharField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        return super().as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7)", **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        return super().as_sql(compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')", **extra)


class Scaled(Func):
    """A number times SCALE as a whole number, so that sums are exact on SQLite too (it keeps decimals as floats)."""

    output_field = IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        template = f"CAST(ROUND(%(expressions)s * {SCALE}) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        template = f"(%(expressions)s::numeric * {SCALE})::bigint"
        return super().as_sql(compiler, connection, template=template, **extra)


def number_of(of: str) -> Combinable:
    """Return the number that a sum adds, scaled: the quantity or a number field."""
    return Scaled(F("quantity")) if of == "quantity" else Scaled(FieldText(F("values"), key=of))
