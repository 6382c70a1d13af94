"""Sessions in encrypted cookies; needs cryptography: `pip install tidewire-sessions[encrypted]`."""

from __future__ import annotations

import base64
from typing import Unpack

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from tidewire_sessions._abstract_storage import StorageOptions
from tidewire_sessions._cookie_storages import AbstractCookieStorage

__all__ = ["EncryptedCookieStorage"]


class EncryptedCookieStorage(AbstractCookieStorage):
    """Keeps what is in a session in a cookie, encrypted and authenticated by Fernet.

    Args:
        secret_key: the key: 32 bytes; their URL-safe base64, as `Fernet.generate_key()` makes it and decodes it to a str;
            a `Fernet`; or a `MultiFernet`, whose first key encrypts and whose other keys are still understood, to
            change keys without losing sessions.
        options: see `AbstractStorage`.

    Raises:
        TypeError: the key is of another type.
        ValueError: it has another length.
    """

    def __init__(
        self, secret_key: str | bytes | bytearray | Fernet | MultiFernet, **options: Unpack[StorageOptions]
    ) -> None:
        super().__init__(**options)
        self._fernet: Fernet | MultiFernet
        if isinstance(secret_key, (Fernet, MultiFernet)):
            self._fernet = secret_key
        elif isinstance(secret_key, str):
            self._fernet = Fernet(secret_key)
        elif isinstance(secret_key, (bytes, bytearray)):
            self._fernet = Fernet(base64.urlsafe_b64encode(secret_key))
        else:
            raise TypeError(f"a key is bytes, str or a Fernet, not {type(secret_key).__name__}")

    def seal(self, text: str) -> str:
        """See `AbstractCookieStorage`."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str | None:
        """See `AbstractCookieStorage`."""
        if not sealed.isascii():
            return None
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode()
        except (InvalidToken, UnicodeDecodeError):
            return None
