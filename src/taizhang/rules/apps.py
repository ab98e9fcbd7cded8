from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "taizhang.rules"
    append_only = {"AdoptedScheme": None}
    journaled = ("AdoptedScheme",)
    journal_acts = {
        "adopt": _("scheme adopted"),
    }
