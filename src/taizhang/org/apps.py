from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "taizhang.org"
    verbose_name = _("Organisation")
    journaled = ("Unit", "Person", "Post", "Membership", "RoleAssignment")
    journal_acts = {
        "open_unit": _("unit opened"),
        "change_unit": _("unit changed"),
        "move_unit": _("unit moved"),
        "close_unit": _("unit closed"),
        "reopen_unit": _("unit reopened"),
        "add_person": _("person added"),
        "change_person": _("person changed"),
        "appoint": _("appointed"),
        "change_post": _("post changed"),
        "join_group": _("joined a group"),
        "change_membership": _("membership changed"),
        "assign_role": _("role given"),
        "change_assignment": _("role changed"),
        "open_account": _("account opened"),
        "activate_account": _("account opened again"),
        "deactivate_account": _("account shut"),
        "reset_password": _("password reset"),
        "make_installer": _("account made the installer's"),
        "dismiss_installer": _("account no longer the installer's"),
    }

    def ready(self) -> None:
        from taizhang.org import integrity  # noqa: PLC0415 - models must be ready

        self.integrity_checks = integrity.CHECKS
