"""aiohttp's loggers: whoever sets their levels and handlers has set those of Tidewire's."""

from __future__ import annotations

import logging
from typing import Final

__all__: list[str] = []

access_logger: Final = logging.getLogger("aiohttp.access")
client_logger: Final = logging.getLogger("aiohttp.client")
internal_logger: Final = logging.getLogger("aiohttp.internal")
server_logger: Final = logging.getLogger("aiohttp.server")
web_logger: Final = logging.getLogger("aiohttp.web")
ws_logger: Final = logging.getLogger("aiohttp.websocket")


def pass_records_on() -> None:
    """Let the records of Tidewire's loggers go on to aiohttp's, and the levels of these count for those."""
    logging.getLogger("tidewire")  # before its children: it would become their parent when it is made
    for part in ("access", "client", "server", "web"):
        logging.getLogger(f"tidewire.{part}").parent = logging.getLogger(f"aiohttp.{part}")
