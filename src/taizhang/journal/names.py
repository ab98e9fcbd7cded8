"""What the actions of the journal are called for people. The journal itself keeps the word the program used."""

from django.apps import apps


def action_name(action: str) -> str:
    """Return what an action (``ledger.post``) is called, in the reader's language; itself where no app names it."""
    label, _dot, act = action.partition(".")
    if label not in apps.app_configs:
        return action
    named = getattr(apps.get_app_config(label), "journal_acts", {}).get(act)
    return action if named is None else str(named)
