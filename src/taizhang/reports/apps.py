from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "taizhang.reports"
    verbose_name = _("Reports")
    append_only = {"FrozenReport": None}
    journaled = ("FrozenReport",)
    journal_acts = {
        "freeze": _("report frozen"),
    }
