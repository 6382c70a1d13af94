"""Where this library and others disagree, by class: who says what, and what decides."""

from __future__ import annotations

import re
from typing import Final

from comparisons import Class
from refused_here import REFUSED_HERE

__all__ = ["CLASSES"]

# -- the oracle refuses ----------------------------------------------------------------------------

_REFUSED_THERE: Final = (
    Class(
        "empty-line-before-request",
        "h11",
        "h11 refuses an empty line before a request; skipped here.",
        "RFC 9112, section 2.2: a server SHOULD ignore at least one.",
        lambda case: (
            case.is_request
            and case.theirs_refuses("no request line received", "illegal request line")
            and case.data.startswith(b"\r")
        ),
    ),
    Class(
        "transfer-codings",
        "h11 h11-lenient",
        "h11 knows chunked and nothing else; other codings before it are left to the caller here, and a response whose "
        "last coding is another ends with the connection.",
        "RFC 9112, section 6.3, step 4.",
        lambda case: (
            case.theirs_refuses("Only Transfer-Encoding: chunked is supported")
            and case.has(rb"\ntransfer-encoding:(?![ \t]*chunked[ \t]*\r)")
        ),
    ),
    Class(
        "vertical-tab-and-form-feed",
        "h11-lenient",
        "h11 takes control characters but VT and FF, which are white space for its regular expressions; every one "
        "but NUL, CR and LF passes here.",
        "RFC 9110, section 5.5: a recipient MAY retain control characters.",
        lambda case: (
            case.theirs_refuses("illegal status line", "illegal header line") and case.has(rb"[\x0b\x0c]")
        ),
    ),
    Class(
        "space-before-extension",
        "h11-lenient",
        "h11 takes white space behind the extensions of a chunk, here it is taken behind its size too.",
        "RFC 9112, section 7.1.1: it may stand before the semicolon.",
        lambda case: case.theirs_refuses("illegal chunk header") and case.has(rb"\n[0-9a-f]+[ \t]+;"),
    ),
    Class(
        "method",
        "httptools",
        "httptools knows a list of methods; here a method is a token.",
        "RFC 9110, section 9.1, and RFC 9112, section 3.1: a server SHOULD answer 501, which is the application's part.",
        lambda case: (
            case.is_request
            and case.theirs_refuses("Invalid method encountered", "Expected space after method")
            and re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+", case.words[0]) is not None
        ),
    ),
    Class(
        "scheme",
        "httptools",
        "httptools takes letters; here a scheme has digits, `+`, `-` and `.` too.",
        "RFC 3986, section 3.1.",
        lambda case: (
            case.is_request
            and case.theirs_refuses("Unexpected char in url schema")
            and re.match(rb"[a-z][a-z0-9+.-]*[0-9+.-][a-z0-9+.-]*://", case.words[1], re.IGNORECASE)
            is not None
        ),
    ),
    Class(
        "fragment-after-authority",
        "httptools",
        "httptools refuses a fragment that comes right after an authority, though not after a path; both pass here.",
        "RFC 9112, section 3.2: a target has no fragment. It changes nothing about the request and is left in.",
        lambda case: (
            case.is_request
            and case.theirs_refuses("Unexpected char in url server")
            and re.match(rb"[A-Za-z]+://[^/?]*#", case.words[1]) is not None
        ),
    ),
    Class(
        "white-space-around-coding",
        "httptools",
        "httptools does not know chunked with a tab around it: it refuses the request and reads the response until the "
        "connection ends; the tab is skipped here.",
        "RFC 9110, section 5.5: white space around a value is no part of it.",
        lambda case: (
            case.has(rb"\ntransfer-encoding:[^\r\n]*\t")
            and case.has(rb"\ntransfer-encoding:[ \t]*chunked[ \t]*\r")
            and case.ours.kind == "complete"
            and (case.theirs_refuses("invalid `Transfer-Encoding`") or case.theirs.kind == "incomplete")
        ),
    ),
    Class(
        "empty-coding",
        "httptools",
        "httptools refuses a response with an empty Transfer-Encoding; here it ends with the connection, as chunked is "
        "not the last of its codings. In a request both refuse it.",
        "RFC 9112, section 6.1: the list may be empty by its grammar, and section 6.3, step 4.",
        lambda case: (
            not case.is_request
            and case.theirs_refuses("Empty Transfer-Encoding")
            and case.has(rb"\ntransfer-encoding:[ \t]*\r")
        ),
    ),
    Class(
        "interim-response-that-ends",
        "httptools",
        "httptools ends the connection after an interim response with close, or of HTTP/1.0; here only the final one "
        "counts.",
        "RFC 9112, section 9.6: close is about the response after which the server closes, and an interim one is "
        "followed by another.",
        lambda case: (
            case.theirs_refuses("Data after `Connection: close`")
            and case.has(
                rb"\AHTTP/1\.(0 1[0-9]{2}|1 1[0-9]{2}[^\r\n]*\r\n([^\r\n]+\r\n)*connection:[^\r\n]*close)"
            )
        ),
    ),
    Class(
        "judged-byte-by-byte",
        "httptools",
        "httptools looks at each byte; here a line is looked at when it is complete, and then refused.",
        "RFC 9112, section 2.2: when a message is refused is not said.",
        lambda case: case.theirs.kind == "refused" and case.ours_judges_later(),
    ),
)

# -- both accept -----------------------------------------------------------------------------------

_READ_DIFFERENTLY: Final = (
    Class(
        "body-of-connect",
        "httptools",
        "httptools does not read the body of CONNECT; here it is framed as any other.",
        "RFC 9112, section 6.3: step 2 is about responses; a request's fields frame it.",
        lambda case: case.is_request and case.words[0] == b"CONNECT" and case.theirs.kind == "complete",
        frozenset({"kind", "body", "rest"}),
    ),
    Class(
        "body-of-upgrade",
        "httptools",
        "httptools takes a body behind an offer to switch for the other protocol; here the body is read first.",
        "RFC 9110, section 7.8: the whole request is HTTP/1.1, and what comes behind it may be the other protocol.",
        lambda case: (
            case.is_request
            and case.count(b"Upgrade") > 0
            and case.count(b"Content-Length") + case.count(b"Transfer-Encoding") > 0
            and case.theirs.kind == "complete"
        ),
        frozenset({"kind", "body", "rest"}),
    ),
    Class(
        "body-of-interim-response",
        "httptools",
        "httptools reads a body behind an interim response of HTTP/1.0 with a length; here there is none.",
        "RFC 9112, section 6.3, step 1.",
        lambda case: (
            case.has(rb"\AHTTP/1\.0 1[0-9]{2}")
            and case.count(b"Content-Length") > 0
            and case.ours.head is None
            and case.ours.body == b""
        ),
        frozenset({"body"}),
    ),
    Class(
        "space-in-folded-line",
        "h11-lenient",
        "h11 leaves white space at the end of a line that is continued; here one space is between two pieces.",
        "RFC 9112, section 5.2: OWS CRLF RWS, that is with the white space before the line end, is replaced.",
        lambda case: case.has(rb"[ \t]\r?\n[ \t]"),
        frozenset({"fields", "trailers"}),
    ),
    Class(
        "keep-alive-of-1.0",
        "h11 h11-lenient",
        "h11 closes after every message of HTTP/1.0; here `keep-alive` is heard.",
        "RFC 9112, section 9.3: the connection persists where a recipient understands keep-alive.",
        lambda case: case.has(rb"HTTP/1\.0") and case.has(rb"\nconnection:[^\r\n]*keep-alive"),
        frozenset({"keep-alive"}),
    ),
    Class(
        "close-and-keep-alive",
        "httptools",
        "httptools hears keep-alive in HTTP/1.0 though close is there too; closed here.",
        "RFC 9112, section 9.3: close comes first.",
        lambda case: (
            case.has(rb"\nconnection:[^\r\n]*keep-alive") and case.has(rb"\nconnection:[^\r\n]*close")
        ),
        frozenset({"keep-alive"}),
    ),
    Class(
        "chunked-in-1.0",
        "httptools",
        "httptools keeps the connection; closed here.",
        "RFC 9112, section 6.1: the framing is faulty, and the connection MUST be closed after the message.",
        lambda case: case.has(rb"HTTP/1\.0") and case.count(b"Transfer-Encoding") > 0,
        frozenset({"keep-alive"}),
    ),
)

CLASSES: Final = (*REFUSED_HERE, *_REFUSED_THERE, *_READ_DIFFERENTLY)
