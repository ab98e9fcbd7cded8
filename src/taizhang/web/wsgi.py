"""The WSGI application. It refuses to start on a database whose guards are not in place."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.settings")
application = get_wsgi_application()

from taizhang.journal import guard  # noqa: E402 - Django must be set up

if missing := guard.missing():
    raise ImproperlyConfigured(
        f"The database lacks the triggers that protect the ledger: {', '.join(missing)}. Run “taizhang init”."
    )
