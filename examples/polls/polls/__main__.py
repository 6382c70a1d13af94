"""`python -m polls`: serve the polls until Ctrl-C."""

from __future__ import annotations

import logging
import os

from polls.app import make_app
from polls.config import read_config
from tidewire import web


def main() -> None:
    """Serve the polls."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    config = read_config()
    if "POLLS_ADMIN_PASSWORD" not in os.environ:
        print(f"Log in as {config.admin!r} with the password {config.admin_password!r}.", flush=True)
    web.run_app(make_app(config), host=config.host, port=config.port)


if __name__ == "__main__":
    main()
