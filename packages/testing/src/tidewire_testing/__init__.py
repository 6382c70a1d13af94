"""Tidewire testing: fakes, clocks, transcripts and corpus documents for testing HTTP code.

Nothing here needs a socket, a sleep or a running loop: a test feeds bytes, moves the clock and compares.
"""

from __future__ import annotations

from ._certificates import Certificate as Certificate
from ._certificates import CertificateAuthority as CertificateAuthority
from ._clock import ClockHandle as ClockHandle
from ._clock import FakeClock as FakeClock
from ._corpus import CorpusCase as CorpusCase
from ._corpus import CorpusError as CorpusError
from ._corpus import load_corpus as load_corpus
from ._escapes import EscapeError as EscapeError
from ._escapes import escape_bytes as escape_bytes
from ._escapes import unescape_line as unescape_line
from ._fake_time_loop import FakeTimeLoop as FakeTimeLoop
from ._import_beside import import_beside as import_beside
from ._leaks import LeakCheck as LeakCheck
from ._leaks import LeakError as LeakError
from ._leaks import assert_no_leaks as assert_no_leaks
from ._linked_transport import LinkedTransport as LinkedTransport
from ._linked_transport import link_protocols as link_protocols
from ._memory_pipe import MemoryPipe as MemoryPipe
from ._memory_pipe import memory_pipe as memory_pipe
from ._memory_transport import MemoryTransport as MemoryTransport
from ._protocol_like import ProtocolLike as ProtocolLike
from ._splits import byte_by_byte as byte_by_byte
from ._splits import every_way as every_way
from ._splits import pairs as pairs
from ._splits import random_splits as random_splits
from ._splits import whole as whole
from ._transcripts import Transcript as Transcript
from ._transcripts import TranscriptError as TranscriptError
from ._transcripts import TranscriptMismatchError as TranscriptMismatchError
from ._wire_client import WireAnswer as WireAnswer
from ._wire_client import WireClient as WireClient
from ._wire_client import WireConnection as WireConnection
from ._wire_client import WireRunner as WireRunner
from ._wire_client import WireServers as WireServers

__all__ = [
    "Certificate",
    "CertificateAuthority",
    "ClockHandle",
    "CorpusCase",
    "CorpusError",
    "EscapeError",
    "FakeClock",
    "FakeTimeLoop",
    "LeakCheck",
    "LeakError",
    "LinkedTransport",
    "MemoryPipe",
    "MemoryTransport",
    "ProtocolLike",
    "Transcript",
    "TranscriptError",
    "TranscriptMismatchError",
    "WireAnswer",
    "WireClient",
    "WireConnection",
    "WireRunner",
    "WireServers",
    "assert_no_leaks",
    "byte_by_byte",
    "escape_bytes",
    "every_way",
    "import_beside",
    "link_protocols",
    "load_corpus",
    "memory_pipe",
    "pairs",
    "random_splits",
    "unescape_line",
    "whole",
]
