"""Why the body of a request could not be read."""

from __future__ import annotations

from tidewire_http_io import ResetReason, StreamReset
from tidewire_http_parser import InvalidMultipart

__all__ = ["PayloadAccessError", "RequestPayloadError"]


class RequestPayloadError(StreamReset):
    """The body of a request cannot be read to its end: the client has gone, or what it has sent is malformed.

    Its cause is the `tidewire_http_parser.RemoteProtocolError` behind it, where there is one, which knows the status to
    answer with.

    Args:
        reason: why not.
    """

    def __str__(self) -> str:
        text = f"the body of the request cannot be read: {self.reason.value}"
        return text if self.__cause__ is None else f"{text} ({self.__cause__})"


class PayloadAccessError(RuntimeError):
    """The body of a request was asked for after its response was complete: what is left of it is thrown away."""

    def __init__(self) -> None:
        super().__init__()

    def __str__(self) -> str:
        return "the body of a request cannot be read after the response is complete"


class InvalidForm(InvalidMultipart, ValueError):
    """A multipart form that is none: a field without a name, or a multipart within it."""


def payload_error(error: Exception) -> RequestPayloadError:
    """What is raised for an error in a body.

    Args:
        error: a `StreamReset`, or what is wrong with the content.
    """
    if isinstance(error, StreamReset):
        raised = RequestPayloadError(error.reason)
        raised.__cause__ = error.__cause__
    else:
        raised = RequestPayloadError(ResetReason.PROTOCOL)
        raised.__cause__ = error
    return raised
