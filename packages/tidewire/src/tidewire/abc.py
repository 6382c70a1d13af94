"""What can be replaced by something of one's own."""

from tidewire_client import AbstractCookieJar as AbstractCookieJar
from tidewire_client import AbstractResolver as AbstractResolver
from tidewire_client import ResolveResult as ResolveResult
from tidewire_web import AbstractAccessLogger as AbstractAccessLogger
from tidewire_web import AbstractView as AbstractView

__all__ = ["AbstractAccessLogger", "AbstractCookieJar", "AbstractResolver", "AbstractView", "ResolveResult"]
