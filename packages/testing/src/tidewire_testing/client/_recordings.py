"""What a cassette holds: requests with their responses, as readable JSON without secrets."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yarl import URL

__all__ = ["CassetteFormatError", "Interaction", "Secrets"]

_VERSION: Final = 1

Fields = tuple[tuple[str, str], ...]


class CassetteFormatError(ValueError):
    """A file that is no cassette."""


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What is not written to a cassette; in its place stands `replacement`.

    User-info is taken out of URLs always. Of cookies the values are secret, their names and attributes are not.

    Attributes:
        fields: names of fields, of requests and of responses.
        parameters: names of query parameters, in URLs of requests and in Location.
        replacement: what stands there.
    """

    fields: frozenset[str] = frozenset({"authorization", "proxy-authorization", "x-api-key", "x-auth-token"})
    parameters: frozenset[str] = frozenset({"access_token", "api_key", "apikey", "key", "password", "token"})
    replacement: str = "FILTERED"

    def url(self, url: URL) -> str:
        """Return a URL as it is written."""
        if url.raw_user is not None or url.raw_password is not None:
            url = url.with_user(None)
        if any(name.lower() in self.parameters for name in url.query):
            pairs = [
                (name, self.replacement if name.lower() in self.parameters else value)
                for name, value in url.query.items()
            ]
            url = url.with_query(pairs)
        return str(url.with_fragment(None))

    def headers(self, headers: Iterable[tuple[str, str]]) -> Fields:
        """Return fields as they are written."""
        return tuple((str(name), self._value(name.lower(), value)) for name, value in headers)

    def _value(self, name: str, value: str) -> str:
        if name in self.fields:
            return self.replacement
        if name == "cookie":
            return "; ".join(self._cookie(pair) for pair in value.split("; "))
        if name == "set-cookie":
            pair, separator, attributes = value.partition(";")
            return self._cookie(pair) + separator + attributes
        if name in ("location", "referer"):
            return self.url(URL(value))
        return value

    def _cookie(self, pair: str) -> str:
        name, equals, _ = pair.partition("=")
        return f"{name}={self.replacement}" if equals else self.replacement


@dataclass(kw_only=True)
class Interaction:
    """A request with its response.

    Attributes:
        method: the request's method.
        url: its URL.
        request_headers: its fields.
        request_body: its body.
        status: the response's status code.
        reason: its reason phrase.
        headers: its fields.
        body: its body, its content codings taken off.
    """

    method: str
    url: str
    request_headers: Fields = ()
    request_body: bytes = b""
    status: int = 200
    reason: str = ""
    headers: Fields = ()
    body: bytes = b""
    used: int = field(default=0, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return what is written to a file."""
        request = {
            "method": self.method,
            "url": self.url,
            "headers": [list(pair) for pair in self.request_headers],
            **_written("body", self.request_body),
        }
        response = {
            "status": self.status,
            "reason": self.reason,
            "headers": [list(pair) for pair in self.headers],
            **_written("body", self.body),
        }
        return {"request": request, "response": response}

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> Interaction:
        """Read what `as_json()` has made.

        Raises:
            KeyError: a part is missing.
            TypeError: a part is of another type.
            ValueError: a body cannot be decoded.
        """
        request = document["request"]
        response = document["response"]
        return cls(
            method=request["method"],
            url=request["url"],
            request_headers=_pairs(request["headers"]),
            request_body=_read("body", request),
            status=response["status"],
            reason=response["reason"],
            headers=_pairs(response["headers"]),
            body=_read("body", response),
        )


def load_interactions(path: Path) -> list[Interaction]:
    """Read a cassette's file.

    Raises:
        CassetteFormatError: it is none.
        OSError: it cannot be read.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["version"] != _VERSION:
            raise CassetteFormatError(f"{path}: version {document['version']!r} is not {_VERSION}")
        return [Interaction.of_json(each) for each in document["interactions"]]
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, CassetteFormatError):
            raise
        raise CassetteFormatError(f"{path} is no cassette: {error!r}") from error


def save_interactions(path: Path, interactions: Iterable[Interaction]) -> None:
    """Write a cassette's file, which is replaced as a whole.

    Raises:
        OSError: it cannot be written.
    """
    document = {"version": _VERSION, "interactions": [each.as_json() for each in interactions]}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    beside.replace(path)


def _written(name: str, body: bytes) -> dict[str, Any]:
    """Return a body as text, by lines so that a change of one is seen as that, or else in base64."""
    if not body:
        return {}
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if all(character.isprintable() or character in "\t\r\n" for character in text):
        lines = text.splitlines(keepends=True) if "\r" not in text else [text]
        return {name: lines[0] if len(lines) == 1 else lines}
    return {f"{name}_base64": base64.b64encode(body).decode("ascii")}


def _read(name: str, document: Mapping[str, Any]) -> bytes:
    encoded = document.get(f"{name}_base64")
    if encoded is not None:
        return base64.b64decode(encoded, validate=True)
    text = document.get(name, "")
    return (text if isinstance(text, str) else "".join(text)).encode("utf-8")


def _pairs(listed: Iterable[Iterable[str]]) -> Fields:
    pairs: list[tuple[str, str]] = []
    for name, value in listed:
        pairs.append((name, value))
    return tuple(pairs)
