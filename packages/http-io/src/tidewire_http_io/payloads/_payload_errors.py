"""What can go wrong with a payload.

PayloadError
|-- LookupError         no payload is registered for what was given; a TypeError too
|-- PayloadConsumed     it can be written no more
`-- PayloadReadError    what it is read from failed midway
"""

from __future__ import annotations

__all__ = ["LookupError", "PayloadConsumed", "PayloadError", "PayloadReadError"]

_EXCERPT = 100


class PayloadError(Exception):
    """The base of what is raised about payloads; never raised itself."""


class LookupError(PayloadError, TypeError):  # noqa: A001
    """No payload is registered for a value.

    Args:
        kind: the name of the value's type.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return (
            f"no payload is made of a {self.kind}: give bytes, str, a file, an async iterable of bytes or a Payload, such "
            "as JsonPayload, or register_payload() for this type"
        )


class PayloadConsumed(PayloadError):
    """A payload cannot be written, because it was written or closed before.

    Args:
        payload: which, in a few words.
        problem: why.
    """

    def __init__(self, payload: str, problem: str) -> None:
        super().__init__(payload, problem)
        self.payload = payload
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.payload}: {self.problem}"


class PayloadReadError(PayloadError):
    """What a payload is read from failed after so many bytes; the error behind it is the cause.

    Args:
        payload: which, in a few words.
        problem: what is wrong.
        position: bytes that were read before.
    """

    def __init__(self, payload: str, problem: str, position: int) -> None:
        super().__init__(payload, problem, position)
        self.payload = payload
        self.problem = problem
        self.position = position

    def __str__(self) -> str:
        return f"{self.payload}: {self.problem[:_EXCERPT]} after {self.position} bytes"
