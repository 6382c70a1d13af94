"""The options of a server's connections."""

from __future__ import annotations

import dataclasses

import pytest

from tidewire_http_io import ServerOptions
from tidewire_http_parser import Limits


def test_defaults() -> None:
    options = ServerOptions()
    assert options.limits == Limits()
    assert (options.head_timeout, options.keepalive_timeout, options.lingering_time) == (30.0, 75.0, 2.0)
    assert (options.read_bufsize, options.write_bufsize) == (262144, 65536)


def test_they_do_not_change() -> None:
    options = ServerOptions()
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.head_timeout = 1.0  # type: ignore[misc]


def test_they_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        ServerOptions(Limits())  # type: ignore[call-arg]
    assert ServerOptions(head_timeout=1.0) == dataclasses.replace(ServerOptions(), head_timeout=1.0)
