"""What can be wrong with the parts and fields that a peer sends.

    RemoteProtocolError
    |-- FormTooLarge                    413  more fields or bytes than a form may have
    |-- InvalidText                     400  bytes that are no text in their charset, or a charset that is none
    |-- InvalidTransferEncoding         400  data that is not as its Content-Transfer-Encoding says
    `-- UnsupportedTransferEncoding     415  a Content-Transfer-Encoding that is unknown

What is wrong with a multipart itself is an `InvalidMultipart`, and with its content coding an `InvalidContentCoding`.
"""

from __future__ import annotations

from tidewire_http_parser import RemoteProtocolError

__all__ = ["FormTooLarge", "InvalidText", "InvalidTransferEncoding", "UnsupportedTransferEncoding"]

_EXCERPT = 100


class FormTooLarge(RemoteProtocolError):
    """More of something in a form than its limit.

    Args:
        problem: of what there is too much.
        limit: the limit, in fields or bytes.
    """

    default_status = 413

    def __init__(self, problem: str, limit: int) -> None:
        super().__init__(problem)
        self.args = (problem, limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.problem}: the limit is {self.limit}"


class InvalidText(RemoteProtocolError, ValueError):
    """Bytes that are no text in the charset that they came with, or a charset that nobody should read.

    Args:
        problem: what is wrong, in a few words.
        charset: the name of the charset; kept up to 100 characters.
    """

    def __init__(self, problem: str, charset: str) -> None:
        super().__init__(problem)
        self.charset = charset[:_EXCERPT]
        self.args = (problem, self.charset)

    def __str__(self) -> str:
        return f"{self.problem}: {self.charset!r}"


class InvalidTransferEncoding(RemoteProtocolError):
    """Data that is not as its Content-Transfer-Encoding says (RFC 2045, section 6)."""


class UnsupportedTransferEncoding(RemoteProtocolError):
    """A Content-Transfer-Encoding that is unknown.

    Args:
        encoding: its name; kept up to 100 characters.
    """

    default_status = 415

    def __init__(self, encoding: str) -> None:
        super().__init__("unknown transfer encoding")
        self.encoding = encoding[:_EXCERPT]
        self.args = (self.encoding,)

    def __str__(self) -> str:
        return f"{self.problem} {self.encoding!r}"
