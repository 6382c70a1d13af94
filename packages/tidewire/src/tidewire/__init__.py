"""Tidewire: an asyncio HTTP stack.

`from tidewire import web` is the server framework. The parts are distributions of their own, to be installed and imported
one by one where that is enough.
"""

from tidewire import web as web

__all__ = ["web"]
