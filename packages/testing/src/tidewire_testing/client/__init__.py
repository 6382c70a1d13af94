"""Tidewire testing, the client's side: clients for tests, connections in memory, fakes, and recorded responses.

It needs tidewire-client, which the extra `tidewire-testing[client]` brings.
"""

from tidewire_testing.client._built_response import answer_with as answer_with
from tidewire_testing.client._built_response import build_response as build_response
from tidewire_testing.client._cassettes import Cassette as Cassette
from tidewire_testing.client._cassettes import CassetteMissError as CassetteMissError
from tidewire_testing.client._cassettes import CassetteMode as CassetteMode
from tidewire_testing.client._fake_resolver import Addresses as Addresses
from tidewire_testing.client._fake_resolver import FakeResolver as FakeResolver
from tidewire_testing.client._memory_connector import MemoryConnector as MemoryConnector
from tidewire_testing.client._memory_connector import PretendedTLS as PretendedTLS
from tidewire_testing.client._recordings import CassetteFormatError as CassetteFormatError
from tidewire_testing.client._recordings import Interaction as Interaction
from tidewire_testing.client._recordings import Secrets as Secrets
from tidewire_testing.client._test_client import ResponseManager as ResponseManager
from tidewire_testing.client._test_client import ServerUnderTest as ServerUnderTest
from tidewire_testing.client._test_client import TestClient as TestClient
from tidewire_testing.client._test_client import WebSocketManager as WebSocketManager

__all__ = [
    "Addresses",
    "Cassette",
    "CassetteFormatError",
    "CassetteMissError",
    "CassetteMode",
    "FakeResolver",
    "Interaction",
    "MemoryConnector",
    "PretendedTLS",
    "ResponseManager",
    "Secrets",
    "ServerUnderTest",
    "TestClient",
    "WebSocketManager",
    "answer_with",
    "build_response",
]
