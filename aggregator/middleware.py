"""Forwarded requests; headers of every answer; session, sign-in and messages for the newsroom only.

A reader's page sets no cookie.
"""

import ipaddress
from functools import lru_cache

from asgiref.sync import iscoroutinefunction
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django_otp.middleware import OTPMiddleware


def is_newsroom(request):
    """Tell whether a request is for the admin's addresses; looked at once, every middleware asks."""
    if not hasattr(request, "is_newsroom"):
        request.is_newsroom = request.path_info.startswith("/" + settings.ADMIN_PATH)
    return request.is_newsroom


_MOST_HOPS = 20
_FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID")
_UNUSED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP")


class ForwardedMiddleware:
    """Gives a request the scheme, host and client that a proxy named in TRUSTED_PROXIES reports.

    From anybody else these headers are dropped before anything reads them: a client could choose the address
    of the site in its pages, its own address in rate limits, or the id of its request in the log.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        apply_forwarded(request.META)
        return self.get_response(request)


def apply_forwarded(meta: dict) -> None:
    """Apply the headers of a trusted proxy to a request's environment; drop those of anybody else."""
    for name in _UNUSED:
        meta.pop(name, None)
    proto, host, chain, request_id = [meta.pop(name, "") for name in _FORWARDED]
    networks = tuple(settings.TRUSTED_PROXIES)
    if not networks or not _is_trusted(meta.get("REMOTE_ADDR", ""), networks):
        return
    if request_id:
        meta["HTTP_X_REQUEST_ID"] = request_id
    if proto.strip().lower() in ("http", "https"):
        meta["wsgi.url_scheme"] = proto.strip().lower()
    if host.strip():
        meta["HTTP_HOST"] = host.strip()
    # From right to left, each hop is reported by the one after it, so the first stranger is the client.
    for hop in reversed(chain.rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
        if not _is_address(hop.strip()):
            return
        meta["REMOTE_ADDR"] = hop.strip()
        if not _is_trusted(hop.strip(), networks):
            return


@lru_cache(maxsize=4096)
def _is_trusted(address: str, networks: tuple) -> bool:
    if not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    return any(found in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


# What a page may do with the machine it is shown on: nothing.
_POWERS = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer",
    "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_NEWSROOM_ALLOWED = {"publickey-credentials-get"}
# For an answer that says nothing of its own: it is shown to nobody's harm.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in _POWERS),
}
_NEWSROOM_POWERS = ", ".join(
    f"{power}=(self)" if power in _NEWSROOM_ALLOWED else f"{power}=()" for power in _POWERS
)


class HeadersMiddleware:
    """Stands before all others, so that whatever answers (errors, redirects, 304, media) says these too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if not getattr(answer, "is_complete", False):
            complete(request, answer)
        return answer


def complete(request, answer) -> None:
    """Give an answer all headers of ours that it does not say itself."""
    if is_newsroom(request):
        answer.headers.setdefault("Permissions-Policy", _NEWSROOM_POWERS)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure() and settings.SECURE_HSTS_SECONDS:
        answer.headers.setdefault("Strict-Transport-Security", _transport())
    answer.is_complete = True


def _transport() -> str:
    """Return the header of SecurityMiddleware, which some answers never reach."""
    parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
    return "; ".join(parts)


class ContentPolicyMiddleware:
    """Says the site's one content policy, put together once: no answer that comes by here has another."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request):
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", self.policy)
        return answer


class NewsroomOnly:
    """Mixed into a stock middleware, which only works for requests of the newsroom."""

    def __call__(self, request):
        if not iscoroutinefunction(self.get_response) and not is_newsroom(request):
            return self.get_response(request)
        return super().__call__(request)

    def process_view(self, request, *args):
        parent = getattr(super(), "process_view", None)
        return parent(request, *args) if parent and is_newsroom(request) else None


class NewsroomSessionMiddleware(NewsroomOnly, SessionMiddleware):
    pass


class NewsroomCsrfMiddleware(NewsroomOnly, CsrfViewMiddleware):
    pass


class NewsroomAuthenticationMiddleware(NewsroomOnly, AuthenticationMiddleware):
    pass


class NewsroomOneTimeCodeMiddleware(NewsroomOnly, OTPMiddleware):
    pass


class NewsroomMessageMiddleware(NewsroomOnly, MessageMiddleware):
    pass


class ApiCorsMiddleware:
    """Lets any page's script read the API, without credentials; answers the browser's question before."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD"
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
        else:
            response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Access-Control-Expose-Headers"] = "ETag"
        return response
