"""Whether TLS came to its end or was cut off, which asyncio tells a protocol in the same way."""

from __future__ import annotations

import ssl

__all__: list[str] = []


def is_cut_off(ssl_object: object) -> bool:
    """Tell whether a connection has ended without the alert of TLS that says so (close_notify).

    Whoever stands in between can end it like that; a body that has no other end than that of the connection is
    incomplete then (RFC 9112, section 9.8).

    Args:
        ssl_object: what the transport knows by this name, all of whose data was read; None without TLS.
    """
    if not isinstance(ssl_object, ssl.SSLObject):
        return False
    try:
        ssl_object.read(1)
    except ssl.SSLZeroReturnError:
        return False
    except ssl.SSLError:  # it waits for more, or knows of the end of what came by
        return True
    return False
