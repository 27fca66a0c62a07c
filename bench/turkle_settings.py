"""Django settings of the Turkle that is measured: its own apps in its own order, and nothing that costs more.

Read by Turkle's Python alone. `BENCH_TURKLE_DATABASE` is a PostgreSQL URL, or the path of an SQLite file.
"""

import os
from urllib.parse import urlsplit


def _database(named: str) -> dict[str, object]:
    if not named.startswith("postgresql:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": named}
    url = urlsplit(named)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": url.username or "postgres",
        "PASSWORD": url.password or "",
        "HOST": url.hostname,
        "PORT": url.port,
        "CONN_MAX_AGE": None,  # by default it connects anew for every request, which few would leave so
    }


DATABASES = {"default": _database(os.environ["BENCH_TURKLE_DATABASE"])}
DEBUG = False
SECRET_KEY = "of a bench that listens on loopback alone"
ALLOWED_HOSTS = ["127.0.0.1"]
X_FRAME_OPTIONS = "SAMEORIGIN"
ROOT_URLCONF = "turkle_urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
STATIC_URL = "/static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "index"
TURKLE_SITE_NAME = "Turkle"
TURKLE_AUTO_ACCEPT_DEFAULT = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "turkle",
    "django.contrib.admin",
    "rest_framework",
    "rest_framework.authtoken",
    "turkle.api",
    "guardian",
    "djaa_list_filter2",
]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
_CONTEXT = (
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.request",
    "django.template.context_processors.static",
    "django.contrib.messages.context_processors.messages",
    "turkle.utils.turkle_vars",
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    }
]
