"""Abstract types that Tidewire has no use for, for those who name them."""

from __future__ import annotations

from tidewire_http_io.payloads import BodyWriter
from tidewire_web import UrlDispatcher, UrlMappingMatchInfo

__all__: list[str] = []

AbstractRouter = UrlDispatcher
"""The router; it cannot be replaced."""

AbstractMatchInfo = UrlMappingMatchInfo
"""What the router finds."""

AbstractStreamWriter = BodyWriter
"""What payloads are written to."""
