"""Coming in, going out, changing one's password."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from taizhang.core.scheme.history import NoSchemeInForce
from taizhang.org import throttle
from taizhang.org.middleware import Visit
from taizhang.org.models import Dated, RoleAssignment
from taizhang.org.throttle import Attempt


class LoginForm(AuthenticationForm):
    """Name and password; after too many failures, a wait."""

    def clean(self) -> dict[str, Any]:
        attempt = Attempt(
            name=self.cleaned_data.get("username", ""),
            address=self.request.META.get("REMOTE_ADDR", ""),  # type: ignore[union-attr]
            now=self.request.visit.now,  # type: ignore[union-attr]
        )
        if (waiting := throttle.wait(attempt)) is not None:
            minutes = max(1, math.ceil(waiting.total_seconds() / 60))
            raise ValidationError(
                ngettext(
                    "Too many failed attempts. Wait {n} minute and try again; "
                    "if you forgot the password, ask whoever keeps the accounts for a new one.",
                    "Too many failed attempts. Wait {n} minutes and try again; "
                    "if you forgot the password, ask whoever keeps the accounts for a new one.",
                    minutes,
                ).format(n=minutes),
                code="wait",
            )
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            throttle.remember(attempt)
            raise
        throttle.forget(attempt)
        return cleaned


@dataclass(frozen=True)
class SampleAccount:
    """An account that the login page of the sample data offers."""

    username: str
    person: str
    role: str


def sample_accounts(visit: Visit) -> Iterator[SampleAccount]:
    """Yield one account for each role that somebody with an account holds. One query."""
    try:
        roles = visit.scheme.scheme.roles
    except NoSchemeInForce:
        return
    held = RoleAssignment.objects.filter(
        Dated.holds_on(visit.today), person__account__is_active=True
    ).select_related("person__account")
    first: dict[str, RoleAssignment] = {}
    for assignment in held.order_by("pk"):
        first.setdefault(assignment.role, assignment)
    for name, role in roles.items():
        if name in first:
            person = first[name].person
            yield SampleAccount(
                username=person.account.username,
                person=person.name,
                role=role.name.said_in(get_language() or "zh"),
            )


class Login(views.LoginView):
    form_class = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.CLOCK_OFFSET and settings.SAMPLE_PASSWORD:
            context["sample_accounts"] = list(sample_accounts(self.request.visit))  # type: ignore[attr-defined]
            context["sample_password"] = settings.SAMPLE_PASSWORD
        return context


class PasswordChange(views.PasswordChangeView):
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(
            self.request, _("Your password is changed. You are logged out on all other devices.")
        )
        return answer
