"""Settings of the one site. What an office changes comes from the environment or from the files in TAIZHANG_HOME."""

import datetime as dt
import json
import os
import secrets
from pathlib import Path

import dj_database_url
import platformdirs
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
HOME = Path(
    os.environ.get("TAIZHANG_HOME") or platformdirs.user_data_path("taizhang", appauthor=False)
).resolve()


def _home_settings() -> dict[str, str]:
    path = HOME / "home.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


_home = _home_settings()

# A home that was never set up has no key: sessions made with this one end with the process.
SECRET_KEY = os.environ.get("TAIZHANG_SECRET_KEY") or _home.get("secret_key") or secrets.token_urlsafe(50)
DEBUG = os.environ.get("TAIZHANG_DEBUG") == "1"
PUBLIC_HOSTS = [
    h for h in os.environ.get("TAIZHANG_PUBLIC_HOSTS", "").split(",") if h
]  # the public site and no more
ALLOWED_HOSTS = [*os.environ.get("TAIZHANG_HOSTS", "127.0.0.1,localhost,[::1]").split(","), *PUBLIC_HOSTS]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TAIZHANG_ORIGINS", "").split(",") if o]

# The sample year is kept alive by a clock of its own: it started on a day of that year and runs on from there.
CLOCK_OFFSET = dt.timedelta(seconds=float(_home.get("clock_offset_seconds", 0)))
SAMPLE_PASSWORD = _home.get("sample_password", "")  # shown on the sample year's login page, for every account

INSTALLED_APPS = [
    "taizhang.web.admin_config.Config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
    "csp",
    "bootstrap",
    "django_htmx",
    "django_prose_editor",
    "taizhang.journal",
    "taizhang.rules",
    "taizhang.org",
    "taizhang.ledger",
    "taizhang.desk",
    "taizhang.publication",
    "taizhang.duties",
    "taizhang.appraisals",
    "taizhang.reports",
    "taizhang.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "taizhang.publication.middleware.public_hosts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "taizhang.org.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "taizhang.org.middleware.access",
    "taizhang.web.errors.Explained",
]

ROOT_URLCONF = "taizhang.web.urls"
WSGI_APPLICATION = "taizhang.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taizhang.web.context.site",
            ],
            "builtins": ["taizhang.web.templatetags.taizhang"],
        },
    },
]

FORM_RENDERER = "taizhang.web.forms.Renderer"

_sqlite = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA trusted_schema=ON; PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
    ),
}


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "taizhang.sqlite3", "OPTIONS": _sqlite}
    config = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = _sqlite
    return config


DATABASES = {"default": _database()}
if os.environ.get(
    "TAIZHANG_OWNER_URL"
):  # PostgreSQL: the role that owns the tables, for init and upgrades only
    DATABASES["owner"] = dict(dj_database_url.parse(os.environ["TAIZHANG_OWNER_URL"]))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = ["taizhang.org.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = any(o.startswith("https://") for o in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "taizhang.web.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = os.environ.get("TAIZHANG_TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True  # served from the wheels: nothing to collect, on Windows either
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CHECK_OPEN = (
    os.environ.get("TAIZHANG_CHECK_OPEN") == "1"
)  # whoever reaches the site may check a draft, unnamed
PUBLIC_SITE = os.environ.get("TAIZHANG_PUBLIC_SITE", "1") == "1"  # what was released is open to everybody
PUBLIC_ADDRESS = os.environ.get("TAIZHANG_PUBLIC_ADDRESS", "").rstrip(
    "/"
)  # https://www.example.gov.cn, where it is known
RELEASE_EVERY = float(os.environ.get("TAIZHANG_RELEASE_EVERY", "20"))  # seconds between looks at what is due
# Where `taizhang remind` sends what waits at the desk, as Apprise writes addresses; empty: nowhere.
REMIND_GROUP = os.environ.get("TAIZHANG_REMIND_GROUP") or _home.get("remind_group", "")
REMIND_PERSON = os.environ.get("TAIZHANG_REMIND_PERSON") or _home.get("remind_person", "")
EVIDENCE_ROOT = HOME / "evidence"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
EVIDENCE_MAX_BYTES = int(os.environ.get("TAIZHANG_EVIDENCE_MAX_MB", "50")) * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
