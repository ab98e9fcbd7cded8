from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "taizhang.desk"
    verbose_name = _("Desk")
    append_only = {
        "Manuscript": None,
        "Round": None,
        "Station": None,
        "Seat": None,
        "Version": None,
        "Hand": None,
        "Finding": None,
        "Act": None,
        "FindingDecision": None,
        "Comment": None,
        "Resolution": None,
        "Release": None,
        "Withdrawal": None,
    }
    journaled = (
        "Manuscript",
        "Round",
        "Version",
        "Act",
        "FindingDecision",
        "Comment",
        "Resolution",
        "Release",
        "Withdrawal",
    )
    sealed = ("Act", "Release", "Withdrawal")
    journal_acts = {
        "start": _("manuscript begun"),
        "begin": _("way through the stations begun"),
        "submit": _("text submitted"),
        "correct": _("text corrected in proof"),
        "approve": _("approved"),
        "return": _("sent back"),
        "recall": _("taken back"),
        "decide": _("finding decided"),
        "comment": _("comment made"),
        "resolve": _("comment settled"),
        "release": _("released"),
        "withdraw": _("release withdrawn"),
    }

    def ready(self) -> None:
        from taizhang.desk import guards, integrity  # noqa: PLC0415 - models must be ready

        self.more_triggers = guards.triggers
        self.integrity_checks = integrity.CHECKS
