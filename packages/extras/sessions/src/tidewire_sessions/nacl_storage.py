"""Sessions in cookies that NaCl encrypts; needs PyNaCl: `pip install tidewire-sessions[nacl]`."""

from __future__ import annotations

from typing import Unpack

from nacl.encoding import Base64Encoder
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tidewire_sessions._abstract_storage import StorageOptions
from tidewire_sessions._cookie_storages import AbstractCookieStorage

__all__ = ["NaClCookieStorage"]


class NaClCookieStorage(AbstractCookieStorage):
    """Keeps what is in a session in a cookie, encrypted and authenticated by NaCl's SecretBox.

    Args:
        secret_key: the key, 32 bytes.
        options: see `AbstractStorage`.

    Raises:
        nacl.exceptions.TypeError: the key is not bytes.
        nacl.exceptions.ValueError: it has another length.
    """

    def __init__(self, secret_key: bytes, **options: Unpack[StorageOptions]) -> None:
        super().__init__(**options)
        self._box = SecretBox(secret_key)

    def seal(self, text: str) -> str:
        """See `AbstractCookieStorage`."""
        return self._box.encrypt(text.encode(), encoder=Base64Encoder).decode("ascii")

    def unseal(self, sealed: str) -> str | None:
        """See `AbstractCookieStorage`."""
        if not sealed.isascii():
            return None
        try:
            return self._box.decrypt(sealed.encode("ascii"), encoder=Base64Encoder).decode()
        except (CryptoError, TypeError, ValueError):
            return None
