"""What this library refuses and others do not, by class.

A class is recognised by what stands in the input, not only by what this library says is wrong with it: otherwise
this library could refuse what is right and the disagreement would pass for a known one.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Final

from comparisons import Class, Comparison

__all__ = ["REFUSED_HERE"]

_BARE_LF: Final = rb"(?<!\r)\n"
_CONTROL: Final = rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"
_VERSION: Final = rb"HTTP/(?!1\.[01])[0-9]\.[0-9]"
_AUTHORITY: Final = re.compile(
    rb"(?:\[(?P<literal>[0-9A-Fa-f:.]+)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::(?P<port>[0-9]{0,5}))?"
)


def _is_authority(value: bytes) -> bool:
    match = _AUTHORITY.fullmatch(value)
    if match is None or int(match["port"] or 0) > 65535:
        return False
    try:
        return match["literal"] is None or bool(IPv6Address(match["literal"].decode()))
    except ValueError:
        return False


def _host_is_malformed(case: Comparison) -> bool:
    values = re.findall(rb"\nhost:[ \t]*([^\r\n]*?)[ \t]*\r?\n", case.data, re.IGNORECASE)
    return any(value and not _is_authority(value) for value in values)


def _target_is_malformed(case: Comparison) -> bool:
    method, target = case.words[:2]
    if method == b"CONNECT":
        return not (_is_authority(target) and re.search(rb":[0-9]+$", target))
    if target == b"*":
        return method != b"OPTIONS"
    absolute = re.fullmatch(rb"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*).*", target)
    if absolute:
        return not _is_authority(absolute[1])
    return not target.startswith(b"/")


def _repeats_a_field(case: Comparison) -> bool:
    name = case.ours.error.rpartition(" ")[2].encode()
    return case.count(name) > 1


_LINE_ERRORS: Final = (
    "bare CR or LF",
    "malformed version",
    "malformed reason phrase",
    "malformed chunk-size line",
    "malformed chunk size",
    "malformed chunk extension",
    "malformed status code",
    "obsolete line folding",
    "empty field name",
    "field line without a colon",
    "forbidden byte",
)

REFUSED_HERE: Final = (
    Class(
        "bare-lf",
        "h11",
        "h11 takes LF for a line end; refused here.",
        "RFC 9112, section 2.2: a recipient MAY recognise it, in a head. Two recipients that do not agree about it are "
        "the material of request smuggling.",
        lambda case: case.ours_refuses(*_LINE_ERRORS) and case.has(_BARE_LF),
    ),
    Class(
        "obs-fold",
        "h11",
        "h11 joins folded lines; refused here, as are lines of white space only.",
        "RFC 9112, section 5.2: a server MUST reject them or replace the folding. In responses a client MUST replace "
        "it, which is a leniency to be asked for here.",
        lambda case: case.ours_refuses("obsolete line folding") and case.has(rb"\n[ \t]"),
    ),
    Class(
        "framing-in-folded-line",
        "h11-lenient",
        "h11 joins lines of any field, and takes lines of white space only; refused here where the field frames the "
        "message or names its connection, and where nothing is left of a line.",
        "RFC 9112, section 5.2: a user agent MUST replace the folding. A recipient that does not would see another "
        "length.",
        lambda case: case.ours_refuses("obsolete line folding") and case.has(rb"\n[ \t]"),
    ),
    Class(
        "control-characters",
        "h11",
        "h11 refuses NUL only in values and reasons; every control character but HTAB is refused here.",
        "RFC 9110, section 5.5, and RFC 9112, section 4: they are not in field-content nor in reason-phrase.",
        lambda case: case.ours_refuses("forbidden byte", "malformed reason phrase") and case.has(_CONTROL),
    ),
    Class(
        "control-characters-in-framing",
        "h11-lenient",
        "h11 takes them in every field; refused here in fields that frame the message or name its connection.",
        "RFC 9110, section 5.5: a recipient MAY retain them within a safe context. A list of tokens that decides where "
        "the message ends is none.",
        lambda case: (
            case.ours_refuses("control character in")
            and case.has(
                rb"(?i)\n(connection|upgrade|transfer-encoding|content-length|expect):[^\r\n]*[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"
            )
        ),
    ),
    Class(
        "reason-phrase",
        "httptools",
        "httptools takes any byte but CR and LF; control characters are refused here.",
        "RFC 9112, section 4: reason-phrase is HTAB, SP, VCHAR and obs-text.",
        lambda case: (
            case.ours_refuses("malformed reason phrase")
            and case.has(rb"HTTP/1\.[01] [0-9]{3} [^\r\n]*[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
        ),
    ),
    Class(
        "host-value",
        "h11 httptools",
        "Neither looks at the value of Host; refused here if it is no host with or without a port.",
        "RFC 9112, section 3.2: a server MUST answer an invalid Host with 400.",
        lambda case: case.ours_refuses("malformed Host") and _host_is_malformed(case),
    ),
    Class(
        "no-host",
        "httptools",
        "httptools leaves it to its caller; refused here.",
        "RFC 9112, section 3.2: a server MUST answer HTTP/1.1 without Host with 400.",
        lambda case: (
            case.ours_refuses("no Host")
            and case.words[-1] == b"HTTP/1.1"
            and b"\nhost:" not in case.data.lstrip(b"\r\n").partition(b"\r\n\r\n")[0].lower()
        ),
    ),
    Class(
        "repeated-field",
        "h11 h11-lenient httptools",
        "Each refuses some fields that are repeated; here all those that are one value, equal or not.",
        "RFC 9110, section 5.3: none but lists may be repeated; RFC 9112, sections 3.2 and 6.3, for Host and "
        "Content-Length.",
        lambda case: case.ours_refuses("repeated ") and _repeats_a_field(case),
    ),
    Class(
        "target",
        "h11 httptools",
        "h11 takes every visible character, httptools checks little; here a target has one of the four forms.",
        "RFC 9112, section 3.2, and RFC 9110, section 4.2.4, for userinfo.",
        lambda case: (
            case.is_request
            and case.ours_refuses(
                "malformed request target",
                "malformed authority in the request target",
                "CONNECT takes host:port",
                "only OPTIONS takes *",
            )
            and len(case.words) == 3
            and _target_is_malformed(case)
        ),
    ),
    Class(
        "spaces-in-request-line",
        "httptools",
        "httptools skips spaces around the target; one space between words here.",
        "RFC 9112, section 3: SP, once. A recipient MAY split at other white space.",
        lambda case: (
            case.is_request
            and case.ours_refuses("malformed request target", "malformed version", "CONNECT takes host:port")
            and b"" in case.words
        ),
    ),
    Class(
        "no-version",
        "httptools",
        "httptools takes a line without version for HTTP/0.9; refused here.",
        "RFC 9112, section 3: there is a version; HTTP/0.9 is no more.",
        lambda case: (
            case.is_request
            and case.ours_refuses("malformed request target", "malformed version")
            and len(case.words) == 2
        ),
    ),
    Class(
        "version",
        "h11 h11-lenient httptools",
        "h11 takes every version of two digits, httptools 0.9 and 2.0 too; 1.0 and 1.1 here.",
        "RFC 9110, sections 2.5 and 15.6.6: 505 is for a major version that is refused, and 0.9 and 2.0 have no such "
        "line. A recipient SHOULD take 1.2 for 1.1, which is not done here: nobody sends it.",
        lambda case: case.ours_refuses("unsupported HTTP version") and case.has(_VERSION),
    ),
    Class(
        "before-the-start-line",
        "httptools",
        "httptools skips any CR and LF before a start line, in responses too; CRLF before a request here.",
        "RFC 9112, section 2.2: a server SHOULD ignore an empty line; a bare CR MUST be taken for an error or replaced; "
        "a client has no such rule.",
        lambda case: (
            case.ours_refuses(
                "malformed method", "malformed version", "malformed start line", "bare CR before"
            )
            and case.has(rb"\A\n|\A\r|\r\n\r\n[\r\n]+HTTP/")
        ),
    ),
    Class(
        "no-space-before-reason",
        "h11 httptools",
        "Both take a status line that ends with the code; refused here.",
        "RFC 9112, section 4: the second SP is there even if the reason is not. To overlook it is a leniency to be "
        "asked for here.",
        lambda case: (
            case.ours_refuses("malformed status code") and case.has(rb"HTTP/1\.[01] [0-9]{3}(?:\r\n|\n)")
        ),
    ),
    Class(
        "status-code",
        "httptools",
        "httptools takes codes below 100; refused here.",
        "RFC 9110, section 15: the first digit is 1 to 5, and what is outside 100 to 599 is invalid.",
        lambda case: case.ours_refuses("malformed status code") and case.has(rb"HTTP/1\.[01] 0[0-9]{2}[ \r]"),
    ),
    Class(
        "long-content-length",
        "h11 h11-lenient httptools",
        "h11 takes 20 digits, httptools 64 bits; 18 digits here.",
        "RFC 9110, section 8.6: a recipient MUST anticipate large numbers and prevent overflows; no body is that long.",
        lambda case: (
            case.ours_refuses("malformed Content-Length") and case.has(rb"\ncontent-length:[ \t]*[0-9]{19}")
        ),
    ),
    Class(
        "list-of-lengths",
        "h11 h11-lenient",
        "h11 takes a list of equal lengths for one; refused here.",
        "RFC 9112, section 6.3, step 5: a recipient MAY do so, or MUST refuse.",
        lambda case: (
            case.ours_refuses("malformed Content-Length")
            and case.has(rb"\ncontent-length:[ \t]*[0-9]+[ \t]*,")
        ),
    ),
    Class(
        "length-and-coding",
        "h11 h11-lenient",
        "h11 follows Transfer-Encoding; refused here.",
        "RFC 9112, section 6.1: a server MAY reject such a request, section 6.3, step 3: it ought to be handled as an "
        "error.",
        lambda case: (
            case.ours_refuses("both Transfer-Encoding and Content-Length")
            and case.count(b"Content-Length") > 0
            and case.count(b"Transfer-Encoding") > 0
        ),
    ),
    Class(
        "coding-with-parameters",
        "httptools",
        "httptools looks at the last word; parameters of the coding before it are refused here.",
        "RFC 9112, section 6.1: a server that does not understand a coding SHOULD answer 501. In a quoted parameter "
        "`, chunked` may be no coding.",
        lambda case: (
            case.ours_refuses("malformed transfer coding")
            and case.has(rb"\ntransfer-encoding:[^\r\n]*[;= \"][^\r\n]*, *chunked")
        ),
    ),
    Class(
        "chunked-twice",
        "httptools",
        "httptools looks at the last word of a response; chunked twice is refused here.",
        "RFC 9112, section 6.1: a sender MUST NOT apply chunked more than once.",
        lambda case: (
            case.ours_refuses("chunked applied twice")
            and case.has(rb"\ntransfer-encoding:[^\r\n]*chunked[ \t]*,[^\r\n]*chunked")
        ),
    ),
    Class(
        "chunk-extension",
        "h11 h11-lenient httptools",
        "h11 takes anything behind a semicolon, httptools empty names and values; refused here.",
        "RFC 9112, section 7.1.1: a name, and a value that is a token or a quoted string. White space around them, "
        "which a recipient is to skip (RFC 9110, section 5.6.3), is refused here all the same.",
        lambda case: (
            case.ours_refuses("malformed chunk extension", "malformed chunk-size line")
            and case.has(rb"\n[0-9a-f]+;")
        ),
    ),
    Class(
        "space-after-chunk-size",
        "h11",
        "h11 skips white space there; refused here.",
        "RFC 9112, section 7.1: none is allowed but before an extension.",
        lambda case: case.ours_refuses("malformed chunk-size line") and case.has(rb"\n[0-9a-f]+[ \t]+\r\n"),
    ),
    Class(
        "long-chunk-size",
        "h11 h11-lenient httptools",
        "h11 takes 20 digits, httptools 16; 15 here, zeros too.",
        "RFC 9112, section 7.1: a recipient MUST anticipate large numbers and prevent overflows; no chunk is that long.",
        lambda case: case.ours_refuses("chunk size out of range") and case.has(rb"\n[0-9a-f]{16}"),
    ),
    Class(
        "field-in-trailers",
        "h11 h11-lenient httptools",
        "Both report any trailer; those that frame or route a message are refused here.",
        "RFC 9110, section 6.5.1: they MUST NOT be sent, nor merged into the head.",
        lambda case: (
            case.ours.error.endswith(" in a trailer section")
            and case.theirs.kind != "refused"
            and case.has(rb"\n0+(;[^\n]*)?\r\n([^\r\n]+\r\n)*(content-length|transfer-encoding|host):")
        ),
    ),
    Class(
        "hixie-76",
        "h11 h11-lenient httptools",
        "Sec-WebSocket-Key1 is refused here.",
        "No RFC: a draft of websockets sent eight bytes of body without framing.",
        lambda case: (
            case.ours.error.startswith("InvalidField: Sec-WebSocket-Key1")
            and case.count(b"Sec-WebSocket-Key1") > 0
        ),
    ),
    Class(
        "judged-line-by-line",
        "h11 h11-lenient",
        "h11 looks at a head or trailer section when all of it has come; here a line is refused when it is complete.",
        "RFC 9112, section 2.2: when a message is refused is not said.",
        lambda case: case.ours.kind == "refused" and case.theirs_judges_later(),
    ),
)
