"""One file, read from the environment. `./onward up` sets ONWARD_DATA and DATABASE_URL for its children."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from onward.foundation.environment import flag, secret, span, text
from onward.foundation.postgres.rights import born_in, portal_role

BASE = Path(__file__).resolve().parents[1]
DATA_DIR = Path(text("ONWARD_DATA", "")) if text("ONWARD_DATA", "") else None

SECRET_KEY = secret("ONWARD_SECRET_KEY", DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = [host for host in text("ONWARD_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
PUBLIC_URL = text("ONWARD_PUBLIC_URL", "")
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "onward.foundation.ledger",
    "onward.identity",
    "onward.accounts",
    "onward.playbooks",
    "onward.usage",
    "onward.journeys",
    "onward.engagement",
    "onward.conversation",
    "onward.automation",
    "onward.insights",
    "onward.interfaces.ui",
    "onward.interfaces.console",
    "onward.interfaces.portal",
    "onward.interfaces.api",
    "onward.config",
]
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "onward.config.framing.framed",
    "onward.config.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "onward.config.uploads.bounded",
    "onward.config.gate.portal_door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "onward.config.middleware.refusals",
    "onward.interfaces.console.middleware.actor",
]
ROOT_URLCONF = "onward.config.urls"
WSGI_APPLICATION = "onward.config.wsgi.app"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            BASE / "interfaces/ui/templates",
            BASE / "interfaces/console/templates",
            BASE / "interfaces/portal/templates",
        ],
        "OPTIONS": {"environment": "onward.config.jinja.environment"},
    }
]


def database(url: str) -> dict[str, Any]:
    """Django's setting for postgres://user:password@host:port/name?host=/socket/folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "onward",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            # Django has it off for poolers that mix sessions; the live streams need a session anyway.
            "prepare_threshold": 2,
            **query,
            **(
                {"pool": {"min_size": 1, "max_size": int(text("ONWARD_POOL", "12")), "timeout": 5}}
                if flag("ONWARD_POOLED")
                else {}
            ),
        },
    }


def bounded(settings: dict[str, Any]) -> dict[str, Any]:
    """The same database, with connections that are born in the portal's role. Never an alias for migrations."""
    options = settings["OPTIONS"]
    role = born_in(portal_role(settings["NAME"]), options.get("options", ""))
    return {**settings, "OPTIONS": {**options, "options": role}}


DATABASES = {"default": database(text("DATABASE_URL", "postgres:///onward"))}
DATABASES["portal"] = bounded(DATABASES["default"])
DATABASE_ROUTERS = ["onward.foundation.postgres.door.Router"]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en-us"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if DATA_DIR else BASE.parent / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "onward.config.statics.Dated",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "onward.config.statics.Storage"},
}

# A cookie of that prefix is taken by a browser only over https, from this host, for all of it.
_HOST = "__Host-" if SECURE else ""
SESSION_ENGINE = "onward.identity.actions.session_store"
SESSION_COOKIE_NAME = f"{_HOST}onward_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = span("ONWARD_SESSION_LIFE", "7d")
SESSION_IDLE = span("ONWARD_SESSION_IDLE", "24h")
SESSION_FRESH = span("ONWARD_SESSION_FRESH", "30m")
CSRF_FAILURE_VIEW = "onward.interfaces.ui.errors.forbidden"
CSRF_COOKIE_NAME = f"{_HOST}onward_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("ONWARD_TRUST_PROXY") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# Of one uploaded file. The body of a request may be larger by what stands around it.
FILE_LIMIT = int(text("ONWARD_FILE_LIMIT_MB", "25")) * 1_000_000

EMAIL_HOST = text("ONWARD_SMTP_HOST", "")
EMAIL_PORT = int(text("ONWARD_SMTP_PORT", "587"))
EMAIL_HOST_USER = text("ONWARD_SMTP_USER", "")
EMAIL_HOST_PASSWORD = text("ONWARD_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("ONWARD_SMTP_TLS", default=True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = text("ONWARD_MAIL_FROM", "Onward <onward@localhost>")

PLAYBOOKS_DIR = Path(text("ONWARD_PLAYBOOKS", "")) if text("ONWARD_PLAYBOOKS", "") else BASE.parents[1] / "playbooks"
LOGGING_CONFIG = None
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onward.config.settings")
