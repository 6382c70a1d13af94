"""A client on Tidewire's sessions."""

from __future__ import annotations

from functools import partial

from echo_client_options import CONNECTIONS, MAX_SIZE, URL, converse, run, talk

from tidewire_client import ClientSession


async def main() -> None:
    """Connect and talk."""
    async with ClientSession() as session:
        sockets = [await session.ws_connect(URL, max_msg_size=MAX_SIZE) for _ in range(CONNECTIONS)]
        await talk([partial(converse, ws) for ws in sockets])


run(main())
