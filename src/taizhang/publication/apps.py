from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    name = "taizhang.publication"
    verbose_name = _("Publication")
    append_only = {"Whereabouts": None}
    journaled = ("Schedule", "Whereabouts")
