"""The environment, read for the settings: a value that does not fit is noted, and the system checks tell it.

Nothing here raises: a mistake in one value must not hide the others behind a traceback. No value is ever
repeated in a note, because some of them hold passwords.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url

# What a database that cannot be used is set to: whoever asks it gets an error, and never another database.
NO_DATABASE = {"ENGINE": "django.db.backends.dummy"}
_REDIS = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A value that does not fit: the number of its check, what is wrong, and what to write instead."""

    check: str
    text: str
    hint: str


MISTAKES: list[Mistake] = []


def mistake(check: str, text: str, hint: str) -> None:
    """Note a mistake for the system checks (articles/checks.py)."""
    MISTAKES.append(Mistake(check, text, hint))


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_bool(name: str, default: bool = False) -> bool:
    value = env(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value not in ("", "0", "false", "no", "off"):
        mistake("E001", f"{name} is neither on nor off.", "Write 1 or 0.")
    return default if value == "" else False


def env_number(name: str, default: float) -> float:
    """Return a number of the default's type that is not negative."""
    value = env(name)
    if not value:
        return default
    try:
        number = type(default)(value)
    except ValueError:
        number = -1
    if 0 <= number < float("inf"):
        return number
    mistake("E001", f"{name} is no number of 0 or more.", f"Write a number, such as {default}.")
    return default


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    """Return one of these words; the first is the default."""
    value = env(name, choices[0]).lower()
    if value in choices:
        return value
    mistake("E009", f"{name} is none of {', '.join(choices)}.", f"Write {choices[0]}.")
    return choices[0]


def env_site() -> str:
    """Return SITE_URL without a slash at its end, or "" where there is none."""
    value = env("SITE_URL").strip().rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_fit = bool(
            parts.scheme in ("http", "https")
            and re.fullmatch(r"[^\s/?#@\\]+", parts.netloc)
            and parts.hostname
            and parts.port != 0
            and value == f"{parts.scheme}://{parts.netloc}"
        )
    except ValueError:
        is_fit = False
    if is_fit:
        return value
    hint = "Write scheme and host, such as https://news.example, without a path."
    mistake("E002", "SITE_URL is no address of a site.", hint)
    return ""


def env_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    networks = []
    for part in env_list(name):
        try:
            networks.append(ipaddress.ip_network(part))
        except ValueError:
            hint = "Write addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8."
            mistake("E007", f"{name} holds something that is no address and no network.", hint)
    return networks


def env_database(default: str) -> dict[str, object]:
    """Return the database that DATABASE_URL names, its connections lasting and looked at before use."""
    hint = "Write postgres://user:password@host/name, or nothing for SQLite in VAR_DIR."
    try:
        found = dj_database_url.parse(
            env("DATABASE_URL") or default, conn_max_age=600, conn_health_checks=True
        )
        engine = found["ENGINE"].rpartition(".")[2]
    except (ValueError, KeyError, TypeError):
        mistake("E004", "DATABASE_URL cannot be read.", hint)
        return dict(NO_DATABASE)
    if engine not in ("sqlite3", "postgresql") or not found.get("NAME"):
        mistake("E004", "DATABASE_URL names neither an SQLite nor a PostgreSQL database.", hint)
        return dict(NO_DATABASE)
    if engine == "postgresql":
        # A server that is gone is found out in seconds: by whoever connects, and by whoever waits for it.
        given = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
        found["OPTIONS"] = given | found.get("OPTIONS", {})
    return dict(found)


def env_cache() -> dict:
    """Return the cache that CACHE_URL names: Redis, or one in each process."""
    url = env("CACHE_URL")
    own = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not url:
        return own
    if urlsplit(url).scheme not in _REDIS or (urlsplit(url).scheme != "unix" and not urlsplit(url).hostname):
        mistake("E005", "CACHE_URL names no Redis.", "Write redis://host:6379/0, rediss://… or unix://….")
        return own
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "news",
        # A Redis that hangs must not take the web processes with it.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }


def env_mail(host: str) -> tuple[bool, dict[str, object]]:
    """Return whether EMAIL_URL says how to send mail, and Django's settings for it."""
    backends = "django.core.mail.backends"
    nothing: dict[str, object] = {"EMAIL_BACKEND": f"{backends}.console.EmailBackend"}
    url = env("EMAIL_URL").strip()
    if not url:
        return False, nothing
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        sender = options.get("from") or f"newsroom@{host}"
        found: dict[str, object] = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}
        if parts.scheme == "console":
            return True, found | nothing
        if parts.scheme == "file" and parts.path.startswith("/"):
            files = {"EMAIL_BACKEND": f"{backends}.filebased.EmailBackend"}
            return True, found | files | {"EMAIL_FILE_PATH": unquote(parts.path)}
        if parts.scheme in ("smtp", "smtps") and parts.hostname:
            is_tls, is_ssl = options.get("tls", "") in ("1", "true", "yes", "on"), parts.scheme == "smtps"
            return True, found | {
                "EMAIL_BACKEND": f"{backends}.smtp.EmailBackend",
                "EMAIL_HOST": parts.hostname,
                "EMAIL_PORT": parts.port or (465 if is_ssl else 587 if is_tls else 25),
                "EMAIL_HOST_USER": unquote(parts.username or ""),
                "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
                "EMAIL_USE_TLS": is_tls and not is_ssl,
                "EMAIL_USE_SSL": is_ssl,
            }
    except ValueError:
        pass  # a port or an address that cannot be read
    hint = "Write smtp://user:password@host:587?tls=1, smtps://…, file:///folder or console:."
    mistake("E011", "EMAIL_URL says no way to send mail.", hint)
    return False, nothing


def env_admin_path(taken: tuple[str, ...]) -> str:
    """Return ADMIN_PATH with a slash at its end; it may not lie where readers' pages do."""
    path = env("ADMIN_PATH", "admin").strip("/")
    if re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", path) and path.split("/")[0] not in taken:
        return path + "/"
    hint = "Write letters, digits, - and _, such as desk-4711, and none of the site's own addresses."
    mistake("E006", "ADMIN_PATH is empty, not plain, or an address of readers' pages.", hint)
    return "admin/"
