"""Session, sign-in and messages for the editors' desk only: a reader's page sets no cookie."""

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_otp.middleware import OTPMiddleware


def is_desk(request):
    """Tell whether a request is for the admin's addresses."""
    return request.path_info.startswith("/" + settings.ADMIN_PATH)


class DeskOnly:
    """Mixed into a stock middleware, lets every request outside the desk pass it by."""

    def __call__(self, request):
        if not iscoroutinefunction(self.get_response) and not is_desk(request):
            return self.get_response(request)
        return super().__call__(request)

    def process_view(self, request, *args):
        parent = getattr(super(), "process_view", None)
        return parent(request, *args) if parent and is_desk(request) else None


class DeskSessionMiddleware(DeskOnly, SessionMiddleware):
    pass


class DeskCsrfMiddleware(DeskOnly, CsrfViewMiddleware):
    pass


class DeskAuthenticationMiddleware(DeskOnly, AuthenticationMiddleware):
    pass


class DeskOneTimeCodeMiddleware(DeskOnly, OTPMiddleware):
    pass


class DeskMessageMiddleware(DeskOnly, MessageMiddleware):
    pass
