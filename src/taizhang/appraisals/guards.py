"""What the database refuses of appraisals, whoever asks: anything more in a locked period, and verifying one's own entry.

The same conditions on both databases, in SQL that both read alike. ``NEW`` is the row to come.
"""

from taizhang.appraisals import locking
from taizhang.appraisals.models import Verification
from taizhang.journal.guard import Rule, Trigger, triggers_of

_TABLE = Verification._meta.db_table
_OVER = """EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id
 AND (e.superseded_at IS NOT NULL OR e.voids))"""
_RECORDED = """EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_entry o ON o.fact = e.fact
 WHERE e.id = NEW.entry_id AND o.recorded_by = NEW."by")"""
_OWN = """EXISTS (SELECT 1 FROM ledger_entry e LEFT JOIN ledger_entry i ON i.fact = e.about_id
 AND i.superseded_at IS NULL WHERE e.id = NEW.entry_id
 AND (e.person_id = NEW.person_id OR i.person_id = NEW.person_id))"""
_ANOTHER = """NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appraisals_verification v
 WHERE v.id = NEW.supersedes_id AND v.entry_id = NEW.entry_id AND v.superseded_at = NEW.at)"""
_FIRST = """NEW.supersedes_id IS NULL AND EXISTS (SELECT 1 FROM appraisals_verification v
 WHERE v.entry_id = NEW.entry_id)"""

RULES = (
    Rule(_TABLE, "holds", _OVER, "this version of the entry holds no more"),
    Rule(_TABLE, "recorder", _RECORDED, "nobody verifies what he recorded"),
    Rule(_TABLE, "author", _OWN, "nobody verifies an entry of his own"),
    Rule(_TABLE, "superseded", _ANOTHER, "it supersedes another decision than the one that held"),
    Rule(_TABLE, "first", _FIRST, "there is a decision that it does not supersede"),
)


def triggers(vendor: str) -> list[Trigger]:
    """Return the triggers for a database of ``vendor``."""
    return [*locking.triggers(vendor), *triggers_of(RULES, vendor)]
