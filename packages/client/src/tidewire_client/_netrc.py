"""Credentials from the user's netrc file."""

from __future__ import annotations

import logging
import netrc
import os
import sys
from pathlib import Path
from typing import Final

from tidewire_client._auth import BasicAuth

__all__: list[str] = []

_DEFAULT: Final = "default"
_LOGGER: Final = logging.getLogger("tidewire.client")


def read_netrc() -> netrc.netrc | None:
    """Read the file that NETRC names, or else the usual one; None where there is none that can be read."""
    named = os.environ.get("NETRC")
    if named is not None:
        path = Path(named)
    else:
        try:
            home = Path.home()
        except RuntimeError:
            return None
        path = home / ("_netrc" if sys.platform == "win32" else ".netrc")
    try:
        return netrc.netrc(str(path))
    except netrc.NetrcParseError as error:
        _LOGGER.warning("no credentials from %s: %s", path, error.msg)
    except OSError as error:
        # That the usual one is not there is nothing to speak of.
        if named is not None or path.is_file():
            _LOGGER.warning("no credentials from %s: %s", path, error.strerror)
    return None


def auth_for(host: str, found: netrc.netrc | None, *, named: bool = False) -> BasicAuth | None:
    """Return the credentials for a host; None where there are none.

    Args:
        host: the host.
        found: the file.
        named: whether the file has to name the host, so that its `default` is not good enough.
    """
    if found is None or (named and (host == _DEFAULT or host not in found.hosts)):
        return None
    entry = found.authenticators(host)
    if entry is None:
        return None
    login, account, password = entry
    name = login or account or ""
    return None if ":" in name else BasicAuth(name, password or "")
