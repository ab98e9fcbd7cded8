"""Settings for tests: a home of their own, thrown away with the run, and a quick password hasher."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="taizhang-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["TAIZHANG_HOME"] = _home

from taizhang.settings import *  # noqa: E402, F403 - the home must be named first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
