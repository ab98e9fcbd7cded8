"""Django's administration, for the installer's account alone. It keeps accounts, never what the ledger holds."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Send whoever has not come in to the one login page, which counts failures. Raises PermissionDenied."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("Only the installer's account administers this installation."))
        return redirect_to_login(reverse("admin:index"))
