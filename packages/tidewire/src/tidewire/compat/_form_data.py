"""Forms with the parameter that is deprecated, and bytes that are a field."""

from __future__ import annotations

from typing import Any

import tidewire_http_io.forms
from tidewire.compat._deprecations import warn_of
from tidewire.compat._stand_in import StandIn

__all__: list[str] = []


class FormData(tidewire_http_io.forms.FormData, metaclass=StandIn):
    """A form to be sent; see `tidewire_http_io.forms.FormData`."""

    def add_field(
        self,
        name: str,
        value: Any,
        *,
        content_type: str | None = None,
        filename: str | None = None,
        content_transfer_encoding: str | None = None,
    ) -> None:
        """Add a field; see there.

        Args:
            name: its name.
            value: its value.
            content_type: its media type.
            filename: the file name.
            content_transfer_encoding: deprecated; the value goes out as it is, as it does everywhere today.
        """
        if content_transfer_encoding is not None:
            warn_of("content_transfer_encoding is deprecated, and ignored; pass a BytesPayload")
            filename = filename or name
        elif isinstance(value, bytes | bytearray | memoryview) and filename is None:
            warn_of("bytes will no longer be a file: use the filename parameter, or pass a BytesIO")
            filename = name
        super().add_field(name, value, content_type=content_type, filename=filename)
