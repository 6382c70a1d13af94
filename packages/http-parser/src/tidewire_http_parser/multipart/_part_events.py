# Compiled by mypyc.
"""What a multipart parser reports: heads of parts, data, ends."""

from __future__ import annotations

from typing import Final

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._compilation import mypyc_attr
from tidewire_http_parser._events import Fields, Marker
from tidewire_http_parser._grammar import INTERPRETED

__all__ = ["FINISHED", "EndOfMultipart", "EndOfPart", "PartData", "PartHead"]


@mypyc_attr(acyclic=True, free_list_len=1)
class PartHead:
    """The header fields of a part; there may be none (RFC 2046, section 5.1).

    Attributes:
        fields: the field lines in the order they came, in the form of a message head's fields.
        depth: how many multiparts the part's own one is nested in.
    """

    __slots__ = ("depth", "fields")

    def __init__(self, fields: Fields, depth: int) -> None:
        if INTERPRETED:
            require((fields, list), (depth, int))
            depth = int(depth)  # of a bool and the like, as the compiled build does
        self.fields = fields
        self.depth = depth

    def __repr__(self) -> str:
        return f"<PartHead of {len(self.fields)} fields at depth {self.depth}>"


@mypyc_attr(acyclic=True, free_list_len=1)
class PartData:
    """A piece of a part's data, never empty, never more than the bytes that were fed.

    Attributes:
        data: the bytes, as they were sent: a Content-Transfer-Encoding is not removed.
    """

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        if INTERPRETED:
            require((data, bytes))
        self.data = data

    def __repr__(self) -> str:
        return f"<PartData of {len(self.data)} bytes>"


@mypyc_attr(acyclic=True, free_list_len=1)
class EndOfPart:
    """A part is complete.

    Attributes:
        depth: that of the part's head.
    """

    __slots__ = ("depth",)

    def __init__(self, depth: int) -> None:
        if INTERPRETED:
            require((depth, int))
            depth = int(depth)  # of a bool and the like, as the compiled build does
        self.depth = depth

    def __repr__(self) -> str:
        return f"<EndOfPart at depth {self.depth}>"


@mypyc_attr(acyclic=True)
class EndOfMultipart:
    """The closing delimiter of a multipart has come; where it is nested, the part that it is goes on to its own end.

    Attributes:
        depth: that of the multipart's parts.
    """

    __slots__ = ("depth",)

    def __init__(self, depth: int) -> None:
        if INTERPRETED:
            require((depth, int))
            depth = int(depth)  # of a bool and the like, as the compiled build does
        self.depth = depth

    def __repr__(self) -> str:
        return f"<EndOfMultipart at depth {self.depth}>"


# Says that the outermost multipart has been reported to its end, and that no bytes follow.
FINISHED: Final = Marker("FINISHED")
