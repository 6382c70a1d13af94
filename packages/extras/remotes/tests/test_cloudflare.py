"""Cloudflare: its ranges, given or fetched, and what it says of clients."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from proxied_app import told

from tidewire_remotes import Cloudflare
from tidewire_web import Application, AppRunner, Request, Response, TCPSite


@pytest.mark.parametrize(
    ("lines", "peer", "known"),
    [
        (("CF-Connecting-IP: 203.0.113.9",), "192.0.2.1", "203.0.113.9 http example"),
        (("CF-Connecting-IP: 2001:db8::1",), "2001:db8:cf::7", "2001:db8::1 http example"),
        (("CF-Connecting-IP: 203.0.113.9",), "::ffff:192.0.2.1", "203.0.113.9 http example"),
        (("CF-Connecting-IP: 203.0.113.9",), "198.51.100.1", "400"),
        (("CF-Connecting-IP: 203.0.113.9",), None, "400"),
        ((), "192.0.2.1", "400"),
        (("CF-Connecting-IP: x",), "192.0.2.1", "400"),
        (("CF-Connecting-IP: 203.0.113.9, 203.0.113.8",), "192.0.2.1", "400"),
        (("CF-Connecting-IP: 203.0.113.9", "CF-Connecting-IP: 203.0.113.8"), "192.0.2.1", "400"),
    ],
)
async def test_it_is_believed_and_nobody_else(
    serve: Any, caplog: pytest.LogCaptureFixture, lines: tuple[str, ...], peer: str | None, known: str
) -> None:
    tool = Cloudflare(ranges=["192.0.2.0/24", "2001:db8:cf::/48"])
    assert await told(serve, tool, *lines, peer=peer) == known
    assert len([record for record in caplog.records if record.name == "tidewire.remotes"]) == (known == "400")


@pytest.fixture
async def published() -> AsyncIterator[str]:
    """Where ranges are published."""

    async def ranges(request: Request) -> Response:
        if request.match_info["what"] == "v4":
            return Response(text="192.0.2.0/24\n198.51.100.0/24\n")
        if request.match_info["what"] == "v6":
            return Response(text="2001:db8::/32\r\n\nno range\n" + "x" * 5000 + "\n")
        return Response(status=503 if request.match_info["what"] == "failing" else 200, text="<html>\n")

    app = Application()
    app.router.add_get("/{what}", ranges)
    runner = AppRunner(app)
    await runner.setup()
    await TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("own", [True, False])
async def test_ranges_are_fetched(
    serve: Any, published: str, caplog: pytest.LogCaptureFixture, own: bool
) -> None:
    client = pytest.importorskip("tidewire_client", reason="needs the extra tidewire-remotes[cloudflare]")
    urls = [f"{published}/v4", f"{published}/v6"]
    line = "CF-Connecting-IP: 203.0.113.9"
    if own:
        tool = Cloudflare(urls=urls)
        assert await told(serve, tool, line, peer="198.51.100.7") == "203.0.113.9 http example"
    else:
        async with client.ClientSession() as session:
            tool = Cloudflare(session, urls=urls)
            assert await told(serve, tool, line, peer="2001:db8::7") == "203.0.113.9 http example"
            assert not session.closed
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert all(
        text.startswith("No range of addresses in http://127.0.0.1:") and len(text) < 300 for text in warnings
    )


async def test_without_ranges_nothing_is_set_up(published: str) -> None:
    client = pytest.importorskip("tidewire_client", reason="needs the extra tidewire-remotes[cloudflare]")
    with pytest.raises(RuntimeError, match="no ranges"):
        await Cloudflare(urls=[f"{published}/other"]).setup(Application())
    with pytest.raises(client.ClientResponseError):
        await Cloudflare(urls=[f"{published}/failing"]).setup(Application())


@pytest.mark.parametrize(
    ("wrong", "error"), [("192.0.2.0/24", TypeError), ([1], TypeError), (["x"], ValueError), ([], ValueError)]
)
def test_wrong_ranges_are_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Cloudflare(ranges=wrong)
