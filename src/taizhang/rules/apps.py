from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "taizhang.rules"
    append_only = {"AdoptedScheme": None}
    journaled = ("AdoptedScheme",)
