# Compiled by mypyc.
"""What a server says of how long it keeps an idle connection (the timeout of Keep-Alive, RFC 2068, section 19.7.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tidewire_http_parser import Fields

__all__: list[str] = []

# Seconds by which this side is to be earlier than the server: a request has to get there first.
_MARGIN: Final = 1.0
_UNSAID: Final = 1e9


def idle_time(fields: Fields) -> float:
    """Tell for how long a connection may be idle, as far as the server has a say.

    Args:
        fields: the fields of a response.

    Returns:
        Seconds, a little less than the server said; very many where it said nothing, or nothing that can be read.
    """
    for name, value in fields:
        if len(name) != 10 or name.lower() != "keep-alive":
            continue
        for parameter in value.split(","):
            word, _, number = parameter.partition("=")
            if word.strip().lower() != "timeout":
                continue
            number = number.strip()
            if 0 < len(number) < 10 and number.isascii() and number.isdigit():
                return max(float(number) - _MARGIN, 0.0)
    return _UNSAID
