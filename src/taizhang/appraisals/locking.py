"""Triggers that keep a locked period locked: nothing is computed in it any more, whoever asks.

A sheet enters it only as a correction that supersedes another with a reason; no event follows ``locked``.
"""

from taizhang.appraisals.models import Event, Sheet
from taizhang.journal.guard import Trigger

_IS_LOCKED = "EXISTS (SELECT 1 FROM \"{events}\" WHERE run_id = NEW.run_id AND act = 'locked')"
_RULES = {
    "sheet": ("NOT (NEW.origin = 'corrected' AND NEW.supersedes_id IS NOT NULL AND NEW.reason <> '')"),
    "event": "1 = 1",
}
_WHY = "the period is locked"


def triggers(vendor: str) -> list[Trigger]:
    """Return the triggers for a database of ``vendor``."""
    events = Event._meta.db_table
    tables = {"sheet": Sheet._meta.db_table, "event": events}
    make = _postgresql if vendor == "postgresql" else _sqlite
    return [
        make(tables[name], f"{when} AND {_IS_LOCKED.format(events=events)}") for name, when in _RULES.items()
    ]


def _sqlite(table: str, when: str) -> Trigger:
    name = f"{table}_guard_locked"
    return Trigger(
        table,
        name,
        f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" WHEN {when} '
        f"BEGIN SELECT RAISE(ABORT, 'taizhang: {table}: {_WHY}'); END",
    )


def _postgresql(table: str, when: str) -> Trigger:
    name = f"{table}_guard_locked"
    function = f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN
        RAISE EXCEPTION 'taizhang: {table}: {_WHY}';
    END IF;
    RETURN NEW;
END $$
"""
    sql = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return Trigger(table, name, sql, function)
