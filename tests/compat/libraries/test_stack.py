"""What these tests run on: Tidewire, although another package of that name is installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.machinery import PathFinder

import pytest

installed = PathFinder.find_spec("aiohttp")
compat = sys.modules.get("tidewire.compat")
if os.environ.get("TIDEWIRE_COMPAT_REAL") == "1":
    pytest.skip(
        "TIDEWIRE_COMPAT_REAL=1: the tests run against the installed package", allow_module_level=True
    )
if compat is None or not compat.is_installed():
    pytest.skip("third-party libraries run on Tidewire by `hatch run compat:test`", allow_module_level=True)


def test_the_real_package_is_installed_and_not_imported() -> None:
    """The libraries require it, so it is there; Tidewire wins."""
    assert installed is not None
    assert installed.origin is not None
    folder = os.path.dirname(installed.origin)
    loaded = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
    assert [name for name, file in loaded.items() if file.startswith(folder + os.sep)] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("aiohttp", "ClientSession"),
        ("aiohttp", "TCPConnector"),
        ("aiohttp", "ClientResponse"),
        ("aiohttp.web", "Application"),
        ("aiohttp.web", "WebSocketResponse"),
        ("aiohttp.test_utils", "TestServer"),
        ("aiohttp.client_exceptions", "ClientError"),
    ],
)
def test_what_the_libraries_import_is_tidewire(module: str, name: str) -> None:
    """Each name is a class of Tidewire's."""
    found = getattr(importlib.import_module(module), name)
    assert found.__module__.startswith("tidewire"), found


@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("aiobotocore.httpsession", "aiohttp"),
        ("slack_sdk.web.async_internal_utils", "aiohttp"),
        ("slack_sdk.socket_mode.aiohttp", "aiohttp"),
        ("gql.transport.aiohttp", "aiohttp"),
        ("gql.transport.common.adapters.aiohttp", "aiohttp"),
        ("engineio.async_client", "aiohttp"),
        ("gidgethub.aiohttp", "aiohttp"),
    ],
)
def test_the_libraries_hold_tidewire(library: str, name: str) -> None:
    """The module that a library has imported is the one that is Tidewire."""
    held = getattr(importlib.import_module(library), name)
    assert held is sys.modules["aiohttp"]
    assert held.ClientSession.__module__.startswith("tidewire")


def test_subclasses_in_libraries_are_subclasses_of_tidewires_classes() -> None:
    """Where a library derives from a class, the base is Tidewire's."""
    connector = importlib.import_module("aiobotocore.httpsession")._ProxySSLTCPConnector
    assert any(base.__module__.startswith("tidewire_client") for base in connector.__mro__)
    proxies = importlib.import_module("aiohttp_socks").ProxyConnector
    assert any(base.__module__.startswith("tidewire_client") for base in proxies.__mro__)
