"""Tidewire testing, the server's side: servers for tests, and requests without one.

It needs tidewire-web, which the extra `tidewire-testing[web]` brings.
"""

from tidewire_testing.web._base_test_server import BaseTestServer as BaseTestServer
from tidewire_testing.web._mocked_coro import make_mocked_coro as make_mocked_coro
from tidewire_testing.web._mocked_request import build_request as build_request
from tidewire_testing.web._mocked_request import make_mocked_request as make_mocked_request
from tidewire_testing.web._ports import REUSE_ADDRESS as REUSE_ADDRESS
from tidewire_testing.web._ports import get_port_socket as get_port_socket
from tidewire_testing.web._ports import get_unused_port_socket as get_unused_port_socket
from tidewire_testing.web._ports import unused_port as unused_port
from tidewire_testing.web._test_servers import RawTestServer as RawTestServer
from tidewire_testing.web._test_servers import TestServer as TestServer

__all__ = [
    "REUSE_ADDRESS",
    "BaseTestServer",
    "RawTestServer",
    "TestServer",
    "build_request",
    "get_port_socket",
    "get_unused_port_socket",
    "make_mocked_coro",
    "make_mocked_request",
    "unused_port",
]
