"""Servers, clients and requests for tests; `tidewire_testing` has more, and the fixtures for pytest."""

from tidewire._test_case import AioHTTPTestCase as AioHTTPTestCase
from tidewire._test_case import loop_context as loop_context
from tidewire._test_case import setup_test_loop as setup_test_loop
from tidewire._test_case import teardown_test_loop as teardown_test_loop
from tidewire_testing.client import TestClient as TestClient
from tidewire_testing.web import REUSE_ADDRESS as REUSE_ADDRESS
from tidewire_testing.web import BaseTestServer as BaseTestServer
from tidewire_testing.web import RawTestServer as RawTestServer
from tidewire_testing.web import TestServer as TestServer
from tidewire_testing.web import get_port_socket as get_port_socket
from tidewire_testing.web import get_unused_port_socket as get_unused_port_socket
from tidewire_testing.web import make_mocked_coro as make_mocked_coro
from tidewire_testing.web import make_mocked_request as make_mocked_request
from tidewire_testing.web import unused_port as unused_port

__all__ = [
    "REUSE_ADDRESS",
    "AioHTTPTestCase",
    "BaseTestServer",
    "RawTestServer",
    "TestClient",
    "TestServer",
    "get_port_socket",
    "get_unused_port_socket",
    "loop_context",
    "make_mocked_coro",
    "make_mocked_request",
    "setup_test_loop",
    "teardown_test_loop",
    "unused_port",
]
