from __future__ import annotations

import pytest

from tidewire_client._keep_alive import idle_time


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("timeout=5", 4.0),
        ("timeout=5, max=100", 4.0),
        ("max=100,Timeout = 20", 19.0),
        ("timeout=1", 0.0),
        ("timeout=0", 0.0),
    ],
)
def test_it_is_a_second_less_than_the_server_says(value: str, seconds: float) -> None:
    assert idle_time([("Server", "x"), ("keep-alive", value)]) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "max=5",
        "timeout",
        "timeout=",
        "timeout=x",
        "timeout=-1",
        "timeout=1.5",
        "timeout=٣",
        "timeout=" + "9" * 400,
    ],
)
def test_what_cannot_be_read_is_not_said(value: str) -> None:
    assert idle_time([("Keep-Alive", value)]) == idle_time([]) > 1e8
