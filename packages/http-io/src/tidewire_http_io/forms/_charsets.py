"""Text from a peer's bytes, in the charset that the peer names."""

from __future__ import annotations

import codecs
import functools
from encodings import normalize_encoding
from encodings.aliases import aliases
from importlib.util import find_spec
from typing import Final

from tidewire_http_io.forms._form_errors import InvalidText

__all__ = ["charset_codec"]

# Python's codecs that are no charsets of the web: some take quadratic time (punycode, idna), some let escapes stand for
# any character, which one reader of a message would see and another one would not.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "raw_unicode_escape", "undefined", "unicode-escape"}
    | {"unicode_escape", "utf-7", "mbcs", "oem"}
)
# Longer than any name that there is.
_LONGEST_NAME: Final = 40


# Looking for a codec's module costs as much as a tenth of a request. What is no charset is not kept.
@functools.lru_cache(maxsize=64)
def charset_codec(charset: str) -> str:
    """Return the name by which Python knows a charset.

    Args:
        charset: the name that came from the peer, in any case.

    Raises:
        InvalidText: there is no such charset, or none that is read here.
    """
    if len(charset) > _LONGEST_NAME or not charset.isascii() or "\0" in charset:
        raise InvalidText("unknown charset", charset)
    name = normalize_encoding(charset.replace(".", "_")).lower()
    if not _is_known(name):
        raise InvalidText("unknown charset", charset)
    try:
        info = codecs.lookup(name)
        # Some codecs are from bytes to bytes; only this tells.
        " ".encode(info.name)
    except (LookupError, ValueError) as error:
        raise InvalidText("unknown charset", charset) from error
    if info.name in _NO_CHARSETS:
        raise InvalidText("a charset that is not read", charset)
    return info.name


def _is_known(name: str) -> bool:
    """Tell whether Python has a codec of a normalised name.

    `codecs.lookup()` keeps every name that it was asked for, in whatever spelling, and those of no codec too: peers could
    fill the memory with them.
    """
    return name in aliases or (name != "" and find_spec(f"encodings.{name}") is not None)


def decode_text(data: bytes, charset: str, errors: str = "strict") -> str:
    """Decode bytes from a peer.

    Args:
        data: the bytes.
        charset: the name that came from the peer.
        errors: what is done about bytes that are no text, as with `bytes.decode()`.

    Raises:
        InvalidText: they are no text in this charset, or the charset is none.
    """
    codec = "utf-8" if charset == "utf-8" else charset_codec(charset)
    try:
        return data.decode(codec, errors)
    except UnicodeError as error:
        raise InvalidText("bytes that are no text in their charset", charset) from error
