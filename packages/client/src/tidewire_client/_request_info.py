"""What a response and an error know of the request they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from yarl import URL

__all__ = ["RequestInfo"]


class RequestInfo(NamedTuple):
    """A request, as it was sent.

    Attributes:
        url: its URL, without the fragment.
        method: its method.
        headers: its fields.
        real_url: its URL as it was given, the fragment included.
    """

    url: URL
    method: str
    headers: Mapping[str, str]
    real_url: URL
