from __future__ import annotations

import ssl
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
from service import Service

from tidewire_client import ClientConnectorCertificateError, ClientSession, Fingerprint
from tidewire_client._tls import checked, context_for, trusting_context, verifying_context


def test_the_default_verifies_names_and_is_made_once() -> None:
    context = context_for(True)
    assert context is verifying_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("verification", [False, Fingerprint(bytes(32))])
def test_without_authorities_nothing_is_verified_in_the_handshake(verification: Any) -> None:
    context = context_for(verification)
    assert context is trusting_context()
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_a_context_is_taken_as_it_is() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert context_for(context) is context


@pytest.mark.parametrize("wrong", [None, 1, "yes", object()])
def test_nothing_else_is_taken(wrong: object) -> None:
    with pytest.raises(TypeError, match="ssl should be"):
        checked(wrong)


@pytest.fixture
def fresh_contexts() -> Iterator[None]:
    """Has the default context made anew, in this test and after it."""
    verifying_context.cache_clear()
    yield
    verifying_context.cache_clear()


@pytest.mark.usefixtures("fresh_contexts")
def test_the_trust_store_of_the_system_is_used_where_its_library_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Context(ssl.SSLContext):
        """What the library has in place of ssl's."""

    library = types.ModuleType("truststore")
    library.SSLContext = Context  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "truststore", library)
    context = context_for(True)
    assert isinstance(context, Context)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert not isinstance(context_for(False), Context)


@pytest.mark.usefixtures("fresh_contexts")
def test_without_the_library_openssl_knows_whom_to_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "truststore", None)
    assert type(context_for(True)) is ssl.SSLContext


@pytest.mark.usefixtures("fresh_contexts")
async def test_the_library_refuses_whom_the_system_does_not_trust(
    service: Service, contexts: tuple[ssl.SSLContext, ssl.SSLContext, bytes]
) -> None:
    library = pytest.importorskip("truststore")
    assert isinstance(context_for(True), library.SSLContext)
    await service.stop()
    service.port = 0
    await service.start(ssl=contexts[0])
    async with ClientSession() as session:
        with pytest.raises(ClientConnectorCertificateError):
            await session.get(service.url(host="localhost"))
        async with session.get(service.url(host="localhost"), ssl=contexts[1]) as response:
            assert response.status == 200
