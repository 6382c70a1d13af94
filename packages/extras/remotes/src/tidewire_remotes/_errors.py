"""What is wrong with what proxies, or those who claim to be, say of a request."""

from __future__ import annotations

__all__ = [
    "IncorrectForwardedCount",
    "IncorrectHostCount",
    "IncorrectIPCount",
    "IncorrectProtoCount",
    "InvalidHeader",
    "RemoteError",
    "TooManyHeaders",
    "UntrustedIP",
]


class RemoteError(Exception):
    """A request that did not come the way it should have come; it is logged and answered with 400."""


class InvalidHeader(RemoteError):
    """A field has a value that cannot be what it should be.

    Args:
        name: the field.
        value: what was found.

    Attributes:
        name: the field.
        value: what was found.
    """

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value

    def __str__(self) -> str:
        return f"malformed {self.name}: {self.value!r:.100}"


class TooManyHeaders(RemoteError):
    """A field is there more than once.

    Args:
        header: the field.

    Attributes:
        header: the field.
    """

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header

    def __str__(self) -> str:
        return f"more than one {self.header}"


class _IncorrectCount(RemoteError):
    """Another number of something than there are proxies.

    Args:
        expected: how many there should be, or may be.
        actual: how many there are.

    Attributes:
        expected: how many there should be, or may be.
        actual: how many there are.
    """

    what = "things"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return f"{self.actual} {self.what}, not {self.expected}"


class IncorrectIPCount(_IncorrectCount):
    """Another number of addresses, the peer's among them, than there are proxies and a client."""

    what = "addresses"


class IncorrectForwardedCount(_IncorrectCount):
    """Another number of elements in Forwarded than there are proxies."""

    what = "elements of Forwarded"


class IncorrectProtoCount(_IncorrectCount):
    """More schemes in X-Forwarded-Proto than there are proxies."""

    what = "schemes"


class IncorrectHostCount(_IncorrectCount):
    """More hosts in X-Forwarded-Host than there are proxies."""

    what = "hosts"


class UntrustedIP(RemoteError):
    """A proxy is not one of those that are trusted.

    Args:
        ip: its address; None where it has none.

    Attributes:
        ip: its address; None where it has none.
    """

    def __init__(self, ip: str | None) -> None:
        super().__init__(ip)
        self.ip = ip

    def __str__(self) -> str:
        return f"{self.ip or 'a peer without an address'} is not trusted"
