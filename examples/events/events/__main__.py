"""The program: `python -m events serve`, and `python -m events watch URL` in another console."""

from __future__ import annotations

import argparse
import asyncio
import functools
import sys

from events.app import make_app
from events.feed import Feed
from events.watch import watch
from tidewire_client import ClientError
from tidewire_web import run_app


def main() -> None:
    """Read the command line, and serve or watch."""
    parser = argparse.ArgumentParser(prog="python -m events", description="A feed of events.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="have a ticker, and serve it")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    serve.add_argument("--port", type=int, default=8080, help="the port to listen at (%(default)s)")
    serve.add_argument("--interval", type=float, default=1.0, metavar="SECONDS", help="between two ticks")
    serve.add_argument("--history", type=int, default=1000, metavar="N", help="ticks that are kept")
    watching = commands.add_parser("watch", help="show a feed on the console")
    watching.add_argument("url", nargs="?", default="http://127.0.0.1:8080/events")
    watching.add_argument("--last-event-id", default="", metavar="ID", help="the event after which to begin")
    options = parser.parse_args()
    if options.command == "watch":
        show = functools.partial(print, flush=True)
        try:
            asyncio.run(watch(options.url, show, options.last_event_id))
        except ClientError as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            pass
    else:
        app = make_app(Feed(options.history), interval=options.interval)
        run_app(app, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
