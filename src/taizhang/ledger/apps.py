from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "taizhang.ledger"
    verbose_name = _("Ledger")
    append_only = {"Entry": "superseded_at", "Participation": None, "Evidence": None}
    journaled = ("Entry",)
    journal_acts = {
        "post": _("recorded"),
        "correct": _("corrected"),
        "withdraw": _("withdrawn"),
    }

    def ready(self) -> None:
        from taizhang.ledger import integrity, recount  # noqa: PLC0415 - models must be ready

        self.integrity_checks = (*integrity.CHECKS, *recount.CHECKS)
