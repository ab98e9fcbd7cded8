from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppraisalsConfig(AppConfig):
    name = "taizhang.appraisals"
    verbose_name = _("Appraisals")
    append_only = {
        "Run": None,
        "Event": None,
        "Batch": None,
        "Shape": None,
        "Sheet": "superseded_at",
        "CounterSign": None,
        "Exemption": None,
        "Decision": None,
        "Verification": "superseded_at",
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
        "Verification",
        "Objection",
        "Answer",
        "Talk",
        "Held",
        "Closing",
        "Circular",
    )
    journal_acts = {
        "open": _("monthly run opened"),
        "previewed": _("run previewed"),
        "started": _("computing begun"),
        "computed": _("sheets computed"),
        "sheets": _("sheets written"),
        "sent": _("sheets sent"),
        "confirmed": _("sheets confirmed"),
        "locked": _("period locked"),
        "counter_sign": _("sheet countersigned"),
        "object": _("objection made"),
        "answer": _("objection answered"),
        "ask_exemption": _("exemption asked for"),
        "decide_exemption": _("exemption decided"),
        "verify": _("entry verified"),
        "open_talk": _("talk called for"),
        "hold_talk": _("talk held"),
        "close_talk": _("talk closed"),
        "issue_circular": _("circular issued"),
    }

    def ready(self) -> None:
        from taizhang.appraisals import guards, integrity  # noqa: PLC0415 - models must be ready

        self.integrity_checks = integrity.CHECKS
        self.more_triggers = guards.triggers
