"""Cookies in a file: a JSON document that only its owner can read, with everything that their safety depends on."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tidewire_client._cookie_store import StoredCookie

__all__: list[str] = []

_VERSION: Final = 1
_TEXTS: Final = ("name", "value", "coded", "domain", "path", "same_site", "said_expires", "said_max_age")
_FLAGS: Final = ("host_only", "secure", "http_only", "partitioned")


def save_cookies(path: str | os.PathLike[str], cookies: Iterable[StoredCookie]) -> None:
    """Write cookies to a file, which takes the place of one that is there in one step.

    Raises:
        OSError: it cannot be written.
    """
    document: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for cookie in cookies:
        entry = {name: getattr(cookie, name) for name in (*_TEXTS, *_FLAGS)}
        entry["expires"] = cookie.expires
        document.setdefault(cookie.domain, {}).setdefault(cookie.path, []).append(entry)
    target = Path(path)
    # Made with mode 0600.
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, "cookies": document}, file, allow_nan=False)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def load_cookies(path: str | os.PathLike[str]) -> list[StoredCookie]:
    """Read the cookies of a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such document, or says of a cookie that it ends at no moment.
    """
    try:
        document = json.loads(Path(path).read_text("utf-8"))
    except RecursionError:  # from the depth of the document
        document = None
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise ValueError(f"no cookies in {os.fspath(path)!r}")
    found: list[StoredCookie] = []
    try:
        for domain, paths in document["cookies"].items():
            for cookie_path, entries in paths.items():
                found += [_cookie(domain, cookie_path, entry) for entry in entries]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no cookies in {os.fspath(path)!r}") from error
    return found


def _cookie(domain: str, path: str, entry: dict[str, Any]) -> StoredCookie:
    cookie = StoredCookie(entry["name"], entry["value"], entry["coded"])
    for name in _TEXTS:
        setattr(cookie, name, _typed(entry[name], str))
    for name in _FLAGS:
        setattr(cookie, name, _typed(entry[name], bool))
    if (cookie.domain, cookie.path) != (domain, path):
        raise ValueError("a cookie that is not where it belongs")
    expires = entry["expires"]
    if expires is not None:
        if isinstance(expires, bool) or not isinstance(expires, int | float) or not math.isfinite(expires):
            raise ValueError(f"a cookie ends at no moment: {expires!r:.100}")
        cookie.expires = float(expires)
    return cookie


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected; got {type(value).__name__}")
    return value
