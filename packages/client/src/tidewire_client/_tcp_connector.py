"""Connections over TCP, with TLS and through proxies."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from yarl import URL

from tidewire_client._address_policy import AddressPolicyType
from tidewire_client._addresses import Addresses
from tidewire_client._connecting import Told
from tidewire_client._connection_errors import (
    ClientAddressRefusedError,
    ClientConnectorError,
    ClientProxyConnectionError,
    ClientSocksProxyError,
    ServerFingerprintMismatch,
)
from tidewire_client._connection_key import ConnectionKey
from tidewire_client._connector import KEEPALIVE_DEFAULT, BaseConnector, KeepaliveDefault
from tidewire_client._dns_cache import DNSCache, NameLookup
from tidewire_client._fingerprint import Fingerprint
from tidewire_client._happy_eyeballs import connect_first
from tidewire_client._resolvers import AbstractResolver, DefaultResolver
from tidewire_client._seat import Seat
from tidewire_client._socks import SOCKS_PORT, SOCKS_SCHEMES, SocksRefusal, is_address
from tidewire_client._socks_tunnels import open_socks
from tidewire_client._tcp_sockets import by_loop, connect, stream_socket
from tidewire_client._timeouts import ClientTimeout
from tidewire_client._tls import Verification, checked, context_for
from tidewire_client._tls_sessions import Handshake, TLSSessions
from tidewire_client._tunnels import open_tunnel
from tidewire_client._types import AddrInfoType, ConnectionTrace, SocketFactoryType
from tidewire_http_io import ClientConnection

__all__ = ["TCPConnector"]

# Seconds for a server to answer the end of TLS, before the connection is closed without.
_TLS_GOODBYE: Final = 2.0


class TCPConnector(BaseConnector):
    """Opens TCP connections.

    TLS sessions are resumed: a connection to a server that there was one to in the last hour has a shorter handshake,
    and the certificate found good then stays good. `ssl.OP_NO_TICKET` among a context's options switches that off, and
    so does a Python that leaks memory with each session, as 3.11, 3.12 before 3.12.8 and 3.13.0 do.

    Args:
        use_dns_cache: remember addresses, and let requests share a look-up.
        ttl_dns_cache: seconds for which addresses are remembered; None for ever, 0 for no time.
        ttl_dns_cache_failures: seconds for which it is remembered that a name has no address.
        dns_cache_max_size: how many names are remembered.
        family: the family of addresses, such as `socket.AF_INET`; `socket.AF_UNSPEC` for all.
        ssl: how servers are verified where a request does not say: True, False, an SSLContext or a Fingerprint.
        local_addr: host and port to connect from; addresses of another family are left out then.
        resolver: what resolves names, which its owner closes; one of the connector's own where None.
        happy_eyeballs_delay: seconds before the next address is tried beside one that does not answer; None to try
            one after the other.
        interleave: how many addresses of the first family come before one of another; 1 where None, and with no
            `happy_eyeballs_delay` the resolver's order.
        socket_factory: makes the socket for an address.
        address_policy: tells to which addresses connections may go, such as `is_public_address`. It is asked for
            every address of every connection, so for redirects too, and what it refuses is not connected to. Nothing
            goes through a proxy then that decides where a name leads; through one of SOCKS, addresses do, and with
            `socks5` names too, which are resolved here. The address of the proxy itself is not asked for.
        keepalive_timeout: see `BaseConnector`, as for all that follow.
        force_close: see there.
        limit: see there.
        limit_per_host: see there.
        enable_cleanup_closed: ignored; deprecated.
        loop: ignored; deprecated.
        timeout_ceil_threshold: see there.

    Raises:
        RuntimeError: there is no running event loop.
        TypeError: `ssl` is something else.
        ValueError: `keepalive_timeout` beside `force_close`, or a limit below 0.
    """

    allowed_protocol_schema_set: ClassVar[frozenset[str]] = BaseConnector.allowed_protocol_schema_set | {
        "tcp"
    }

    def __init__(
        self,
        *,
        use_dns_cache: bool = True,
        ttl_dns_cache: float | None = 10,
        ttl_dns_cache_failures: float = 1.0,
        dns_cache_max_size: int = 1000,
        family: int = socket.AF_UNSPEC,
        ssl: Verification = True,
        local_addr: tuple[str, int] | None = None,
        resolver: AbstractResolver | None = None,
        keepalive_timeout: float | KeepaliveDefault | None = KEEPALIVE_DEFAULT,
        force_close: bool = False,
        limit: int | None = 100,
        limit_per_host: int | None = 0,
        enable_cleanup_closed: bool = False,
        loop: asyncio.AbstractEventLoop | None = None,
        timeout_ceil_threshold: float = 5,
        happy_eyeballs_delay: float | None = 0.25,
        interleave: int | None = None,
        socket_factory: SocketFactoryType | None = None,
        address_policy: AddressPolicyType | None = None,
    ) -> None:
        super().__init__(
            keepalive_timeout=keepalive_timeout,
            force_close=force_close,
            limit=limit,
            limit_per_host=limit_per_host,
            enable_cleanup_closed=enable_cleanup_closed,
            loop=loop,
            timeout_ceil_threshold=timeout_ceil_threshold,
        )
        self._ssl = checked(ssl)
        self._family = socket.AddressFamily(family)
        self._delay = happy_eyeballs_delay
        self._socket_factory = socket_factory
        # uvloop has its own way to a connection, at less cost than by a socket of Python's.
        self._loop_connects = (
            socket_factory is None
            and local_addr is None
            and not isinstance(self._loop, asyncio.BaseEventLoop)
        )
        self._own_resolver = resolver is None
        self._resolver = DefaultResolver() if resolver is None else resolver
        cache = None
        if use_dns_cache:
            cache = DNSCache(time.monotonic, ttl_dns_cache, ttl_dns_cache_failures, dns_cache_max_size)
        self._lookup = NameLookup(self._resolver, self._family, cache)
        first_count = 1 if interleave is None and happy_eyeballs_delay is not None else interleave
        self._addresses = Addresses(self._lookup, address_policy, local_addr, first_count)
        self._tls_sessions = TLSSessions(time.monotonic)
        self._transports.settle_tls = self._tls_sessions.settle
        self._released_names = False

    @property
    def family(self) -> int:
        """The family of addresses."""
        return self._family

    @property
    def use_dns_cache(self) -> bool:
        """Whether addresses are remembered."""
        return self._lookup.cache is not None

    def clear_dns_cache(self, host: str | None = None, port: int | None = None) -> None:
        """Forget the addresses of one host and port, or of all.

        Raises:
            ValueError: one of the two without the other.
        """
        if (host is None) != (port is None):
            raise ValueError("either both host and port or none of them are allowed")
        if self._lookup.cache is not None:
            self._lookup.cache.forget(None if host is None or port is None else (host, port))

    async def _wait_closed(self) -> None:
        await super()._wait_closed()
        if not self._released_names:
            self._released_names = True
            await self._lookup.close()
            if self._own_resolver:
                await self._resolver.close()

    # Opening.

    async def _open(
        self, key: ConnectionKey, seat: Seat, timeout: ClientTimeout, traces: Sequence[ConnectionTrace]
    ) -> ClientConnection:
        proxy = key.proxy
        if proxy is not None and proxy.scheme in SOCKS_SCHEMES:
            return await self._open_by_socks(key, proxy, seat, traces)
        peer = key
        error: type[ClientConnectorError] = ClientConnectorError
        if proxy is not None:
            error = ClientProxyConnectionError
            if not key.forwards:
                port = proxy.port or (443 if proxy.scheme == "https" else 80)
                secure = proxy.scheme == "https"
                peer = ConnectionKey(proxy.raw_host or "", port, secure, key.ssl, None, None, key.options)
        if proxy is not None and self._addresses.policy is not None:
            unseen = OSError(errno.EACCES, "an address policy cannot see where a proxy goes")
            raise ClientAddressRefusedError(key, unseen)
        addresses = self._addresses.allowed(peer, await self._addresses.usable_of(peer, traces))
        while True:
            if len(addresses) == 1 and self._loop_connects:
                way = by_loop(addresses.pop())
            else:
                with Told(peer, error):
                    address, sock = await connect_first(addresses, self._connected_socket, self._delay)
                addresses.remove(address)
                way = {"sock": sock}
            try:
                if proxy is None or key.forwards:
                    return await self._start(way, key, peer, self._protocol(key, seat))
                return await self._tunnel(way, key, peer, seat)
            except (ClientConnectorError, ServerFingerprintMismatch):
                # Behind the next address may be a server that is as it should be.
                if not addresses:
                    raise

    async def _open_by_socks(
        self, key: ConnectionKey, proxy: URL, seat: Seat, traces: Sequence[ConnectionTrace]
    ) -> ClientConnection:
        """Open a connection through a SOCKS proxy; with `socks5` to one address of the server after the other."""
        targets = await self._socks_targets(key, proxy, traces)
        port = proxy.port or SOCKS_PORT
        peer = ConnectionKey(proxy.raw_host or "", port, False, key.ssl, None, None, key.options)
        while True:
            target = targets.pop(0)
            addresses = await self._addresses.usable_of(peer, traces)
            with Told(peer, ClientProxyConnectionError):
                _, sock = await connect_first(addresses, self._connected_socket, self._delay)
            try:
                with Told(peer, ClientProxyConnectionError):
                    try:
                        await open_socks(self._loop, sock, target, key.port, key.proxy_fields)
                    except SocksRefusal as refusal:
                        raise ClientSocksProxyError(key, refusal, refusal.reply) from refusal
                return await self._start({"sock": sock}, key, key, self._protocol(key, seat))
            except (ClientSocksProxyError, ServerFingerprintMismatch):
                if not targets:
                    raise

    async def _socks_targets(
        self, key: ConnectionKey, proxy: URL, traces: Sequence[ConnectionTrace]
    ) -> list[str]:
        """Return what a SOCKS proxy is to connect to: addresses, or the name that it is to resolve.

        The address policy is asked as without a proxy; so a name that only the proxy resolves is refused.
        """
        if proxy.scheme == "socks5h" and not is_address(key.host):
            if self._addresses.policy is not None:
                unseen = OSError(errno.EACCES, "an address policy cannot see where a proxy finds a name")
                raise ClientAddressRefusedError(key, unseen)
            return [key.host]
        addresses = await self._addresses.all_of(key, traces)
        return [str(address[4][0]) for address in self._addresses.allowed(key, addresses)]

    async def _connected_socket(self, address: AddrInfoType) -> socket.socket:
        """Make a socket that is connected to an address."""
        family, _, protocol, _, where = address
        if self._socket_factory is None:
            sock = stream_socket(family, protocol)
        else:
            sock = self._socket_factory(address)
        try:
            if self._socket_factory is not None:
                sock.setblocking(False)
                # What is written is whole messages, or as much of them as there is: waiting for more is in vain.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            local = await self._addresses.local(family)
            if local is not None:
                sock.bind(local)
            await connect(self._loop, sock, family, where)
        except BaseException:
            sock.close()
            raise
        return sock

    def _verification(self, key: ConnectionKey) -> Verification:
        return self._ssl if key.ssl is True else checked(key.ssl)

    async def _start(
        self, way: dict[str, Any], key: ConnectionKey, peer: ConnectionKey, protocol: ClientConnection
    ) -> ClientConnection:
        """Make a connection out of a socket, or of what `by_loop()` has said, with TLS where the peer wants it."""
        secure = peer.is_ssl or (key.forwards and key.proxy is not None and key.proxy.scheme == "https")
        duck: Any = protocol  # it has no base class, see its module
        error = ClientConnectorError if key.proxy is None else ClientProxyConnectionError
        try:
            with Told(peer, error):
                if not secure:
                    await self._loop.create_connection(lambda: duck, **way)
                    return protocol
                with self._handshake(peer) as context:
                    transport, _ = await self._loop.create_connection(
                        lambda: duck,
                        **way,
                        ssl=context,
                        server_hostname=_server_name(peer),
                        ssl_shutdown_timeout=_TLS_GOODBYE,
                    )
        except BaseException:
            self._transports.give_up(protocol)
            if "sock" in way:
                way["sock"].close()
            self._tls_sessions.forget(peer)
            raise
        self._approve(peer, transport, protocol)
        return protocol

    async def _tunnel(
        self, way: dict[str, Any], key: ConnectionKey, peer: ConnectionKey, seat: Seat
    ) -> ClientConnection:
        """Make a connection that goes through a proxy, which sees nothing of it where there is TLS in it."""
        proxy = key.proxy
        assert proxy is not None
        carrier = ClientConnection(self._loop, self.sweep, key.options, self._transports.unexpect)
        self._transports.expect(carrier)
        await self._start(way, key, peer, carrier)
        with Told(peer, ClientProxyConnectionError):
            transport = await open_tunnel(carrier, self.sweep, proxy, key.host, key.port, key.proxy_fields)
        self._transports.unexpect(carrier)
        protocol = self._protocol(key, seat)
        if not key.is_ssl:
            transport.set_protocol(protocol)
            protocol.connection_made(transport)
            return protocol
        inner = await self._secure(transport, key, protocol)
        protocol.connection_made(inner)
        self._approve(key, inner, protocol)
        return protocol

    async def _secure(self, transport: Any, key: ConnectionKey, protocol: ClientConnection) -> Any:
        """Begin TLS in a tunnel, and return its transport."""
        duck: Any = protocol
        try:
            with Told(key, ClientConnectorError):
                with self._handshake(key) as context:
                    inner = await self._loop.start_tls(
                        transport,
                        duck,
                        context,
                        server_hostname=_server_name(key),
                        ssl_shutdown_timeout=_TLS_GOODBYE,
                    )
                if inner is None:
                    raise OSError(errno.ECONNRESET, "the connection was closed during the handshake")
        except BaseException:
            transport.abort()  # which start_tls() leaves open where the name of the server is none
            self._transports.unexpect(protocol)
            self._tls_sessions.forget(key)
            raise
        return inner

    def _handshake(self, peer: ConnectionKey) -> Handshake:
        return self._tls_sessions.handshake(peer, context_for(self._verification(peer)))

    def _approve(self, peer: ConnectionKey, transport: Any, protocol: ClientConnection) -> None:
        """Compare the fingerprint where there is one, and take note that the handshake is over."""
        verification = self._verification(peer)
        try:
            if isinstance(verification, Fingerprint):
                verification.check(transport)
        except BaseException:
            self._tls_sessions.forget(peer)
            protocol.drop()
            raise
        ssl_object = transport.get_extra_info("ssl_object")
        self._tls_sessions.remember(peer, context_for(verification), ssl_object)


def _server_name(key: ConnectionKey) -> str:
    """Return the name that a server's certificate has to be for: neither a last dot nor a zone is part of it."""
    return key.server_hostname or key.host.partition("%")[0].rstrip(".")
