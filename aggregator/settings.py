"""Settings of the site: safe defaults for one machine, everything else from the environment."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from aggregator.environment import (
    MISTAKES,
    env,
    env_admin_path,
    env_bool,
    env_cache,
    env_choice,
    env_database,
    env_list,
    env_mail,
    env_networks,
    env_number,
    env_site,
    mistake,
)

BASE_DIR = Path(__file__).resolve().parent.parent

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
# The one address that the site has for the world. Set, it stands before every link that leaves the site, and
# https in it turns on all that a public site needs; unset, the address that is asked is the site's.
SITE_URL = env_site()
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "localhost,127.0.0.1,[::1]")
# Proxies whose word counts for the scheme, host and client of a request (aggregator/middleware.py).
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")
SITE_NAME = env("SITE_NAME", "The Aggregator")
WEBSUB_HUB = env("WEBSUB_HUB")  # address of a WebSub hub that feeds name
ADMIN_PATH = env_admin_path(
    taken=("about", "api", "archive", "healthz", "media", "metrics", "news", "preferences", "providers",
           "readyz", "search", "static", "stories", "topics")
)  # fmt: skip

INSTALLED_APPS = [
    "articles",
    "articles.apps.NewsroomConfig",  # loaded with the addresses, not by commands
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    "aggregator.middleware.ForwardedMiddleware",
    "aggregator.middleware.HeadersMiddleware",
    "articles.monitoring.views.MonitoringMiddleware",
    "articles.pages.middleware.PreferencesMiddleware",
    "articles.pages.middleware.EditorBarMiddleware",
    "articles.caching.pages.PageCacheMiddleware",
    "aggregator.middleware.ApiCorsMiddleware",
    "articles.pages.middleware.LimitsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "aggregator.middleware.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aggregator.middleware.NewsroomSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "aggregator.middleware.NewsroomCsrfMiddleware",
    "aggregator.middleware.NewsroomAuthenticationMiddleware",
    "aggregator.middleware.NewsroomOneTimeCodeMiddleware",
    "aggregator.middleware.NewsroomMessageMiddleware",
    "articles.admin.people.LanguageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "aggregator.urls"
WSGI_APPLICATION = "aggregator.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Templates of one's own stand first: a file there replaces the one of the same path in templates/.
        "DIRS": [*([Path(env("TEMPLATES_DIR"))] if env("TEMPLATES_DIR") else []), BASE_DIR / "templates"],
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

# A new connection costs more than the query it is opened for, so connections last.
DATABASES = {"default": env_database(f"sqlite:///{VAR_DIR / 'news.sqlite3'}")}
if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its lock at once and waits for it, instead of failing half-way through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # 2 GiB mapped, the most SQLite maps: rows of a large archive are read in a third of the time.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=2147418112;",
    }

# Shared by all processes with CACHE_URL: what may be lost, such as counts for limits. Sessions stay in the
# database: Django's cached ones fail with their cache. Finished pages stay in each process's own memory,
# where they cost a fraction of a question to Redis.
CACHES = {
    "default": env_cache(),
    # What {% cache %} holds in templates: rendered cards and side columns, in each process's own memory.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "template_fragments",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 3000},
    },
}
# Who does what is done outside requests: whoever asks, at once; or workers that a queue hands it to.
TASKS_BY = env_choice("TASKS", ("inline", "database", "redis"))
TASKS = {
    "default": {
        "BACKEND": {
            "inline": "django_tasks.backends.immediate.ImmediateBackend",
            "database": "django_tasks_db.DatabaseBackend",
            "redis": "django_tasks_rq.RQBackend",
        }[TASKS_BY]
    }
}
if TASKS_BY == "redis":
    INSTALLED_APPS.append("django_rq")
    RQ_QUEUES = {"default": {"URL": env("CACHE_URL") or "redis://127.0.0.1:6379/0"}}

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
AXES_FAILURE_LIMIT = env_number("SIGN_IN_TRIES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env_number("SIGN_IN_PAUSE_MINUTES", 15.0))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is not kept
AXES_VERBOSE = False
OTP_TOTP_ISSUER = SITE_NAME
OPEN_LOG = env_bool("OPEN_LOG")  # whether readers may see what editors did, without names

# Mail for those who forgot their password. Without EMAIL_URL, `sendtestemail` prints what it would send.
EMAIL_IS_SET_UP, _mail = env_mail(urlsplit(SITE_URL).hostname or "localhost")
globals().update(_mail)
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "German")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(VAR_DIR / "static")))
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others, and each is packed twice
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pictures are served by the site itself; a cache or CDN of one's own may stand before it at another address.
MEDIA_URL = env("MEDIA_URL", "/media/").rstrip("/") + "/"
if not MEDIA_URL.startswith(("/media/", "https://", "http://")):
    hint = "Write https:// and the address of the cache or CDN, or leave it out."
    mistake("E008", "MEDIA_URL is neither /media/ nor an address on another host.", hint)
    MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, object]] = {
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
elif env("PICTURES_S3_ENDPOINT") or env("PICTURES_S3_REGION") or env("PICTURES_S3_PREFIX"):
    hint = "Name the bucket in PICTURES_S3_BUCKET, or leave all of PICTURES_S3_… out."
    mistake("E008", "Pictures have a store's address, but no bucket.", hint)
DEMO_ROOT = VAR_DIR / "demo-store"

# Whom people may ask about the site's requests: an address that stands in the User-Agent.
FETCH_CONTACT = env("FETCH_CONTACT")
# The one place on this machine that tests and benchmarks may fetch from; no environment variable sets it.
FETCH_LOOPBACK_ALLOWED = ""
# Seconds between two requests to one host.
FETCH_HOST_INTERVAL = env_number("FETCH_HOST_INTERVAL", 0.25)
# Megabytes that pictures may take; 0: no limit.
PICTURES_QUOTA_MB = env_number("PICTURES_QUOTA_MB", 0)

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# By HTTPS, cookies that no other host can set.
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "articles.admin.unsaved.csrf_failure"
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

SITE_VERSION_SECONDS = env_number("SITE_VERSION_SECONDS", 1.0)  # between two looks at it in a process
PAGES_MAY_LAG = env_number("PAGES_MAY_LAG", 10.0)  # seconds, behind every change outside the newsroom
PAGE_CACHE_SECONDS = env_number("PAGE_CACHE_SECONDS", 60.0) or 60.0  # how long a page may say "3 min ago"
PAGE_CACHE_BYTES = env_number("PAGE_CACHE_MB", 64) * 1_000_000  # in each process
SHARED_CACHE_SECONDS = env_number("SHARED_CACHE_SECONDS", 0)  # how long a proxy may serve without asking

# Answers a minute to one address that have to be made; 0: no limit.
API_PER_MINUTE = env_number("API_PER_MINUTE", 300)
SEARCHES_PER_MINUTE = env_number("SEARCHES_PER_MINUTE", 60)

# What a site at an https address needs; a proxy before it speaks TLS and says so (TRUSTED_PROXIES).
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = env_number("HSTS_SECONDS", 31_536_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env_bool("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # the CSRF middleware is there: as a subclass, for the newsroom
    "security.W005",  # subdomains may be other people's: HSTS_SUBDOMAINS
    "security.W021",  # a preload list is for ever: HSTS_PRELOAD
]

METRICS_TOKEN = env("METRICS_TOKEN")  # who shows it may read /metrics; without it there is no such address
LOG_REQUESTS = env_bool("LOG_REQUESTS")  # a line a request
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "aggregator.logging.TextLines"},
        "json": {"()": "aggregator.logging.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": env_choice("LOG_FORMAT", ("text", "json"))}
    },
    "root": {
        "handlers": ["console"],
        "level": env_choice("LOG_LEVEL", ("warning", "debug", "info", "error", "critical")).upper(),
    },
    "loggers": {
        "aggregator.requests": {"level": "INFO"},
        # Django's own handlers would tell the same once more, in another form.
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
    },
}

ENVIRONMENT_MISTAKES = tuple(MISTAKES)
