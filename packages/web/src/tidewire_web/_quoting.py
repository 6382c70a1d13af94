"""Paths, percent-encoded and decoded."""

from __future__ import annotations

from yarl import URL

__all__: list[str] = []


def decode(path: str) -> str:
    """Decode a path, but for `%2F` and `%25`, which would change its meaning.

    What is malformed, or not UTF-8, stays as it is.
    """
    if "%" not in path and path.isascii():
        return path
    if path[:1] == "/":
        return URL.build(path=path, encoded="%" in path).path_safe
    return URL.build(path=f"/{path}", encoded="%" in path).path_safe[1:]


def encode(path: str) -> str:
    """Percent-encode a path; what is percent-encoded in it already stays so."""
    if path[:1] != "/":
        return encode(f"/{path}")[1:]
    quoted = URL.build(path=path).raw_path
    return quoted.replace("%25", "%") if "%" in path else quoted


def decode_value(value: str) -> str:
    """Decode what `decode()` has left."""
    if "%" not in value:
        return value
    return value.replace("%2F", "/").replace("%25", "%")


def encode_value(value: str, *, slashes: bool) -> str:
    """Percent-encode a value that is to be a part of a path, percent signs included.

    Args:
        value: the value.
        slashes: whether slashes in it separate segments; otherwise they are encoded too.
    """
    quoted = URL.build(path=f"/{value}").raw_path[1:]
    return quoted if slashes else quoted.replace("/", "%2F")
