"""The opening handshake, both sides of it."""

from __future__ import annotations

import pytest

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket import (
    WS_KEY,
    DeflateOptions,
    WSHandshakeError,
    accept_value,
    answer_handshake,
    check_handshake,
    handshake_fields,
    new_key,
)

Fields = list[tuple[str, str]]

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, section 1.3
GOOD = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}
ANSWER = {"Upgrade": "websocket", "Connection": "upgrade", "Sec-WebSocket-Accept": ACCEPT}


def with_changes(base: dict[str, str], **changes: str | None) -> Fields:
    fields = dict(base)
    for name, value in changes.items():
        name = name.replace("_", "-")
        if value is None:
            del fields[name]
        else:
            fields[name] = value
    return list(fields.items())


def test_the_example_of_the_rfc() -> None:
    assert WS_KEY.startswith(b"258EAFA5")
    assert accept_value(KEY) == ACCEPT
    assert answer_handshake("GET", list(GOOD.items())).fields == [
        ("Upgrade", "websocket"),
        ("Connection", "upgrade"),
        ("Sec-WebSocket-Accept", ACCEPT),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"Connection": "keep-alive, uPGRADE"},
        {"Upgrade": "h2c, WebSocket"},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Version": " 7"},
    ],
)
def test_what_browsers_and_others_send_is_accepted(changes: dict[str, str]) -> None:
    assert answer_handshake("GET", with_changes(GOOD, **changes)).protocol is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Upgrade": None}, "Upgrade"),
        ({"Upgrade": "notwebsocket"}, "Upgrade"),
        ({"Upgrade": "web socket"}, "malformed"),
        ({"Connection": None}, "Connection"),
        ({"Connection": "notupgrade"}, "Connection"),
        ({"Sec_WebSocket_Version": None}, "version"),
        ({"Sec_WebSocket_Version": "14"}, "version"),
        ({"Sec_WebSocket_Version": "13, 8"}, "version"),
        ({"Sec_WebSocket_Key": None}, "Key"),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ"}, "Key"),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25j"}, "Key"),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25j!Q=="}, "Key"),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZWVl"}, "Key"),
        ({"Sec_WebSocket_Key": "ü" * 24}, "Key"),
        ({"Sec_WebSocket_Protocol": "a b"}, "malformed"),
    ],
)
def test_what_is_no_handshake_gets_400(changes: dict[str, str | None], words: str) -> None:
    with pytest.raises(WSHandshakeError, match=words) as caught:
        answer_handshake("GET", with_changes(GOOD, **changes))
    assert caught.value.status == 400


def test_another_version_is_told_which_there_are() -> None:
    with pytest.raises(WSHandshakeError) as caught:
        answer_handshake("GET", with_changes(GOOD, Sec_WebSocket_Version="99"))
    assert caught.value.fields == (("Sec-WebSocket-Version", "13, 8, 7"),)


def test_another_method_gets_405() -> None:
    with pytest.raises(WSHandshakeError) as caught:
        answer_handshake("POST", list(GOOD.items()))
    assert (caught.value.status, caught.value.fields) == (405, (("Allow", "GET"),))


@pytest.mark.parametrize("name", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_fields_that_are_there_twice_are_refused(name: str) -> None:
    with pytest.raises(WSHandshakeError):
        answer_handshake("GET", [*GOOD.items(), (name.lower(), GOOD[name])])


def test_the_clients_first_protocol_that_is_known_is_taken() -> None:
    fields = [*GOOD.items(), ("Sec-WebSocket-Protocol", "x, b"), ("Sec-WebSocket-Protocol", "a")]
    handshake = answer_handshake("GET", fields, protocols=("a", "b"))
    assert handshake.protocol == "b"
    assert handshake.offered == ("x", "b", "a")
    assert ("Sec-WebSocket-Protocol", "b") in handshake.fields
    handshake = answer_handshake("GET", fields, protocols=("c",))
    assert handshake.protocol is None
    assert len(handshake.fields) == 3
    with pytest.raises(LocalProtocolError):
        answer_handshake("GET", fields, protocols=("no token",))


def test_compression_is_agreed_on_where_both_want_it() -> None:
    fields = [*GOOD.items(), ("Sec-WebSocket-Extensions", "x-other, permessage-deflate")]
    assert answer_handshake("GET", fields).deflate is None
    handshake = answer_handshake("GET", fields, deflate=DeflateOptions())
    assert handshake.deflate is not None
    assert handshake.fields[-1] == ("Sec-WebSocket-Extensions", "permessage-deflate")
    assert answer_handshake("GET", list(GOOD.items()), deflate=DeflateOptions()).deflate is None


def test_keys_are_random_and_in_order() -> None:
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    for key in keys:
        answer_handshake("GET", with_changes(GOOD, Sec_WebSocket_Key=key))


def test_what_a_client_sends() -> None:
    assert handshake_fields(KEY) == [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", KEY),
    ]
    fields = dict(handshake_fields(KEY, protocols=("a", "b"), deflate=DeflateOptions()))
    assert fields["Sec-WebSocket-Protocol"] == "a, b"
    assert fields["Sec-WebSocket-Extensions"] == "permessage-deflate; client_max_window_bits"
    with pytest.raises(LocalProtocolError):
        handshake_fields(KEY, protocols=("a\r\nb",))


def test_both_sides_understand_each_other() -> None:
    key = new_key()
    request = handshake_fields(key, protocols=("p",), deflate=DeflateOptions(window_bits=10))
    answer = answer_handshake("GET", request, protocols=("p",), deflate=DeflateOptions(window_bits=11))
    checked = check_handshake(
        key, 101, answer.fields, protocols=("p",), deflate=DeflateOptions(window_bits=10)
    )
    assert checked.protocol == answer.protocol == "p"
    assert checked.deflate == answer.deflate
    assert checked.deflate is not None
    assert (checked.deflate.server_window_bits, checked.deflate.client_window_bits) == (11, 10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Upgrade": None}, "Upgrade"),
        ({"Upgrade": "websocket, other"}, "Upgrade"),
        ({"Connection": "close"}, "Connection"),
        ({"Sec_WebSocket_Accept": None}, "Accept"),
        ({"Sec_WebSocket_Accept": ACCEPT.lower()}, "Accept"),
        ({"Sec_WebSocket_Accept": "\udcff"}, "Accept"),
        ({"Sec_WebSocket_Protocol": "other"}, "subprotocol"),
        ({"Sec_WebSocket_Protocol": "a b"}, "malformed"),
        ({"Sec_WebSocket_Extensions": "permessage-deflate"}, "extensions"),
    ],
)
def test_what_is_no_answer_is_refused(changes: dict[str, str | None], words: str) -> None:
    with pytest.raises(WSHandshakeError, match=words):
        check_handshake(KEY, 101, with_changes(ANSWER, **changes), protocols=("p",))


def test_a_status_other_than_101_is_no_answer() -> None:
    with pytest.raises(WSHandshakeError) as caught:
        check_handshake(KEY, 200, list(ANSWER.items()))
    assert caught.value.status == 200


def test_a_protocol_that_nobody_offered_is_refused() -> None:
    with pytest.raises(WSHandshakeError):
        check_handshake(KEY, 101, with_changes(ANSWER, Sec_WebSocket_Protocol="p"))
    chosen = check_handshake(KEY, 101, with_changes(ANSWER, Sec_WebSocket_Protocol="p"), protocols=("q", "p"))
    assert chosen.protocol == "p"
