"""The service as a program: `python -m rest --database sqlite+aiosqlite:///notes.db`."""

from __future__ import annotations

import argparse
import logging

from rest.app import make_app
from tidewire_web import run_app


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(prog="python -m rest", description="A REST service that keeps notes.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="the port to listen at (%(default)s)")
    parser.add_argument(
        "--database",
        metavar="URL",
        default="sqlite+aiosqlite:///notes.db",
        help="where the notes are, as SQLAlchemy names it (%(default)s)",
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    run_app(make_app(options.database), host=options.host, port=options.port)


if __name__ == "__main__":
    main()
