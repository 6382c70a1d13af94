"""What can be set, on the command line or in the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings.

    Attributes:
        host: the address to listen at.
        port: the TCP port.
        redis: the URL of a Redis over which several processes are one chat; None for a process by itself.
        history: messages of a room that are kept for those who come later.
        text_limit: characters that a message may have.
        rate: messages that one may send in a second, in the long run.
        burst: messages that one may send at once.
        visitors: how many may be here at once, in this process.
        heartbeat: seconds of silence after which a browser is asked whether it is still there.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    redis: str | None = None
    history: int = 50
    text_limit: int = 1000
    rate: float = 1.0
    burst: int = 5
    visitors: int = 1000
    heartbeat: float = 20.0


def read_config(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ
) -> Config:
    """Read the settings.

    Args:
        arguments: the command line's; those of this process where None.
        environment: CHAT_REDIS_URL is looked for: it may have a password in it, and everybody sees a command line.
    """
    parser = argparse.ArgumentParser(prog="python -m chat", description="A chat with rooms.")
    parser.add_argument("--host", default=Config.host, help="default: %(default)s")
    parser.add_argument("--port", type=int, default=Config.port, help="default: %(default)s")
    parser.add_argument("--history", type=int, default=Config.history, help="messages; default: %(default)s")
    parser.add_argument("--visitors", type=int, default=Config.visitors, help="at once; default: %(default)s")
    settings = vars(parser.parse_args(arguments))
    return Config(redis=environment.get("CHAT_REDIS_URL") or None, **settings)
