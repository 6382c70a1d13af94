"""The PROXY protocol, versions 1 and 2: what a proxy says of a connection before the first byte of it.

It follows `proxy-protocol.txt` of HAProxy, section 2. A header says whose connection it is that the proxy passes on;
whoever believes it has to know that a proxy is there, since any client can send one too.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from tidewire_http_io._refusals import InvalidProxyHeader

__all__ = ["ProxyHeader", "read_proxy_header"]

_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
# Bytes of a header of version 1, its CRLF included (section 2.1).
_MAX_LINE: Final = 107
# Bytes of the shortest header there is: "PROXY UNKNOWN" and its CRLF.
_SHORTEST: Final = 15
# Bytes of a header of version 2 behind its first 16. Its length field goes up to 65535, addresses take 216 at most and
# the rest is extensions, of which those about a client's certificate are the largest.
_MAX_REST: Final = 4096
_UNIX_PATH: Final = 108
_DIGITS: Final = frozenset(b"0123456789")

# What a header of version 2 carries, by the upper half of its 14th byte: how many bytes of addresses.
_ADDRESS_SIZES: Final = {0: 0, 1: 12, 2: 36, 3: 216}
_TLS_EXTENSION: Final = 0x20
_CLIENT_TLS: Final = 0x01

Address = tuple[str, int] | str


@dataclass(frozen=True)
class ProxyHeader:
    """What a proxy has said of a connection.

    Attributes:
        size: how many bytes the header has.
        source: where the connection comes from: address and port, or the path of a Unix domain socket; None where the
            proxy does not tell, or speaks for itself, as for a health check.
        destination: where the client has connected to, likewise.
        tls: whether the client has connected with TLS; None where the proxy does not tell.
    """

    size: int
    source: Address | None = None
    destination: Address | None = None
    tls: bool | None = None


def read_proxy_header(data: bytes) -> ProxyHeader | None:
    """Read a PROXY header of either version.

    Args:
        data: the first bytes of a connection.

    Returns:
        the header; None where there is not all of it yet, which is never so with more than 4112 bytes.

    Raises:
        InvalidProxyHeader: there is none, it is malformed, or it is of another kind than a connection of a stream.
    """
    if data[:12] == _SIGNATURE[: len(data)]:
        return _read_binary(data) if len(data) >= 16 else None
    if data[:6] == b"PROXY "[: len(data)]:
        end = data.find(b"\r\n", 0, _MAX_LINE)
        if end >= 0:
            return _read_line(data[:end])
        if len(data) < _MAX_LINE:
            return None
    raise InvalidProxyHeader("no PROXY header", data)


def bytes_due(data: bytes) -> int:
    """Tell how many bytes can be read without reading what follows the header.

    Args:
        data: the first bytes of a connection, of which `read_proxy_header()` has returned None.

    Returns:
        a number of bytes above 0 that the header has at least, beside those that are there.
    """
    size = len(data)
    if size < _SHORTEST:
        return _SHORTEST - size
    if data[:1] == _SIGNATURE[:1]:
        return (16 if size < 16 else 16 + int.from_bytes(data[14:16], "big")) - size
    if data[-1:] == b"\r":
        return 1
    # A space and a byte for each address and port that is missing, and the CRLF.
    missing = 0 if data[6:13] == b"UNKNOWN" else 5 - data.count(b" ")
    return min(2 * max(missing, 0) + 2, _MAX_LINE - size)


def _read_line(line: bytes) -> ProxyHeader:
    parts = line.split(b" ")
    size = len(line) + 2
    if parts[1] == b"UNKNOWN":
        return ProxyHeader(size)
    if len(parts) != 6 or parts[1] not in (b"TCP4", b"TCP6"):
        raise InvalidProxyHeader("malformed PROXY header", line)
    version = 4 if parts[1] == b"TCP4" else 6
    source, destination = (_parse_address(part, version) for part in parts[2:4])
    ports = [_parse_port(part) for part in parts[4:6]]
    if source is None or destination is None or ports[0] < 0 or ports[1] < 0:
        raise InvalidProxyHeader("malformed PROXY header", line)
    return ProxyHeader(size, (source, ports[0]), (destination, ports[1]))


def _parse_address(part: bytes, version: int) -> str | None:
    try:
        address = ipaddress.ip_address(part.decode("ascii"))
    except ValueError:
        return None
    # No zones: they mean nothing on another host.
    return str(address) if address.version == version and b"%" not in part else None


def _parse_port(part: bytes) -> int:
    """A port; -1 where it is none, is not decimal, or has zeros in front (section 2.1)."""
    if not 1 <= len(part) <= 5 or not _DIGITS.issuperset(part) or (part[0] == 0x30 and len(part) > 1):
        return -1
    port = int(part)
    return port if port <= 65535 else -1


def _read_binary(data: bytes) -> ProxyHeader | None:
    command, family = data[12], data[13]
    rest = int.from_bytes(data[14:16], "big")
    if command not in (0x20, 0x21):
        raise InvalidProxyHeader("a version or command of the PROXY protocol that is unknown", data[:16])
    if rest > _MAX_REST:
        raise InvalidProxyHeader(f"a PROXY header of more than {_MAX_REST} bytes", data[:16])
    if len(data) < 16 + rest:
        return None
    size = 16 + rest
    if command == 0x20:
        # LOCAL: the proxy itself, whatever the addresses say (section 2.2).
        return ProxyHeader(size)
    # Upper half the family, lower half the transport: a stream, or neither of them told.
    if family >> 4 not in _ADDRESS_SIZES or (family & 0x0F != 1 and family != 0):
        raise InvalidProxyHeader("a PROXY header of no stream", data[:16])
    begin = 16 + _ADDRESS_SIZES[family >> 4]
    if begin > size:
        raise InvalidProxyHeader("a PROXY header that is too short for its addresses", data[:16])
    tls = _read_extensions(data[begin:size])
    if family == 0:
        return ProxyHeader(size, tls=tls)
    source, destination = _read_addresses(family >> 4, data[16:begin])
    return ProxyHeader(size, source, destination, tls)


def _read_addresses(family: int, data: bytes) -> tuple[Address, Address]:
    if family == 3:
        return _unix_path(data[:_UNIX_PATH]), _unix_path(data[_UNIX_PATH:])
    width = 4 if family == 1 else 16
    kind = ipaddress.IPv4Address if family == 1 else ipaddress.IPv6Address
    ports = data[2 * width :]
    return (
        (str(kind(data[:width])), int.from_bytes(ports[:2], "big")),
        (str(kind(data[width : 2 * width])), int.from_bytes(ports[2:], "big")),
    )


def _unix_path(data: bytes) -> str:
    # An abstract name begins with a zero.
    path = data.rstrip(b"\x00") if data[:1] == b"\x00" else data.partition(b"\x00")[0]
    return path.decode("utf-8", "backslashreplace")


def _read_extensions(data: bytes) -> bool | None:
    """Read the extensions (section 2.2.1), of which only that about TLS is of interest here."""
    tls: bool | None = None
    position = 0
    while position < len(data):
        if position + 3 > len(data):
            raise InvalidProxyHeader("an extension of a PROXY header that is cut off", data[position:])
        end = position + 3 + int.from_bytes(data[position + 1 : position + 3], "big")
        if end > len(data):
            raise InvalidProxyHeader("an extension of a PROXY header that is cut off", data[position:])
        if data[position] == _TLS_EXTENSION:
            if end - position < 8:
                raise InvalidProxyHeader("an extension about TLS that is too short", data[position:end])
            tls = bool(data[position + 3] & _CLIENT_TLS)
        position = end
    return tls
