"""What the functions of this package return: small immutable values.

They are interpreted, so that they can be documented, copied and pickled like any other; making one costs little
beside reading it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tidewire_http_parser.field_values._extended_values import preferred_parameter

# What the parsers make these values with, given the class and all fields: half the time of calling the class.
make: Final = tuple.__new__

__all__ = [
    "BasicCredentials",
    "Challenge",
    "ContentDisposition",
    "Credentials",
    "ForwardedElement",
    "ForwardedNode",
    "Link",
    "MediaRange",
    "Preference",
]


def require_pairs(pairs: object) -> None:
    """Check that attributes or extensions are a tuple of tuples of two.

    Raises:
        TypeError: they are not.
    """
    if not isinstance(pairs, tuple):
        raise TypeError(f"tuple expected; got {type(pairs).__name__}")
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"name and text expected; got {pair!r:.100}")


class BasicCredentials(NamedTuple):
    """User and password of the Basic scheme (RFC 7617).

    Attributes:
        user: the user-id; there is no colon in it.
        password: the password.
    """

    user: str
    password: str

    def __repr__(self) -> str:
        return f"BasicCredentials(user={self.user!r}, password=...)"


class Challenge(NamedTuple):
    """One challenge of WWW-Authenticate or Proxy-Authenticate (RFC 9110, section 11.3).

    Attributes:
        scheme: the authentication scheme; in lower case where it was parsed.
        parameters: the parameters by their names in lower case, such as `realm`; not for writing.
        token: the token68 that stands in their place; None where there is none.
    """

    scheme: str
    parameters: dict[str, str]
    token: str | None = None


class Credentials(NamedTuple):
    """The value of Authorization or Proxy-Authorization (RFC 9110, section 11.4).

    Attributes:
        scheme: the authentication scheme; in lower case where it was parsed.
        parameters: the parameters by their names in lower case; not for writing.
        token: the token68 that stands in their place; None where there is none.
    """

    scheme: str
    parameters: dict[str, str]
    token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(scheme={self.scheme!r}, ...)"


class ContentDisposition(NamedTuple):
    """The value of Content-Disposition (RFC 6266; RFC 7578, section 4.2).

    Attributes:
        type: the disposition type in lower case, such as `attachment`.
        parameters: the parameters as they were sent, by their names in lower case; not for writing. Of one with a
            name such as `filename*` the text is decoded; `parameter()` tells which form of several counts.
    """

    type: str
    parameters: dict[str, str]

    def parameter(self, name: str) -> str | None:
        """Return the text of a parameter.

        The extended form `name*` comes before sections `name*0`, `name*1`, and these before `name`.

        Args:
            name: its name in lower case, without asterisks.

        Returns:
            The text; None if it is there in no form that can be decoded.
        """
        return preferred_parameter(self.parameters, name)

    @property
    def filename(self) -> str | None:
        """The name of a file as its sender gave it: not a path that may be opened; None where there is none."""
        return preferred_parameter(self.parameters, "filename")

    @property
    def name(self) -> str | None:
        """The name of a field of a form (RFC 7578, section 4.2); None where there is none."""
        return preferred_parameter(self.parameters, "name")


class ForwardedNode(NamedTuple):
    """Whom a `for` or `by` of Forwarded is about (RFC 7239, section 6).

    Attributes:
        name: an IPv4 address, an IPv6 address without brackets, `unknown`, or an identifier that begins
            with an underscore.
        port: the port, as a number or as an identifier that begins with an underscore; None where there is none.
    """

    name: str
    port: int | str | None = None

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


class ForwardedElement(NamedTuple):
    """What one proxy says of the request that it forwarded (RFC 7239, section 4).

    Attributes:
        for_: who sent the request to the proxy.
        by: where the proxy received it.
        host: its Host, with the port if there was one.
        proto: the scheme that it came by, in lower case where it was parsed.
        extensions: other parameters, their names in lower case where they were parsed.
    """

    for_: ForwardedNode | None = None
    by: ForwardedNode | None = None
    host: str | None = None
    proto: str | None = None
    extensions: tuple[tuple[str, str], ...] = ()


class Link(NamedTuple):
    """One link of a Link field (RFC 8288).

    Attributes:
        target: the URI-reference as it was sent; relative to what the message is about.
        rel: the relation types, in lower case where they were parsed; empty where there are none.
        anchor: the context of the link where it is another one than that; a URI-reference.
        title: its title, from `title*` if that is there.
        attributes: the other target attributes in their order; their names in lower case where they were parsed.
            A text is None where there is no `=`; one of a name such as `label*` is decoded.
    """

    target: str
    rel: tuple[str, ...] = ()
    anchor: str | None = None
    title: str | None = None
    attributes: tuple[tuple[str, str | None], ...] = ()


class MediaRange(NamedTuple):
    """One element of Accept (RFC 9110, section 12.5.1).

    Attributes:
        type: the type in lower case, or `*`.
        subtype: the subtype in lower case, or `*`.
        parameters: the parameters but for the weight, by their names in lower case; not for writing.
        quality: the weight, from 0 for what is not acceptable to 1.
    """

    type: str
    subtype: str
    parameters: dict[str, str]
    quality: float

    @property
    def specificity(self) -> int:
        """How narrow the range is: 0 for `*/*`, 1 for `type/*`, 2 for a media type, one more per parameter."""
        return (self.type != "*") + (self.subtype != "*") + len(self.parameters)


class Preference(NamedTuple):
    """One element of Accept-Charset, Accept-Encoding, Accept-Language or TE (RFC 9110, section 12.4.2).

    Attributes:
        name: the charset, coding or language range in lower case, or `*`.
        quality: the weight, from 0 for what is not acceptable to 1.
    """

    name: str
    quality: float
