"""What can be set, on the command line or in the environment."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings.

    Attributes:
        host: the address to listen at.
        port: the TCP port.
        database: the file of the database, which is made where there is none.
        admin: the name of the one who makes polls.
        admin_password: their password; a random one where none is given.
        secret_key: what encrypts the sessions, as `Fernet.generate_key()` makes it. With the random one that there is
            where none is given, everybody is logged out by a restart.
        secure_cookies: whether browsers send the cookie by HTTPS only; to be set behind TLS.
        samples: whether an empty database begins with some polls.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    database: Path = Path("polls.sqlite")
    admin: str = "admin"
    admin_password: str = field(default_factory=lambda: secrets.token_urlsafe(9), repr=False)
    secret_key: str = field(default_factory=lambda: Fernet.generate_key().decode(), repr=False)
    secure_cookies: bool = False
    samples: bool = True


def read_config(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ
) -> Config:
    """Read the settings.

    Secrets come from the environment only: everybody can see a command line.

    Args:
        arguments: the command line's; those of this process where None.
        environment: POLLS_ADMIN_PASSWORD and POLLS_SECRET_KEY are looked for.
    """
    parser = argparse.ArgumentParser(prog="python -m polls", description="Polls on the web.")
    parser.add_argument("--host", default=Config.host, help="default: %(default)s")
    parser.add_argument("--port", type=int, default=Config.port, help="default: %(default)s")
    parser.add_argument("--database", type=Path, default=Config.database, help="default: %(default)s")
    parser.add_argument("--admin", default=Config.admin, help="who makes polls; default: %(default)s")
    parser.add_argument("--secure-cookies", action="store_true", help="to be set behind TLS")
    parser.add_argument("--no-samples", dest="samples", action="store_false", help="begin without polls")
    settings = vars(parser.parse_args(arguments))
    for name in ("admin_password", "secret_key"):
        if value := environment.get(f"POLLS_{name.upper()}"):
            settings[name] = value
    return Config(**settings)
