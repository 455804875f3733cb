"""The language of the reader who is answered (floor 2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.utils import translation

_spoken: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Speak this language for all that happens inside."""
    token = _spoken.set(language)
    try:
        with translation.override(language):
            yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """Return the code of the language that is spoken.

    A page asks twenty times, and asking Django each time took a twentieth of its time.
    """
    return _spoken.get() or translation.get_language()


def gettext(text: str) -> str:
    """Return a text of ours in the language that is spoken; looked up once, each card asks for six."""
    return _gettext(spoken(), text)


@lru_cache(maxsize=2_000)
def _gettext(_language: str, text: str) -> str:
    return translation.gettext(text)
