"""What an origin may do, and what is given for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

__all__ = ["CorsOptions", "ResourceOptions"]

_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# What may be given as a mapping.
_NAMES: Final = frozenset(
    {"allow_credentials", "expose_headers", "allow_headers", "max_age", "allow_private_network"}
)
_ORIGIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._~+[]:/")


class ResourceOptions:
    """What requests from an origin may do.

    Args:
        allow_credentials: whether browsers send cookies with them, and show the responses to such.
        expose_headers: fields of responses that pages see, beside those that they always see; `*` for all.
        allow_headers: fields that pages may send, beside those that they always may; `*` for any.
        max_age: seconds for which browsers need not ask again; None for what they do otherwise.
        allow_methods: methods that pages may use; None or `*` for all that there is a route for.
        allow_private_network: whether pages on the public Internet may get at a server in a private network.

    Raises:
        ValueError: an argument of another type, a name that is no token, or a negative time.

    Attributes:
        allow_credentials: as given.
        expose_headers: `*`, or the names in upper case.
        allow_headers: `*`, or the names in upper case.
        max_age: as given.
        allow_methods: None, `*`, or the names in upper case.
        allow_private_network: as given.
    """

    __slots__ = (
        "allow_credentials", "allow_headers", "allow_methods", "allow_private_network", "expose_headers", "max_age",
    )  # fmt: skip

    def __init__(
        self,
        *,
        allow_credentials: bool = False,
        expose_headers: str | Collection[str] = (),
        allow_headers: str | Collection[str] = (),
        max_age: int | None = None,
        allow_methods: str | Collection[str] | None = None,
        allow_private_network: bool = False,
    ) -> None:
        self.allow_credentials = _checked_flag("allow_credentials", allow_credentials)
        self.expose_headers = _checked_names("expose_headers", expose_headers)
        self.allow_headers = _checked_names("allow_headers", allow_headers)
        self.allow_methods = None if allow_methods is None else _checked_names("allow_methods", allow_methods)
        self.allow_private_network = _checked_flag("allow_private_network", allow_private_network)
        age: object = max_age
        if age is not None and (not isinstance(age, int) or isinstance(age, bool) or age < 0):
            raise ValueError(f"max_age is a number of seconds or None, not {max_age!r}")
        self.max_age = max_age

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"ResourceOptions({values})"

    def is_method_allowed(self, method: str) -> bool:
        """Return whether pages may use a method, if there is a route for it."""
        return self.allow_methods in (None, "*") or method.upper() in (self.allow_methods or ())

    def is_header_allowed(self, name: str) -> bool:
        """Return whether pages may send a field."""
        return self.allow_headers == "*" or name.upper() in self.allow_headers


CorsOptions = Mapping[str, ResourceOptions | Mapping[str, Any]]
"""What origins may do, by origin such as `https://example.com`; `*` for all others, `null` for those without one."""


def checked_options(given: CorsOptions | None) -> Mapping[str, ResourceOptions]:
    """Return what origins may do, by origin.

    Raises:
        ValueError: it is no mapping of origins, or an origin or its options are malformed.
    """
    config: object = {} if given is None else given
    if not isinstance(config, Mapping):
        raise ValueError(f"a mapping of origins, not {given!r}")
    return MappingProxyType({_checked_origin(origin): _checked(each) for origin, each in config.items()})


def is_token(name: str) -> bool:
    """Whether a text is a token, as methods and names of fields are (RFC 9110, section 5.6.2)."""
    return bool(name) and _TOKEN.issuperset(name)


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers send it (RFC 6454, section 6.2)."""
    scheme, separator, host = text.partition("://")
    written = bool(scheme and separator and host) and "/" not in host and _ORIGIN.issuperset(text)
    return written or text == "null"


def _checked(options: object) -> ResourceOptions:
    if isinstance(options, ResourceOptions):
        return options
    if not isinstance(options, Mapping):
        raise ValueError(f"ResourceOptions or a mapping, not {options!r}")
    if unknown := set(options) - _NAMES:
        raise ValueError(f"unknown options: {', '.join(sorted(map(str, unknown)))}")
    return ResourceOptions(**options)


def _checked_origin(origin: object) -> str:
    if not isinstance(origin, str):
        raise ValueError(f"an origin is a str, not {origin!r}")
    if origin != "*" and not is_origin(origin):
        raise ValueError(
            f"an origin is a scheme and a host, with a port if it is not the usual one, in lower case: {origin!r}"
        )
    return origin


def _checked_flag(name: str, flag: object) -> bool:
    if not isinstance(flag, bool):
        raise ValueError(f"{name} is True or False, not {flag!r}")
    return flag


def _checked_names(name: str, names: object) -> str | frozenset[str]:
    if names == "*":
        return "*"
    if isinstance(names, (str, bytes)) or not isinstance(names, Collection):
        raise ValueError(f"{name} is '*' or a collection of names, not {names!r}")
    for each in names:
        if not isinstance(each, str) or not is_token(each):
            raise ValueError(f"{name} has a name that is none: {each!r}")
    return frozenset(each.upper() for each in names)
