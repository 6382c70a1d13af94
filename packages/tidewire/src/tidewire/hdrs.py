"""Names of header fields and methods: everything of `tidewire_http_parser.hdrs`."""

from tidewire_http_parser.hdrs import *  # noqa: F403 - the same names, by the name that users know
from tidewire_http_parser.hdrs import __all__ as __all__
