# Compiled by mypyc.
"""The field names that HTTP software meets, each as one shared case-insensitive string.

A head is full of the same few names. Looking a name up by its bytes saves decoding and validating it, hands out
one shared `istr`, which multidict recognises without folding its case again, and says in the same step
whether the parser has to look at the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from multidict import istr

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# What the parser must know of a field beyond its name.
ORDINARY: Final = 0
ONCE: Final = 1  # a second field line of this name is refused, even with an equal value (S20)
HOST: Final = 2
CONTENT_LENGTH: Final = 3
TRANSFER_ENCODING: Final = 4
CONNECTION: Final = 5
UPGRADE: Final = 6
EXPECT: Final = 7
REFUSED: Final = 8  # its sender means bytes behind the head that no field announces


class FieldName:
    """A known field name.

    Attributes:
        text: the name as it is usually written; an `istr`.
        kind: one of the constants above.
        once: a bit of its own for a field that may come once only, 0 for others.
    """

    __slots__ = ("kind", "once", "text")

    def __init__(self, text: str, kind: i64, once: i64) -> None:
        self.text: Final = text
        self.kind: Final = kind
        self.once: Final = once


_ONCE: Final = {
    "Host": HOST,
    "Content-Length": CONTENT_LENGTH,
    "Transfer-Encoding": TRANSFER_ENCODING,
    "Content-Location": ONCE,
    "Content-Range": ONCE,
    "Content-Type": ONCE,
    "ETag": ONCE,
    "Max-Forwards": ONCE,
    "Server": ONCE,
    "User-Agent": ONCE,
}

# Sec-WebSocket-Key1 is of draft-hixie-thewebsocketprotocol-76, where eight bytes follow the head.
_MANY: Final = {"Connection": CONNECTION, "Upgrade": UPGRADE, "Expect": EXPECT, "Sec-WebSocket-Key1": REFUSED}

_ORDINARY: Final = """
    Accept Accept-CH Accept-Charset Accept-Encoding Accept-Language Accept-Patch Accept-Post Accept-Ranges
    Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods
    Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age
    Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Alt-Used Authentication-Info
    Authorization Baggage Cache-Control Cache-Status CDN-Cache-Control CDN-Loop Clear-Site-Data Content-Digest
    Content-Disposition Content-Encoding Content-ID Content-Language Content-MD5
    Content-Security-Policy Content-Security-Policy-Report-Only Content-Transfer-Encoding Cookie
    Cross-Origin-Embedder-Policy Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy Date Destination
    Digest DNT Early-Data Expires Forwarded From If-Match If-Modified-Since If-None-Match If-Range
    If-Unmodified-Since Keep-Alive Last-Event-ID Last-Modified Link Location NEL Origin
    Origin-Agent-Cluster Permissions-Policy Pragma Prefer Preference-Applied Priority Proxy-Authenticate
    Proxy-Authentication-Info Proxy-Authorization Proxy-Connection Proxy-Status Range Referer Referrer-Policy Refresh
    Report-To Reporting-Endpoints Repr-Digest Retry-After Save-Data Sec-CH-UA Sec-CH-UA-Arch Sec-CH-UA-Bitness
    Sec-CH-UA-Full-Version-List Sec-CH-UA-Mobile Sec-CH-UA-Model Sec-CH-UA-Platform Sec-CH-UA-Platform-Version
    Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-GPC Sec-Purpose Sec-WebSocket-Accept
    Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server-Timing
    Service-Worker-Navigation-Preload Set-Cookie SourceMap Strict-Transport-Security TE Timing-Allow-Origin
    Traceparent Tracestate Trailer Upgrade-Insecure-Requests URI Vary Via Want-Content-Digest Want-Digest
    Want-Repr-Digest Warning WWW-Authenticate X-Content-Type-Options X-Correlation-ID X-CSRF-Token X-DNS-Prefetch-Control
    X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto X-Frame-Options X-Powered-By
    X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-Real-IP X-Request-ID X-Requested-With
    X-Robots-Tag X-XSS-Protection
"""


def _spellings(name: str) -> set[bytes]:
    """The spellings that clients send: as registered, in lower case, and with each word capitalised."""
    return {name.encode(), name.lower().encode(), name.title().encode()}


def _names() -> dict[bytes, FieldName]:
    kinds: dict[str, int] = {}
    for name in _ORDINARY.split():
        kinds[name] = ORDINARY
    kinds.update(_MANY)
    kinds.update(_ONCE)
    names: dict[bytes, FieldName] = {}
    bit = 1
    for name, kind in kinds.items():
        once = 0
        if name in _ONCE:
            once = bit
            bit <<= 1
        known = FieldName(istr(name), kind, once)
        for spelling in _spellings(name):
            names[spelling] = known
    return names


# Keyed by spelling; a name in another mixture of cases is looked up once more in lower case.
NAMES: Final[dict[bytes, FieldName]] = _names()

# The same, for what goes out: keyed by text.
TEXTS: Final[dict[str, FieldName]] = {spelling.decode(): known for spelling, known in NAMES.items()}
