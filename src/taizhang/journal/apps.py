from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    """Apps above declare what is guarded, as attributes of their own AppConfig:

    ``append_only``: model names whose rows are never changed or deleted, with the one column (or None) that may be
    closed once. ``journaled``: model names whose rows have a ``payload()`` that the journal signs.
    ``journal_acts``: what the app's actions are called for people, by the word behind the dot.
    ``sealed``: model names whose rows enter through ``sealing.put`` alone.
    ``more_triggers``: a function that returns, for a database vendor, triggers of the app's own on such tables.
    """

    name = "taizhang.journal"
    append_only = {"Line": None}

    def ready(self) -> None:
        from taizhang.journal import guard, sealing  # noqa: PLC0415 - models must be ready

        connection_created.connect(guard.prepare_connection, dispatch_uid="taizhang.guard")
        post_migrate.connect(guard.install_after_migrate, sender=self, dispatch_uid="taizhang.guard")
        post_migrate.connect(sealing.install_after_migrate, sender=self, dispatch_uid="taizhang.sealing")
