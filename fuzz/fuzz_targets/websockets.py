"""Websockets: every split gives the same messages, and what is written is read as what it was made from."""

from __future__ import annotations

import contextlib
from typing import Any

from fuzz_targets import CORPUS
from fuzz_targets.choices import Choices
from fuzz_targets.message_traces import splits
from tidewire_http_parser import LocalProtocolError
from tidewire_testing import load_corpus, whole
from tidewire_websocket import (
    DeflateAgreement,
    DeflateOptions,
    Handshake,
    MessageReader,
    WSHandshakeError,
    answer_handshake,
    check_handshake,
    serialise_close,
    serialise_message,
    serialise_ping,
)

__all__ = ["one_input", "seeds"]

_MAX_SIZES = (0, 100, 1)
_AGREEMENTS = (
    None,
    DeflateAgreement(),
    DeflateAgreement(client_window_bits=9, client_context_takeover=False),
)
# Of a compressed message that is wrong in several ways, one is told.
_NOTICED = ("InvalidDeflate", "InvalidText", "MessageTooBig")
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="

Trace = list[Any]


def one_input(data: bytes) -> None:
    """Read an input as what a websocket receives, write some messages, and read fields of a handshake."""
    choices = Choices(data)
    masked = choices.flag()
    agreement = choices.pick(_AGREEMENTS)
    max_size = choices.pick(_MAX_SIZES)
    seed = choices.number()
    content = choices.rest()
    expected = _trace(masked, agreement, max_size, whole(content), buffered=False)
    for pieces in splits(content, seed):
        assert _trace(masked, agreement, max_size, pieces, buffered=False) == expected
        assert _trace(masked, agreement, max_size, pieces, buffered=True) == expected
    _write(Choices(content), masked)
    _shake_hands(Choices(content))


def _trace(
    masked: bool, agreement: DeflateAgreement | None, max_size: int, pieces: list[bytes], *, buffered: bool
) -> Trace:
    inflater = None if agreement is None else agreement.inflater(masked)
    reader = MessageReader(masked, max_size, inflater=inflater)
    found: Trace = []
    for piece in pieces:
        rest = piece
        while rest:
            buffer = reader.buffer if buffered else None
            count = len(rest) if buffer is None else min(len(buffer), len(rest))
            if buffer is None:
                reader.receive_data(rest)
            else:
                buffer[:count] = rest[:count]
                reader.buffer_filled(count)
            rest = rest[count:]
        while (message := reader.take()) is not None:
            assert message.type == 8 or not max_size or len(message.data) <= max(max_size, 125)
            found.append((int(message.type), message.data, message.extra))
    error = reader.error
    kind = "" if error is None else type(error).__name__
    if agreement is not None and kind in _NOTICED:
        kind = "what was noticed first"
    found.append((reader.closed, kind))
    return found


def _write(choices: Choices, masked: bool) -> None:
    written = b""
    expected: Trace = []
    try:
        for _ in range(1 + choices.number(4)):
            data = choices.octets(200)
            if choices.flag():
                written += serialise_message(data, masked=masked)
                expected.append((2, data, ""))
            elif choices.flag():
                written += serialise_ping(data, masked=masked)
                expected.append((9, data, ""))
            else:
                text = data.decode("utf-8", "replace")
                written += serialise_message(text, masked=masked)
                expected.append((1, text, ""))
        code, reason = 1000 + choices.number() * 20, choices.octets(130)
        written += serialise_close(code, reason, masked=masked)
        expected.append((8, code, reason.decode()))
    except LocalProtocolError:
        pass
    found = _trace(masked, None, 0, [written], buffered=False)
    if expected and expected[-1][0] == 8 and expected[-1][1] == 1005:
        return  # a close frame without a code
    assert found[:-1] == expected
    assert not found[-1][1]


def _shake_hands(choices: Choices) -> None:
    fields = [
        ("Upgrade", choices.pick(["websocket", choices.text()])),
        ("Connection", choices.pick(["upgrade", choices.text()])),
        ("Sec-WebSocket-Version", choices.pick(["13", choices.text(4)])),
        ("Sec-WebSocket-Key", choices.pick([_KEY, choices.text(26)])),
        ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("Sec-WebSocket-Protocol", choices.pick(["a", choices.text()])),
        ("Sec-WebSocket-Extensions", choices.pick(["permessage-deflate; ", "", "x, permessage-deflate;"])),
    ]
    fields[-1] = (
        "Sec-WebSocket-Extensions",
        fields[-1][1] + choices.rest().decode("utf-8", "surrogateescape"),
    )
    options: dict[str, Any] = {"protocols": ("a",), "deflate": DeflateOptions(peer_window_bits=12)}
    with contextlib.suppress(WSHandshakeError):
        answered = answer_handshake("GET", fields, **options)
        agreed = check_handshake(_KEY, 101, _answer(answered), **options)
        # What a server of these options agrees to, a client of these options may refuse, and does not take otherwise.
        assert agreed.deflate == answered.deflate
        assert agreed.protocol == answered.protocol
    with contextlib.suppress(WSHandshakeError):
        check_handshake(_KEY, 101, fields, **options)


def _answer(answered: Handshake) -> list[tuple[str, str]]:
    """The fields of a server's answer, as if it had been to the key that the client remembers."""
    return [
        (name, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" if name == "Sec-WebSocket-Accept" else value)
        for name, value in answered.fields
    ]


def seeds() -> list[bytes]:
    """Return the inputs of the corpus, read as what they are, and the fields of its handshakes."""
    messages = load_corpus(CORPUS / "websocket" / "messages", input_kind="websocket")
    handshakes = load_corpus(CORPUS / "websocket" / "handshakes")
    return [
        *[
            bytes(["unmasked" not in case.meta, "deflate" in case.meta, bool(case.meta.get("max_size")), 7])
            + case.data
            for case in messages
        ],
        *[b"\1\0\0\7\0\0\0\0\0\0" + case.data.partition(b"Extensions: ")[2].strip() for case in handshakes],
    ]
