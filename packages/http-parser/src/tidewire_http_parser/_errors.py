"""What can be wrong with a message, and whose fault it is.

    ProtocolError
    |-- LocalProtocolError          the caller broke the rules of this library or of HTTP
    `-- RemoteProtocolError         the peer broke the rules of HTTP; `status` is the answer it should get
        |-- InvalidStartLine        400  request line or status line
        |   `-- InvalidTarget       400  request target
        |-- UnsupportedVersion      505  an HTTP version other than 1.0 and 1.1
        |-- InvalidField            400  a field line, or a field that must not be there twice
        |   |-- InvalidHost         400  Host missing, repeated or malformed
        |   `-- InvalidFieldValue   400  a value that is not as the grammar of its field says
        |-- LineTooLong             431  a line above its limit (414 for a request line)
        |-- TooManyFields           431  more field lines than the limit
        |-- InvalidFraming          400  Content-Length and Transfer-Encoding that do not tell where a body ends
        |   `-- UnsupportedCoding   501  a transfer coding that is not understood
        |-- InvalidChunk            400  chunked coding that is not as RFC 9112, section 7.1, says
        |-- IncompleteMessage       400  the peer closed in the middle of a message
        |-- UnexpectedData          400  bytes where no message is expected, or after the last one
        |-- InvalidContentCoding    400  content that cannot be decoded as its Content-Encoding says
        |   `-- IncompleteContent   400  encoded content that ends too early
        |-- UnsupportedContentCoding 415  a content coding that is unknown, or whose library is not installed
        `-- InvalidMultipart        400  multipart content that is not as RFC 2046, section 5.1, says
            |-- IncompleteMultipart 400  multipart content without its closing delimiter
            `-- MultipartTooLarge   413  more parts, nesting or bytes of header fields than the limit

The texts are for people and may change; what a program needs is in the classes and their attributes.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "IncompleteContent",
    "IncompleteMessage",
    "IncompleteMultipart",
    "InvalidChunk",
    "InvalidContentCoding",
    "InvalidField",
    "InvalidFieldValue",
    "InvalidFraming",
    "InvalidHost",
    "InvalidMultipart",
    "InvalidStartLine",
    "InvalidTarget",
    "LineTooLong",
    "LocalProtocolError",
    "MultipartTooLarge",
    "ProtocolError",
    "RemoteProtocolError",
    "TooManyFields",
    "UnexpectedData",
    "UnsupportedCoding",
    "UnsupportedContentCoding",
    "UnsupportedVersion",
]

# Enough of the offending bytes to see what came, little enough for a log line.
_EXCERPT = 100


class ProtocolError(Exception):
    """The base of everything this library raises about messages; never raised itself."""


class LocalProtocolError(ProtocolError):
    """The caller asked for something that HTTP, or this library's contract, does not allow.

    Args:
        problem: what is wrong, in a few words.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class RemoteProtocolError(ProtocolError):
    """The peer sent something that HTTP does not allow.

    Args:
        problem: what is wrong, in a few words.
        data: the bytes it is about, or the first of them; kept up to 100 bytes.

    Attributes:
        status: the status code a server answers with (RFC 9110, section 15).
    """

    default_status: ClassVar[int] = 400

    def __init__(self, problem: str, data: bytes = b"") -> None:
        super().__init__(problem, data[:_EXCERPT])
        self.problem = problem
        self.data = data[:_EXCERPT]
        self.status = self.default_status

    def __str__(self) -> str:
        if not self.data:
            return self.problem
        return f"{self.problem}: {self.data!r}"


class InvalidStartLine(RemoteProtocolError):
    """A request line or status line that is not as RFC 9112, sections 3 and 4, says."""


class InvalidTarget(InvalidStartLine):
    """A request target in none of the four forms of RFC 9112, section 3.2, or in one its method does not take."""


class UnsupportedVersion(RemoteProtocolError):
    """A well-formed HTTP version that is neither 1.0 nor 1.1."""

    default_status = 505


class InvalidField(RemoteProtocolError):
    """A field line that is not as RFC 9112, section 5, says, or a second one where only one may be."""


class InvalidHost(InvalidField):
    """A request with no Host, several, or one that is not a host (RFC 9112, section 3.2)."""


class InvalidFieldValue(InvalidField):
    """A value that is not as the grammar of its field says; the message around it may be well-formed."""


class LineTooLong(RemoteProtocolError):
    """A line longer than its limit.

    Args:
        problem: which kind of line.
        limit: the limit in bytes, the line's CRLF not counted.
        data: the beginning of the line.
        status: 414 for a request line, 431 for a field line, 400 for a chunk-size line.
    """

    default_status = 431

    def __init__(self, problem: str, limit: int, data: bytes = b"", status: int = 431) -> None:
        super().__init__(problem, data)
        self.args = (problem, limit, self.data, status)
        self.limit = limit
        self.status = status


class TooManyFields(RemoteProtocolError):
    """More field lines, trailers included, than the limit.

    Args:
        limit: the number of field lines that a message may have.
    """

    default_status = 431

    def __init__(self, limit: int) -> None:
        super().__init__("too many field lines")
        self.args = (limit,)
        self.limit = limit


class InvalidFraming(RemoteProtocolError):
    """Content-Length or Transfer-Encoding from which a body's end cannot be told (RFC 9112, section 6)."""


class UnsupportedCoding(InvalidFraming):
    """A transfer coding that this library does not understand (RFC 9112, section 6.1)."""

    default_status = 501


class InvalidChunk(RemoteProtocolError):
    """A chunk that is not as RFC 9112, section 7.1, says."""


class IncompleteMessage(RemoteProtocolError):
    """The peer closed its side before the message was complete (RFC 9112, section 8).

    Args:
        problem: which part of the message was cut.
        received: body bytes that came.
        expected: body bytes that were announced, or None where nothing says how many.
    """

    def __init__(self, problem: str, received: int = 0, expected: int | None = None) -> None:
        super().__init__(problem)
        self.args = (problem, received, expected)
        self.received = received
        self.expected = expected

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.problem} after {self.received} bytes of body"
        return f"{self.problem}: {self.received} of {self.expected} bytes of body received"


class UnexpectedData(RemoteProtocolError):
    """Bytes from the peer where no message can begin."""


class InvalidContentCoding(RemoteProtocolError):
    """Content that cannot be decoded as its Content-Encoding says (RFC 9110, section 8.4)."""


class IncompleteContent(InvalidContentCoding):
    """Encoded content that ends before its coding says it does."""


class UnsupportedContentCoding(RemoteProtocolError):
    """A content coding that is unknown, or whose library is not installed.

    Args:
        coding: the coding's name.
        requirement: what to install to have it, such as `tidewire-http-parser[br]`; None for one that is unknown.
    """

    default_status = 415

    def __init__(self, coding: str, requirement: str | None = None) -> None:
        super().__init__("unsupported content coding", coding.encode("utf-8", "replace"))
        self.args = (coding, requirement)
        self.coding = coding
        self.requirement = requirement

    def __str__(self) -> str:
        if self.requirement is None:
            return f"unknown content coding {self.coding[:_EXCERPT]!r}"
        return f"content coding {self.coding[:_EXCERPT]!r} needs {self.requirement}"


class InvalidMultipart(RemoteProtocolError):
    """Multipart content that is not as RFC 2046, section 5.1, says."""


class IncompleteMultipart(InvalidMultipart):
    """Multipart content that ends without its closing delimiter."""


class MultipartTooLarge(InvalidMultipart):
    """More of something in multipart content than its limit.

    Args:
        problem: of what there is too much.
        limit: the limit, in the unit of that: parts, bytes or levels.
    """

    default_status = 413

    def __init__(self, problem: str, limit: int) -> None:
        super().__init__(problem)
        self.args = (problem, limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.problem}: the limit is {self.limit}"
