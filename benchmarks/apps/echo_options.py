"""What the echo servers have in common: `python echo_x.py PORT uvloop|asyncio [deflate|broadcast]`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

__all__ = ["BROADCAST", "DEFLATE", "MAX_SIZE", "PORT", "run"]

PORT = int(sys.argv[1])
DEFLATE = "deflate" in sys.argv
# Whether a message goes to every websocket, and not only to the one that it came from.
BROADCAST = "broadcast" in sys.argv
MAX_SIZE = 4 * 1024 * 1024


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on the loop that the command line names."""
    if sys.argv[2] == "uvloop":
        import uvloop

        uvloop.run(main)
    else:
        asyncio.run(main)
