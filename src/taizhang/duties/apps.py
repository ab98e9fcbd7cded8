from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    name = "taizhang.duties"
    verbose_name = _("Duties")
    append_only = {"Ruling": None}
    journaled = ("Ruling",)
    journal_acts = {
        "exempt": _("duty exempted"),
        "lift": _("exemption lifted"),
        "verify": _("duty verified"),
        "reopen": _("verification taken back"),
    }
