"""Decisions: which fields a response has (https://fetch.spec.whatwg.org, section 3.3). Nothing here waits or sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Final

from tidewire_cors._options import ResourceOptions, is_origin, is_token

__all__ = ["PreflightRefused"]

# What pages see in any case.
_SEEN: Final = frozenset(
    {
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    }
)
# What they never see, whatever is exposed; and what is the connection's.
_HIDDEN: Final = frozenset({"set-cookie", "set-cookie2", "connection", "keep-alive", "transfer-encoding"})
PREFLIGHT_VARY: Final = (
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Private-Network",
)


class PreflightRefused(Exception):
    """A page may not send what its browser asks for.

    Args:
        reason: why.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"CORS preflight request failed: {self.reason}"


class Policy:
    """What origins may do with a route.

    Args:
        layers: options by origin, those that count most first. An origin by its name goes before `*`, wherever it is.
    """

    __slots__ = ("_layers",)

    def __init__(self, layers: Sequence[Mapping[str, ResourceOptions]]) -> None:
        self._layers = layers

    def options_for(self, origin: str) -> ResourceOptions | None:
        """Return what an origin may do; None where it may do nothing, or is no origin."""
        if not is_origin(origin):
            return None
        for name in (origin, "*"):
            for layer in self._layers:
                if name in layer:
                    return layer[name]
        return None

    def answer_preflight(
        self, origin: str, method: str, headers: str, *, private_network: bool
    ) -> list[tuple[str, str]]:
        """Return the fields of the answer to a preflight request.

        Args:
            origin: the page's origin.
            method: the method that it wants to use, for which there is a route.
            headers: the names of fields that it wants to send, separated by commas.
            private_network: whether its network is less private than the server's.

        Raises:
            PreflightRefused: it may not.
        """
        options = self.options_for(origin)
        if options is None:
            raise PreflightRefused("the origin is not allowed")
        if not options.is_method_allowed(method):
            raise PreflightRefused(f"the method {method:.40} is not allowed")
        names = [name.strip(" \t") for name in headers.split(",")] if headers.strip(" \t") else []
        for name in names:
            if not is_token(name):
                raise PreflightRefused("Access-Control-Request-Headers is malformed")
            if not options.is_header_allowed(name):
                raise PreflightRefused(f"the field {name:.80} is not allowed")
        if private_network and not options.allow_private_network:
            raise PreflightRefused("requests from less private networks are not allowed")
        fields = _allow(origin, options)
        if options.max_age is not None:
            fields.append(("Access-Control-Max-Age", str(options.max_age)))
        fields.append(("Access-Control-Allow-Methods", method))
        if names:
            fields.append(("Access-Control-Allow-Headers", ",".join(names)))
        if private_network:
            fields.append(("Access-Control-Allow-Private-Network", "true"))
        return fields

    def answer(self, origin: str, names: Iterable[str]) -> list[tuple[str, str]]:
        """Return the fields that let a page see a response; none where it may not.

        Args:
            origin: the page's origin.
            names: the names of the fields that the response has.
        """
        options = self.options_for(origin)
        if options is None:
            return []
        fields = _allow(origin, options)
        if options.expose_headers == "*":
            # By their names, as a `*` is none where credentials are sent.
            exposed = ",".join(dict.fromkeys(name for name in names if _is_exposable(name.lower())))
        else:
            exposed = ",".join(sorted(options.expose_headers))
        if exposed:
            fields.append(("Access-Control-Expose-Headers", exposed))
        return fields


def _allow(origin: str, options: ResourceOptions) -> list[tuple[str, str]]:
    fields = [("Access-Control-Allow-Origin", origin)]
    if options.allow_credentials:
        fields.append(("Access-Control-Allow-Credentials", "true"))
    return fields


def _is_exposable(name: str) -> bool:
    return name not in _SEEN and name not in _HIDDEN and not name.startswith("access-control-")


def add_vary(headers: MutableMapping[str, str], names: Iterable[str]) -> None:
    """Add names to Vary, each once, so that caches do not give the answer for one origin to another.

    Args:
        headers: the fields of a response; several of Vary become one.
        names: the names to add.
    """
    getall = getattr(headers, "getall", None)
    lines: list[str] = getall("Vary", []) if getall is not None else [headers.get("Vary", "")]
    present = [name.strip() for line in lines for name in line.split(",") if name.strip()]
    if "*" in present:
        return
    known = {name.lower() for name in present}
    headers["Vary"] = ", ".join([*present, *(name for name in names if name.lower() not in known)])
