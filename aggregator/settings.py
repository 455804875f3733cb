"""Settings of the site: safe defaults for one machine, everything else from the environment."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name, default=""):
    return os.environ.get(name, default)


def env_list(name, default=""):
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_bool(name, default=False):
    return env(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


# Everything the site writes: database, pictures, collected static files, the generated secret key.
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))


def _kept_secret():
    """A key made at the first start and kept, so that a clone runs without any set-up."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        fresh.replace(path)
    return path.read_text().strip()


SECRET_KEY = env("SECRET_KEY") or _kept_secret()
DEBUG = env_bool("DEBUG")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_NAME = env("SITE_NAME", "The Aggregator")
SITE_HOST = env("SITE_HOST")  # in the ids of feeds; without it, the host that is asked
WEBSUB_HUB = env("WEBSUB_HUB")  # address of a WebSub hub that feeds name
ADMIN_PATH = env("ADMIN_PATH", "admin").strip("/") + "/"

INSTALLED_APPS = [
    "articles",
    "articles.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    "articles.pages.caching.PageCacheMiddleware",
    "articles.pages.preferences.PreferencesMiddleware",
    "articles.pages.api.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aggregator.middleware.DeskSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "aggregator.middleware.DeskCsrfMiddleware",
    "aggregator.middleware.DeskAuthenticationMiddleware",
    "aggregator.middleware.DeskOneTimeCodeMiddleware",
    "aggregator.middleware.DeskMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "aggregator.urls"
WSGI_APPLICATION = "aggregator.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'news.sqlite3'}",
        conn_max_age=600,  # a new connection costs more than the query it is opened for
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its lock at once and waits for it, instead of failing half-way through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "admin:login"
# After so many wrong passwords for one name from one address, that pair waits.
AXES_FAILURE_LIMIT = int(env("SIGN_IN_TRIES", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=float(env("SIGN_IN_PAUSE_MINUTES", "15")))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is not kept
AXES_VERBOSE = False
OTP_TOTP_ISSUER = SITE_NAME
OPEN_LOG = env_bool("OPEN_LOG")  # whether readers may see what editors did, without names

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "German")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pictures are served by the site itself; a cache or CDN of one's own may stand before it at another address.
MEDIA_URL = env("MEDIA_URL", "/media/").rstrip("/") + "/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "articles.images.storage.PictureFolder"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if env("PICTURES_S3_BUCKET"):
    # Keys come from where boto3 looks for them (AWS_ACCESS_KEY_ID and the like). Nothing in the bucket needs
    # to be public: the site reads from it and serves.
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("PICTURES_S3_BUCKET"),
            "endpoint_url": env("PICTURES_S3_ENDPOINT") or None,
            "region_name": env("PICTURES_S3_REGION") or None,
            "location": env("PICTURES_S3_PREFIX"),
        },
    }
DEMO_ROOT = VAR_DIR / "demo-store"

# Whom people may ask about the site's requests: an address that stands in the User-Agent.
FETCH_CONTACT = env("FETCH_CONTACT")
# The one place on this machine that tests and benchmarks may fetch from; no environment variable sets it.
FETCH_LOOPBACK_ALLOWED = ""
# Seconds between two requests to one host.
FETCH_HOST_INTERVAL = float(env("FETCH_HOST_INTERVAL", "0.25"))
# Megabytes that pictures may take; 0: no limit.
PICTURES_QUOTA_MB = int(env("PICTURES_QUOTA_MB", "0"))

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "img-src": [
            SELF,
            "data:",
            *([MEDIA_URL] if "//" in MEDIA_URL else []),
        ],  # the stock admin style sheet holds data: icons
        "style-src": [SELF],
        "script-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "connect-src": [SELF],
    }
}

PAGE_CACHE_SECONDS = float(env("PAGE_CACHE_SECONDS", "60"))  # how long a page may say "3 min ago"
PAGE_CACHE_BYTES = int(env("PAGE_CACHE_MB", "64")) * 1_000_000  # in each process
SHARED_CACHE_SECONDS = int(env("SHARED_CACHE_SECONDS", "0"))  # how long a proxy may serve without asking

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
