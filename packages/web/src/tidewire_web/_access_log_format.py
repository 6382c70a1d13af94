"""The formats of access logs: what each atom such as `%a` stands for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

__all__: list[str] = []

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Atom:
    """A part of a format that stands for something.

    Attributes:
        key: what it stands for, by the name that log records know it by.
        field: the name of the field, where it stands for one.
        value: gives the value of a request, its response and the seconds that it took; None for a field that is not
            there.
    """

    key: str
    field: str | None
    value: Callable[[Any, Any, float], Any]


@lru_cache(maxsize=16)  # where every test has a server, each of them asks for the usual one
def parse_format(text: str) -> tuple[str, tuple[Atom, ...]]:
    """Take a format apart.

    Returns:
        a template for the operator %, with `%s` for each atom, and the atoms.

    Raises:
        ValueError: there is no such atom.
    """
    template: list[str] = []
    atoms: list[Atom] = []
    position = 0
    while (found := text.find("%", position)) >= 0:
        template.append(text[position:found])
        position = found + 1
        if text.startswith("%", position):
            template.append("%%")
            position += 1
            continue
        if text.startswith("{", position):
            end = text.find("}", position)
            name, kind = text[position + 1 : end], text[end + 1 : end + 2]
            if end < 0 or kind not in _FIELDS or not name or not _TOKEN.issuperset(name):
                raise ValueError(f"no field of a request (i) or response (o): {text[found : found + 50]!r}")
            key, value = _FIELDS[kind]
            atoms.append(Atom(key, name, partial(value, name)))
            position = end + 2
        else:
            atom = text[position : position + (2 if text.startswith("Tf", position) else 1)]
            if atom not in _ATOMS:
                raise ValueError(f"no atom of an access log: {text[found : found + 50]!r}")
            atoms.append(Atom(_ATOMS[atom][0], None, _ATOMS[atom][1]))
            position += len(atom)
        template.append("%s")
    template.append(text[position:])
    return "".join(template), tuple(atoms)


def escaped(text: str) -> str:
    r"""Text that cannot end its line, or the quotation marks around it, nor do anything to a terminal (S17).

    What is not printable ASCII, backslashes and quotation marks become `\xHH`, octet by octet.
    """
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    octets = text.encode("utf-8", "surrogateescape")
    return "".join(
        chr(octet) if 0x20 <= octet < 0x7F and octet not in b'"\\' else f"\\x{octet:02x}" for octet in octets
    )


def shown_address(address: Any) -> str:
    """The address of a peer; `-` where it has none, as most clients at Unix domain sockets.

    Those that have one have chosen it, and it may be any bytes.
    """
    return escaped(str(address)) if address else "-"


def _remote(request: Any, _response: Any, _seconds: float) -> str:
    return shown_address(request.remote)


def _start_time(_request: Any, _response: Any, seconds: float) -> str:
    return _local_time(int(time.time() - seconds))


@lru_cache(maxsize=64)
def _local_time(second: int) -> str:
    """A time in the form of the common log format: local, with its offset at that time, in English."""
    local = time.localtime(second)
    sign, offset = ("-", -local.tm_gmtoff) if local.tm_gmtoff < 0 else ("+", local.tm_gmtoff)
    return (
        f"[{local.tm_mday:02}/{_MONTHS[local.tm_mon - 1]}/{local.tm_year:04}"
        f":{local.tm_hour:02}:{local.tm_min:02}:{local.tm_sec:02} {sign}{offset // 3600:02}{offset // 60 % 60:02}]"
    )


def _process(_request: Any, _response: Any, _seconds: float) -> str:
    return f"<{os.getpid()}>"


def _request_line(request: Any, _response: Any, _seconds: float) -> str:
    return escaped("{} {} HTTP/{}.{}".format(request.method, request.raw_path, *request.version))


def _status(_request: Any, response: Any, _seconds: float) -> int:
    status: int = response.status
    return status


def _size(request: Any, _response: Any, _seconds: float) -> int:
    # Of the exchange, which knows what has gone out of a response that was broken off, too.
    size: int = request.exchange.bytes_sent
    return size


def _whole_seconds(_request: Any, _response: Any, seconds: float) -> str:
    return str(round(seconds))


def _fractional_seconds(_request: Any, _response: Any, seconds: float) -> str:
    return f"{seconds:06f}"


def _microseconds(_request: Any, _response: Any, seconds: float) -> str:
    return str(round(seconds * 1_000_000))


def _request_field(name: str, request: Any, _response: Any, _seconds: float) -> str | None:
    value: str | None = request.headers.get(name)
    return value


def _response_field(name: str, _request: Any, response: Any, _seconds: float) -> str | None:
    value: str | None = response.headers.get(name)
    return value


_ATOMS: Final[dict[str, tuple[str, Callable[[Any, Any, float], Any]]]] = {
    "a": ("remote_address", _remote),
    "t": ("request_start_time", _start_time),
    "P": ("process_id", _process),
    "r": ("first_request_line", _request_line),
    "s": ("response_status", _status),
    "b": ("response_size", _size),
    "T": ("request_time", _whole_seconds),
    "Tf": ("request_time_frac", _fractional_seconds),
    "D": ("request_time_micro", _microseconds),
}
_FIELDS: Final[dict[str, tuple[str, Callable[[str, Any, Any, float], str | None]]]] = {
    "i": ("request_header", _request_field),
    "o": ("response_header", _response_field),
}
