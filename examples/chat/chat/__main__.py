"""`python -m chat`: serve the chat until Ctrl-C."""

from __future__ import annotations

import logging

from chat.app import make_app
from chat.config import read_config
from tidewire import web


def main() -> None:
    """Serve the chat."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    config = read_config()
    web.run_app(make_app(config), host=config.host, port=config.port)


if __name__ == "__main__":
    main()
