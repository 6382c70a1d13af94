"""Challenges and credentials of the Digest scheme (RFC 7616), without a network."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from typing import Final

from yarl import URL

from tidewire_client._errors import ClientError
from tidewire_client._origins import same_origin
from tidewire_http_parser import InvalidFieldValue
from tidewire_http_parser.field_values import format_quoted_string, parse_challenges

__all__: list[str] = []


def _hash_of(name: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).hexdigest()


_HASHES: Final[dict[str, Callable[[bytes], str]]] = {
    "MD5": _hash_of("md5"),
    "SHA": _hash_of("sha1"),
    "SHA-256": _hash_of("sha256"),
    "SHA256": _hash_of("sha256"),
    "SHA-512": _hash_of("sha512"),
    "SHA512": _hash_of("sha512"),
}
if "sha512_256" in hashlib.algorithms_available:  # which OpenSSL has, and Python by itself has not
    _HASHES["SHA-512-256"] = _hash_of("sha512_256")
_SESSION: Final = "-SESS"
_LONGEST: Final = 4096


class DigestChallenge:
    """What a server asks for.

    Args:
        parameters: the parameters of its challenge, by their names in lower case.

    Attributes:
        realm: whose password it wants.
        nonce: what makes the answer good for once.
        qop: what the answer is to protect: `auth-int`, `auth`, or empty for the legacy form.
        offers_auth: whether `auth` would do.
        domain: the URIs that the same credentials are for.
        count: how often the nonce was used.

    Raises:
        ClientError: it has no realm or no nonce, or asks for what is not supported.
    """

    __slots__ = (
        "_algorithm",
        "_hash",
        "_opaque",
        "_userhash",
        "count",
        "domain",
        "nonce",
        "offers_auth",
        "qop",
        "realm",
    )

    def __init__(self, parameters: dict[str, str]) -> None:
        if "realm" not in parameters or "nonce" not in parameters:
            raise ClientError("Malformed Digest auth challenge: Missing 'realm' or 'nonce' parameter")
        self.realm = parameters["realm"]
        self.nonce = parameters["nonce"]
        if not self.nonce:
            raise ClientError("Security issue: Digest auth challenge contains empty 'nonce' value")
        self._algorithm = parameters.get("algorithm", "")
        base = (self._algorithm or "MD5").upper().removesuffix(_SESSION)
        if base not in _HASHES:
            raise ClientError(f"Digest auth error: Unsupported hash algorithm: {self._algorithm[:100]}")
        self._hash = _HASHES[base]
        offered = {each.strip().lower() for each in parameters.get("qop", "").split(",") if each.strip()}
        if offered and not offered & {"auth", "auth-int"}:
            raise ClientError(
                f"Digest auth error: Unsupported Quality of Protection (qop) value(s): {sorted(offered)}"
            )
        self.qop = "auth-int" if "auth-int" in offered else "auth" if offered else ""
        self.offers_auth = "auth" in offered or not offered
        self._opaque = parameters.get("opaque")
        self._userhash = parameters.get("userhash", "").lower() == "true"
        self.domain = parameters.get("domain", "").split()
        self.count = 0

    def goes_on_from(self, before: DigestChallenge) -> None:
        """Go on counting where this is the nonce of the challenge before (RFC 7616, section 3.4: `nc`)."""
        if self.nonce == before.nonce:
            self.count = before.count

    def renewed(self, nonce: str) -> None:
        """Take the nonce for the next request (RFC 7616, section 3.5)."""
        if nonce:
            self.nonce = nonce
            self.count = 0

    def credentials(
        self,
        login: str,
        password: str,
        method: str,
        target: str,
        body: bytes | None,
        cnonce: str | None = None,
    ) -> str:
        """Make the value of Authorization for a request (RFC 7616, section 3.4).

        Args:
            login: the user.
            password: the password.
            method: the method of the request.
            target: its target.
            body: its body; None where that cannot be had, and `auth` has to do.
            cnonce: a random text; None for a new one.
        """
        digest = self._hash
        qop = "auth" if self.qop == "auth-int" and body is None else self.qop
        self.count += 1
        count = f"{self.count:08x}"
        cnonce = secrets.token_hex(8) if cnonce is None else cnonce
        first = digest(_octets(f"{login}:{self.realm}:{password}"))
        if self._algorithm.upper().endswith(_SESSION):
            first = digest(_octets(f"{first}:{self.nonce}:{cnonce}"))
        second = f"{method}:{target}"
        if qop == "auth-int":
            second += f":{digest(body or b'')}"
        second = digest(second.encode())
        between = f"{self.nonce}:{count}:{cnonce}:{qop}" if qop else self.nonce
        parts = [
            ("username", _quoted(digest(_octets(f"{login}:{self.realm}")) if self._userhash else login)),
            ("realm", _quoted(self.realm)),
            ("nonce", _quoted(self.nonce)),
            ("uri", _quoted(target)),
            ("response", _quoted(digest(_octets(f"{first}:{between}:{second}")))),
        ]
        if self._algorithm:
            parts.append(("algorithm", self._algorithm))
        if self._opaque is not None:
            parts.append(("opaque", _quoted(self._opaque)))
        if qop:
            parts += [("qop", qop), ("nc", count), ("cnonce", _quoted(cnonce))]
        if self._userhash:
            parts.append(("userhash", "true"))
        return "Digest " + ", ".join(f"{name}={text}" for name, text in parts)


def find_challenge(values: Iterable[str]) -> DigestChallenge | None:
    """Find the challenge to answer, wherever it stands: the first of the Digest scheme that is supported.

    Args:
        values: the values of WWW-Authenticate; one that is malformed hides no other.

    Raises:
        ClientError: there are some, and none of them can be answered.
    """
    problem: ClientError | None = None
    for value in values:
        try:
            challenges = parse_challenges(value)
        except InvalidFieldValue:
            continue
        for challenge in challenges:
            if challenge.scheme == "digest":
                try:
                    return DigestChallenge(challenge.parameters)
                except ClientError as error:
                    problem = problem or error
    if problem is None:
        return None
    try:
        raise problem
    finally:
        del problem  # it has this frame


def protection_space(challenge: DigestChallenge, url: URL) -> list[URL]:
    """Return the URLs below which the credentials are good (RFC 7616, section 3.3: `domain`).

    Args:
        challenge: the challenge.
        url: what was requested.
    """
    spaces: list[URL] = []
    for uri in challenge.domain:
        if len(uri) <= _LONGEST:
            try:
                space = url.join(URL(uri))
                space.origin()
            except ValueError:
                continue
            spaces.append(space)
    return spaces or [url.origin()]


def is_within(url: URL, space: URL) -> bool:
    """Tell whether a URL is the same as another, or below it."""
    if not same_origin(url, space):
        return False
    path = space.raw_path
    if not url.raw_path.startswith(path):
        return False
    return len(url.raw_path) == len(path) or path.endswith("/") or url.raw_path[len(path)] == "/"


def _octets(text: str) -> bytes:
    """Return the octets of a text; what a server has sent in another charset than UTF-8 goes back as it came."""
    return text.encode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    quoted: str = format_quoted_string(text)
    return quoted
