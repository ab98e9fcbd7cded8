from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppraisalsConfig(AppConfig):
    name = "taizhang.appraisals"
    verbose_name = _("Appraisals")
    append_only = {
        "Run": None,
        "Event": None,
        "Batch": None,
        "Sheet": "superseded_at",
        "CounterSign": None,
        "Exemption": None,
        "Decision": None,
        "Objection": None,
        "Answer": None,
        "Talk": None,
        "Held": None,
        "Closing": None,
        "Circular": None,
    }
    journaled = (
        "Run",
        "Event",
        "Batch",
        "CounterSign",
        "Exemption",
        "Decision",
        "Objection",
        "Answer",
        "Talk",
        "Held",
        "Closing",
        "Circular",
    )

    def ready(self) -> None:
        from taizhang.appraisals import integrity, locking  # noqa: PLC0415 - models must be ready

        self.integrity_checks = integrity.CHECKS
        self.more_triggers = locking.triggers
