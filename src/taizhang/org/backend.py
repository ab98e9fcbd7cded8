from django.contrib.auth.backends import ModelBackend

from taizhang.org.models import Account


class Backend(ModelBackend):
    """Reads an account together with its person: every page shows the name."""

    def get_user(self, user_id: int) -> Account | None:
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account is not None and self.user_can_authenticate(account) else None
