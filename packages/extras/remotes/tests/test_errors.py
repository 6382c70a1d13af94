"""Errors carry what they know, and survive being pickled."""

from __future__ import annotations

import pickle

import pytest

from tidewire_remotes import (
    IncorrectForwardedCount,
    IncorrectHostCount,
    IncorrectIPCount,
    IncorrectProtoCount,
    InvalidHeader,
    RemoteError,
    TooManyHeaders,
    UntrustedIP,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InvalidHeader("Forwarded", "x\ny"), "malformed Forwarded: 'x\\ny'"),
        (TooManyHeaders("X-Forwarded-For"), "more than one X-Forwarded-For"),
        (IncorrectIPCount(2, 3), "3 addresses, not 2"),
        (IncorrectForwardedCount(2, 3), "3 elements of Forwarded, not 2"),
        (IncorrectProtoCount(2, 3), "3 schemes, not 2"),
        (IncorrectHostCount(2, 3), "3 hosts, not 2"),
        (UntrustedIP("10.0.0.1"), "10.0.0.1 is not trusted"),
        (UntrustedIP(None), "a peer without an address is not trusted"),
    ],
)
def test_errors_say_what_is_wrong(error: RemoteError, text: str) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(error, RemoteError)
    assert (str(error), str(copy), vars(copy)) == (text, text, vars(error))
