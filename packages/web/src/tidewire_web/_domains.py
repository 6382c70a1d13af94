"""Rules by which a nested application is chosen: the host of the request."""

from __future__ import annotations

import abc
import re
from typing import Any, Final

from yarl import URL

__all__ = ["AbstractRuleMatching", "Domain", "MaskDomain"]

_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_MASKED_LABEL: Final = re.compile(r"(?!-)[a-z0-9*-]{1,63}(?<!-)")
_NOT_IN_HOSTS: Final = frozenset("/?#@\\[]%")


class AbstractRuleMatching(abc.ABC):
    """A rule by which requests go to a nested application."""

    @abc.abstractmethod
    async def match(self, request: Any) -> bool:
        """Whether a request goes there."""

    @abc.abstractmethod
    def get_info(self) -> dict[str, Any]:
        """What is known of the rule, for introspection."""

    @property
    @abc.abstractmethod
    def canonical(self) -> str:
        """The rule as text."""


class Domain(AbstractRuleMatching):
    """Requests to one host.

    Args:
        domain: the host's name, in any case and script, with or without a port. Without one, and with port 80, the
            request's port does not count.

    Raises:
        TypeError: it is no str.
        ValueError: it is no name of a host.
    """

    _label = _LABEL

    def __init__(self, domain: str) -> None:
        self._host, self._port = self._checked(domain)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.canonical}>"

    def _checked(self, domain: str) -> tuple[str, str]:
        if not isinstance(domain, str):
            raise TypeError(f"a domain is a str, not {domain!r}")
        if "://" in domain:
            raise ValueError(f"a domain without a scheme: {domain!r}")
        if not _NOT_IN_HOSTS.isdisjoint(domain):
            raise ValueError(f"no name of a host: {domain!r}")
        name, colon, port = domain.lower().partition(":")
        name = name.rstrip(".")
        if not name:
            raise ValueError("a domain is not empty")
        if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            raise ValueError(f"no port: {domain!r}")
        # Names in other scripts are encoded as they come in requests.
        host = name if name.isascii() else URL.build(scheme="http", host=name).raw_host or ""
        if not all(self._label.fullmatch(label) for label in host.split(".")):
            raise ValueError(f"no name of a host: {domain!r}")
        number = str(int(port)) if port else ""
        return host, "" if number == "80" else number

    @property
    def canonical(self) -> str:
        """The host, with its port where that counts."""
        return f"{self._host}:{self._port}" if self._port else self._host

    def get_info(self) -> dict[str, Any]:
        """The rule as text, as `domain`."""
        return {"domain": self.canonical}

    async def match(self, request: Any) -> bool:
        """Whether a request is for this host."""
        return self.match_domain(request.host)

    def match_domain(self, host: str) -> bool:
        """Whether the value of a Host field is this host."""
        name, _colon, port = host.lower().partition(":")
        return self._match_host(name.removesuffix(".")) and (not self._port or port == self._port)

    def _match_host(self, name: str) -> bool:
        return name == self._host


class MaskDomain(Domain):
    """Requests to the hosts whose names fit a mask, of which each `*` stands for any characters, dots included.

    Args:
        domain: the mask, with or without a port; see `Domain`.

    Raises:
        TypeError: it is no str.
        ValueError: it is no mask.
    """

    _label = _MASKED_LABEL

    def _match_host(self, name: str) -> bool:
        first, *others = self._host.split("*")
        if not others:
            return name == first
        last = others.pop()
        if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
            return False
        # What is between two asterisks is looked for from the left: whatever comes first leaves the most for the rest.
        position, end = len(first), len(name) - len(last)
        for piece in others:
            position = name.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return True
