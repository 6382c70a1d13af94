"""The proxy as a program: `python -m reverse_proxy /api=http://127.0.0.1:8001 /=http://127.0.0.1:8002`."""

from __future__ import annotations

import argparse
import logging

from reverse_proxy.app import make_app
from reverse_proxy.config import Config, Route, parse_route
from tidewire_web import run_app


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(prog="python -m reverse_proxy", description="A reverse proxy.")
    parser.add_argument("routes", metavar="PREFIX=URL[,URL...]", nargs="+", type=_route)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="the port to listen at (%(default)s)")
    parser.add_argument("--preserve-host", action="store_true", help="upstreams see the client's Host")
    parser.add_argument(
        "--trust-forwarded",
        action="store_true",
        help="clients are proxies that may say where requests come from",
    )
    parser.add_argument("--connect-timeout", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--queue-timeout", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--read-timeout", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument(
        "--max-body", type=int, default=0, metavar="BYTES", help="of a request; 0 for any number"
    )
    parser.add_argument("--max-connections", type=int, default=1000, metavar="N", help="to all upstreams")
    options = vars(parser.parse_args())
    host, port = options.pop("host"), options.pop("port")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    run_app(make_app(Config(**options)), host=host, port=port)


def _route(text: str) -> Route:
    try:
        return parse_route(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    main()
