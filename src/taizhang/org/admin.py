from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from taizhang.journal import clock
from taizhang.journal.actions import open_book
from taizhang.org import accounts
from taizhang.org.models import Account

admin.site.unregister(Group)


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Opens and shuts accounts. Whose they are is fixed: an account that changed its person would change its rights."""

    list_display = ("username", "person", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "person__name", "person__code")
    list_select_related = ("person",)
    fields = ("username", "person", "is_active", "is_superuser", "last_login", "date_joined")
    readonly_fields = ("username", "person", "is_superuser", "last_login", "date_joined")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: HttpRequest, obj: Account, *_form_and_change: object) -> None:
        by: Account = request.user  # type: ignore[assignment]
        with open_book(now=clock.now(), actor=by.signature) as book:
            accounts.set_active(Account.objects.get(pk=obj.pk), active=obj.is_active, by=by, book=book)
