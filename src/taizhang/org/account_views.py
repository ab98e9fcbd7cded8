"""Accounts: who can log in. Kept by whoever has the permission ``accounts``; gives no right to anything."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from taizhang.core.paging import Page, page_of
from taizhang.org import accounts, directory
from taizhang.org.changing import made, refusal
from taizhang.org.forms import AccountForm
from taizhang.org.middleware import VisitRequest
from taizhang.org.models import Account, Person
from taizhang.org.views import asked_id


@require_GET
def index(request: VisitRequest) -> HttpResponse:
    request.visit.access.require("accounts")
    words = request.GET.get("q", "").strip()
    page: Page[Account] = page_of(directory.accounts(words), request.GET.get("page"))
    return render(request, "org/accounts.html", {"page": page, "words": words})


def open_account(request: VisitRequest) -> HttpResponse:
    request.visit.access.require("accounts")
    person = Person.objects.filter(pk=asked_id(request, "person")).first()
    initial = {"person": person, "username": person.code} if person else {}
    form = AccountForm(request.POST or None, initial=initial)
    opened: list[tuple[Account, str]] = []
    if request.method == "POST" and made(
        request.visit, form, lambda book: opened.append(accounts.open_account(**form.cleaned_data, book=book))
    ):
        return _show_password(request, *opened[0])
    context = {"form": form, "title": _("Open an account"), "back": reverse("org:accounts")}
    return render(request, "org/form.html", context, status=422 if form.errors else 200)


@require_POST
def reset_password(request: VisitRequest, pk: int) -> HttpResponse:
    request.visit.access.require("accounts")
    account = get_object_or_404(Account.objects.select_related("person"), pk=pk)
    form, given = forms.Form(request.POST), list[str]()
    if made(
        request.visit,
        form,
        lambda book: given.append(accounts.reset_password(account, by=request.user, book=book)),
    ):
        return _show_password(request, account, given[0])
    return _refused(request, form)


@require_POST
def set_active(request: VisitRequest, pk: int) -> HttpResponse:
    request.visit.access.require("accounts")
    account = get_object_or_404(Account.objects.select_related("person"), pk=pk)
    form, active = forms.Form(request.POST), request.POST.get("active") == "1"
    if not made(
        request.visit,
        form,
        lambda book: accounts.set_active(account, active=active, by=request.user, book=book),
    ):
        return _refused(request, form)
    said = _("{name} can log in again.") if active else _("{name} can no longer log in.")
    messages.success(request, said.format(name=account))
    return redirect("org:accounts")


def _show_password(request: VisitRequest, account: Account, password: str) -> HttpResponse:
    """Show a new password once; nobody can see it again."""
    answer = render(request, "org/new_password.html", {"account": account, "password": password})
    answer["Cache-Control"] = "no-store"
    return answer


def _refused(request: VisitRequest, form: forms.Form) -> HttpResponse:
    messages.error(request, refusal(form))
    return redirect("org:accounts")
