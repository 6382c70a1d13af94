"""Connectors with the parameters that are deprecated, and for those who open connections by themselves."""

from __future__ import annotations

import ssl as ssl_module
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import tidewire_client
from tidewire.compat._deprecations import warn_of
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []

SSL_ALLOWED_TYPES: Final = (ssl_module.SSLContext, bool, tidewire_client.Fingerprint, type(None))
"""What the parameter `ssl` may be."""

cert_errors: Final = (ssl_module.CertificateError,)
ssl_errors: Final = (ssl_module.SSLError,)
_MISSING: Final[Any] = object()


class ConnectionKey(NamedTuple):
    """Where a connection goes, for making errors by hand; Tidewire's own keys hold more.

    Attributes:
        host: the host.
        port: the port.
        is_ssl: whether there is TLS.
        ssl: how the certificate is verified.
        proxy: the proxy.
        proxy_auth: credentials for it.
        proxy_headers_hash: a number for the fields that the proxy is sent.
    """

    host: str
    port: int | None
    is_ssl: bool
    ssl: Any = True
    proxy: Any = None
    proxy_auth: Any = None
    proxy_headers_hash: int | None = None


def verification(options: dict[str, Any]) -> None:
    """Make one parameter `ssl` of the several that there were, in keyword arguments.

    Raises:
        ValueError: two of them are given.
    """
    given = {name: options.pop(name, None) for name in ("verify_ssl", "ssl_context", "fingerprint")}
    found: list[Any] = []
    if given["verify_ssl"] is False:
        warn_of("verify_ssl is deprecated, use ssl=False instead")
        found.append(False)
    if given["ssl_context"] is not None:
        warn_of("ssl_context is deprecated, use ssl=context instead")
        found.append(given["ssl_context"])
    if given["fingerprint"] is not None:
        warn_of("fingerprint is deprecated, use ssl=Fingerprint(fingerprint) instead")
        found.append(tidewire_client.Fingerprint(given["fingerprint"]))
    if "ssl" in options and options["ssl"] is None:
        options["ssl"] = True
    if not found:
        return
    if len(found) > 1 or options.get("ssl", True) is not True:
        raise ValueError("verify_ssl, ssl_context, fingerprint and ssl parameters are mutually exclusive")
    options["ssl"] = found[0]


def _merge_ssl_params(ssl: Any, verify_ssl: Any, ssl_context: Any, fingerprint: Any) -> Any:
    """Make one parameter of several; see `verification()`."""
    options = {"ssl": ssl, "verify_ssl": verify_ssl, "ssl_context": ssl_context, "fingerprint": fingerprint}
    verification(options)
    return options["ssl"]


class TCPConnector(tidewire_client.TCPConnector, metaclass=StandIn):
    """Opens TCP connections; see `tidewire_client.TCPConnector`.

    Where a subclass has a `_wrap_create_connection()`, as connectors for SOCKS do, that opens the connections.

    Args:
        options: see there; `verify_ssl`, `ssl_context`, `fingerprint` and `ssl_shutdown_timeout` are deprecated.
    """

    def __init__(self, **options: Any) -> None:
        verification(options)
        if options.pop("ssl_shutdown_timeout", _MISSING) is not _MISSING:
            warn_of("The ssl_shutdown_timeout parameter is deprecated")
        if options.pop("enable_cleanup_closed", False):
            warn_of("enable_cleanup_closed is ignored: nothing has to be cleaned up")
        super().__init__(**options)
        # What foreign protocols hold has to live as long as their transport does.
        self._foreign: dict[Any, Any] = {}

    async def _wrap_create_connection(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Open a connection; what subclasses may override, and nobody calls else."""
        raise NotImplementedError("only subclasses that override it open connections here")

    def _get_ssl_context(self, request: Any) -> ssl_module.SSLContext | None:
        """Return the context for a request; None without TLS."""
        return self._context(request.connection_key)

    def _update_proxy_auth_header_and_build_proxy_req(self, request: Any) -> Any:
        """Return a request: it is there to be overridden, and nobody calls it."""
        return request

    def _context(self, key: Any) -> ssl_module.SSLContext | None:
        if not key.is_ssl:
            return None
        how = self._ssl if key.ssl is True else key.ssl
        if isinstance(how, ssl_module.SSLContext):
            return how
        context = ssl_module.create_default_context()
        if how is not True:
            context.check_hostname = False
            context.verify_mode = ssl_module.CERT_NONE
        return context

    async def _open(self, key: Any, seat: Any, timeout: Any, traces: Sequence[Any]) -> Any:
        if type(self)._wrap_create_connection is TCPConnector._wrap_create_connection:
            return await super()._open(key, seat, timeout, traces)
        found = await self._resolver.resolve(key.host, key.port, self._family)
        addresses = [
            (each["family"], 0, each["proto"], each["hostname"], (each["host"], each["port"]))
            for each in found
        ]
        context = self._context(key)
        transport, foreign = await self._wrap_create_connection(
            None,
            addr_infos=addresses,
            req=None,
            timeout=timeout,
            ssl=context,
            server_hostname=None if context is None else key.server_hostname or key.host,
        )
        fingerprint = self._ssl if key.ssl is True else key.ssl
        if isinstance(fingerprint, tidewire_client.Fingerprint):
            fingerprint.check(transport)
        protocol = self._protocol(key, seat)
        duck: Any = protocol
        transport.set_protocol(duck)
        protocol.connection_made(transport)
        self._foreign = {each: kept for each, kept in self._foreign.items() if not each.lost}
        self._foreign[protocol] = foreign
        return protocol
