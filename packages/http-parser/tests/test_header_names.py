"""Known names: each spelling finds one shared name, and whatever decides about a message is marked."""

from __future__ import annotations

from multidict import CIMultiDict, istr

from tidewire_http_parser import _header_names as names
from tidewire_http_parser._field_section import ALL_ONCE, FRAMING_ONCE
from tidewire_http_parser._grammar import is_token
from tidewire_http_parser._header_names import NAMES, TEXTS

# The singletons of the strict rules; a second line of these is refused in requests.
SINGLETONS = {
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Host",
    "Max-Forwards",
    "Server",
    "Transfer-Encoding",
    "User-Agent",
}


def test_each_spelling_is_of_its_name() -> None:
    for raw, known in NAMES.items():
        assert isinstance(known.text, istr)
        assert is_token(known.text)
        assert raw.lower() == known.text.lower().encode()
        assert NAMES[known.text.lower().encode()] is known
        assert NAMES[known.text.encode()] is known
        assert TEXTS[raw.decode()] is known


def test_singletons_have_a_bit_each() -> None:
    once = {known.text: known.once for known in NAMES.values() if known.once}
    assert set(once) == SINGLETONS
    assert len(set(once.values())) == len(once)
    for bit in once.values():
        assert bit & (bit - 1) == 0
        assert bit & ALL_ONCE
    assert once["Content-Length"] | once["Transfer-Encoding"] == FRAMING_ONCE


def test_kinds() -> None:
    kinds = {known.text: known.kind for known in NAMES.values() if known.kind > names.ONCE}
    assert kinds == {
        "Host": names.HOST,
        "Content-Length": names.CONTENT_LENGTH,
        "Transfer-Encoding": names.TRANSFER_ENCODING,
        "Connection": names.CONNECTION,
        "Upgrade": names.UPGRADE,
        "Expect": names.EXPECT,
        "Sec-WebSocket-Key1": names.REFUSED,
    }


def test_a_name_is_found_by_multidict_whatever_its_case() -> None:
    headers = CIMultiDict([(NAMES[b"etag"].text, "a")])
    assert headers["ETAG"] == headers["etag"] == "a"
    assert list(headers) == ["ETag"]
