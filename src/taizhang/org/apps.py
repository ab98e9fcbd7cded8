from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "taizhang.org"
    verbose_name = _("Organisation")
    journaled = ("Unit", "Person", "Post", "Membership", "RoleAssignment")

    def ready(self) -> None:
        from taizhang.org import integrity  # noqa: PLC0415 - models must be ready

        self.integrity_checks = integrity.CHECKS
