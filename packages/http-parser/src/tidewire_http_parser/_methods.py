# Compiled by mypyc.
"""The request methods (RFC 9110, section 9, and the registry of methods), each as one shared string."""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

# Any other token is a method too (RFC 9110, section 9.1); these need no decoding.
METHODS: Final[dict[bytes, str]] = {
    name.encode(): name
    for name in (
        "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY "
        "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT PURGE"
    ).split()
}
