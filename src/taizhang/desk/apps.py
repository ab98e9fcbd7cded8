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
