"""The options of a server's and of a client's connections."""

from __future__ import annotations

import dataclasses

import pytest

from tidewire_http_io import ClientOptions, ServerOptions
from tidewire_http_parser import Leniencies, Limits


def test_defaults_of_a_server() -> None:
    options = ServerOptions()
    assert options.limits == Limits()
    assert (options.head_timeout, options.keepalive_timeout, options.lingering_time) == (30.0, 75.0, 2.0)
    assert (options.body_timeout, options.send_timeout) == (60.0, 60.0)
    assert (options.read_bufsize, options.write_bufsize) == (262144, 65536)


def test_defaults_of_a_client() -> None:
    options = ClientOptions()
    assert options.limits == Limits()
    assert options.leniencies == Leniencies()
    assert (options.read_timeout, options.send_timeout) == (0.0, 60.0)
    assert (options.read_bufsize, options.write_bufsize) == (262144, 65536)


@pytest.mark.parametrize("kind", [ServerOptions, ClientOptions])
def test_they_do_not_change(kind: type[ServerOptions | ClientOptions]) -> None:
    options = kind()
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.send_timeout = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("kind", [ServerOptions, ClientOptions])
def test_they_are_given_by_name(kind: type[ServerOptions | ClientOptions]) -> None:
    with pytest.raises(TypeError):
        kind(Limits())  # type: ignore[call-arg]
    assert kind(send_timeout=1.0) == dataclasses.replace(kind(), send_timeout=1.0)
